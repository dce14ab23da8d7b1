"""Read and write snapshots: the groups and user names of an instance at several times.

Groups and names are stored once for as long as they stay the same, with the first snapshot that has them
(`since`) and the first that no longer does (`until`, NULL up to the last). A version of a group that another
has replaced keeps no members, only those who joined or left then (`changed`). So a snapshot takes as much
space as its changes, and the groups of each can be computed backwards from the last.
"""

from __future__ import annotations

import sqlite3
from array import array
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence, Set
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import groupby, zip_longest
from operator import itemgetter

from ..directory.builder import crawled_directory
from ..directory.changes import Change, changes_between
from ..directory.directory import Directory
from ..directory.models import Group, compact
from .database import DamagedRow, Row, typed_rows

SQL_BATCH = 500
"""Values in one query; SQLite may be built to accept no more than 999."""

_EPOCH = datetime.fromtimestamp(0, UTC)

_OR_NULL = type(None)
_MAY_BE_INT, _MAY_BE_TEXT, _MAY_BE_IDS = (int, _OR_NULL), (str, _OR_NULL), (bytes, _OR_NULL)
_SNAPSHOT_TYPES = (int,) * 6
_GROUP_TYPES = (int, str, bytes, _MAY_BE_TEXT, _MAY_BE_INT, _MAY_BE_TEXT, _MAY_BE_INT)
VERSION_TYPES = (*_GROUP_TYPES[:2], _MAY_BE_IDS, *_GROUP_TYPES[3:], int, _MAY_BE_INT, _MAY_BE_IDS)
_NAME_TYPES = (int, str)
NAME_VERSION_TYPES = (*_NAME_TYPES, int, _MAY_BE_INT)

_SNAPSHOT = "SELECT id, taken_at, groups, users, memberships, changes FROM snapshot ORDER BY id"
_GROUP_COLUMNS = "id, name, members, created_at, created_by, updated_at, updated_by"
_GROUP = f"SELECT {_GROUP_COLUMNS} FROM group_version"
_NAME = "SELECT id, name FROM user_name"
_LAST = " WHERE until IS NULL"
_AT = " WHERE since <= :id AND (until IS NULL OR until > :id)"
"""What is in the snapshot `:id`."""
ALL_VERSIONS = f"SELECT {_GROUP_COLUMNS}, since, until, changed FROM group_version"
_VERSIONS = f"""{ALL_VERSIONS}
    WHERE (until IS NULL OR until > :since) AND id IN (
        SELECT id FROM group_version WHERE since > :since AND since <= :until
        UNION SELECT id FROM group_version WHERE until > :since AND until <= :until
    ) ORDER BY id, since DESC
"""
"""The groups that changed after the snapshot `:since`, up to `:until`, with their later versions."""
_VERSIONS_FROM = f"{ALL_VERSIONS} WHERE until IS NULL OR until > ? ORDER BY id, since DESC"
"""The versions of all groups in a snapshot and in the later ones."""
_ALL_USERS_TABLES = (
    "CREATE TABLE IF NOT EXISTS all_users_read (taken_at INTEGER NOT NULL)",
    "CREATE TABLE IF NOT EXISTS all_users (id INTEGER PRIMARY KEY, name TEXT NOT NULL)",
)
"""All users, including those in no group, as of the last snapshot for which they were read.

They are not part of each snapshot: most crawls do not read them, and each change between the two kinds would
store all their names again. Files of earlier versions have no such tables.
"""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A complete crawl of an instance, kept on disk."""

    id: int
    """Counted from 1, in the order of time."""
    taken_at: datetime
    """When the crawl began, in UTC, to the millisecond."""
    groups: int
    users: int
    """Users who were in a group."""
    memberships: int
    changes: int
    """Changes since the snapshot before."""


# Snapshots


def all_snapshots(db: sqlite3.Connection) -> list[Snapshot]:
    """Return every snapshot, the oldest first."""
    return list(map(_snapshot, typed_rows(db, _SNAPSHOT, _SNAPSHOT_TYPES)))


def last_snapshot(db: sqlite3.Connection) -> Snapshot | None:
    """Return the last snapshot, or None."""
    return next(map(_snapshot, typed_rows(db, f"{_SNAPSHOT} DESC LIMIT 1", _SNAPSHOT_TYPES)), None)


def add_snapshot(db: sqlite3.Connection, directory: Directory, taken_at: datetime) -> Snapshot:
    """Store a directory as the last snapshot; only what has changed is written."""
    last = last_snapshot(db)
    snapshot_id = 1 if last is None else last.id + 1
    old: dict[int, Row] = {row[0]: row for row in typed_rows(db, _GROUP + _LAST, _GROUP_TYPES)}
    new = {group.id: _group_row(group) for group in directory.groups}
    before = {row[0]: _group(row) for row in old.values() if new.get(row[0]) != row}
    after = {each.id: each for each in directory.groups if old.get(each.id) != new[each.id]}
    old_names = _names(db, _LAST)
    names = directory.names
    if directory.users_complete:
        save_all_users(db, directory, taken_at)
        names = {each: names[each] for each in names.keys() & _mentioned(directory.groups)}
    changes = []
    if last is not None:
        old_state = Directory(tuple(before.values()), old_names)
        changes = changes_between(old_state, Directory(tuple(after.values()), names))
    snapshot = Snapshot(
        snapshot_id,
        from_milliseconds(milliseconds(taken_at)),
        groups=len(new),
        users=len(set[int]().union(*(group.members for group in directory.groups))),
        memberships=sum(len(group.members) for group in directory.groups),
        changes=len(changes),
    )
    counts = snapshot.groups, snapshot.users, snapshot.memberships, snapshot.changes
    site_order = None if list(new) == sorted(new) else _ids_to_bytes(list(new))
    row = (snapshot_id, milliseconds(taken_at), *counts, site_order)
    db.execute("INSERT INTO snapshot VALUES (?, ?, ?, ?, ?, ?, ?)", row)
    for group_id, group in before.items():
        members, changed = old[group_id][2], None
        if group_id in after:
            joined_or_left = set(group.members).symmetric_difference(after[group_id].members)
            members, changed = None, _ids_to_bytes(sorted(joined_or_left))
        db.execute(
            f"UPDATE group_version SET until = ?, members = ?, changed = ?{_LAST} AND id = ?",
            (snapshot_id, members, changed, group_id),
        )
    db.executemany(
        f"INSERT INTO group_version (since, {_GROUP_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        [(snapshot_id, *new[group_id]) for group_id in after],
    )
    db.executemany(
        f"UPDATE user_name SET until = ?{_LAST} AND id = ?",
        [(snapshot_id, each) for each, name in old_names.items() if names.get(each) != name],
    )
    db.executemany(
        "INSERT INTO user_name (since, id, name) VALUES (?, ?, ?)",
        [(snapshot_id, each, name) for each, name in names.items() if old_names.get(each) != name],
    )
    return snapshot


def drop_snapshots(db: sqlite3.Connection, before: datetime, now: datetime) -> int:
    """Delete the snapshots taken before a time, except the last, with all that only they contain.

    A snapshot from the future was taken while the clock was ahead: it counts as old as the one after it.
    Return how many there were.
    """
    snapshots = all_snapshots(db)
    old = list[tuple[int]]()
    taken_at = now
    for snapshot in reversed(snapshots):
        taken_at = snapshot.taken_at if snapshot.taken_at <= now else taken_at
        if taken_at < before and snapshot is not snapshots[-1]:
            old.append((snapshot.id,))
    if old:
        db.executemany("DELETE FROM snapshot WHERE id = ?", old)
        for table in ("group_version", "user_name"):
            db.execute(f"DELETE FROM {table} WHERE until <= (SELECT min(id) FROM snapshot)")
    time = _all_users_time(db)
    if time is not None and time < milliseconds(before):
        db.execute("DELETE FROM all_users")
        db.execute("DELETE FROM all_users_read")
    return len(old)


# The last snapshot


def last_directory(db: sqlite3.Connection) -> Directory | None:
    """Return the last snapshot as a complete directory, or None."""
    if (last := last_snapshot(db)) is None:
        return None
    return _directory(db, last, last_groups(db), _names(db, _LAST))


def _directory(
    db: sqlite3.Connection, snapshot: Snapshot, groups: Iterable[Group], names: dict[int, str]
) -> Directory:
    """Return a snapshot as a complete directory; with all users if they were read for it."""
    if users_complete := _all_users_time(db) == milliseconds(snapshot.taken_at):
        names = {**_all_users(db), **names}
    return crawled_directory(groups, names, as_of=snapshot.taken_at, users_complete=users_complete)


def all_users(
    db: sqlite3.Connection, since: datetime, until: datetime, snapshot: Snapshot | None = None
) -> tuple[datetime, dict[int, str]] | None:
    """Return the names of all users and when they were read; None if not between two times.

    With a snapshot, they must have been read for it or for an earlier one. Ids are compared, as the clock may
    have been ahead for a while.
    """
    time = _all_users_time(db)
    if time is None or not milliseconds(since) <= time <= milliseconds(until):
        return None
    if snapshot is not None:
        up_to_then = "SELECT 1 FROM snapshot WHERE taken_at = ? AND id <= ?"
        if db.execute(up_to_then, (time, snapshot.id)).fetchone() is None:
            return None
    return from_milliseconds(time), _all_users(db)


def _all_users_time(db: sqlite3.Connection) -> int | None:
    """Return when all users were last read; None if never."""
    if db.execute("SELECT 1 FROM sqlite_master WHERE name = 'all_users_read'").fetchone() is None:
        return None
    query = "SELECT max(taken_at) FROM all_users_read"
    time: int | None = next(typed_rows(db, query, (_MAY_BE_INT,)))[0]
    return time


def _all_users(db: sqlite3.Connection) -> dict[int, str]:
    return dict(typed_rows(db, "SELECT id, name FROM all_users", _NAME_TYPES))


def group_names(db: sqlite3.Connection) -> list[str]:
    """Return the names of the groups of the last snapshot."""
    return [name for (name,) in typed_rows(db, f"SELECT name FROM group_version{_LAST}", (str,))]


def user_names(db: sqlite3.Connection) -> list[str]:
    """Return the names of the users of the last snapshot, and of those in no group if they were ever read."""
    members = [name for _, name in typed_rows(db, f"{_NAME}{_LAST}", _NAME_TYPES)]
    return members if _all_users_time(db) is None else [*members, *_all_users(db).values()]


def known_names(db: sqlite3.Connection, kind: str, until: Snapshot | None = None) -> dict[int, list[str]]:
    """Return all names that each `group` or `user` of the snapshots up to one had, the last one first."""
    table = "group_version" if kind == "group" else "user_name"
    found: dict[int, list[str]] = {}
    condition, values = ("", ()) if until is None else (" WHERE since <= ?", (until.id,))
    query = f"SELECT id, name FROM {table}{condition} ORDER BY since DESC"
    for id, name in typed_rows(db, query, _NAME_TYPES, values):
        names = found.setdefault(id, [])
        if name not in names:
            names.append(name)
    return found


def save_all_users(db: sqlite3.Connection, directory: Directory, taken_at: datetime) -> None:
    """Store the names of all users as of the snapshot taken at that time."""
    names = dict.fromkeys(directory.profiles_by_id, "") | dict(directory.names)
    for table in _ALL_USERS_TABLES:
        db.execute(table)
    old = _all_users(db)
    db.executemany("DELETE FROM all_users WHERE id = ?", [(each,) for each in old.keys() - names.keys()])
    db.executemany("INSERT OR REPLACE INTO all_users VALUES (?, ?)", names.items() - old.items())
    db.execute("DELETE FROM all_users_read")
    db.execute("INSERT INTO all_users_read VALUES (?)", (milliseconds(taken_at),))


def last_groups(db: sqlite3.Connection, count: int = -1) -> list[Group]:
    """Return the first groups of the last snapshot in the instance's order; all by default."""
    query = "SELECT site_order FROM snapshot ORDER BY id DESC LIMIT 1"
    (order,) = next(typed_rows(db, query, (_MAY_BE_IDS,)), (None,))
    if order is None:
        query = f"{_GROUP}{_LAST} ORDER BY id LIMIT ?"
        return list(map(_group, typed_rows(db, query, _GROUP_TYPES, (count,))))
    groups = _in_site_order(map(_group, typed_rows(db, _GROUP + _LAST, _GROUP_TYPES)), order)
    return groups if count < 0 else groups[:count]


def _in_site_order(groups: Iterable[Group], order: bytes) -> list[Group]:
    place = {group_id: place for place, group_id in enumerate(_ids_from_bytes(order))}
    return sorted(groups, key=lambda group: place.get(group.id, 0))


def names_in(db: sqlite3.Connection, groups: Iterable[Group]) -> dict[int, str]:
    """Return the names of the users whom these groups of the last snapshot mention."""
    ids = list(_mentioned(groups))
    names: dict[int, str] = {}
    for start in range(0, len(ids), SQL_BATCH):
        batch = ids[start : start + SQL_BATCH]
        names.update(_names(db, f"{_LAST} AND id IN ({','.join('?' * len(batch))})", batch))
    return names


def _names(
    db: sqlite3.Connection, condition: str, parameters: Sequence[int | None] | dict[str, int] = ()
) -> dict[int, str]:
    return dict(typed_rows(db, _NAME + condition, _NAME_TYPES, parameters))


def _mentioned(groups: Iterable[Group]) -> set[int | None]:
    """Return the ids of the members of groups, and of the users who created and updated them."""
    mentioned = set[int | None]()
    for group in groups:
        mentioned.update(group.members, (group.created_by, group.updated_by))
    return mentioned


# Earlier snapshots


def directory_at(db: sqlite3.Connection, snapshot: Snapshot) -> Directory | None:
    """Return a snapshot as a complete directory, computed backwards from the last; None if it was deleted.

    The members of a group that has changed since are sorted by id: their order is not stored.
    """
    query = "SELECT site_order FROM snapshot WHERE id = ? AND taken_at = ?"
    key = (snapshot.id, milliseconds(snapshot.taken_at))
    if (row := next(typed_rows(db, query, (_MAY_BE_IDS,), key), None)) is None:
        return None
    groups = list(_groups_at(db, snapshot.id))
    memberships = sum(len(group.members) for group in groups)
    if (len(groups), memberships) != (snapshot.groups, snapshot.memberships):
        raise DamagedRow(f"snapshot #{snapshot.id} has lost groups or members")
    (order,) = row
    if order is not None:
        groups = _in_site_order(groups, order)
    return _directory(db, snapshot, groups, _names(db, _AT, {"id": snapshot.id}))


def _groups_at(db: sqlite3.Connection, snapshot_id: int) -> Iterator[Group]:
    """Yield the groups of a snapshot by id."""
    rows = typed_rows(db, _VERSIONS_FROM, VERSION_TYPES, (snapshot_id,))
    for _, versions in groupby(rows, key=itemgetter(0)):
        for version, members in with_members(versions):
            *row, since, _, _ = version
            if since <= snapshot_id:
                yield _group(tuple(row), members if isinstance(members, array) else sorted(members))
                break


def with_members(versions: Iterable[Row]) -> Iterator[tuple[Row, array[int] | Set[int]]]:
    """Yield the versions of a group, the newest first, with the ids of their members.

    They are a set if another version has replaced this one, otherwise in the instance's order.

    Raises:
        DamagedRow: If the version is missing that has replaced another.
    """
    members: array[int] | Set[int] | None = None
    newer_since = None
    for version in versions:
        _, _, ids, *_, since, until, changed = version
        if changed is not None and members is not None and until == newer_since:
            members = set(members).symmetric_difference(_ids_from_bytes(changed))
        elif changed is None and ids is not None:
            members = _ids_from_bytes(ids)
        else:
            raise DamagedRow("a version of a group is missing")
        newer_since = since
        yield version, members


# Changes


def changes_in(db: sqlite3.Connection, since: Snapshot, until: Snapshot) -> list[Change]:
    """Return the differences between two snapshots, each with the time of the last one that brought it."""
    span = {"since": since.id, "until": until.id}
    before, after = list[Group](), list[Group]()
    last_seen: dict[tuple[int | None, int | None], int] = {}
    names_before = _names(db, _AT, {"id": since.id})
    last_name = dict(names_before)
    query = "SELECT id, name, since FROM user_name WHERE since > :since AND since <= :until ORDER BY since"
    for user_id, name, snapshot_id in typed_rows(db, query, (*_NAME_TYPES, int), span):
        if last_name.get(user_id) != name:  # it may be unknown for a while, and then the same as before
            last_seen[None, user_id] = snapshot_id
            last_name[user_id] = name
    for _, versions in groupby(typed_rows(db, _VERSIONS, VERSION_TYPES, span), key=lambda row: row[0]):
        was, now = _follow(list(versions), since.id, until.id, last_seen)
        before += [was] if was else []
        after += [now] if now else []
    snapshots = all_snapshots(db)
    ids = [snapshot.id for snapshot in snapshots]

    def seen(change: Change) -> datetime | None:
        snapshot_id = last_seen.get((change.group_id, change.user_id))
        if snapshot_id is None or snapshot_id > ids[-1]:
            return None
        return snapshots[bisect_left(ids, snapshot_id)].taken_at  # the next one, if that one was deleted

    return [
        replace(change, seen=seen(change))
        for change in changes_between(
            Directory(tuple(before), names_before),
            Directory(tuple(after), _names(db, _AT, {"id": until.id})),
        )
    ]


def _follow(
    versions: Sequence[Row], since: int, until: int, last_seen: dict[tuple[int | None, int | None], int]
) -> tuple[Group | None, Group | None]:
    """Return a group as it was at two snapshots; None if it did not exist.

    Args:
        versions: Rows of `_VERSIONS`, the newest first.
        since: The id of the first snapshot.
        until: The id of the second one.
        last_seen: Receives the last snapshot between them that changed a user's membership or, with None in
            place of the user's id, the group itself.
    """
    before = after = None
    members = set[int]()
    newer_name = None
    for version, older in zip_longest(versions, versions[1:]):
        *row, begin, end, changed = version
        group_id, name, ids = row[:3]
        replaced = changed is not None
        differing = set(_ids_from_bytes(changed if replaced else ids))
        members = members ^ differing if replaced else differing
        if begin <= until and (end is None or end > until):
            after = _group(tuple(row), sorted(members))
        if begin <= since:
            before = _group(tuple(row), sorted(members))
        created = older is None or older[-2] != begin
        for snapshot_id, happened, itself, users in (
            (end, end is not None, not replaced or name != newer_name, differing),
            (begin, created, True, members),
        ):
            if happened and since < snapshot_id <= until:
                for user_id in (*users, None) if itself else users:
                    last_seen.setdefault((group_id, user_id), snapshot_id)
        newer_name = name
    return before, after


# Rows


def milliseconds(time: datetime) -> int:
    """Return a time as it is stored: rounded down, as in every output."""
    return (time - _EPOCH) // timedelta(milliseconds=1)


def from_milliseconds(time: int) -> datetime:
    """Return a stored time.

    Raises:
        DamagedRow: If it is out of range.
    """
    try:
        return _EPOCH + timedelta(milliseconds=time)
    except OverflowError as error:
        raise DamagedRow(f"a time cannot be read: {error}") from None


def _snapshot(row: Row) -> Snapshot:
    snapshot_id, time, *counts = row
    return Snapshot(snapshot_id, from_milliseconds(time), *counts)


def _group(row: Row, members: Sequence[int] | None = None) -> Group:
    group_id, name, ids, created, creator, updated, editor = row
    members = _ids_from_bytes(ids) if members is None else members
    return Group(group_id, name, members, _time(created), creator, _time(updated), editor)


def _group_row(group: Group) -> Row:
    created, updated = (
        time.isoformat() if isinstance(time, datetime) else time
        for time in (group.created_at, group.updated_at)
    )
    ids = _ids_to_bytes(group.members)
    return group.id, group.name, ids, created, group.created_by, updated, group.updated_by


def _time(text: str | None) -> datetime | str | None:
    """Return a stored time; a text from the instance that was not a time in UTC is still a text."""
    try:
        time = None if text is None else datetime.fromisoformat(text)
    except ValueError:
        return text
    return time if time is None or (time.tzinfo is UTC and time.isoformat() == text) else text


def _ids_to_bytes(ids: Sequence[int]) -> bytes:
    compacted = compact(ids)
    return compacted.typecode.encode() + compacted.tobytes()


def _ids_from_bytes(content: bytes) -> array[int]:
    ids = array("Q" if content[:1] == b"Q" else "I")
    try:
        if content[:1] not in (b"I", b"Q"):
            raise ValueError("unknown size")
        ids.frombytes(content[1:])
    except ValueError as error:
        raise DamagedRow(f"a list of ids cannot be read: {error}") from None
    return ids
