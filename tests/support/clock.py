"""Clocks that tests control."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

from groupstui.testmo.rate_limit import Clock


class SteppedClock(Clock):
    """A clock that stands still and jumps ahead when something sleeps on it."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self.waits: list[float] = []
        """Duration of each sleep, in seconds."""

    def monotonic(self) -> float:
        return self.seconds

    def now(self) -> datetime:
        return datetime(2026, 11, 23, 14, 2, 11, tzinfo=UTC) + timedelta(seconds=self.seconds)

    async def sleep(self, seconds: float) -> None:
        self.waits.append(seconds)
        self.seconds += seconds


class ManualClock(SteppedClock):
    """A clock that stands still until a test advances it: what sleeps on it waits until then."""

    def __init__(self) -> None:
        super().__init__()
        self._sleepers: list[tuple[float, asyncio.Future[None]]] = []

    async def sleep(self, seconds: float) -> None:
        self.waits.append(seconds)
        woken = asyncio.get_running_loop().create_future()
        self._sleepers.append((self.seconds + seconds, woken))
        await woken

    @property
    def sleepers(self) -> int:
        """How many wait, apart from those that were cancelled."""
        return sum(not woken.done() for _, woken in self._sleepers)

    def advance(self, seconds: float) -> None:
        """Let time pass."""
        self.seconds += seconds
        for until, woken in self._sleepers:
            if until <= self.seconds and not woken.done():
                woken.set_result(None)
