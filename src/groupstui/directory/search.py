"""Finds what a user means by a few letters of a name, or by an id."""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from heapq import merge
from itertools import accumulate, chain, takewhile
from typing import Generic, Literal, TypeVar

from ..errors import AmbiguousMatch, NoMatch
from ..text import fold, sanitize

T = TypeVar("T")

Kind = Literal["group", "user", "command"]

PLURALS: dict[Kind, str] = {"group": "groups", "user": "users", "command": "commands"}

MAX_CANDIDATES = 10
"""As many candidates are named where a name is ambiguous: a list to choose from, not to scroll."""


class SearchIndex(Generic[T]):
    """Names and ids to search in.

    Built once: the names are folded, put in their order, and joined to one text. What begins with some
    letters is found by halving, what holds them by passes over that text, which end once there is enough.
    """

    def __init__(
        self,
        kind: Kind,
        numbers: Iterable[int],
        *,
        names: Callable[[int], Sequence[str]],
        item: Callable[[int], T],
    ) -> None:
        """Take in the items.

        Args:
            kind: What an item is, in the singular.
            numbers: The items' ids.
            names: Gives what the item of an id is called: its name first.
            item: Gives the item of an id.
        """
        self._kind = kind
        self._names = names
        self._item = item
        entries = _in_order((BETWEEN.join(map(_searchable, names(number))), number) for number in numbers)
        self._text = "".join(folded + END for folded, _ in entries)
        self._starts = array("L", accumulate((len(folded) + 1 for folded, _ in entries), initial=0))
        """Where each item's names begin in the text; its end, too."""
        self._numbers = [number for _, number in entries]

    def search(self, text: str) -> list[T]:
        """Return what fits, best first: the id, the whole name, its beginning, a word's beginning, a part.

        Args:
            text: A part of a name, or an id as `17` or `#17`. Nothing fits an empty text.
        """
        return [item for _, item in self.ranked(text)]

    def ranked(self, text: str, most: int | None = None) -> list[tuple[int, T]]:
        """Return what fits as `search` does, each with how well it fits: 0 is best.

        Args:
            text: As for `search`.
            most: How many of the best are enough; None gives all.
        """
        wanted = _searchable(text.strip())
        if not wanted:
            return []
        enough = len(self._numbers) if most is None else most
        found: dict[int, int] = {}
        for rank, places in enumerate(self._by_rank(wanted)):
            for place in places:
                if len(found) >= enough:
                    break
                found.setdefault(place, rank)
        return [(rank, self._item(self._numbers[place])) for place, rank in found.items()]

    def numbers_of(self, text: str) -> set[int]:
        """Return the ids of what fits, sooner than `search` gives the items themselves."""
        wanted = _searchable(text.strip())
        if not wanted:
            return set()
        return {self._numbers[place] for place in chain(self._of_number(wanted), self._holding(wanted))}

    def find(self, text: str) -> T:
        """Return the one that a name or an id means.

        The id or the exact name wins, then the name without regard to case and accents, then a beginning
        that only one has, then a part that only one has. `17` may be a name, too; `#17` is an id first.

        Raises:
            NoMatch: Nothing fits.
            AmbiguousMatch: Several fit equally well.
        """
        text = text.strip()
        for narrowing in map(list, self._narrowings(text)):
            if len(narrowing) == 1:
                return self._item(self._numbers[narrowing[0]])
            if narrowing:
                raise AmbiguousMatch(
                    f"“{sanitize(text)}” matches {len(narrowing):,} {PLURALS[self._kind]}",
                    [self._item(self._numbers[place]) for place in narrowing],
                )
        raise NoMatch(f"no {self._kind} matches “{sanitize(text)}”")

    def _narrowings(self, text: str) -> Iterator[Iterable[int]]:
        wanted = _searchable(text)
        if not wanted:
            return
        if wanted.startswith("#"):
            yield self._of_number(wanted)
        exact = (place for place in self._whole(wanted) if text in self._names(self._numbers[place]))
        yield dict.fromkeys(chain(self._of_number(wanted), exact))
        yield self._whole(wanted)
        yield self._beginning(wanted)
        yield self._holding(wanted)

    def _by_rank(self, wanted: str) -> Iterator[Iterable[int]]:
        yield self._of_number(wanted)
        yield self._whole(wanted)
        yield self._beginning(wanted)
        yield self._holding(f" {wanted}")
        yield self._holding(wanted)

    # Each gives places, in the order of names.

    def _of_number(self, wanted: str) -> Sequence[int]:
        digits = wanted.removeprefix("#")
        if not digits.isdecimal() or int(digits) not in self._numbers:
            return ()
        return (self._numbers.index(int(digits)),)

    def _whole(self, wanted: str) -> Iterator[int]:
        text, starts, length = self._text, self._starts, len(wanted)
        first = takewhile(lambda place: text[starts[place] + length] in ENDS, self._first_names(wanted))
        return _each_once(first, *(self._holding(f"{BETWEEN}{wanted}{end}") for end in ENDS))

    def _beginning(self, wanted: str) -> Iterator[int]:
        return _each_once(self._first_names(wanted), self._holding(BETWEEN + wanted))

    def _first_names(self, wanted: str) -> range:
        """Return the items whose first name begins with a text."""
        text, starts, length = self._text, self._starts, len(wanted)

        def beginning(place: int) -> str:
            return text[starts[place] : min(starts[place] + length, starts[place + 1] - 1)]

        everywhere = range(len(self._numbers))
        return range(
            bisect_left(everywhere, wanted, key=beginning), bisect_right(everywhere, wanted, key=beginning)
        )

    def _holding(self, wanted: str) -> Iterator[int]:
        text, starts = self._text, self._starts
        at = text.find(wanted)
        while at >= 0:
            place = bisect_right(starts, at) - 1
            yield place
            at = text.find(wanted, starts[place + 1])


BETWEEN, END = ENDS = "\x1e\x1f"
"""What stands between the names of one item, and what behind the last of them."""


def _searchable(name: str) -> str:
    """Fold a name; what can't be seen in it becomes a space, so that it holds none of the signs above."""
    folded = fold(name)
    return folded if folded.isprintable() else "".join(c if c.isprintable() else " " for c in folded)


def _in_order(entries: Iterable[tuple[str, int]]) -> list[tuple[str, int]]:
    """Sort in small heaps: a large sort holds the interpreter until it is through, also in a thread."""
    heaps: dict[str, list[tuple[str, int]]] = {}
    for entry in entries:
        heaps.setdefault(entry[0][:2], []).append(entry)
    return [entry for beginning in sorted(heaps) for entry in sorted(heaps[beginning])]


def _each_once(*places: Iterable[int]) -> Iterator[int]:
    """Merge places that are in order, and give none of them twice."""
    last = -1
    for place in merge(*places):
        if place != last:
            yield place
        last = place
