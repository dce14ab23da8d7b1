"""Compare the members of two to six groups."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations

from ..errors import UsageError
from ..text import fold, pluralize, sanitize
from .directory import Directory
from .models import Group, User

MIN_GROUPS, MAX_GROUPS = 2, 6
"""How many groups can be compared at once."""


def percent(part: int, whole: int) -> int:
    """Return a part in percent of a whole, rounded; but 0 only for none, and 100 only for all of it."""
    if part == whole:
        return 100
    return min(99, max(1, round(100 * part / whole))) if part else 0


def same_members(count: int) -> str:
    """Return what groups have that have the same members, as in `the same 5 members`."""
    if count == 0:
        return "no members"
    return "the same single member" if count == 1 else f"the same {count:,} members"


def _its_members(count: int) -> str:
    return "its only member is" if count == 1 else f"its {count:,} members are"


@dataclass(frozen=True, slots=True)
class Pair:
    """The overlap of two groups."""

    first: Group
    second: Group
    names: tuple[str, str]
    """Their distinct names."""
    only_first: int
    both: int
    only_second: int

    @property
    def overlap(self) -> int:
        """The members of both in percent of the members of either (the Jaccard index)."""
        return percent(self.both, self.only_first + self.both + self.only_second)

    @property
    def differ(self) -> bool:
        """Whether a user is in only one of them."""
        return bool(self.only_first or self.only_second)

    @property
    def subset(self) -> bool:
        """Whether one contains the other, and neither is empty."""
        return bool(self.both) and not (self.only_first and self.only_second)

    @property
    def text(self) -> str:
        """A sentence; it contains the names as they are."""
        first, second = self.names
        if not self.differ:
            return f"{first} and {second} have {same_members(self.both)}"
        if not self.both:
            return f"{first} and {second} have no members in common"
        of_first = f"{percent(self.both, self.both + self.only_first)} % of {first}"
        of_second = f"{percent(self.both, self.both + self.only_second)} % of {second}"
        if not self.only_first:
            return f"{first} is a subset of {second}: {_its_members(self.both)} {of_second}"
        if not self.only_second:
            return f"{second} is a subset of {first}: {_its_members(self.both)} {of_first}"
        return f"{first} and {second} share {pluralize(self.both, 'member')}: {of_first}, {of_second}"


@dataclass(frozen=True, slots=True)
class Row:
    """One user, and which of the groups they are in."""

    user: User
    name: str
    """The distinct name of the user."""
    inside: tuple[bool, ...]
    """For each group, in the order of the comparison."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """The result of `compare`."""

    groups: tuple[Group, ...]
    names: tuple[str, ...]
    """The distinct names of the groups, in the same order."""
    rows: tuple[Row, ...]
    """Every user who is in any of the groups, by name."""
    pairs: tuple[Pair, ...]
    """Every pair of groups, the most similar first."""

    @property
    def differ(self) -> bool:
        """Whether a user is in some of the groups, but not in all."""
        return any(not all(row.inside) for row in self.rows)

    @property
    def in_all(self) -> int:
        """How many users are in all of the groups."""
        return sum(all(row.inside) for row in self.rows)


def distinct_names(named: Iterable[Group] | Iterable[User], reserved: Iterable[str] = ()) -> dict[int, str]:
    """Return the name of each group or user by its id, with the id if it may be confused with another.

    An unknown name is the id alone. None has one of the `reserved` names alone.
    """
    names = {each.id: each.name or "" for each in named}
    with_id = {id: f"{name} #{id}".strip() for id, name in names.items()}
    looks = Counter(map(_look, [*reserved, *names.values(), *with_id.values()]))

    def is_distinct(id: int) -> bool:
        look = _look(names[id])
        return bool(look) and looks[look] - (_look(with_id[id]) == look) == 1

    return {id: name if is_distinct(id) else with_id[id] for id, name in names.items()}


def _look(name: str) -> str:
    """Return what a reader sees of a name, also after an apostrophe was added to a formula."""
    return " ".join(sanitize(name.strip()).replace("'", "").split())


def check_count(count: int) -> None:
    """Check that this many groups can be compared.

    Raises:
        UsageError: If they are too few or too many.
    """
    if not MIN_GROUPS <= count <= MAX_GROUPS:
        raise UsageError(f"{MIN_GROUPS} to {MAX_GROUPS} groups can be compared, not {count}")


def compare(directory: Directory, groups: Sequence[Group]) -> Comparison:
    """Compare two to six different groups.

    Raises:
        UsageError: If there are too few or too many, or one occurs twice.
    """
    check_count(len(groups))
    if len({group.id for group in groups}) < len(groups):
        raise UsageError("a group cannot be compared with itself")
    members = [frozenset(group.members) for group in groups]
    users = sorted(
        map(directory.user, frozenset().union(*members)), key=lambda user: (fold(user.label), user.id)
    )
    names = distinct_names(groups)
    pairs = [
        Pair(
            one,
            other,
            (names[one.id], names[other.id]),
            only_first=len(here - there),
            both=len(here & there),
            only_second=len(there - here),
        )
        for (one, here), (other, there) in combinations(zip(groups, members, strict=True), 2)
    ]
    user_names = distinct_names(users)
    rows = [Row(user, user_names[user.id], tuple(user.id in inside for inside in members)) for user in users]
    pairs.sort(key=lambda pair: (pair.differ, not pair.subset, -pair.overlap))
    return Comparison(tuple(groups), tuple(names[group.id] for group in groups), tuple(rows), tuple(pairs))
