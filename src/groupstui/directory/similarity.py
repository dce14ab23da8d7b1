"""Find groups that are nearly the same, by their members or by their names."""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence

from ..text import fold
from .models import Group

MIN_SHARED_PERCENT = 80
"""Two groups are nearly identical from this overlap: users in both, in percent of users in either."""

MIN_MEMBERS = 5
"""Groups with fewer members are not compared: small groups are similar by chance."""

MIN_TYPO_CHARS = 6
"""Shorter names that differ in one letter are not similar: they differ on purpose."""


MAX_COMPARED_CHARS = 200
"""Names are compared up to this length, at which they are cut on the screen, too."""

MAX_PAIRS_PER_GROUP = 50
"""Pairs that are reported for one group; without a limit, 2,000 similar groups have two million pairs."""


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
        pairs = 0
        for other in candidates.values():
            theirs = members[other.id]
            both = len(mine & theirs)
            either = len(mine) + len(theirs) - both
            if both < either and both * 100 >= either * MIN_SHARED_PERCENT:
                yield other, group, both * 100 // either
                if (pairs := pairs + 1) == MAX_PAIRS_PER_GROUP:
                    break
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
    for similar in _typos(list(by_letters)):
        yield [by_letters[letters][0] for letters in similar]


def _letters(name: str) -> str:
    """Return a name without case, accents, spaces, punctuation and plurals."""
    words = re.findall(r"\w+", fold(name[:MAX_COMPARED_CHARS]).replace("_", " "))
    return "".join(word[:-1] if len(word) > 3 and word.endswith("s") else word for word in words)


def _typos(names: Sequence[str]) -> list[list[str]]:
    """Return lists of names that differ from another in the list in one letter: more, less, or replaced.

    They are found by removing the letter at each place in turn, one place at a time to save memory.
    """
    digits = {name: "".join(filter(str.isdigit, name)) for name in names if len(name) >= MIN_TYPO_CHARS}
    leaders = {name: name for name in digits}

    def leader(name: str) -> str:
        while leaders[name] != name:
            leaders[name] = name = leaders[leaders[name]]
        return name

    for place in range(max(map(len, digits), default=0)):
        seen: dict[tuple[str, str], str] = {}
        for name, its_digits in digits.items():
            if place < len(name):
                rest = name[:place] + name[place + 1 :]
                leaders[leader(name)] = leader(seen.setdefault((rest, its_digits), name))
                if digits.get(rest) == its_digits:
                    leaders[leader(name)] = leader(rest)
    similar: dict[str, list[str]] = defaultdict(list)
    for name in sorted(digits):
        similar[leader(name)].append(name)
    return [names for names in similar.values() if len(names) > 1]
