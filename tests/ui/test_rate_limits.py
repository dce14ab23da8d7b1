"""429: the app shows when it retries, can be stopped, and applies the cooldown to later requests."""

from __future__ import annotations

import asyncio
import re

import pytest

from ..support.clock import SteppedClock
from ..support.pilot import browser_app, press, settled, until, words

NOTICE = "Rate limited by the instance (429); retrying at 14:02:18. x stops."
STOPPED = "Stopped. Press r to try again."


class HeldClock(SteppedClock):
    """A clock that stands still, even during a wait, until it is released."""

    def __init__(self):
        super().__init__()
        self.released = asyncio.Event()

    async def sleep(self, seconds):
        self.waits.append(seconds)
        end = self.seconds + seconds
        await self.released.wait()
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
async def test_429_shows_when_it_retries_and_retries(pilot, demo, clock, fault, end):
    await settled(pilot)
    demo.site.rename_group(1, "Renamed meanwhile")
    demo.faults.next(fault)
    await pilot.press("r")
    await until(pilot, lambda: re.search(rf"retrying at {end}\. x stops\.", words(pilot)))
    assert "Release managers" in words(pilot)
    clock.released.set()
    await settled(pilot)
    assert "Renamed meanwhile" in words(pilot)
    assert "Rate limited" not in words(pilot)


async def test_cooldown_applies_to_later_requests(pilot, demo, clock):
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
    clock.released.set()
    await settled(pilot)
    assert "Rate limited" not in words(pilot)
    assert "as of Mon 14:02:18" in words(pilot)


async def test_cancelled_reload_ends_the_cooldown_notice(pilot, demo, clock):
    await settled(pilot)
    demo.faults.next("429")
    await pilot.press("r")
    await until(pilot, lambda: NOTICE in words(pilot))
    await press(pilot, "n")
    assert "page 2 of 16" in words(pilot)
    assert "Rate limited" not in words(pilot)


async def test_cooldown_notice_stays_while_another_request_waits(pilot, demo, clock):
    await settled(pilot)
    demo.faults.next("429", "429")
    await pilot.press("R")  # loads the page and crawls
    await until(pilot, lambda: len(clock.waits) == 2 and NOTICE in words(pilot))
    await pilot.press("n")
    await until(pilot, lambda: "page 2 of 16" in words(pilot))
    assert NOTICE in words(pilot)
    clock.released.set()
    await settled(pilot)
    assert "Rate limited" not in words(pilot)


async def test_end_of_cooldown_keeps_other_notices(pilot, demo, clock):
    await settled(pilot)
    demo.faults.next("429", "429")
    await pilot.press("R")  # loads the page and crawls
    await until(pilot, lambda: len(clock.waits) == 2 and NOTICE in words(pilot))
    await pilot.press("x")
    await until(pilot, lambda: STOPPED in words(pilot))
    clock.released.set()
    await settled(pilot)
    assert "No changes since" in words(pilot)  # of the crawl, which went on
    assert NOTICE not in words(pilot)
