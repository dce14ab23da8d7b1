"""What the tables hold: snapshots, and the last reading whole. What has changed is in `log`."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from ..directory.directory import Directory, Group
from ..directory.models import compact

if TYPE_CHECKING:
    import sqlite3


AT_ONCE = 500
"""Values in one query; SQLite may be built to take no more than 999."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One complete reading of a site."""

    id: int
    """Counted from 1, in the order of time."""
    taken_at: datetime
    """When the reading began, in UTC, to the millisecond."""
    groups: int
    users: int
    """Everybody who was in a group."""
    memberships: int
    changes: int
    """How much had changed since the snapshot before."""


def milliseconds(time: datetime) -> int:
    """Return a time as it is stored."""
    return round(time.timestamp() * 1000)


def time_of(milliseconds: int) -> datetime:
    """Return a time that was stored, in UTC."""
    return datetime.fromtimestamp(milliseconds / 1000, UTC)


# Snapshots


def snapshots_in(db: sqlite3.Connection) -> list[Snapshot]:
    """Return every snapshot, the oldest first."""
    rows = db.execute("SELECT id, taken_at, groups, users, memberships, changes FROM snapshot ORDER BY id")
    return [Snapshot(number, time_of(taken_at), *counts) for number, taken_at, *counts in rows]


def last_in(db: sqlite3.Connection) -> Snapshot | None:
    """Return the last snapshot."""
    rows = db.execute(
        "SELECT id, taken_at, groups, users, memberships, changes FROM snapshot ORDER BY id DESC LIMIT 1"
    )
    return next((Snapshot(number, time_of(taken_at), *counts) for number, taken_at, *counts in rows), None)


def add_snapshot(db: sqlite3.Connection, directory: Directory, taken_at: datetime, changes: int) -> Snapshot:
    """Add a snapshot of a directory."""
    users = set[int]().union(*(group.members for group in directory.groups))
    memberships = sum(len(group.members) for group in directory.groups)
    counts = (directory.seen, len(users), memberships, changes)
    number = db.execute(
        "INSERT INTO snapshot (taken_at, groups, users, memberships, changes) VALUES (?, ?, ?, ?, ?)",
        (milliseconds(taken_at), *counts),
    ).lastrowid
    return Snapshot(number or 0, time_of(milliseconds(taken_at)), *counts)


def drop_snapshots(db: sqlite3.Connection, before: datetime) -> int:
    """Drop the snapshots taken before a time, but never the last, and give how many there were."""
    old = [each.id for each in snapshots_in(db)[:-1] if each.taken_at < before]
    if old:
        first = old[-1] + 1
        # What led to the first that is left, led there from one that is gone.
        db.execute("DELETE FROM change WHERE snapshot <= ?", (first,))
        db.execute("DELETE FROM snapshot WHERE id < ?", (first,))
    return len(old)


# The last reading


def reading_in(
    db: sqlite3.Connection, last: Snapshot | None, names: Mapping[int, str] | None = None
) -> Directory:
    """Return what the tables hold as a directory.

    Args:
        db: Where to read.
        last: The last snapshot.
        names: What users are called; everybody who was ever named, if not given.
    """
    directory = Directory()
    directory.add((), dict(db.execute("SELECT id, name FROM user")) if names is None else names)
    if last is not None:
        directory.settle(groups_in(db), complete=True, as_of=last.taken_at)
        directory.total = last.groups
    return directory


def groups_in(db: sqlite3.Connection, most: int = -1) -> list[Group]:
    """Return the first groups in the site's order; all, if not told otherwise."""
    groups = []
    for number, name, members, *dates in db.execute(
        "SELECT id, name, members, created_at, created_by, updated_at, updated_by"
        " FROM site_group ORDER BY place LIMIT ?",
        (most,),
    ):
        created_at, created_by, updated_at, updated_by = dates
        groups.append(
            Group(number, name, _ids(members), _date(created_at), created_by, _date(updated_at), updated_by)
        )
    return groups


def names_in(db: sqlite3.Connection, groups: Iterable[Group]) -> dict[int, str]:
    """Return the names of everybody that these groups mention."""
    wanted: set[int | None] = set()
    for group in groups:
        wanted.update(group.members, (group.created_by, group.updated_by))
    ids = [each for each in wanted if each is not None]
    names: dict[int, str] = {}
    for start in range(0, len(ids), AT_ONCE):
        some = ids[start : start + AT_ONCE]
        marks = ",".join("?" * len(some))
        names.update(db.execute(f"SELECT id, name FROM user WHERE id IN ({marks})", some))
    return names


def names_unlike(db: sqlite3.Connection, names: Mapping[int, str]) -> tuple[dict[int, str], set[int]]:
    """Compare names with those that the tables hold, which may be many.

    Gives what those were called who are not called so now, and the ids of those whose names are to be put.
    """
    new, unlike = set(names), dict[int, str]()
    for number, name in db.execute("SELECT id, name FROM user"):
        if names.get(number) == name:
            new.discard(number)
        else:
            unlike[number] = name
    return unlike, new


def put_reading(db: sqlite3.Connection, before: Directory, after: Directory, renamed: Iterable[int]) -> None:
    """Let the tables hold another reading; what has not changed is not written.

    Args:
        db: Where to write.
        before: The groups that the tables hold.
        after: The other reading.
        renamed: The ids of the users whose names the tables do not hold.
    """
    old = {group.id: (place, group) for place, group in enumerate(before.groups)}
    new = {group.id: (place, group) for place, group in enumerate(after.groups)}
    gone = [(group_id,) for group_id in old.keys() - new.keys()]
    db.executemany("DELETE FROM site_group WHERE id = ?", gone)
    db.executemany(
        "INSERT OR REPLACE INTO site_group VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (
            _row(place, group)
            for group_id, (place, group) in new.items()
            if old.get(group_id) != (place, group)
        ),
    )
    db.executemany(
        "INSERT OR REPLACE INTO user VALUES (?, ?)", ((number, after.names[number]) for number in renamed)
    )


def _row(place: int, group: Group) -> tuple[object, ...]:
    ids = compact(group.members)
    members = ids.typecode.encode() + ids.tobytes()
    dates = (_text(group.created_at), group.created_by, _text(group.updated_at), group.updated_by)
    return group.id, place, group.name, members, *dates


def _ids(blob: bytes) -> array[int]:
    found = array(chr(blob[0]))
    found.frombytes(blob[1:])
    return found


def _text(time: datetime | str | None) -> str | None:
    return time.isoformat() if isinstance(time, datetime) else time


def _date(text: str | None) -> datetime | str | None:
    """Read a time; a site's text that was no time before is none now."""
    try:
        return None if text is None else datetime.fromisoformat(text)
    except ValueError:
        return text
