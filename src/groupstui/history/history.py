"""Keeps the complete readings of one site, and tells what changed between any two of them."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

import platformdirs

from ..directory.directory import Directory, Group
from ..settings import Settings
from .database import HistoryFile
from .snapshots import (
    Snapshot,
    add_snapshot,
    drop_snapshots,
    groups_in,
    last_in,
    milliseconds,
    names_in,
    names_unlike,
    put_reading,
    reading_in,
    snapshots_in,
)

if TYPE_CHECKING:
    import sqlite3

    from ..directory.changes import Change
    from .time_spec import PointInTime


def default_folder() -> Path:
    """Return the place for histories on this system; `XDG_STATE_HOME` is honoured."""
    return platformdirs.user_state_path("groupstui") / "history"


def history_of(origin: str, settings: Settings) -> History | None:
    """Return the history of a site as the settings want it; None where they want none."""
    if not settings.history:
        return None
    return History(origin, default_folder(), keep=timedelta(days=settings.history_days))


class History:
    """The history of one site. Every method may be called in any thread, and waits for the disk.

    Every method raises `HistoryUnavailable` where the file can't be read or written.
    """

    def __init__(self, origin: str, folder: Path | None, *, keep: timedelta | None = None) -> None:
        """Name the file; nothing is opened yet.

        Args:
            origin: The site, as `https://acme.testmo.net`.
            folder: Where histories are kept; None keeps this one in memory.
            keep: After how long a snapshot is dropped; never, if not given.
        """
        self._keep = keep
        path = None if folder is None else folder / f"{_file_name(origin)}.sqlite3"
        self._file = HistoryFile(path)

    @property
    def path(self) -> Path | None:
        """The file; None where the history is in memory."""
        return self._file.path

    @property
    def exists(self) -> bool:
        """Whether there may be anything in it."""
        return self._file.exists

    @property
    def notice(self) -> str:
        """Says that the file was damaged, and where it was put; empty otherwise."""
        return self._file.notice

    def save(self, directory: Directory) -> Snapshot | None:
        """Keep a complete reading; None, and nothing kept, for one that began before the last that is.

        Raises:
            ValueError: If it is not complete.
        """
        from ..directory.changes import changes_between
        from .change_log import add_changes

        taken_at = directory.as_of
        if not directory.complete or taken_at is None:
            raise ValueError("an incomplete reading is no history")

        def work(db: sqlite3.Connection) -> Snapshot | None:
            last = last_in(db)
            if last is not None and milliseconds(taken_at) <= milliseconds(last.taken_at):
                return None
            unlike, renamed = names_unlike(db, directory.names)
            before = reading_in(db, last, unlike)
            changes = [] if last is None else changes_between(before, directory)
            snapshot = add_snapshot(db, directory, taken_at, len(changes))
            add_changes(db, snapshot, changes)
            put_reading(db, before, directory, renamed)
            if self._keep is not None:
                drop_snapshots(db, taken_at - self._keep)
            return snapshot

        return self._file.do(work)

    def latest(self) -> Directory | None:
        """Return the last snapshot as a complete directory with its `as_of`; None before the first."""

        def work(db: sqlite3.Connection) -> Directory | None:
            last = last_in(db)
            return None if last is None else reading_in(db, last)

        return self._file.do(work)

    def beginning(self, count: int) -> tuple[Snapshot, list[Group], dict[int, str]] | None:
        """Return the first groups as they were last read, and their users's names: what is seen at first.

        It takes no longer for a large site than for a small one.
        """

        def work(db: sqlite3.Connection) -> tuple[Snapshot, list[Group], dict[int, str]] | None:
            if (last := last_in(db)) is None:
                return None
            groups = groups_in(db, count)
            return last, groups, names_in(db, groups)

        return self._file.do(work)

    def snapshots(self) -> list[Snapshot]:
        """Return every snapshot, the oldest first."""
        return self._file.do(snapshots_in)

    def at(self, moment: PointInTime) -> Snapshot | None:
        """Return the snapshot that shows the site at a moment: the last taken by then, or the first of all.

        Raises:
            InvalidTime: If a snapshot is named that is not there.
        """
        from ..errors import InvalidTime

        snapshots = self.snapshots()
        if moment.snapshot is not None:
            for snapshot in snapshots:
                if snapshot.id == moment.snapshot:
                    return snapshot
            raise InvalidTime(f"there is no snapshot #{moment.snapshot}")
        time = moment.time
        by_then = [snapshot for snapshot in snapshots if time is not None and snapshot.taken_at <= time]
        return by_then[-1] if by_then else snapshots[0] if snapshots else None

    def changes(self, since: Snapshot, until: Snapshot) -> list[Change]:
        """Return what was different at one snapshot from another before it, with names as they were then."""
        from .change_log import changes_in

        return self._file.do(lambda db: changes_in(db, since.id, until.id))

    def prune(self, before: datetime) -> int:
        """Drop the snapshots taken before a time, but never the last, and give how many there were."""
        dropped = self._file.do(lambda db: drop_snapshots(db, before))
        if dropped:
            self._file.vacuum()
        return dropped

    def purge(self) -> bool:
        """Delete all of it, and what was set aside; False where there was nothing."""
        return self._file.remove()


def _file_name(origin: str) -> str:
    """Return a file's name for a site: the host for most, and never one that means something to a system."""
    scheme, _, host = origin.partition("://")
    safe = quote(host, safe="").replace("%", "_")
    return safe if scheme == "https" and re.fullmatch(r"[a-z0-9.-]+", host) else f"{safe}_{scheme}"
