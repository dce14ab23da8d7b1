"""Compare two directories of the same instance: which groups, members and names have changed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from ..text import fold, pluralize
from .directory import Directory
from .models import Group, label_of


class ChangeKind(Enum):
    """Kinds of changes, in the order of a list. Scripts read the values, so they never change."""

    CREATED = "group created"
    RENAMED = "group renamed"
    DELETED = "group deleted"
    JOINED = "joined"
    LEFT = "left"
    USER_RENAMED = "user renamed"

    @property
    def of_members(self) -> bool:
        """Whether it is about a membership."""
        return self in (ChangeKind.JOINED, ChangeKind.LEFT)


_ORDER = {kind: place for place, kind in enumerate(ChangeKind)}


@dataclass(frozen=True, slots=True)
class Change:
    """One difference.

    The members of a new group have joined it, and those of a deleted one have left it.
    """

    kind: ChangeKind
    group_id: int | None = None
    group: str | None = None
    """The group's name; the new one if it was renamed."""
    user_id: int | None = None
    user: str | None = None
    """The user's name, the new one if they were renamed; None if it is unknown."""
    before: str | None = None
    """The old name of a group or user that was renamed."""
    seen: datetime | None = None
    """When the crawl that found it began; the change happened after the previous crawl."""

    @property
    def user_label(self) -> str:
        """The user's name, or the id as `#17`."""
        return label_of(self.user, self.user_id)

    @property
    def group_label(self) -> str:
        """The group's name, or the id as `#12`; empty if the change is about no group."""
        return "" if self.group_id is None else label_of(self.group, self.group_id)

    @property
    def label_before(self) -> str:
        """The old name, or the id if there was none."""
        return label_of(self.before, self.user_id if self.kind is ChangeKind.USER_RENAMED else self.group_id)

    @property
    def text(self) -> str:
        """A sentence; it contains the names as they are."""
        group, user, before = self.group_label, self.user_label, self.label_before
        match self.kind:
            case ChangeKind.CREATED:
                return f"{group} was created"
            case ChangeKind.RENAMED:
                return f"{before} was renamed to {group}"
            case ChangeKind.DELETED:
                return f"{group} was deleted"
            case ChangeKind.JOINED:
                return f"{user} joined {group}"
            case ChangeKind.LEFT:
                return f"{user} left {group}"
            case ChangeKind.USER_RENAMED:
                return f"{before} was renamed to {user}"


def changes_between(before: Directory, after: Directory) -> list[Change]:
    """Return the differences between two complete directories, in order."""
    return in_order([*_group_changes(before, after), *_user_changes(before, after)])


def in_order(changes: Iterable[Change]) -> list[Change]:
    """Return changes by group, with renamed users at the end."""
    return sorted(changes, key=_place)


def _place(change: Change) -> tuple[bool, str, int, int, str, int]:
    user, group = fold(change.user or ""), fold(change.group or "")
    group_id, user_id = change.group_id or 0, change.user_id or 0
    return change.group_id is None, group, group_id, _ORDER[change.kind], user, user_id


_WORDS = {
    ChangeKind.JOINED: ("joined", "joined"),
    ChangeKind.LEFT: ("left", "left"),
    ChangeKind.CREATED: ("new group", "new groups"),
    ChangeKind.DELETED: ("group deleted", "groups deleted"),
    ChangeKind.RENAMED: ("group renamed", "groups renamed"),
    ChangeKind.USER_RENAMED: ("user renamed", "users renamed"),
}


def summarize(changes: Iterable[Change]) -> str:
    """Return how many changes of each kind there are, as `3 joined, 1 left`; `no changes` if none."""
    counts = Counter(change.kind for change in changes)
    return (
        ", ".join(pluralize(counts[kind], *_WORDS[kind]) for kind in _WORDS if counts[kind]) or "no changes"
    )


def changes_of_groups(before: Iterable[Group], after: Iterable[Group]) -> list[Change]:
    """Return the differences between groups that were read twice; the others are ignored."""
    old, new = ({group.id: group for group in groups} for groups in (before, after))
    both = old.keys() & new.keys()
    was, now = (Directory(groups=tuple(groups[id] for id in both)) for groups in (old, new))
    return changes_between(was, now)


@dataclass(frozen=True, slots=True)
class RecentChanges:
    """Who joined and who left groups in a recent period."""

    since: datetime
    """The start of the period."""
    now: datetime
    """Its end, by which days are named."""
    by_group: Mapping[int, Mapping[int, Change]]
    """The changes by the ids of the group and of the user."""
    by_user: Mapping[int, Mapping[int, Change]]
    """The changes by the ids of the user and of the group."""

    @classmethod
    def of(cls, changes: Iterable[Change], since: datetime, now: datetime) -> RecentChanges:
        """Return the changes of members among all changes of a period."""
        by_group: dict[int, dict[int, Change]] = {}
        by_user: dict[int, dict[int, Change]] = {}
        for change in changes:
            if change.kind.of_members and change.group_id is not None and change.user_id is not None:
                by_group.setdefault(change.group_id, {})[change.user_id] = change
                by_user.setdefault(change.user_id, {})[change.group_id] = change
        return cls(since, now, by_group, by_user)

    def of_group(self, group_id: int, members: Collection[int]) -> Mapping[int, Change]:
        """Return the changes of a group with these members now, by user; none that are out of date."""
        return _up_to_date(self.by_group.get(group_id, {}), members)

    def of_user(self, user_id: int, groups: Collection[int]) -> Mapping[int, Change]:
        """Return the changes of a user who is in these groups now, by group, as for `of_group`."""
        return _up_to_date(self.by_user.get(user_id, {}), groups)


def _up_to_date(changes: Mapping[int, Change], now: Collection[int]) -> Mapping[int, Change]:
    known = frozenset(now) if changes else ()
    return {
        id: change for id, change in changes.items() if (change.kind is ChangeKind.JOINED) is (id in known)
    }


def _group_changes(before: Directory, after: Directory) -> Iterator[Change]:
    old = {group.id: group for group in before.groups}
    new = {group.id: group for group in after.groups}
    for group_id in old.keys() | new.keys():
        was, now = old.get(group_id), new.get(group_id)
        if was is None and now is not None:
            yield Change(ChangeKind.CREATED, group_id, now.name)
        elif was is not None and now is None:
            yield Change(ChangeKind.DELETED, group_id, was.name)
        elif was is not None and now is not None and was.name != now.name:
            yield Change(ChangeKind.RENAMED, group_id, now.name, before=was.name)
        yield from _member_changes(was, now, before, after)


def _member_changes(
    was: Group | None, now: Group | None, before: Directory, after: Directory
) -> Iterator[Change]:
    old, new = (() if was is None else was.members), (() if now is None else now.members)
    group = now or was
    if group is None or old == new:
        return
    members = set(new)
    for user_id in members.symmetric_difference(old):
        kind = ChangeKind.JOINED if user_id in members else ChangeKind.LEFT
        name = after.user(user_id).name
        name = before.user(user_id).name if name is None else name
        yield Change(kind, group.id, group.name, user_id, name)


def _user_changes(before: Directory, after: Directory) -> Iterator[Change]:
    for user_id, name in after.names.items():
        was = before.names.get(user_id)
        if was is not None and was != name:
            yield Change(ChangeKind.USER_RENAMED, user_id=user_id, user=name, before=was)
