"""Tells what changed on a site between two readings of it. Pure, as the directory is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from enum import Enum
from typing import TYPE_CHECKING

from ..text import fold, sanitize
from .models import Group

if TYPE_CHECKING:
    from .directory import Directory


class Kind(Enum):
    """What can happen. The values are what is stored and what a script reads: they stay."""

    CREATED = "group created"
    RENAMED = "group renamed"
    DELETED = "group deleted"
    JOINED = "joined"
    LEFT = "left"
    USER_RENAMED = "user renamed"

    @property
    def of_members(self) -> bool:
        """Whether it is about who is in a group."""
        return self in (Kind.JOINED, Kind.LEFT)


ORDER = {kind: place for place, kind in enumerate(Kind)}


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that is not as it was.

    The members of a group that was created have joined it, and those of one that was deleted have left it.
    """

    kind: Kind
    group_id: int | None = None
    group: str | None = None
    """The group's name; the new one where it was renamed."""
    user_id: int | None = None
    user: str | None = None
    """The user's name, the new one where they were renamed; None where it was never seen."""
    before: str | None = None
    """The name before, of a group or a user that was renamed."""
    seen: datetime | None = None
    """When the reading began that came upon it; it happened since the reading before that."""

    @property
    def user_label(self) -> str:
        """The user's name, or the id as `#17`."""
        return self.user if self.user is not None else f"#{self.user_id}"

    @property
    def text(self) -> str:
        """What happened, in one line that is safe to show."""
        group, user, before = (
            sanitize(self.group or ""),
            sanitize(self.user_label),
            sanitize(self.before or ""),
        )
        match self.kind:
            case Kind.CREATED:
                return f"{group} was created"
            case Kind.RENAMED:
                return f"{before} is now called {group}"
            case Kind.DELETED:
                return f"{group} was deleted"
            case Kind.JOINED:
                return f"{user} joined {group}"
            case Kind.LEFT:
                return f"{user} left {group}"
            case Kind.USER_RENAMED:
                return f"{before} is now called {user}"


def changes_between(before: Directory, after: Directory) -> list[Change]:
    """Return what is different after, in `in_order`; both are complete."""
    return in_order([*_of_groups(before, after), *_of_users(before, after)])


def in_order(changes: Iterable[Change]) -> list[Change]:
    """Put changes into the order in which they are read: by group, and users's new names at the end."""

    def place(change: Change) -> tuple[bool, str, int, int, str, int]:
        user = "" if change.user is None else fold(change.user)
        group = "" if change.group is None else fold(change.group)
        group_id, user_id = change.group_id or 0, change.user_id or 0
        return change.group_id is None, group, group_id, ORDER[change.kind], user, user_id

    return sorted(changes, key=place)


def per_group(changes: Iterable[Change]) -> dict[int, tuple[int, int]]:
    """Return how many have joined and how many have left, by the group's id."""
    counted: dict[int, tuple[int, int]] = {}
    for change in changes:
        if change.group_id is not None and change.kind.of_members:
            joined, left = counted.get(change.group_id, (0, 0))
            here = change.kind is Kind.JOINED
            counted[change.group_id] = (joined + here, left + (not here))
    return counted


def folded(changes: Iterable[Change]) -> list[Change]:
    """Return what is left of changes one after another: who joined and left again has done neither.

    Args:
        changes: In the order in which they happened.
    """
    runs: dict[tuple[str, int | None, int | None], list[Change]] = {}
    for change in changes:
        runs.setdefault(_subject(change), []).append(change)
    return in_order(net for run in runs.values() for net in _net(run[0], run[-1]))


def _subject(change: Change) -> tuple[str, int | None, int | None]:
    if change.kind.of_members:
        return "membership", change.group_id, change.user_id
    return ("user", None, change.user_id) if change.group_id is None else ("group", change.group_id, None)


def _net(first: Change, last: Change) -> Iterator[Change]:
    """Return what comes of everything that happened to one subject from the first change to the last."""
    if first.kind.of_members:
        if first.kind is last.kind:  # each undoes the one before it
            yield last
        return
    was = None if first.kind is Kind.CREATED else first.group if first.kind is Kind.DELETED else first.before
    match was, last.kind:
        case None, Kind.DELETED:
            return
        case None, _:
            yield replace(last, kind=Kind.CREATED, before=None)
        case _, Kind.DELETED:
            yield replace(last, group=was)
        case _:
            user = last.kind is Kind.USER_RENAMED
            if was != (last.user if user else last.group):
                yield replace(last, kind=Kind.USER_RENAMED if user else Kind.RENAMED, before=was)


def _of_groups(before: Directory, after: Directory) -> Iterator[Change]:
    old = {group.id: group for group in before.groups}
    new = {group.id: group for group in after.groups}
    for group_id in old.keys() | new.keys():
        was, now = old.get(group_id), new.get(group_id)
        if was is None and now is not None:
            yield Change(Kind.CREATED, group_id, now.name)
        elif was is not None and now is None:
            yield Change(Kind.DELETED, group_id, was.name)
        elif was is not None and now is not None and was.name != now.name:
            yield Change(Kind.RENAMED, group_id, now.name, before=was.name)
        yield from _of_members(was, now, before, after)


def _of_members(
    was: Group | None, now: Group | None, before: Directory, after: Directory
) -> Iterator[Change]:
    old, new = (() if was is None else was.members), (() if now is None else now.members)
    known = now or was
    if known is None or old == new:
        return
    inside, outside = set(new), set(old)
    for user_id in inside ^ outside:
        kind = Kind.JOINED if user_id in inside else Kind.LEFT
        name = after.user(user_id).name
        name = before.user(user_id).name if name is None else name
        yield Change(kind, known.id, known.name, user_id, name)


def _of_users(before: Directory, after: Directory) -> Iterator[Change]:
    for user_id, name in after.names.items():
        was = before.names.get(user_id)
        if was is not None and was != name:
            yield Change(Kind.USER_RENAMED, user_id=user_id, user=name, before=was)
