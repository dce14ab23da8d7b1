"""The clock, and the cooldown that an instance may request."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta


class Clock:
    """Returns the time, and waits. Tests use one that advances by itself."""

    def monotonic(self) -> float:
        """Return the seconds of a clock that never goes backwards."""
        return time.monotonic()

    def now(self) -> datetime:
        return datetime.now(UTC)

    async def sleep(self, seconds: float) -> None:
        """Wait; cancelling ends the wait."""
        await asyncio.sleep(seconds)


class Cooldown:
    """A pause that the instance requested, shared by all requests to it."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._deadline = 0.0
        self._until: datetime | None = None
        self._changed = asyncio.Event()

    @property
    def until(self) -> datetime | None:
        """When requests continue; None if there is no cooldown."""
        return self._until

    async def changes(self) -> AsyncIterator[datetime | None]:
        """Yield `until` now, and again whenever it changes; any number of callers may follow it."""
        while True:
            changed = self._changed
            yield self._until
            await changed.wait()

    def start(self, seconds: float) -> None:
        """Hold all requests for this long. A cooldown that lasts longer already is not shortened."""
        deadline = self._clock.monotonic() + seconds
        if deadline > self._deadline:
            self._deadline = deadline
            self._set(self._clock.now() + timedelta(seconds=seconds))

    async def wait(self) -> None:
        """Wait until there is no cooldown."""
        while (remaining := self._deadline - self._clock.monotonic()) > 0:
            await self._clock.sleep(remaining)
        if self._until is not None:
            self._set(None)

    def _set(self, until: datetime | None) -> None:
        self._until = until
        self._changed.set()
        self._changed = asyncio.Event()
