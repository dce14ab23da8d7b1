"""The history of one instance for screens and commands: read in a thread, and never fatal."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

from ..directory.changes import Change
from ..directory.directory import Directory
from ..directory.models import Group
from ..errors import HistoryLocked, HistoryUnavailable
from ..history.history import History, Past
from ..history.snapshots import Snapshot
from ..history.time_spec import PointInTime
from ..history.timeline import Kind, Timeline
from ..testmo.rate_limit import Clock

R = TypeVar("R")

SAVE_ATTEMPTS = 4
"""How often saving is tried if another program uses the history; each attempt waits `WRITE_TIMEOUT_S`."""


@dataclass(frozen=True, slots=True)
class ChangeSummary:
    """The changes from one snapshot to another."""

    since: Snapshot
    until: Snapshot
    changes: list[Change]
    reaches_back: bool
    """Whether the history goes back as far as requested."""
    read_at: datetime
    """When the history was read."""


class HistoryReader:
    """Reads and writes the history; `notice` describes a failure."""

    def __init__(self, history: History, clock: Clock, until: Snapshot | None = None) -> None:
        """Read a history; with `until`, as if that snapshot were the last, and its time the present."""
        self._history = history
        self._clock = clock
        self._until = until
        self._failure: HistoryUnavailable | None = None
        self.notice = ""
        """Why the history could not be used, or what happened to its file; empty if there is no problem."""

    @property
    def exists(self) -> bool:
        """Whether a snapshot was ever stored that can be shown until the instance is read."""
        return self._until is None and self._history.exists

    async def past(self, when: str) -> Past | None:
        """Return the instance as it was at a time; None if there is no history.

        Raises:
            InvalidTime: If the text is no time, or a time in the future.
        """
        point = PointInTime.parse_past(when, self._clock.now())
        return await asyncio.to_thread(self._attempt, lambda history: history.past(point))

    async def save(
        self, directory: Directory, on_wait: Callable[[], object] = lambda: None
    ) -> Snapshot | None:
        """Store a complete directory as a snapshot; return it, or a newer one, or None if that fails.

        Args:
            directory: The crawl.
            on_wait: Called if another program uses the history. Each attempt is short, so that the caller
                can be cancelled.
        """
        for attempt in range(SAVE_ATTEMPTS):
            saved = await asyncio.to_thread(self._attempt, lambda h: h.save(directory, self._clock.now()))
            if not isinstance(self._failure, HistoryLocked):
                break
            if not attempt:
                on_wait()
        return saved

    def first_groups(self, count: int) -> tuple[Snapshot, list[Group], dict[int, str]] | None:
        """Return the first groups of the last snapshot with the names of their users; blocks on the disk."""
        return self._attempt(lambda history: history.first_groups(count))

    async def latest(self) -> Directory | None:
        """Return the directory of the last snapshot; None before the first."""
        return await asyncio.to_thread(self._attempt, lambda history: history.latest())

    async def snapshots(self) -> list[Snapshot]:
        """Return all snapshots, also later ones than the last for this reader; none without a history."""
        return await asyncio.to_thread(self._attempt, lambda history: history.snapshots()) or []

    async def changes_since(self, age: timedelta | None) -> ChangeSummary | None:
        """Return the recent changes, or all changes for None; None before the first snapshot."""
        return await asyncio.to_thread(self._attempt, lambda history: self._summary(history, age))

    async def timeline(self, kind: Kind, id: int) -> Timeline | None:
        """Return the timeline of a group or user; None if the history cannot be read."""
        return await asyncio.to_thread(
            self._attempt, lambda history: history.timeline(kind, id, until=self._until)
        )

    async def group_names(self) -> dict[int, list[str]]:
        """Return all names that each group has or had, the last one first; none without a history."""
        return await asyncio.to_thread(self._attempt, lambda history: history.known_names("group")) or {}

    def _summary(self, history: History, age: timedelta | None) -> ChangeSummary | None:
        now = self._clock.now() if self._until is None else self._until.taken_at
        snapshots = [each for each in history.snapshots() if self._until is None or each.id <= self._until.id]
        if not snapshots:
            return None
        until = snapshots[-1]
        since = (None if age is None else history.at(PointInTime(now - age))) or snapshots[0]
        reaches_back = age is not None and since.taken_at <= now - age
        return ChangeSummary(since, until, history.changes(since, until), reaches_back, now)

    def _attempt(self, use: Callable[[History], R | None]) -> R | None:
        """Use the history; return None and set `notice` if it cannot be used."""
        self._failure = None
        try:
            result = use(self._history)
        except HistoryUnavailable as error:
            self.notice, self._failure = error.full, error
            return None
        self.notice = self._history.notice
        return result
