"""Find groups that are nearly the same, by their members or by their names."""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from itertools import combinations

from ..text import fold
from .models import Group

MIN_SHARED_PERCENT = 80
"""Two groups are nearly identical from this overlap: users in both, in percent of users in either."""

MIN_MEMBERS = 5
"""Groups with fewer members are not compared: small groups are similar by chance."""

MIN_TYPO_CHARS = 6
"""Shorter names that differ in one letter are not similar: they differ on purpose."""


def nearly_identical(groups: Sequence[Group]) -> Iterator[tuple[Group, Group, int]]:
    """Yield pairs of groups that share at least `MIN_SHARED_PERCENT` of their members, but not all.

    Two groups can share that many only if they share one of their rarest members. So only those are looked
    up: of the members in the order of how many groups they are in, the first fifth is enough.
    """
    members = {group.id: frozenset(group.members) for group in groups if len(group.members) >= MIN_MEMBERS}
    frequency = Counter(user_id for inside in members.values() for user_id in inside)
    seen_with: dict[int, list[Group]] = defaultdict(list)
    large_enough = (group for group in groups if group.id in members)
    for group in sorted(large_enough, key=lambda each: (len(members[each.id]), each.id)):
        mine = members[group.id]
        by_rarity = sorted(mine, key=lambda user_id: (frequency[user_id], user_id))
        min_shared = math.ceil(len(mine) * MIN_SHARED_PERCENT / 100)
        rarest = by_rarity[: len(mine) - min_shared + 1]
        candidates = {other.id: other for user_id in rarest for other in seen_with[user_id]}
        for other in candidates.values():
            theirs = members[other.id]
            both = len(mine & theirs)
            either = len(mine) + len(theirs) - both
            if both < either and both * 100 >= either * MIN_SHARED_PERCENT:
                yield other, group, both * 100 // either
        for user_id in rarest:
            seen_with[user_id].append(group)


def similar_names(groups: Sequence[Group]) -> Iterator[list[Group]]:
    """Yield groups whose names differ in spaces, punctuation, case, accents, a plural, or in one letter.

    Different numbers are intended: `QA 1` and `QA 2` are not similar.
    """
    by_letters: dict[str, list[Group]] = defaultdict(list)
    for group in groups:
        if letters := _letters(group.name):
            by_letters[letters].append(group)
    for same in by_letters.values():
        if len(same) > 1:
            yield same
    for one, other in sorted(_typos(list(by_letters))):
        yield [by_letters[one][0], by_letters[other][0]]


def _letters(name: str) -> str:
    """Return a name without case, accents, spaces, punctuation and plurals."""
    words = re.findall(r"\w+", fold(name).replace("_", " "))
    return "".join(word[:-1] if len(word) > 3 and word.endswith("s") else word for word in words)


def _typos(names: Sequence[str]) -> set[tuple[str, str]]:
    """Return pairs of names that differ in one letter, found by removing each letter in turn."""
    by_rest: dict[str, set[str]] = defaultdict(set)
    for name in names:
        if len(name) >= MIN_TYPO_CHARS:
            for place in range(len(name)):
                by_rest[name[:place] + name[place + 1 :]].add(name)
            by_rest[name].add(name)
    found = set()
    for similar in by_rest.values():
        for one, other in combinations(sorted(similar), 2):
            if _digits(one) == _digits(other) and _one_edit(one, other):
                found.add((one, other))
    return found


def _digits(name: str) -> str:
    return "".join(filter(str.isdigit, name))


def _one_edit(one: str, other: str) -> bool:
    """Return whether adding, removing or replacing one letter makes both names equal."""
    if len(one) > len(other):
        one, other = other, one
    place = next((index for index, letter in enumerate(one) if letter != other[index]), len(one))
    return one[place:] == other[place + 1 :] or one[place + 1 :] == other[place + 1 :]
