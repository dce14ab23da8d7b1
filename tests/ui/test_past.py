"""The whole screen as the instance was at an earlier time."""

from __future__ import annotations

import pytest

from groupstui.screens.browser import BrowserScreen

from ..support.pilot import browser_app, drawn, press, settled, type_text

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


@pytest.mark.usefixtures("known")
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("when", ["2026-11-23", "2d", "#1"])
async def test_screen_shows_the_instance_as_it_was(demo, clock, history, size, when):
    async with app(demo, clock, history).run_test(size=size) as pilot:
        await settled(pilot)
        await press(pilot, "down", "down")
        before, requests = drawn(pilot).splitlines()[:-2], len(demo.log.requests)
        await run_command(pilot, f"at {when}")
        assert "AS OF 2026-11-23 14:02 UTC – escape or :now returns" in drawn(pilot)
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
    assert "No changes since 2026-11-23" in drawn(past) or "No changes since Mon" in drawn(past)
    await press(past, "escape", "H")
    assert "0 changes since 2026-11-23 14:02" in drawn(past)
    assert len(demo.log.requests) == requests


@pytest.mark.parametrize("key", ["r", "R"])
async def test_past_cannot_be_reloaded(past, demo, key):
    requests = len(demo.log.requests)
    await press(past, key)
    assert "The past cannot be reloaded. :now returns to the present." in drawn(past)
    assert len(demo.log.requests) == requests


async def test_now_returns_and_another_time_replaces_the_first(past):
    await run_command(past, "at #2")
    assert "AS OF 2026-11-26" in drawn(past)
    assert sum(isinstance(screen, BrowserScreen) for screen in past.app.screen_stack) == 2
    await run_command(past, "now")
    assert "AS OF" not in drawn(past)
    assert "Quality" in drawn(past)
    await run_command(past, "now")
    assert "This is the present" in drawn(past)


@pytest.mark.usefixtures("known")
@pytest.mark.parametrize(
    ("when", "notice"),
    [
        ("2026-01-01", "The history begins on 2026-11-23 14:02"),
        ("2999-01-01", "“2999-01-01” is in the future"),
        ("soon", "“soon” is not a valid time"),
        ("#99", "there is no snapshot #99"),
    ],
)
async def test_time_that_is_not_known_leaves_the_screen(demo, clock, history, when, notice):
    async with app(demo, clock, history).run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        await run_command(pilot, f"at {when}")
        assert notice in drawn(pilot)
        assert "Quality" in drawn(pilot)
        assert "AS OF" not in drawn(pilot)


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
