"""Compare two instances: their groups by name, and the members of these by e-mail address."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from ..text import fold
from .directory import Directory
from .models import Group, User

Status = Literal["same", "differ", "only in 1", "only in 2", "several"]


@dataclass(frozen=True, slots=True)
class NamePair:
    """The groups of one name in both instances."""

    name: str
    status: Status
    """`several` if an instance has more than one group of this name, which are not compared."""
    groups: tuple[tuple[Group, ...], tuple[Group, ...]]
    only: tuple[tuple[User, ...], tuple[User, ...]] = ((), ())
    """The members in one instance who are not in the group of the other."""


def matched_by(first: Directory, second: Directory) -> Literal["email", "name"]:
    """Return what identifies the same user in both instances: the name if addresses are not known."""
    return "email" if first.has_profiles and second.has_profiles else "name"


def compare_instances(first: Directory, second: Directory) -> list[NamePair]:
    """Return the groups of both instances by name, in the order of names.

    Case and accents of names do not matter. A user without an address is identified by name.
    """
    by_name = _by_name(first.groups), _by_name(second.groups)
    names = {name: groups[0].name for side in reversed(by_name) for name, groups in side.items()}
    pairs = [
        _pair(names[name], (by_name[0].get(name, ()), by_name[1].get(name, ())), (first, second))
        for name in names
    ]
    return sorted(pairs, key=lambda pair: (fold(pair.name), pair.name))


def _by_name(groups: Iterable[Group]) -> dict[str, tuple[Group, ...]]:
    found: dict[str, tuple[Group, ...]] = {}
    for group in groups:
        name = fold(group.name or f"#{group.id}")
        found[name] = (*found.get(name, ()), group)
    return found


def _pair(
    name: str,
    groups: tuple[tuple[Group, ...], tuple[Group, ...]],
    directories: tuple[Directory, Directory],
) -> NamePair:
    if max(map(len, groups)) > 1:
        return NamePair(name, "several", groups)
    if not groups[1]:
        return NamePair(name, "only in 1", groups)
    if not groups[0]:
        return NamePair(name, "only in 2", groups)
    by_email = matched_by(*directories) == "email"
    members = [
        {_identity(directory, user, by_email=by_email): user for user in directory.members(group)}
        for directory, (group,) in zip(directories, groups, strict=True)
    ]
    only = (_missing(members[0], members[1]), _missing(members[1], members[0]))
    return NamePair(name, "differ" if any(only) else "same", groups, only)


def _identity(directory: Directory, user: User, *, by_email: bool) -> str:
    email = directory.email(user.id) if by_email else None
    return email.casefold() if email else fold(user.label)


def _missing(here: dict[str, User], there: dict[str, User]) -> tuple[User, ...]:
    return tuple(user for identity, user in here.items() if identity not in there)
