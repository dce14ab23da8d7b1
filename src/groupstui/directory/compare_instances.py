"""Compare two instances: their groups by name, and the members of these by e-mail address."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from ..text import fold
from .directory import Directory
from .models import Group, User

Status = Literal["same", "differ", "only in 1", "only in 2", "several", "unknown"]

MatchedBy = Literal["email", "name"]


@dataclass(frozen=True, slots=True)
class NamePair:
    """The groups of one name in both instances."""

    name: str
    """The id as `#17` of a group without a name."""
    status: Status
    """`several` if an instance has more than one group of this name, which are not compared; `unknown` if the
    group has no name, or if members who cannot be identified may make a difference."""
    groups: tuple[tuple[Group, ...], tuple[Group, ...]]
    only: tuple[tuple[User, ...], tuple[User, ...]] = ((), ())
    """The members in one instance who are not in the group of the other, unless they are `unknown` there."""
    unknown: tuple[tuple[User, ...], tuple[User, ...]] = ((), ())
    """The members who cannot be identified in the other instance."""

    @property
    def is_difference(self) -> bool:
        """Whether the instances differ for certain."""
        return self.status in ("differ", "only in 1", "only in 2")

    @property
    def is_certain(self) -> bool:
        """Whether it is certain how the groups differ."""
        return self.status not in ("several", "unknown") and not any(self.unknown)


def matched_by(first: Directory, second: Directory) -> MatchedBy:
    """Return what identifies the same user in both instances: the name if addresses are not known."""
    return "email" if _has_addresses(first) and _has_addresses(second) else "name"


def _has_addresses(directory: Directory) -> bool:
    return any(profile.email for profile in directory.profiles)


def compare_instances(first: Directory, second: Directory) -> list[NamePair]:
    """Return the groups of both instances by name, in the order of names.

    Case and accents of names do not matter. A user is identified by an address, or a name, that no other user
    of an instance has; nobody else is.
    """
    by_name = _by_name(first.groups), _by_name(second.groups)
    names = {name: groups[0].name for side in reversed(by_name) for name, groups in side.items()}
    identities = _identities(first, second)
    pairs = [
        _pair(names[name], (by_name[0].get(name, ()), by_name[1].get(name, ())), (first, second), identities)
        for name in names
    ]
    pairs += [NamePair(f"#{group.id}", "unknown", ((group,), ())) for group in _nameless(first)]
    pairs += [NamePair(f"#{group.id}", "unknown", ((), (group,))) for group in _nameless(second)]
    return sorted(pairs, key=lambda pair: (fold(pair.name), pair.name))


def _by_name(groups: Iterable[Group]) -> dict[str, tuple[Group, ...]]:
    found: dict[str, tuple[Group, ...]] = {}
    for group in groups:
        if group.name:
            name = fold(group.name)
            found[name] = (*found.get(name, ()), group)
    return found


def _nameless(directory: Directory) -> Iterable[Group]:
    return (group for group in directory.groups if not group.name)


Identities = tuple[Mapping[int, str], Mapping[int, str]]
"""What identifies the users of both instances, by id; without those who cannot be identified."""


def _identities(first: Directory, second: Directory) -> Identities:
    by = matched_by(first, second)
    texts = _texts_of_users(first, by), _texts_of_users(second, by)
    counts = [Counter(side.values()) for side in texts]
    shared = {text for side in counts for text, count in side.items() if count > 1}
    one, other = ({id: text for id, text in side.items() if text not in shared} for side in texts)
    return one, other


def _texts_of_users(directory: Directory, by: MatchedBy) -> dict[int, str]:
    """Return the addresses of all users, or their names, as they are compared."""
    if by == "email":
        return {profile.id: profile.email.casefold() for profile in directory.profiles if profile.email}
    return {user.id: fold(user.name) for user in directory.users if user.name}


def _pair(
    name: str,
    groups: tuple[tuple[Group, ...], tuple[Group, ...]],
    directories: tuple[Directory, Directory],
    identities: Identities,
) -> NamePair:
    if max(map(len, groups)) > 1:
        return NamePair(name, "several", groups)
    if not groups[1]:
        return NamePair(name, "only in 1", groups)
    if not groups[0]:
        return NamePair(name, "only in 2", groups)
    (one, unknown_1), (other, unknown_2) = (
        _identified(directory.members(group), known)
        for directory, (group,), known in zip(directories, groups, identities, strict=True)
    )
    only_1, only_2 = _missing(one, other), _missing(other, one)
    sizes = [len(group.members) for (group,) in groups]
    status: Status = "unknown" if unknown_1 or unknown_2 else "same"
    # Each of the others may be one of the members who cannot be identified, but no two of them the same.
    if sizes[0] != sizes[1] or len(only_1) > len(unknown_2) or len(only_2) > len(unknown_1):
        status = "differ"
    return NamePair(name, status, groups, (only_1, only_2), (unknown_1, unknown_2))


def _identified(
    members: Sequence[User], identities: Mapping[int, str]
) -> tuple[dict[str, User], tuple[User, ...]]:
    """Return the members by what identifies them, and those who cannot be identified."""
    unknown = tuple(user for user in members if user.id not in identities)
    return {identities[user.id]: user for user in members if user.id in identities}, unknown


def _missing(here: Mapping[str, User], there: Mapping[str, User]) -> tuple[User, ...]:
    return tuple(user for identity, user in here.items() if identity not in there)
