"""A pause that the site asks for is told with its end, can be left, and is kept to by whoever asks next."""

from __future__ import annotations

import asyncio
import re

import pytest

from ..support.clock import SteppedClock
from ..support.pilot import browser_app, press, settled, until, words

NOTICE = "Rate limited by the site; continuing at 14:02:18. x stops."
STOPPED = "Stopped. Press r to try again."


class HeldClock(SteppedClock):
    """A clock that stands still even where somebody waits for it, until it is let go."""

    def __init__(self):
        super().__init__()
        self.let_go = asyncio.Event()

    async def sleep(self, seconds):
        self.waits.append(seconds)
        end = self.seconds + seconds
        await self.let_go.wait()
        self.seconds = max(self.seconds, end)


@pytest.fixture
async def clock():
    return HeldClock()


@pytest.fixture
async def pilot(demo, clock):
    demo.faults.retry_after = 7
    async with browser_app(demo.url, demo.token, clock).run_test(size=(160, 40)) as pilot:
        yield pilot


@pytest.mark.parametrize(
    ("fault", "end"), [("429", "14:02:18"), ("429-date", r"14:02:1[789]"), ("429-bare", "14:03:11")]
)
async def test_a_pause_is_told_with_its_end_and_then_goes_on_by_itself(pilot, demo, clock, fault, end):
    await settled(pilot)
    demo.site.rename_group(1, "Renamed meanwhile")
    demo.faults.next(fault)
    await pilot.press("r")
    await until(pilot, lambda: re.search(f"pause; going on at {end}. x stops.", words(pilot)))
    assert "Release managers" in words(pilot)
    clock.let_go.set()
    await settled(pilot)
    assert "Renamed meanwhile" in words(pilot)
    assert "pause" not in words(pilot)


async def test_a_pause_that_was_left_is_told_again_to_whoever_asks_during_it(pilot, demo, clock):
    await settled(pilot)
    demo.faults.next("429")
    await pilot.press("r")
    await until(pilot, lambda: NOTICE in words(pilot))
    await press(pilot, "x")
    assert STOPPED in words(pilot)
    assert "Release managers" in words(pilot)
    asked = len(demo.log.paths)

    await pilot.press("r")
    await until(pilot, lambda: NOTICE in words(pilot))
    assert len(demo.log.paths) == asked
    clock.let_go.set()
    await settled(pilot)
    assert "pause" not in words(pilot)
    assert "as of Mon 14:02:18" in words(pilot)


async def test_the_end_of_a_pause_takes_no_other_notice_away(pilot, demo, clock):
    await settled(pilot)
    demo.faults.next("429", "429")
    await pilot.press("R")  # reads the page and, beside it, the site
    await until(pilot, lambda: len(clock.waits) == 2 and NOTICE in words(pilot))
    await pilot.press("x")
    await until(pilot, lambda: STOPPED in words(pilot))
    clock.let_go.set()
    await settled(pilot)
    assert STOPPED in words(pilot)
    await press(pilot, "r")
    assert STOPPED not in words(pilot)
