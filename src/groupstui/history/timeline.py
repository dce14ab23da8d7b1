"""The timeline of one group or user: what changed from each snapshot to the next.

A timeline contains the changes between neighbouring snapshots, as `changes_between` finds them, that are
about the group or the user. Only versions of groups that differ are compared. A user's name may be unknown
for a while: that a user was renamed meanwhile is a change of the snapshot that has the name again.
"""

from __future__ import annotations

import sqlite3
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate, groupby
from operator import attrgetter, itemgetter
from typing import Literal

from ..directory.changes import Change, ChangeKind, changes_between, in_order
from ..directory.directory import Directory
from ..directory.models import Group, compact
from .database import Row, typed_rows
from .snapshots import ALL_VERSIONS, NAME_VERSION_TYPES, VERSION_TYPES, Snapshot, all_snapshots, with_members

Kind = Literal["group", "user"]

_VERSIONS_THAT_MENTION = f"""{ALL_VERSIONS} WHERE id IN (
        SELECT id FROM group_version WHERE instr(members, ?) OR instr(changed, ?)
    ) ORDER BY id, since DESC
"""
"""All versions of the groups that have certain bytes in any list of ids."""


@dataclass(frozen=True, slots=True)
class Timeline:
    """What changed about a group or user."""

    snapshots: Sequence[Snapshot]
    """The snapshots of the period, the oldest first."""
    changes: Sequence[Change]
    """The changes from each snapshot to the next, the oldest first."""
    sizes: Sequence[int | None]
    """The number of members, or of groups of the user, at each snapshot; None if there was no such group."""

    @property
    def newest_first(self) -> list[Change]:
        """The changes by snapshot, the last snapshot first."""
        by_snapshot = [list(changes) for _, changes in groupby(self.changes, key=attrgetter("seen"))]
        return [change for changes in reversed(by_snapshot) for change in changes]


@dataclass(frozen=True, slots=True)
class _Span:
    """A group or a name that stays the same for several snapshots."""

    start: int
    """The place of the first of them."""
    end: int
    """The place after the last of them."""
    group: Group


@dataclass(frozen=True, slots=True)
class _Name:
    """A name that a user has from one snapshot to another."""

    since: int
    until: int | None
    name: str

    def is_at(self, snapshot_id: int) -> bool:
        """Return whether the user has the name in a snapshot."""
        return self.since <= snapshot_id and (self.until is None or self.until > snapshot_id)


def timeline_of(
    db: sqlite3.Connection, kind: Kind, id: int, since: int = 0, until: int | None = None
) -> Timeline:
    """Return the timeline of a group or user that may no longer exist.

    Args:
        db: The history.
        kind: Whether `id` is that of a group or of a user.
        id: The id.
        since: The id of the first snapshot.
        until: The id of the last one; by default, the last of all.
    """
    snapshots = [
        each for each in all_snapshots(db) if each.id >= since and (until is None or each.id <= until)
    ]
    ids = [snapshot.id for snapshot in snapshots]
    if kind == "group":
        names = _names(db)
        spans = list(_spans(_versions_of_group(db, id), ids))
        found = _changes(spans, ids, names)
        sizes: list[int | None] = [None] * len(ids)
        for span in spans:
            sizes[span.start : span.end] = [len(span.group.members)] * (span.end - span.start)
    else:
        names = _names(db, id)
        steps = [0] * (len(ids) + 1)
        found = dict[int, list[Change]]()
        _add(found, _renamings(names.get(id, ()), ids, id))
        for versions in _versions_with_user(db, id):
            spans = list(_spans(versions, ids))
            _add(found, _changes(spans, ids, names).items())
            for span in spans:
                steps[span.start] += len(span.group.members)
                steps[span.end] -= len(span.group.members)
        sizes = list(accumulate(steps[:-1]))
    changes = [
        replace(change, seen=snapshots[place].taken_at)
        for place in sorted(found)
        for change in in_order(found[place])
        if kind == "group" or change.user_id is not None
    ]
    return Timeline(snapshots, changes, sizes)


def _add(found: dict[int, list[Change]], more: Iterable[tuple[int, list[Change]]]) -> None:
    for place, changes in more:
        found.setdefault(place, []).extend(changes)


# Versions of groups


def _versions_of_group(db: sqlite3.Connection, group_id: int) -> Sequence[tuple[Row, Sequence[int]]]:
    """Return the versions of a group with their members, the oldest first."""
    rows = typed_rows(db, f"{ALL_VERSIONS} WHERE id = ? ORDER BY since DESC", VERSION_TYPES, (group_id,))
    return [(row, sorted(members)) for row, members in with_members(rows)][::-1]


def _versions_with_user(
    db: sqlite3.Connection, user_id: int
) -> Iterator[Sequence[tuple[Row, Sequence[int]]]]:
    """Yield the versions of each group of which a user was ever a member, with no other member.

    SQLite looks for the bytes of the user's id in what is stored of a group. They may also be there by
    chance, as parts of two other ids.
    """
    stored = compact([user_id]).tobytes()
    rows = typed_rows(db, _VERSIONS_THAT_MENTION, VERSION_TYPES, (stored, stored))
    for _, versions in groupby(rows, key=itemgetter(0)):
        found = [(row, (user_id,) if user_id in members else ()) for row, members in with_members(versions)]
        if any(members for _, members in found):
            yield found[::-1]


def _spans(versions: Iterable[tuple[Row, Sequence[int]]], ids: Sequence[int]) -> Iterator[_Span]:
    """Yield the versions of a group that are in any of the snapshots."""
    for row, members in versions:
        group_id, name, *_, since, until, _ = row
        start, end = _places(since, until, ids)
        if start < end:
            yield _Span(start, end, Group(group_id, name, members))


def _places(since: int, until: int | None, ids: Sequence[int]) -> tuple[int, int]:
    """Return the places of the first snapshot that has a version, and of the first that no longer has it."""
    return bisect_left(ids, since), len(ids) if until is None else bisect_left(ids, until)


def _changes(
    spans: Sequence[_Span], ids: Sequence[int], names: Mapping[int, Sequence[_Name]]
) -> dict[int, list[Change]]:
    """Return the changes of a group, by the places of the snapshots that show them."""
    return {
        place: _compared(before, after, place, ids, names) for place, before, after in _steps(spans, len(ids))
    }


def _steps(spans: Sequence[_Span], count: int) -> Iterator[tuple[int, Group | None, Group | None]]:
    """Yield the places of snapshots at which a group is another one than before, or none, with both."""
    end, before = 0, None
    for span in spans:
        if before is not None and span.start > end:
            yield end, before, None
            before = None
        if span.start > 0:
            yield span.start, before, span.group
        end, before = span.end, span.group
    if before is not None and end < count:
        yield end, before, None


def _compared(
    before: Group | None,
    after: Group | None,
    place: int,
    ids: Sequence[int],
    names: Mapping[int, Sequence[_Name]],
) -> list[Change]:
    """Return the changes of a group from one snapshot to the next, without those of users' names."""
    old, new = (() if group is None else group.members for group in (before, after))
    users = set(old).symmetric_difference(new)
    states = [
        Directory(() if group is None else (group,), _names_at(snapshot_id, users, names))
        for group, snapshot_id in ((before, ids[place - 1]), (after, ids[place]))
    ]
    return [each for each in changes_between(*states) if each.kind is not ChangeKind.USER_RENAMED]


# Names of users


def _names(db: sqlite3.Connection, user_id: int | None = None) -> dict[int, list[_Name]]:
    """Return the names of a user, or of all users, the oldest first."""
    condition, values = ("", ()) if user_id is None else ("WHERE id = ?", (user_id,))
    query = f"SELECT id, name, since, until FROM user_name {condition} ORDER BY since"
    names: dict[int, list[_Name]] = {}
    for each, name, since, until in typed_rows(db, query, NAME_VERSION_TYPES, values):
        names.setdefault(each, []).append(_Name(since, until, name))
    return names


def _names_at(snapshot_id: int, users: Iterable[int], names: Mapping[int, Sequence[_Name]]) -> dict[int, str]:
    return {
        user_id: each.name for user_id in users for each in names.get(user_id, ()) if each.is_at(snapshot_id)
    }


def _renamings(
    names: Sequence[_Name], ids: Sequence[int], user_id: int
) -> Iterator[tuple[int, list[Change]]]:
    """Yield the renamings of a user with the places of the snapshots that show them.

    A user who is in no group for a while has no name then: each name is compared with the last known one.
    """
    known: str | None = None
    for each in names:
        start, end = _places(each.since, each.until, ids)
        if start == end:
            continue
        if known is not None and known != each.name:
            yield start, [Change(ChangeKind.USER_RENAMED, user_id=user_id, user=each.name, before=known)]
        known = each.name
