"""The history of an instance: its snapshots, and what changed between any two of them."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import quote

import platformdirs

from ..directory.acceptance import Acceptance
from ..directory.changes import Change
from ..directory.directory import Directory
from ..directory.models import Group
from ..errors import InvalidTime
from ..settings import Settings
from .audit_store import (
    LastAudit,
    drop_withdrawn,
    read_acceptances,
    read_last_audit,
    withdraw_acceptances,
    write_acceptance,
    write_last_audit,
)
from .cursor import Cursor, read_cursor, write_cursor
from .database import Database
from .snapshots import (
    Snapshot,
    add_snapshot,
    all_snapshots,
    all_users,
    changes_in,
    directory_at,
    drop_snapshots,
    group_names,
    known_names,
    last_directory,
    last_groups,
    last_snapshot,
    milliseconds,
    names_in,
    save_all_users,
    user_names,
)
from .time_spec import PointInTime
from .timeline import Kind, Timeline, timeline_of

SNAPSHOTS_HINT = "groupstui snapshot list shows all of them."


def default_folder() -> Path:
    """Return the folder of histories on this system; `XDG_STATE_HOME` is respected."""
    return platformdirs.user_state_path("groupstui", appauthor=False) / "history"


def history_of(origin: str, settings: Settings) -> History | None:
    """Return the history of an instance, or None if the settings disable it."""
    if not settings.history:
        return None
    return History(origin, default_folder(), keep=timedelta(days=settings.history_days))


@dataclass(frozen=True, slots=True)
class PastState:
    """An instance as it was at a time."""

    time: datetime
    """The time; that of the snapshot if its id was asked for."""
    snapshot: Snapshot
    """The last snapshot up to then."""
    directory: Directory
    """What it contains."""


@dataclass(frozen=True, slots=True)
class Past:
    """What a history knows of a time."""

    begins: datetime
    """When the oldest snapshot was taken."""
    state: PastState | None
    """The instance as it was; None if the history begins later."""


class History:
    """The history of one instance.

    Every method may be called in any thread; it blocks while the disk is read or written, and raises
    `HistoryUnavailable` if that fails. Nothing stays open between two calls.
    """

    def __init__(self, origin: str, folder: Path | None, *, keep: timedelta | None = None) -> None:
        """Choose the file; nothing is opened yet.

        Args:
            origin: The instance, as `https://acme.testmo.net`.
            folder: Where to keep the file; None keeps the history in memory.
            keep: The age at which a snapshot is deleted; never by default.
        """
        self._keep = keep
        self._database = Database(None if folder is None else folder / f"{_file_name(origin)}.sqlite3")

    @property
    def path(self) -> Path | None:
        """The file; None for a history in memory."""
        return self._database.path

    @property
    def exists(self) -> bool:
        """Whether anything was ever saved."""
        return self._database.exists

    @property
    def notice(self) -> str:
        """Where a damaged file was moved to; empty if there was none."""
        return self._database.notice

    def save(self, directory: Directory, now: datetime | None = None) -> Snapshot:
        """Save a complete directory as a snapshot, and delete snapshots that are too old.

        A last snapshot from the future was taken while the clock was ahead; it does not prevent newer ones.

        Args:
            directory: The crawl.
            now: The present; by default, by the clock of the system.

        Returns:
            The snapshot; the last one if that is of a later crawl, which another program has just saved.

        Raises:
            ValueError: If the directory is incomplete.
        """
        taken_at, present = directory.as_of, now or datetime.now(UTC)
        if not directory.complete or taken_at is None:
            raise ValueError("an incomplete directory cannot be a snapshot")

        def save(db: sqlite3.Connection) -> Snapshot:
            last = last_snapshot(db)
            if (
                last is not None
                and milliseconds(taken_at) <= milliseconds(last.taken_at)
                and (last.taken_at <= present)
            ):
                if directory.users_complete and milliseconds(taken_at) == milliseconds(last.taken_at):
                    save_all_users(db, directory, taken_at)  # they were read after the groups
                return last
            snapshot = add_snapshot(db, directory, taken_at)
            if self._keep is not None:
                _drop(db, taken_at - self._keep, present)
            return snapshot

        saved = self._database.write(save)
        if self._keep is not None:
            self._database.delete_copies(taken_at - self._keep)
        return saved

    @property
    def missing(self) -> str:
        """Why there is no snapshot."""
        if self.notice:
            return "the history was damaged"
        if copies := self._database.damaged_copies():
            return f"there is no snapshot yet since the history was damaged: see {copies[-1]}"
        return "there is no snapshot yet"

    def latest(self) -> Directory | None:
        """Return the last snapshot as a complete directory, or None."""
        return self._database.read(last_directory)

    def directory_at(self, snapshot: Snapshot) -> Directory | None:
        """Return a snapshot as a complete directory; None if it was deleted meanwhile, or is damaged."""
        return self._database.read(lambda db: directory_at(db, snapshot))

    def all_users(
        self, since: datetime, until: datetime, snapshot: Snapshot | None = None
    ) -> tuple[datetime, dict[int, str]] | None:
        """Return the names of all users and when they were read; None if not between two times.

        Args:
            since: The first time.
            until: The last time.
            snapshot: The last snapshot for which they may have been read; the last of all by default.
        """
        return self._database.read(lambda db: all_users(db, since, until, snapshot))

    def names(self, kind: str) -> list[str]:
        """Return the names of all groups or users of the last snapshot; a damaged file stays where it is.

        Args:
            kind: What to name, `group` or `user`.
        """
        return self._database.peek(group_names if kind == "group" else user_names)

    def first_groups(self, count: int) -> tuple[Snapshot, list[Group], dict[int, str]] | None:
        """Return the last snapshot, its first groups, and the names of their users; None without one.

        It takes no longer for a large instance than for a small one.
        """

        def read(db: sqlite3.Connection) -> tuple[Snapshot, list[Group], dict[int, str]] | None:
            if (last := last_snapshot(db)) is None:
                return None
            groups = last_groups(db, count)
            return last, groups, names_in(db, groups)

        return self._database.read(read)

    def snapshots(self) -> list[Snapshot]:
        """Return every snapshot, the oldest first."""
        return self._database.read(all_snapshots)

    def peek_snapshots(self) -> list[Snapshot]:
        """Return every snapshot, the oldest first; a damaged file stays where it is."""
        return self._database.peek(all_snapshots)

    def at(self, point: PointInTime) -> Snapshot | None:
        """Return the last snapshot taken up to a time, or the oldest if that is later; None without any.

        Raises:
            InvalidTime: If the snapshot that `point` names does not exist.
        """
        snapshots = self.snapshots()
        return _choose(snapshots, point) or next(iter(snapshots), None)

    def past(self, point: PointInTime) -> Past | None:
        """Return the instance as it was at a time, from the last snapshot up to then; None without any.

        Raises:
            InvalidTime: If the snapshot that `point` names does not exist.
        """

        def read(db: sqlite3.Connection) -> Past | None:
            if not (snapshots := all_snapshots(db)):
                return None
            chosen = _choose(snapshots, point)
            directory = None if chosen is None else directory_at(db, chosen)
            if chosen is None or directory is None:
                return Past(snapshots[0].taken_at, None)
            state = PastState(point.time or chosen.taken_at, chosen, directory)
            return Past(snapshots[0].taken_at, state)

        return self._database.read(read)

    def changes(self, since: Snapshot, until: Snapshot) -> list[Change]:
        """Return the differences between two snapshots, with the names of the later one."""
        return self._database.read(lambda db: changes_in(db, since, until))

    def timeline(
        self, kind: Kind, id: int, since: Snapshot | None = None, until: Snapshot | None = None
    ) -> Timeline:
        """Return what changed about a group or user, who may no longer exist, between two snapshots."""
        first, last = (0 if since is None else since.id), (None if until is None else until.id)
        return self._database.read(lambda db: timeline_of(db, kind, id, first, last))

    def known_names(self, kind: Kind, until: Snapshot | None = None) -> dict[int, list[str]]:
        """Return all names that each group or user of the snapshots up to one had, the last one first.

        Args:
            kind: What has the names.
            until: The last snapshot; by default, the last of all.
        """
        return self._database.read(lambda db: known_names(db, kind, until))

    def cursor(self) -> Cursor | None:
        """Return the position of `watch`; None before its first start."""
        return self._database.write(read_cursor)

    def move_cursor(self, cursor: Cursor) -> None:
        """Store the position of `watch`."""
        self._database.write(lambda db: write_cursor(db, cursor))

    def acceptances(self, at: datetime | None = None) -> dict[str, Acceptance]:
        """Return the findings of audits that are accepted, or were at a time, by their fingerprints."""
        return self._database.read(lambda db: read_acceptances(db, at))

    def accept(self, fingerprints: Iterable[str], acceptance: Acceptance) -> None:
        """Store that findings are accepted from a time on."""
        self._database.write(lambda db: write_acceptance(db, fingerprints, acceptance))

    def withdraw(self, fingerprints: Iterable[str], now: datetime | None = None) -> None:
        """Store that findings are no longer accepted, from now or another time on."""
        time = now or datetime.now(UTC)
        self._database.write(lambda db: withdraw_acceptances(db, fingerprints, time))

    def last_audit(self) -> LastAudit:
        """Return the findings of the last audit; without the checks that were never run."""
        return self._database.read(read_last_audit)

    def save_audit(self, audit: LastAudit) -> None:
        """Store the findings of an audit; those of checks that were not run stay."""
        self._database.write(lambda db: write_last_audit(db, audit))

    def prune(self, before: datetime, now: datetime | None = None) -> int:
        """Delete the snapshots taken before a time, except the last; copies of damaged files likewise.

        Return how many snapshots and copies there were.
        """
        if not self.exists:
            return self._database.delete_copies(before)
        present = now or datetime.now(UTC)
        deleted = self._database.write(lambda db: _drop(db, before, present))
        return deleted + self._database.delete_copies(before)

    def purge(self) -> bool:
        """Delete the file and damaged copies of it, and return whether there were any."""
        return self._database.delete()


def _drop(db: sqlite3.Connection, before: datetime, now: datetime) -> int:
    """Delete the snapshots and the withdrawn acceptances from before a time; return how many snapshots."""
    drop_withdrawn(db, before)
    return drop_snapshots(db, before, now)


def _choose(snapshots: Sequence[Snapshot], point: PointInTime) -> Snapshot | None:
    """Return the last snapshot taken up to a time; None if there is none.

    Raises:
        InvalidTime: If the snapshot that `point` names does not exist.
    """
    if point.snapshot is not None:
        for snapshot in snapshots:
            if snapshot.id == point.snapshot:
                return snapshot
        raise InvalidTime(f"there is no snapshot #{point.snapshot}", hint=SNAPSHOTS_HINT)
    time = point.time
    earlier = [snapshot for snapshot in snapshots if time is None or snapshot.taken_at <= time]
    return earlier[-1] if earlier else None


def _file_name(origin: str) -> str:
    """Return a file name for an instance: mostly the host, and never a name with a meaning to a system."""
    scheme, _, host = origin.partition("://")
    safe = quote(host, safe="").replace("%", "_")
    return safe if scheme == "https" and re.fullmatch(r"[a-z0-9.-]+", host) else f"{safe}_{scheme}"
