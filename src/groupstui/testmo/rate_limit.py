"""Keeps requests as polite as the site asks: one pause for all of them."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from types import TracebackType


class Clock:
    """The time, and waiting for it. Tests put one in its place that moves by itself."""

    def monotonic(self) -> float:
        """Return seconds that never go back."""
        return time.monotonic()

    def now(self) -> datetime:
        """Return the time of day, in UTC."""
        return datetime.now(UTC)

    async def sleep(self, seconds: float) -> None:
        """Wait for so many seconds; cancelling ends the wait."""
        await asyncio.sleep(seconds)


class Cooldown:
    """One pause, shared by all requests to a site: nobody asks while it lasts."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._deadline = 0.0
        self.until: datetime | None = None
        """When requests go on; None while nothing is paused."""
        self.changed: Callable[[], None] = lambda: None
        """Called when a pause begins, is lengthened, holds one more request, or ends."""

    def hold(self, seconds: float) -> None:
        """Let no request start for so many seconds. A pause that already lasts longer stays as it is."""
        deadline = self._clock.monotonic() + seconds
        if deadline > self._deadline:
            self._deadline = deadline
            self.until = self._clock.now() + timedelta(seconds=seconds)
            self.changed()

    async def over(self) -> None:
        """Wait until nothing is paused."""
        while (left := self._deadline - self._clock.monotonic()) > 0:
            self.changed()
            await self._clock.sleep(left)
        if self.until is not None:
            self.until = None
            self.changed()


class RequestLimiter:
    """What every request passes: a few are under way at once, and none while a pause lasts.

    Used as an async context, for as long as a request is under way.
    """

    def __init__(self, pause: Cooldown, at_once: int) -> None:
        self._pause = pause
        self._slots = asyncio.Semaphore(at_once)

    async def __aenter__(self) -> None:
        await self._slots.acquire()
        try:
            await self._pause.over()
        except BaseException:
            self._slots.release()
            raise

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._slots.release()
