"""The whole screen as the instance was at an earlier time."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from groupstui.history.snapshots import Snapshot
from groupstui.screens.browser import MAX_OFFERED_DAYS, BrowserScreen, offered_times
from groupstui.settings import SavedList

from ..support.pilot import PAGES_OF_15, browser_app, drawn, press, settled, type_text, until, words

DAY = 24 * 3600
SIZES = [(80, 24), (120, 40)]


@pytest.fixture
async def known(demo, clock, earlier_run) -> None:
    """A run three days ago, and edits since then."""
    demo.site.add_member(1, 30)
    demo.site.remove_member(1, 4)
    demo.site.rename_group(1, "Quality")
    clock.seconds += 3 * DAY


def app(demo, clock, history):
    return browser_app(demo.url, demo.token, clock, history=history)


async def run_command(pilot, text: str) -> None:
    await press(pilot, "colon")
    await type_text(pilot, text)
    await press(pilot, "enter")


@pytest.fixture
async def past(demo, clock, history, known):
    """The app, with the instance as it was in the first snapshot."""
    async with app(demo, clock, history).run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        await run_command(pilot, "at #1")
        yield pilot


@pytest.fixture
async def small_past(demo, clock, history, known):
    """The same in a small window."""
    async with app(demo, clock, history).run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        assert "esc present" not in drawn(pilot)
        await run_command(pilot, "at #1")
        yield pilot


@pytest.mark.usefixtures("known")
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("when", ["2026-11-23", "2d", "#1"])
async def test_screen_shows_the_instance_as_it_was(demo, clock, history, size, when):
    async with app(demo, clock, history).run_test(size=size) as pilot:
        await settled(pilot)
        await press(pilot, "down", "down")
        before, requests = drawn(pilot).splitlines()[:-2], len(demo.log.requests)
        await run_command(pilot, f"at {when}")
        assert "AS OF 2026-11-23 14:02 UTC" in drawn(pilot)
        assert "QA" in drawn(pilot)
        assert "Quality" not in drawn(pilot)
        await press(pilot, "enter")
        assert "Margaret Hamilton" in drawn(pilot)
        assert "Guido van Rossum" not in drawn(pilot, "#members")
        await press(pilot, "h", "escape")
        assert drawn(pilot).splitlines()[:-2] == before  # without the notice and the keys
        assert len(demo.log.requests) == requests


async def test_everything_works_on_the_old_data_without_a_request(past, demo):
    requests = len(demo.log.requests)
    await press(past, "slash")
    await type_text(past, "qa")
    await press(past, "enter", "enter", "u")
    assert "Groups of " in drawn(past)
    assert "Quality" not in drawn(past)
    await press(past, "escape", "a")
    assert "Audit" in drawn(past)
    await press(past, "escape", "d")
    assert "Net changes in the last 7 days up to 2026-11-23 14:02" in drawn(past)
    assert "there is only the snapshot of Mon 2026-11-23 14:02 to compare" in drawn(past)
    await press(past, "escape", "H")
    assert "0 changes since 2026-11-23 14:02" in drawn(past)
    assert len(demo.log.requests) == requests


@pytest.mark.parametrize("keys", [["c"], ["r"], ["y"], ["e", "enter"]])
async def test_escape_on_a_message_does_not_leave_the_past(small_past, keys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    path = drawn(small_past).splitlines()[-2]
    await press(small_past, *keys)
    assert drawn(small_past).splitlines()[-2] != path
    await press(small_past, "escape")
    assert "AS OF 2026-11-23" in drawn(small_past)
    assert drawn(small_past).splitlines()[-2] == path
    await press(small_past, "escape")
    assert "AS OF" not in drawn(small_past)
    assert "This is the present again." in drawn(small_past)


async def test_footer_offers_to_leave_the_past_where_escape_does(small_past):
    assert "esc present" in drawn(small_past)
    await press(small_past, "enter")
    assert "esc present" not in drawn(small_past)
    await press(small_past, "escape")
    assert "esc present" in drawn(small_past)
    await press(small_past, "slash", "t")
    assert "esc present" not in drawn(small_past)
    await press(small_past, "escape")
    assert "esc present" in drawn(small_past)


@pytest.mark.usefixtures("known")
@pytest.mark.parametrize("size", [(120, 40), (80, 24), (60, 20), (40, 12)])
async def test_first_line_names_the_instance_and_the_time_of_the_past(demo, clock, history, size):
    async with app(demo, clock, history).run_test(size=size) as pilot:
        await settled(pilot)
        await run_command(pilot, "at #1")
        line = drawn(pilot).splitlines()[0]
        assert "AS OF 2026-11-23 14:02 UTC" in line
        assert "127.0.0.1" in line or "127.0.0.…" in line
        (strip, *_) = pilot.app.screen._compositor.render_strips(pilot.app.size)
        assert all(style is not None and style.reverse for _, style, _ in strip)  # also without colors


@pytest.mark.parametrize(
    "keys", [["question_mark"], ["d"], ["a"], ["v"], ["colon"], ["i"], ["Y"], ["e"], ["space", "space", "c"]]
)
async def test_dialogs_leave_the_first_line_of_the_past(small_past, keys):
    await press(small_past, *keys)
    assert small_past.app.screen.is_modal
    assert "AS OF 2026-11-23 14:02 UTC" in drawn(small_past).splitlines()[0]


@pytest.mark.parametrize("opened", [[], ["enter"], ["enter", "u"], ["a"]])
async def test_copy_and_export_name_the_time_of_the_past(small_past, opened):
    await press(small_past, *opened)
    for key in ("Y", "e"):
        await press(small_past, key)
        (border,) = (line for line in drawn(small_past).splitlines() if "as of 2026-11-23 14:02" in line)
        assert "╯" in border
        await press(small_past, "escape")


@pytest.mark.usefixtures("known")
async def test_copy_and_export_of_the_present_name_no_time(demo, clock, history):
    async with app(demo, clock, history).run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        for key in ("Y", "e"):
            await press(pilot, key)
            assert "as of" not in "".join(drawn(pilot).splitlines()[1:])
            await press(pilot, "escape")


@pytest.mark.usefixtures("known")
async def test_the_past_is_never_shown_without_its_time_and_groups(demo, clock, history):
    async with app(demo, clock, history).run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        await press(pilot, "colon")
        await type_text(pilot, "at #1")
        await pilot.press("enter")
        await until(pilot, lambda: getattr(pilot.app.screen, "is_past", False) and drawn(pilot).strip())
        assert "AS OF 2026-11-23 14:02 UTC" in drawn(pilot)
        assert "1 QA" in drawn(pilot)


@pytest.mark.parametrize("key", ["r", "R", "w"])
async def test_past_cannot_be_reloaded(past, demo, key):
    requests = len(demo.log.requests)
    await press(past, key)
    assert "The past cannot be reloaded. :now returns to the present." in drawn(past)
    assert len(demo.log.requests) == requests


@pytest.fixture
async def longer(demo, clock, history) -> None:
    """Runs on 23, 24 and 25 November, with a new member each time."""
    for user in (28, 29, 30):
        demo.site.add_member(1, user)
        async with browser_app(demo.url, demo.token, clock, history=history).run_test() as pilot:
            await settled(pilot)
        clock.seconds += DAY


@pytest.mark.usefixtures("longer")
@pytest.mark.parametrize("size", SIZES)
async def test_past_is_told_from_its_own_time(demo, clock, history, size):
    async with app(demo, clock, history).run_test(size=size) as pilot:
        await settled(pilot)
        await run_command(pilot, "at 2026-11-24")
        await until(pilot, lambda: "7 members · 1 joined since Mon" in drawn(pilot, "#members"))
        await press(pilot, "H")
        assert "7 members on 2026-11-24 14:02, 6 on 2026-11-23" in drawn(pilot)
        assert "now" not in drawn(pilot, "#size")
        await press(pilot, "escape", "d")
        assert "Net changes in the last 7 days up to 2026-11-24 14:02" in drawn(pilot)
        assert "1 net change since Mon 2026-11-23 14:02, the start of the history" in drawn(pilot)


@pytest.mark.usefixtures("longer")
@pytest.mark.parametrize("size", SIZES)
async def test_snapshots_are_offered(demo, clock, history, size):
    async with app(demo, clock, history).run_test(size=size) as pilot:
        await settled(pilot)
        await press(pilot, "colon")
        await type_text(pilot, "at")
        for text in ("2026-11-25 14:02 · previous", "2026-11-24 14:02", "2026-11-23 14:02 · oldest"):
            assert f"Show the past at {text} " in drawn(pilot)
        assert "2026-11-26" not in drawn(pilot, ".dialog")
        choices = [row for row in drawn(pilot, "PaletteDialog Table").splitlines()[1:] if row.strip("▸ ")]
        assert [row for row in choices if "Show the past at" not in row] == []
        await press(pilot, "down", "down", "enter")
        assert "AS OF 2026-11-23 14:02 UTC" in drawn(pilot)


async def test_without_an_earlier_snapshot_none_is_offered(demo, clock, history):
    async with app(demo, clock, history).run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        await run_command(pilot, "at")
        assert "There is no earlier snapshot yet" in drawn(pilot)


def test_offered_times_are_few():
    start = datetime(2026, 1, 1, tzinfo=UTC)
    snapshots = [
        Snapshot(number, start + timedelta(hours=5 * number), 1, 1, 1, 0) for number in range(1, 201)
    ]
    ids = [int(id.removeprefix("#")) for id in offered_times(snapshots)]
    assert ids[0] == 199
    assert ids == sorted(ids, reverse=True)
    assert ids[-1] == 1
    assert len(ids) == MAX_OFFERED_DAYS + 1
    assert not offered_times(snapshots[:1])
    assert not offered_times([])


@pytest.mark.usefixtures("longer")
async def test_typed_time_is_in_the_zone_of_the_screen(demo, clock, history):
    async with app(demo, clock, history).run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        pilot.app.screen.action_timezone("Pacific/Kiritimati")  # UTC+14
        await run_command(pilot, "at 2026-11-25 04:03")
        assert "AS OF 2026-11-25 04:02 +14" in drawn(pilot)
        pilot.app.screen.action_timezone("UTC")


async def test_now_returns_and_another_time_replaces_the_first(past):
    await run_command(past, "at #2")
    assert "AS OF 2026-11-26" in drawn(past)
    assert sum(isinstance(screen, BrowserScreen) for screen in past.app.screen_stack) == 2
    await run_command(past, "at now")
    assert "AS OF" not in drawn(past)
    assert "Quality" in drawn(past)
    await run_command(past, "now")
    assert "This is the present" in drawn(past)


@pytest.mark.usefixtures("known")
@pytest.mark.parametrize(
    ("when", "notice"),
    [
        ("2026-01-01", "The history begins on 2026-11-23 14:02 UTC"),
        ("#99", "there is no snapshot #99"),
    ],
)
async def test_time_that_is_not_known_leaves_the_screen(demo, clock, history, when, notice):
    async with app(demo, clock, history).run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        await run_command(pilot, f"at {when}")
        assert notice in drawn(pilot)
        assert "Quality" in drawn(pilot)
        assert "AS OF" not in drawn(pilot)


@pytest.mark.usefixtures("known")
@pytest.mark.parametrize("when", ["1 October", "last week", "12:00"])
async def test_palette_says_while_typing_that_a_time_is_not_valid(demo, clock, history, when):
    async with app(demo, clock, history).run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        await press(pilot, "colon")
        await type_text(pilot, f"at {when}")
        reason = f"“{when}” is not a valid time. Use 7d, yesterday, 2026-11-16 or #12."
        assert words(pilot, "PaletteDialog Table") == reason
        await press(pilot, "enter")
        assert "Go to" in drawn(pilot)


@pytest.mark.usefixtures("known")
async def test_palette_says_while_typing_that_a_time_is_in_the_future(demo, clock, history):
    async with app(demo, clock, history).run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        await press(pilot, "colon")
        await type_text(pilot, "at 2999-01-01")
        assert "“2999-01-01” is in the future" in words(pilot)


@pytest.mark.usefixtures("earlier_run")
async def test_saved_list_names_a_group_that_did_not_exist_yet(demo, clock, history):
    group = demo.site.add_group("Night watch", [1])
    clock.seconds += 3 * DAY
    settings = replace(PAGES_OF_15, lists=(SavedList("later", demo.url, (1, group.id)),))
    app = browser_app(demo.url, demo.token, clock, history=history, settings=settings)
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        await run_command(pilot, "at #1")
        await run_command(pilot, "list later")
        missing = f"The list “later” needs #{group.id} (Night watch), which did not exist on 2026-11-23 14:02"
        assert missing in words(pilot)


@pytest.mark.usefixtures("earlier_run")
async def test_saved_list_names_a_group_that_was_deleted(demo, clock, history):
    demo.site.delete_group(2)
    clock.seconds += 3 * DAY
    settings = replace(PAGES_OF_15, lists=(SavedList("both", demo.url, (1, 2)),))
    app = browser_app(demo.url, demo.token, clock, history=history, settings=settings)
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        await run_command(pilot, "list both")
        assert "The list “both” needs #2 (Release managers), which does not exist" in words(pilot)
        assert not pilot.app.screen.is_modal


@pytest.mark.usefixtures("known")
async def test_dialog_over_the_past_is_not_updated_by_the_present(demo, clock, history):
    async with app(demo, clock, history).run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        present = pilot.app.screen
        await run_command(pilot, "at #1")
        await press(pilot, "enter", "u")
        then = drawn(pilot)
        demo.site.rename_group(7, "Nobody")
        present.action_refresh_all()
        await settled(pilot)
        assert "Nobody" in [group.name for group in present.directory.groups]
        assert drawn(pilot) == then


async def test_without_history_a_notice_says_why(demo, clock):
    async with browser_app(demo.url, demo.token, clock).run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        await run_command(pilot, "at 7d")
        assert "There is no history" in drawn(pilot)
