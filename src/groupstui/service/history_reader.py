"""What a site looked like before, for screens: read in a thread, and never a reason to stop."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, TypeVar

from ..directory.directory import Directory, Group
from ..testmo.rate_limit import Clock

if TYPE_CHECKING:
    from ..directory.changes import Change
    from ..history import History, Snapshot

R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class ChangeSummary:
    """What changed from one snapshot to another."""

    since: Snapshot
    until: Snapshot
    changes: list[Change]
    whole: bool
    """Whether the history reaches back as far as was asked."""


class HistoryReader:
    """The history of the site of one service; what fails in it is told by `notice`."""

    def __init__(self, history: History, clock: Clock) -> None:
        """Take a history.

        Args:
            history: Where complete readings are kept.
            clock: What tells the time.
        """
        self._history = history
        self._clock = clock
        self.notice = ""
        """Why nothing was kept or found, or what happened to the file; empty while all is well."""

    @property
    def exists(self) -> bool:
        """Whether anything was ever kept."""
        return self._history.exists

    async def keep(self, directory: Directory) -> None:
        """Keep a complete reading, as it is now; the directory may grow meanwhile."""
        now = Directory()
        now.take_over(directory)
        await asyncio.to_thread(self._tried, lambda history: history.save(now))

    def beginning(self, count: int) -> tuple[Snapshot, list[Group], dict[int, str]] | None:
        """Return the first groups as they were last read, and their users's names. It waits for the disk."""
        return self._tried(lambda history: history.first_groups(count))

    async def latest(self) -> Directory | None:
        """Return the site as it was last read; None where that was never kept."""
        return await asyncio.to_thread(self._tried, lambda history: history.latest())

    async def news(self, age: timedelta | None) -> ChangeSummary | None:
        """Return what changed of late.

        Args:
            age: How far to look back; None means as far as the history reaches.
        """
        return await asyncio.to_thread(self._tried, lambda history: self._news(history, age))

    def _news(self, history: History, age: timedelta | None) -> ChangeSummary | None:
        from ..history.time_spec import PointInTime

        now = self._clock.now()
        snapshots = history.snapshots()
        if not snapshots:
            return None
        until = snapshots[-1]
        since = (None if age is None else history.at(PointInTime(now - age))) or snapshots[0]
        whole = age is not None and since.taken_at <= now - age
        return ChangeSummary(since, until, history.changes(since, until), whole)

    def _tried(self, asked: Callable[[History], R | None]) -> R | None:
        """Ask the history; one that can't be used is no reason to withhold anything else."""
        from ..errors import HistoryUnavailable

        try:
            found = asked(self._history)
        except HistoryUnavailable as error:
            self.notice = f"{error}. {error.hint}"
            return None
        self.notice = self._history.notice
        return found
