"""The log of what has changed from one snapshot to the next."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from ..directory.changes import Change, Kind, folded
from .snapshots import Snapshot, time_of

if TYPE_CHECKING:
    import sqlite3


def add_changes(db: sqlite3.Connection, snapshot: Snapshot, changes: Iterable[Change]) -> None:
    """Log what a snapshot has seen to be different."""
    db.executemany(
        "INSERT INTO change (snapshot, kind, group_id, name, user_id, before) VALUES (?, ?, ?, ?, ?, ?)",
        [_event(snapshot.id, change) for change in changes],
    )


def _event(snapshot: int, change: Change) -> tuple[object, ...]:
    name = change.user if change.kind is Kind.USER_RENAMED else change.group
    # A membership's names stand in the tables, or in the events that took them away.
    kept = None if change.kind.of_members else name
    return snapshot, change.kind.value, change.group_id, kept, change.user_id, change.before


def changes_in(db: sqlite3.Connection, since: int, until: int) -> list[Change]:
    """Return what comes of the changes after one snapshot, up to another."""
    groups, users = _names_at(db, until)
    times = dict(db.execute("SELECT id, taken_at FROM snapshot"))
    found = []
    for snapshot, kind_name, group_id, name, user_id, before in db.execute(
        "SELECT snapshot, kind, group_id, name, user_id, before FROM change"
        " WHERE snapshot > ? AND snapshot <= ? ORDER BY id",
        (since, until),
    ):
        kind, seen = Kind(kind_name), time_of(times[snapshot])
        if kind is Kind.USER_RENAMED:
            found.append(Change(kind, user_id=user_id, user=name, before=before, seen=seen))
        else:
            group = groups.get(group_id) if name is None else name
            user = users.get(user_id)
            found.append(Change(kind, group_id, group, user_id, user, before, seen))
    return folded(found)


def _names_at(db: sqlite3.Connection, until: int) -> tuple[dict[int, str], dict[int, str]]:
    """Return the names of groups, gone ones included, and of users as they were at a snapshot."""
    groups: dict[int, str] = dict(db.execute("SELECT id, name FROM site_group"))
    users: dict[int, str] = dict(db.execute("SELECT id, name FROM user"))
    rows: Iterable[tuple[int, str, int | None, str | None, int | None, str | None]] = db.execute(
        "SELECT snapshot, kind, group_id, name, user_id, before FROM change"
        " WHERE kind NOT IN ('joined', 'left') ORDER BY id DESC"
    )
    for snapshot, kind, group_id, name, user_id, before in rows:
        later = snapshot > until
        match Kind(kind):
            case Kind.USER_RENAMED if later and user_id is not None and before is not None:
                users[user_id] = before
            case Kind.RENAMED if later and group_id is not None and before is not None:
                groups[group_id] = before
            case Kind.DELETED if group_id is not None and name is not None:
                if later:
                    groups[group_id] = name
                else:
                    groups.setdefault(group_id, name)
            case _:
                pass
    return groups, users
