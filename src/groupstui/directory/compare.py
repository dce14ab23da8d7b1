"""Compares the members of a few groups. Pure, as the directory is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING

from ..text import fold, pluralize, sanitize
from .models import Group, User

if TYPE_CHECKING:
    from .directory import Directory

FEWEST, MOST = 2, 6
"""How many groups can be compared at once."""


@dataclass(frozen=True, slots=True)
class Pair:
    """How two groups stand to each other."""

    first: Group
    second: Group
    only_first: int
    both: int
    only_second: int

    @property
    def overlap(self) -> int:
        """The users in both, in per cent of those in either (the Jaccard index); 100 where both are empty.

        Rounded, but 0 and 100 only where that is exact: nobody, and everybody.
        """
        either = self.only_first + self.both + self.only_second
        if self.both == either:
            return 100
        return min(99, max(1, round(100 * self.both / either))) if self.both else 0

    @property
    def differ(self) -> bool:
        """Whether anybody is in one of them only."""
        return bool(self.only_first or self.only_second)

    @property
    def subset(self) -> bool:
        """Whether everybody in one of them is in the other, too; nobody is in an empty one."""
        return bool(self.both) and not (self.only_first and self.only_second)

    @property
    def text(self) -> str:
        """What there is to say of them, in one line."""
        first, second = sanitize(self.first.name), sanitize(self.second.name)
        if not self.differ:
            return f"{first} and {second} have the same members"
        if not self.both:
            return f"{first} and {second} share nobody"
        if not self.only_first:
            return f"{first} is a subset of {second}"
        if not self.only_second:
            return f"{second} is a subset of {first}"
        return f"{first} and {second} share {pluralize(self.both, 'member')}"


@dataclass(frozen=True, slots=True)
class Row:
    """One user, and which of the groups they are in."""

    user: User
    inside: tuple[bool, ...]
    """For each group, in the order in which they are compared."""

    @property
    def where(self) -> str:
        """Whether that is all of the groups, or only some."""
        return "all" if all(self.inside) else "some" if sum(self.inside) > 1 else "one"


@dataclass(frozen=True, slots=True)
class Comparison:
    """What comparing groups has brought."""

    groups: tuple[Group, ...]
    rows: tuple[Row, ...]
    """Everybody who is in any of them, by name."""
    pairs: tuple[Pair, ...]
    """Each group with each other, the most alike first."""

    @property
    def differ(self) -> bool:
        """Whether anybody is in some of the groups, but not in all."""
        return any(not all(row.inside) for row in self.rows)

    @property
    def in_all(self) -> int:
        """How many users are in every one of the groups."""
        return sum(all(row.inside) for row in self.rows)


def compare(directory: Directory, groups: Sequence[Group]) -> Comparison:
    """Compare groups.

    Args:
        directory: Where users's names come from.
        groups: Two to six, each once.

    Raises:
        ValueError: If they are too few, too many, or one is there twice.
    """
    if not FEWEST <= len(groups) <= MOST:
        raise ValueError(f"{FEWEST} to {MOST} groups can be compared, not {len(groups)}")
    if len({group.id for group in groups}) < len(groups):
        raise ValueError("a group can't be compared with itself")
    members = [frozenset(group.members) for group in groups]
    users = sorted(
        map(directory.user, frozenset().union(*members)), key=lambda each: (fold(each.label), each.id)
    )
    pairs = [
        Pair(one, other, len(here - there), len(here & there), len(there - here))
        for (one, here), (other, there) in combinations(zip(groups, members, strict=True), 2)
    ]
    rows = [Row(user, tuple(user.id in inside for inside in members)) for user in users]
    pairs.sort(key=lambda pair: (pair.differ, not pair.subset, -pair.overlap))
    return Comparison(tuple(groups), tuple(rows), tuple(pairs))
