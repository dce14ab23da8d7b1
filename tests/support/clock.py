"""A clock that tests control."""

from __future__ import annotations

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
