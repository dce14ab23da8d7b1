"""Finds groups that are nearly the same: by their members, or by their names."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from itertools import combinations

from ..text import fold
from .models import Group

SHARED = 80
"""Per cent of the users in either group who are in both, from which two groups are nearly identical."""

FEWEST = 5
"""Members from which a group is looked at: small ones are alike by chance."""

LONG = 6
"""Letters from which a name with one letter more, less or other is taken for a slip."""


def nearly_identical(groups: Sequence[Group]) -> Iterator[tuple[Group, Group, int]]:
    """Return the pairs of groups that share at least `SHARED` per cent of their members, but not all.

    Two groups can only share so much if they share one of their rarest members, so just these are looked
    up: with the users in the order of how many groups they are in, the first fifth of a group is enough.
    """
    members = {group.id: frozenset(group.members) for group in groups if len(group.members) >= FEWEST}
    frequency = Counter(user for inside in members.values() for user in inside)
    known: dict[int, list[Group]] = defaultdict(list)
    for group in sorted(
        (group for group in groups if group.id in members), key=lambda each: (len(members[each.id]), each.id)
    ):
        mine = members[group.id]
        rarest = sorted(mine, key=lambda user: (frequency[user], user))
        first = rarest[: len(rarest) - _least_shared(len(rarest)) + 1]
        candidates = {other.id: other for user in first for other in known[user]}
        for other in candidates.values():
            theirs = members[other.id]
            both = len(mine & theirs)
            either = len(mine) + len(theirs) - both
            if both < either and both * 100 >= either * SHARED:
                yield other, group, both * 100 // either
        for user in first:
            known[user].append(group)


def _least_shared(size: int) -> int:
    """Return how many members a group must share, at least, with one that is nearly identical."""
    return -(-size * SHARED // 100)


def similar_names(groups: Sequence[Group]) -> Iterator[list[Group]]:
    """Return groups whose names differ in spacing, punctuation, case, accents or a plural; or in one letter.

    A number is no slip: `QA 1` and `QA 2` are meant to be two.
    """
    by_letters: dict[str, list[Group]] = defaultdict(list)
    for group in groups:
        if letters := _letters(group.name):
            by_letters[letters].append(group)
    for same in by_letters.values():
        if len(same) > 1:
            yield same
    for one, other in sorted(_slips(list(by_letters))):
        yield [by_letters[one][0], by_letters[other][0]]


def _letters(name: str) -> str:
    """Return what is left of a name for comparing: no case, accents, spaces, signs, or plurals."""
    words = re.findall(r"\w+", fold(name).replace("_", " "))
    return "".join(word[:-1] if len(word) > 3 and word.endswith("s") else word for word in words)


def _slips(names: Sequence[str]) -> set[tuple[str, str]]:
    """Return the pairs of long names that become the same when at most one letter is taken from each."""
    by_rest: dict[str, set[str]] = defaultdict(set)
    for name in names:
        if len(name) >= LONG:
            for place in range(len(name)):
                by_rest[name[:place] + name[place + 1 :]].add(name)
            by_rest[name].add(name)
    found = set()
    for alike in by_rest.values():
        for one, other in combinations(sorted(alike), 2):
            if _digits(one) == _digits(other) and _one_edit(one, other):
                found.add((one, other))
    return found


def _digits(name: str) -> str:
    return "".join(filter(str.isdigit, name))


def _one_edit(one: str, other: str) -> bool:
    """Return whether one letter more, less or other makes the one name of the other."""
    if len(one) > len(other):
        one, other = other, one
    place = next((index for index, letter in enumerate(one) if letter != other[index]), len(one))
    return one[place:] == other[place + 1 :] or one[place + 1 :] == other[place + 1 :]
