"""Snapshots of earlier runs: shown at once and offline, and compared with the crawl."""

from __future__ import annotations

import csv
from collections.abc import Iterator

import pytest

from groupstui.settings import Settings
from groupstui.times import show_times_in

from ..support.pilot import browser_app, cursor, drawn, press, settled, type_text, until

LATER = 3 * 24 * 3600


@pytest.fixture
async def known(demo, clock, earlier_run) -> None:
    """A run three days ago, and edits since then."""
    demo.site.add_member(1, 30)
    demo.site.add_member(1, 31)
    demo.site.remove_member(1, 4)
    demo.site.rename_group(2, "Release users")
    demo.site.delete_group(
        next(id for id, group in demo.site.groups.items() if group.name == "Former pilots")
    )
    clock.seconds += LATER


def app(demo, clock, history, **more):
    return browser_app(demo.url, demo.token, clock, history=history, **more)


@pytest.mark.usefixtures("known")
async def test_snapshot_is_shown_before_any_response(demo, clock, history):
    demo.faults.always("hang")
    async with app(demo, clock, history).run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: "page 1 of 16 · 1–15 of 230" in drawn(pilot))
        assert "Release managers" in drawn(pilot)
        await until(pilot, lambda: "as of 2026-11-23 14:02" in drawn(pilot))
        await pilot.press("n")
        await until(pilot, lambda: "page 2 of 16" in drawn(pilot))


@pytest.fixture
def local_zone() -> Iterator[None]:
    yield
    show_times_in(None)


@pytest.mark.usefixtures("known", "local_zone")
async def test_chosen_zone_is_used_before_any_response(demo, clock, history):
    demo.faults.always("hang")
    settings = Settings(page_size=15, timezone="Asia/Tokyo")
    async with app(demo, clock, history, settings=settings).run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: "as of 2026-11-23 23:02 JST" in drawn(pilot))


@pytest.mark.usefixtures("known")
async def test_crawl_replaces_the_snapshot_and_keeps_the_cursor(demo, clock, history):
    async with app(demo, clock, history).run_test(size=(120, 40)) as pilot:
        await pilot.press("down")
        await settled(pilot)
        assert "Release users" in drawn(pilot)
        assert "Release managers" not in drawn(pilot)
        assert "as of Thu 14:02:11" in drawn(pilot)
        assert pilot.app.screen.groups.table.current.id == 2


@pytest.mark.usefixtures("known")
async def test_snapshot_stays_when_the_site_fails(demo, clock, history):
    demo.faults.always("500")
    async with app(demo, clock, history).run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        assert "Release managers" in drawn(pilot)
        assert "STALE as of 2026-11-23 14:02" in drawn(pilot)
        assert "the instance failed" in drawn(pilot)


@pytest.mark.usefixtures("known")
async def test_offline_sends_nothing(demo, clock, history):
    before = len(demo.log.requests)
    async with app(demo, clock, history, offline=True).run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        await press(pilot, "n", "p", "R")
        assert "Release managers" in drawn(pilot)
        assert "from the snapshot of 2026-11-23 14:02" in drawn(pilot)
        assert "no requests are sent (--offline)" in drawn(pilot)
        await press(pilot, ":", *"ada lovelace".replace(" ", ""), "escape")
    assert len(demo.log.requests) == before


async def test_incomplete_crawl_is_not_saved(demo, clock, history):
    demo.faults.always("wrong-total")
    async with app(demo, clock, history).run_test(size=(120, 40)) as pilot:
        await settled(pilot)
    assert history.snapshots() == []


@pytest.mark.usefixtures("known")
async def test_damaged_history_shows_a_notice(demo, clock, history):
    history.path.write_bytes(b"no database" * 1000)
    async with app(demo, clock, history).run_test(size=(160, 40)) as pilot:
        await settled(pilot)
        assert "the history was damaged" in drawn(pilot)
        assert "Release users" in drawn(pilot)


# Changes


@pytest.fixture
async def pilot(known, demo, clock, history):
    async with app(demo, clock, history).run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        yield pilot


def line(pilot, text: str) -> str:
    return next(line for line in drawn(pilot).splitlines() if text in line)


async def test_changed_groups_have_badges(pilot):
    assert "+2 −1" in line(pilot, "1 QA ")
    assert "± Mon" in drawn(pilot)
    assert "+" not in line(pilot, "Release users")


async def test_new_changes_show_a_notice(pilot):
    assert "2 joined, 10 left, 1 group deleted, 1 group renamed since Mon 2026-11-23 14:02." in drawn(pilot)
    assert "d shows them." in drawn(pilot)


async def test_reload_says_what_has_changed(pilot, demo, clock):
    await press(pilot, "R")
    assert "No changes since Thu 2026-11-26 14:02." in drawn(pilot)
    demo.site.add_member(1, 33)
    clock.seconds += 60
    await press(pilot, "R")
    assert "1 joined since Thu 2026-11-26 14:02. d shows them." in drawn(pilot)


async def test_no_badge_without_changes(demo, clock, history):
    async with app(demo, clock, history).run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        assert "since" not in drawn(pilot)


async def test_changes_dialog_lists_kind_group_and_user(pilot):
    await press(pilot, "d")
    assert "Net changes in the last 7 days" in drawn(pilot)
    assert "net changes since Mon 2026-11-23 14:02, the start of the history" in drawn(pilot)
    assert "Thu 2026-11-26 14:02: 2 joined, 10 left, 1 group deleted, 1 group renamed" in drawn(pilot)
    assert "Guido van Rossum" in line(pilot, "+ joined   QA")
    assert "Margaret Hamilton" in line(pilot, "− left     QA")
    assert "was Release managers" in line(pilot, "renamed    Release users")
    assert "9 left" in line(pilot, "deleted    Former pilots")


async def test_newest_snapshot_is_first(pilot, demo, clock):
    demo.site.add_member(1, 33)
    clock.seconds += 60
    await press(pilot, "R", "d")
    headings = [row.text for row in pilot.app.screen.table.rows if row.kind == "snapshot"]
    assert headings[0] == "Thu 2026-11-26 14:03: 1 joined"
    assert headings[1].startswith("Thu 2026-11-26 14:02: 2 joined")
    await press(pilot, "n")
    assert cursor(pilot, "Table").startswith("Thu 2026-11-26 14:02")
    await press(pilot, "p")
    assert cursor(pilot, "Table").startswith("Thu 2026-11-26 14:03")


async def test_deleted_group_unfolds(pilot):
    await press(pilot, "d")
    rows = pilot.app.screen.table.rows
    index = next(index for index, row in enumerate(rows) if row.text == "Former pilots was deleted")
    await press(pilot, *["down"] * index, "enter")
    unfolded = pilot.app.screen.table.rows
    assert len(unfolded) == len(rows) + 9
    assert all(row.text.endswith("left Former pilots") for row in unfolded[index + 1 : index + 10])
    await press(pilot, "enter")
    assert list(pilot.app.screen.table.rows) == list(rows)


async def test_deleted_group_unfolds_in_a_filtered_list(pilot):
    await press(pilot, "d", "/")
    await type_text(pilot, "deleted")
    await press(pilot, "enter")
    assert "9 left" in line(pilot, "deleted    Former pilots")
    for key in ("enter", "l"):
        await press(pilot, key)
        assert drawn(pilot, "Table").count("− left   Former pilots") == 9
        await press(pilot, key)
        assert "− left" not in drawn(pilot, "Table")
    assert "1 shown" in drawn(pilot)


async def test_deleted_group_without_members_says_why_nothing_opens(pilot, demo, clock):
    clock.seconds += 60
    empty = next(group for group in demo.site.groups.values() if not group.members)
    demo.site.delete_group(empty.id)
    await press(pilot, "R", "d", "/")
    await type_text(pilot, f"deleted {empty.name}".lower())
    await press(pilot, "enter", "enter")
    assert "That group no longer exists. H shows its timeline." in " ".join(drawn(pilot).split())
    await press(pilot, "H")
    assert f"Timeline of {empty.name} · #{empty.id}" in drawn(pilot)


async def test_group_without_a_name_is_listed_by_its_id(pilot, demo, clock):
    clock.seconds += 60
    demo.site.rename_group(1, "")
    await press(pilot, "R", "d")
    assert "was QA" in line(pilot, "renamed    #1 ")
    assert "Guido van Rossum" in line(pilot, "+ joined   #1 ")


async def test_snapshot_folds(pilot):
    await press(pilot, "d", "enter")
    assert len(pilot.app.screen.table.rows) == 1


async def test_filter_finds_changes_in_folded_lines(pilot):
    await press(pilot, "d", "enter", "/")
    await type_text(pilot, "left former")
    assert "9 shown" in drawn(pilot)


async def test_enter_opens_the_group_of_a_change(pilot):
    await press(pilot, "down", "down", "d")
    rows = pilot.app.screen.query_one("Table").rows
    index = next(index for index, row in enumerate(rows) if row.change and row.change.group == "QA")
    await press(pilot, *["down"] * index, "enter")
    assert pilot.app.screen.groups.table.current.name == "QA"
    await press(pilot, "backspace")
    assert pilot.app.screen.table.cursor == index
    await press(pilot, "backspace")
    assert pilot.app.screen.groups.table.current.name != "QA"


async def test_u_shows_the_groups_of_the_changed_user(pilot):
    await press(pilot, "d")
    rows = pilot.app.screen.query_one("Table").rows
    index = next(
        index for index, row in enumerate(rows) if row.change and row.change.user == "Guido van Rossum"
    )
    await press(pilot, *["down"] * index, "u")
    assert "Groups of Guido van Rossum" in drawn(pilot)
    await press(pilot, "escape")
    assert pilot.app.screen.table.current.change.user == "Guido van Rossum"


async def test_w_changes_the_period(pilot):
    await press(pilot, "d", "w")
    assert "in the last 30 days" in drawn(pilot)
    await press(pilot, "w")
    assert "in the whole history" in drawn(pilot)
    await press(pilot, "w")
    assert "in the last 24 hours" in drawn(pilot)


async def test_changes_without_a_history_show_a_notice(demo, clock):
    async with browser_app(demo.url, demo.token, clock).run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        await press(pilot, "d")
        assert "There is no history" in drawn(pilot)


async def test_changes_are_copied_and_exported(pilot, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    await press(pilot, "d")
    rows = pilot.app.screen.query_one("Table").rows
    index = next(index for index, row in enumerate(rows) if row.change and row.change.group == "QA")
    await press(pilot, *["down"] * index, "y")
    assert pilot.app.clipboard == "Guido van Rossum joined QA"
    await press(pilot, "e", "enter")
    (path,) = tmp_path.glob("*-changes-*.csv")
    with path.open(encoding="utf-8", newline="") as file:
        exported = [(row["change"], row["group"]) for row in csv.DictReader(file)]
    assert exported == [
        (change.kind.value, change.group) for row in rows if row.kind == "change" for change in row.changes
    ]


@pytest.mark.usefixtures("known")
async def test_crawl_replaces_a_sorted_page_too(demo, clock, history):
    settings = Settings(page_size=15, sort="-members")
    demo.site.add_member(1, 33)
    async with app(demo, clock, history, settings=settings).run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        assert "as of Thu 14:02:11" in drawn(pilot)
        shown = {group.id: group for group in pilot.app.screen.groups.table.rows}
        known = pilot.app.screen.directory
        assert all(group is known.group(id) for id, group in shown.items())
