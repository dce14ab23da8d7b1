"""Compare the members of two to six groups, or the groups of two users."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from itertools import combinations
from typing import ClassVar, Generic, TypeVar

from ..errors import NoMatch, UsageError, quoted, shown
from ..set_operation import MAX_GROUPS, MIN_GROUPS, Operation
from ..text import fold, pluralize, sanitize
from .directory import Directory
from .models import Group, User

Compared = TypeVar("Compared", Group, User)
"""What is compared."""
Item = TypeVar("Item", Group, User)
"""What it contains: users are in groups, and groups have users."""


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
class Selection:
    """A part of a comparison: the result of a set operation."""

    operation: Operation = "any"
    only: frozenset[int] = frozenset()
    """With `only`, the ids of the groups or users in all of which, and in no other, an item is."""


EVERYTHING = Selection()
"""All rows of a comparison."""


@dataclass(frozen=True, slots=True)
class Row(Generic[Item]):
    """A user and their groups among those that are compared, or a group and its members among the users."""

    item: Item
    name: str
    """The distinct name."""
    inside: tuple[bool, ...]
    """Whether it is in each of what is compared, in that order."""


def listed(names: Sequence[str], word: str) -> str:
    """Return names as a part of a sentence, such as `A, B and C` for the word `and`."""
    *first, last = names
    return f"{', '.join(first)} {word} {last}" if first else last


@dataclass(frozen=True, slots=True)
class Comparison(Generic[Compared, Item]):
    """The users of a few groups, or the groups of a few users."""

    PREPOSITION: ClassVar[str]
    """What precedes a name: users are in groups, and groups are those of users."""

    compared: tuple[Compared, ...]
    """The groups or users that are compared."""
    names: tuple[str, ...]
    """Their distinct names, in the same order."""
    rows: tuple[Row[Item], ...]
    """Everything that is in any of them, by name."""

    @property
    def differ(self) -> bool:
        """Whether something is in some of them, but not in all."""
        return any(not all(row.inside) for row in self.rows)

    @property
    def in_all(self) -> int:
        """How many rows are in all of them."""
        return sum(all(row.inside) for row in self.rows)

    def select(self, selection: Selection) -> list[Row[Item]]:
        """Return the rows of a part."""
        match selection.operation:
            case "any":
                return list(self.rows)
            case "all":
                return [row for row in self.rows if all(row.inside)]
            case "differ":
                return [row for row in self.rows if not all(row.inside)]
        wanted = tuple(each.id in selection.only for each in self.compared)
        return [row for row in self.rows if row.inside == wanted]

    def describe(self, selection: Selection, names: Sequence[str] = ()) -> str:
        """Return what a part consists of, as in `in QA, not in Everyone or Release managers`.

        Args:
            selection: The part.
            names: Names to use instead of the distinct ones.
        """
        names, word = names or self.names, self.PREPOSITION
        any_of = f"{word} {listed(names, 'or')}"
        match selection.operation:
            case "any":
                return any_of
            case "all":
                return f"{word} {listed(names, 'and')}"
            case "differ":
                return f"{any_of}, but not {word} {'both' if len(names) == 2 else 'all'}"
        parts = [(each.id in selection.only, name) for each, name in zip(self.compared, names, strict=True)]
        inside = [name for is_inside, name in parts if is_inside]
        outside = [name for is_inside, name in parts if not is_inside]
        text = f"{word} {listed(inside, 'and')}"
        return f"{text}, not {word} {listed(outside, 'or')}" if outside else text


@dataclass(frozen=True, slots=True)
class GroupComparison(Comparison[Group, User]):
    """The result of `compare`."""

    PREPOSITION = "in"

    pairs: tuple[Pair, ...]
    """Every pair of groups, the most similar first."""


@dataclass(frozen=True, slots=True)
class UserComparison(Comparison[User, Group]):
    """The result of `compare_users`."""

    PREPOSITION = "of"

    @property
    def text(self) -> str:
        """A sentence; it contains the names as they are."""
        names, both = listed(self.names, "and"), self.in_all
        if not self.differ:
            same = "the same single group" if both == 1 else f"the same {both:,} groups"
            return f"{names} are in {same if both else 'no group'}"
        only = [len(self.select(Selection("only", frozenset([user.id])))) for user in self.compared]
        counts = zip(self.names, only, strict=True)
        if not both:
            return f"{names} have no group in common: " + ", ".join(
                f"{name} is in {count:,}" if count else f"{name} is in no group" for name, count in counts
            )
        more = [f"{name} is in {count:,} more" for name, count in counts if count]
        return f"{names} have {pluralize(both, 'group')} in common; {', '.join(more)}"


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


def compare(directory: Directory, groups: Sequence[Group]) -> GroupComparison:
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
    pairs.sort(key=lambda pair: (pair.differ, not pair.subset, -pair.overlap))
    return GroupComparison(
        tuple(groups), tuple(names[group.id] for group in groups), _rows(users, members), tuple(pairs)
    )


def saved_groups(
    directory: Directory,
    name: str,
    ids: Sequence[int],
    *,
    past: str = "",
    names: Mapping[int, Sequence[str]],
) -> list[Group]:
    """Return the groups of a saved list.

    Args:
        directory: The groups that exist.
        name: The name of the list.
        ids: The ids of its groups.
        past: The time of the directory in words, if that is in the past.
        names: The names of groups at other times, if they are known, the last one of each first.

    Raises:
        NoMatch: If one of them does not exist, so that the list would be another one.
    """
    found = {id: directory.group(id) for id in ids}
    if missing := [id for id, group in found.items() if group is None]:
        groups = [f"#{id} ({shown(names[id][0])})" if id in names else f"#{id}" for id in missing]
        verb = "does" if len(missing) == 1 else "do"
        exist = f"did not exist on {past}" if past else f"{verb} not exist"
        raise NoMatch(f"the list {quoted(name)} needs {listed(groups, 'and')}, which {exist}")
    return [group for group in found.values() if group is not None]


def compare_users(directory: Directory, users: Sequence[User]) -> UserComparison:
    """Compare the groups of two different users.

    Raises:
        UsageError: If they are the same user.
    """
    if len({user.id for user in users}) < len(users):
        raise UsageError("a user cannot be compared with themselves")
    of_users = [directory.groups_of(user.id) for user in users]
    groups = directory.by_name({group.id: group for groups in of_users for group in groups}.values())
    names = distinct_names(users)
    inside = [frozenset(group.id for group in groups) for groups in of_users]
    return UserComparison(tuple(users), tuple(names[user.id] for user in users), _rows(groups, inside))


def _rows(items: Sequence[Item], inside: Sequence[Set[int]]) -> tuple[Row[Item], ...]:
    """Return a row for each item: which of the sets of ids contain it."""
    names = distinct_names(items)
    return tuple(Row(item, names[item.id], tuple(item.id in each for each in inside)) for item in items)
