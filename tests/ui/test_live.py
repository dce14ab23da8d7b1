"""Live: everything is read again every few minutes, and changes appear as they are found."""

from __future__ import annotations

import re

import pytest

from groupstui.durations import parse_duration
from groupstui.history import History
from groupstui.screens.browser import (
    LIVE_INTERVALS,
    MAX_LIVE_INTERVAL,
    MIN_LIVE_INTERVAL,
    BrowserScreen,
)

from ..support.clock import ManualClock
from ..support.pilot import browser_app, drawn, press, settled, type_text, until, words

MINUTE = 60


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
async def pilot(demo, clock, tmp_path):
    app = browser_app(demo.url, demo.token, clock, history=History(demo.url, tmp_path))
    async with app.run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        yield pilot


def crawls(demo) -> int:
    """Return how often all groups were read."""
    first_page = re.compile(r"/groups\?(?=.*\bpage=1\b)(?=.*\bper_page=100\b)")
    return sum(first_page.search(path) is not None for path in demo.log.paths)


async def wait_for_live(pilot, clock) -> None:
    """Wait until the app sleeps until its next turn."""
    await until(pilot, lambda: clock.sleepers == 1)
    await settled(pilot)


async def live(pilot, clock, interval: str = "5m") -> None:
    await press(pilot, "w")
    await wait_for_live(pilot, clock)
    assert f"live {interval} · as of " in drawn(pilot, "StatusBar")


async def pass_time(pilot, clock, minutes: float = 5) -> None:
    clock.advance(minutes * MINUTE)
    await wait_for_live(pilot, clock)


async def test_w_reloads_every_five_minutes(pilot, demo, clock):
    await live(pilot, clock)
    notice = "Live: all groups are reloaded every 5m. w stops that, :live 2m changes it."
    assert notice in words(pilot)
    before = crawls(demo)
    await pass_time(pilot, clock, 4.9)
    assert crawls(demo) == before
    for turn in range(1, 4):
        await pass_time(pilot, clock, 5)
        assert crawls(demo) == before + turn


async def test_changes_appear_as_they_are_found(pilot, demo, clock):
    await live(pilot, clock)
    demo.site.rename_user(30, "New Member")
    demo.site.add_member(1, 30)
    demo.site.remove_member(1, 2)
    await pass_time(pilot, clock)
    notice = words(pilot, "NoticeBar")
    assert "New Member joined QA" in notice
    assert "Grace Hopper left QA" in notice
    assert "d shows them." in notice
    qa = next(line for line in drawn(pilot, "#list").splitlines() if "QA " in line)
    assert "+1 −1" in qa


async def test_notice_of_live_is_whole_in_a_narrow_window(pilot, clock):
    await pilot.resize_terminal(60, 20)
    await live(pilot, clock)
    notice = "Live: all groups are reloaded every 5m. w stops that, :live 2m changes it."
    assert words(pilot, "NoticeBar") == notice


async def test_changes_that_are_too_long_for_the_notice_keep_its_hint(pilot, demo, clock):
    demo.site.rename_group(1, "Members of a group with a long name " * 3)
    await press(pilot, "R")
    await pilot.resize_terminal(60, 20)
    await live(pilot, clock)
    for user in sorted(set(demo.site.users) - set(demo.site.groups[1].members))[:10]:
        demo.site.add_member(1, user)
    await pass_time(pilot, clock)
    assert drawn(pilot, "NoticeBar").count("\n") == 2
    assert words(pilot, "NoticeBar").endswith("… d shows them.")


async def test_many_changes_are_counted(pilot, demo, clock):
    await live(pilot, clock)
    for user in sorted(set(demo.site.users) - set(demo.site.groups[1].members))[:10]:
        demo.site.add_member(1, user)
    await pass_time(pilot, clock)
    notice = words(pilot, "NoticeBar")
    assert notice.startswith("10 changes: ")
    assert " and 7 more. " in notice


async def test_no_change_is_no_notice(pilot, clock):
    await live(pilot, clock)
    await press(pilot, "down")
    before = words(pilot, "NoticeBar")
    await pass_time(pilot, clock)
    assert words(pilot, "NoticeBar") == before


async def test_open_list_of_changes_is_updated(pilot, demo, clock):
    await live(pilot, clock)
    await press(pilot, "d")
    assert "joined" not in words(pilot)
    demo.site.rename_user(30, "New Member")
    demo.site.add_member(1, 30)
    await pass_time(pilot, clock)
    await until(pilot, lambda: "New Member" in drawn(pilot))
    assert "+ joined" in words(pilot)


async def test_w_again_ends_it(pilot, demo, clock):
    await live(pilot, clock)
    await press(pilot, "w")
    assert "Live is off" in words(pilot)
    assert "live 5m" not in drawn(pilot)
    before = crawls(demo)
    assert clock.sleepers == 0
    clock.advance(3600)
    await settled(pilot)
    assert crawls(demo) == before


async def test_w_ends_it_while_it_reloads(pilot, demo, clock):
    await live(pilot, clock)
    demo.faults.always("hang")
    clock.advance(5 * MINUTE)
    await until(pilot, lambda: "reading" in drawn(pilot, "StatusBar"))
    await pilot.press("w")
    await until(pilot, lambda: "Live is off" in words(pilot))
    assert "reading" in drawn(pilot, "StatusBar")
    await press(pilot, "x")
    assert clock.sleepers == 0
    demo.faults.clear()
    before = crawls(demo)
    clock.advance(3600)
    await settled(pilot)
    assert crawls(demo) == before


async def set_live(pilot, interval: str) -> None:
    await press(pilot, "colon")
    await type_text(pilot, f"live {interval}")
    await press(pilot, "enter")


@pytest.mark.parametrize(("interval", "minutes"), [("2m", 2), ("90s", 1.5), ("1d", 24 * 60)])
async def test_palette_sets_the_interval_which_w_uses_again(pilot, clock, interval, minutes):
    await set_live(pilot, interval)
    await wait_for_live(pilot, clock)
    assert f"live {interval} · " in drawn(pilot, "StatusBar")
    await press(pilot, "w")
    await live(pilot, clock, interval)
    assert clock.waits[-1] == minutes * MINUTE


async def test_palette_ends_it(pilot, clock):
    await live(pilot, clock)
    await set_live(pilot, "off")
    assert "Live is off. w turns it on again." in words(pilot)
    assert clock.sleepers == 0
    assert "live" not in drawn(pilot, "StatusBar")


@pytest.mark.parametrize(
    ("interval", "notice"),
    [
        ("10s", "10s is too short: the shortest interval is a minute"),
        ("59s", "59s is too short: the shortest interval is a minute"),
        ("2d", "2d is too long: the longest interval is a day"),
        ("abc", "“abc” is not a valid duration: use 10m"),
        ("soon", "“soon” is not a valid duration: use 10m"),
    ],
)
async def test_interval_that_cannot_be_used_is_refused_while_it_is_typed(pilot, clock, interval, notice):
    await live(pilot, clock)
    await press(pilot, "colon")
    await type_text(pilot, f"live {interval}")
    assert notice in words(pilot)
    assert "reload every" not in words(pilot, "PaletteDialog Table")
    await press(pilot, "enter", "escape")
    assert "live 5m · " in drawn(pilot, "StatusBar")
    assert clock.sleepers == 1


def test_every_interval_of_the_palette_can_be_used():
    durations = list(map(parse_duration, LIVE_INTERVALS))
    assert durations == sorted(durations)
    assert durations[0] == MIN_LIVE_INTERVAL
    assert durations[-1] <= MAX_LIVE_INTERVAL


async def test_error_is_shown_and_live_goes_on(pilot, demo, clock):
    await live(pilot, clock)
    demo.faults.always("html")
    await pass_time(pilot, clock)
    assert "Live tries again at 14:12:11." in words(pilot, "NoticeBar")
    assert "STALE" in drawn(pilot, "StatusBar")
    demo.faults.clear()
    await pass_time(pilot, clock)
    assert "STALE" not in drawn(pilot, "StatusBar")
    assert "tries again" not in words(pilot)


async def test_rate_limit_pauses_live_as_everything_else(pilot, demo, clock):
    await live(pilot, clock)
    demo.faults.next("429")
    before = len(demo.log.paths)
    clock.advance(5 * MINUTE)
    await until(pilot, lambda: "Rate limited by the instance (429)" in words(pilot))
    await until(pilot, lambda: clock.sleepers >= 1)
    assert len(demo.log.paths) <= before + 4
    clock.advance(MINUTE)
    await wait_for_live(pilot, clock)
    assert "Rate limited" not in words(pilot)


async def test_refused_token_ends_it(pilot, demo, clock):
    await live(pilot, clock)
    demo.faults.always("401")
    clock.advance(5 * MINUTE)
    await until(pilot, lambda: "Press i to sign in again." in words(pilot))
    await settled(pilot)
    assert clock.sleepers == 0
    assert "live" not in drawn(pilot, "StatusBar")


async def test_x_stops_one_turn_only(pilot, demo, clock):
    await live(pilot, clock)
    demo.faults.always("hang")
    clock.advance(5 * MINUTE)
    await until(pilot, lambda: "reading" in drawn(pilot, "StatusBar"))
    await press(pilot, "x")
    demo.faults.clear()
    await wait_for_live(pilot, clock)
    before = crawls(demo)
    await pass_time(pilot, clock)
    assert crawls(demo) == before + 1


async def test_sign_out_leaves_no_timer(pilot, clock):
    await live(pilot, clock)
    screen = pilot.app.screen
    assert isinstance(screen, BrowserScreen)
    await screen.remove()
    await until(pilot, lambda: clock.sleepers == 0)


async def test_live_is_refused_offline(demo, clock, tmp_path):
    history = History(demo.url, tmp_path)
    async with browser_app(demo.url, demo.token, clock, history=history).run_test() as pilot:
        await settled(pilot)
    app = browser_app(demo.url, demo.token, clock, history=history, offline=True)
    async with app.run_test() as pilot:
        await settled(pilot)
        await press(pilot, "w")
        assert "There is nothing to reload without a connection" in words(pilot)
        assert clock.sleepers == 0
