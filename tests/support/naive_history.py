"""What has changed between directories, computed in the simplest way."""

from __future__ import annotations

from itertools import pairwise

from groupstui.directory.changes import Change, ChangeKind
from groupstui.directory.directory import Directory

Fact = tuple[object, ...]
"""A change as values that can be compared."""


def name_of(user_id: int, *directories: Directory) -> str | None:
    return next((each.names[user_id] for each in directories if user_id in each.names), None)


def naive_changes(before: Directory, after: Directory) -> list[Change]:
    """Compute the differences of two directories in the simplest way."""
    found = []
    was, now = ({group.id: group for group in each.groups} for each in (before, after))
    for id in was.keys() | now.keys():
        old, new = was.get(id), now.get(id)
        name = (new or old).name
        if old is None:
            found.append(Change(ChangeKind.CREATED, id, name))
        elif new is None:
            found.append(Change(ChangeKind.DELETED, id, name))
        elif old.name != new.name:
            found.append(Change(ChangeKind.RENAMED, id, name, before=old.name))
        members, others = set(new.members if new else ()), set(old.members if old else ())
        for kind, users in ((ChangeKind.JOINED, members - others), (ChangeKind.LEFT, others - members)):
            found += [Change(kind, id, name, user, name_of(user, after, before)) for user in users]
    for id in before.names.keys() & after.names.keys():
        if before.names[id] != after.names[id]:
            found.append(
                Change(ChangeKind.USER_RENAMED, user_id=id, user=after.names[id], before=before.names[id])
            )
    return found


def naive_timeline(directories: list[Directory], kind: str, id: int) -> list[Fact]:
    found = []
    for before, after in pairwise(directories):
        for each in naive_changes(before, after):
            if (each.group_id if kind == "group" else each.user_id) == id:
                found.append((after.as_of, each))
    if kind == "user":
        found = [pair for pair in found if pair[1].kind is not ChangeKind.USER_RENAMED]
        named = [each for each in directories if id in each.names]
        for before, after in pairwise(named):
            old, new = before.names[id], after.names[id]
            if old != new:
                found.append((after.as_of, Change(ChangeKind.USER_RENAMED, user_id=id, user=new, before=old)))
    kinds = list(ChangeKind)
    return sorted(
        (seen, kinds.index(c.kind), c.group_id or 0, c.user_id or 0, c.group, c.user, c.before)
        for seen, c in found
    )


def naive_size(each: Directory, kind: str, id: int) -> int | None:
    if kind == "user":
        return sum(id in group.members for group in each.groups)
    group = each.group(id)
    return None if group is None else len(group.members)
