"""The search of both panes, the palette and the command line."""

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
"""Candidates listed for an ambiguous name: few enough to choose from without scrolling."""


class SearchIndex(Generic[T]):
    """Names and ids to search in.

    Built once: the names are folded, sorted, and joined into one text. A prefix is found by bisection, a part
    by searching that text until there are enough results.
    """

    def __init__(
        self,
        kind: Kind,
        ids: Iterable[int],
        *,
        names: Callable[[int], Sequence[str]],
        item: Callable[[int], T],
    ) -> None:
        """Build the index.

        Args:
            kind: What an item is, in the singular.
            ids: The items' ids.
            names: Returns the texts to search for an id, the name first.
            item: Returns the item of an id.
        """
        self._kind = kind
        self._names = names
        self._item = item
        entries = _sorted((BETWEEN.join(map(_searchable, names(each))), each) for each in ids)
        self._text = "".join(folded + END for folded, _ in entries)
        self._starts = array("L", accumulate((len(folded) + 1 for folded, _ in entries), initial=0))
        """Start of each item's names in the text, and the end of the text."""
        self._ids = [each for _, each in entries]

    def search(self, text: str, limit: int | None = None) -> list[T]:
        """Return what matches, best first: see `ranked`."""
        return [item for _, item in self.ranked(text, limit)]

    def ranked(self, text: str, limit: int | None = None) -> list[tuple[int, T]]:
        """Return what matches, each item with its rank; 0 is best.

        The ranks: the exact id, the whole name, a prefix of the id, a prefix of the name, a prefix of a word,
        any part. Within a rank, items are sorted by name, ids by number.

        Args:
            text: A part of a name, or of an id as `17` or `#17`. An empty text matches nothing.
            limit: The number of results; None returns all.
        """
        wanted = _searchable(text.strip())
        if not wanted:
            return []
        enough = len(self._ids) if limit is None else limit
        found: dict[int, int] = {}
        for rank, places in enumerate(self._by_rank(wanted)):
            for place in places:
                if len(found) >= enough:
                    break
                found.setdefault(place, rank)
        return [(rank, self._item(self._ids[place])) for place, rank in found.items()]

    def search_ids(self, text: str) -> set[int]:
        """Return the ids of what matches; faster than `search`, which returns the items in order."""
        wanted = _searchable(text.strip())
        if not wanted:
            return set()
        return {self._ids[place] for place in chain(self._with_id_prefix(wanted), self._containing(wanted))}

    def resolve(self, text: str) -> T:
        """Return the one item that a name or an id identifies.

        The exact id or name wins, then the name ignoring case and accents, then a prefix that only one name
        has, then a part that only one has. `17` may be a name as well; `#17` is an id first.

        Raises:
            NoMatch: If nothing matches.
            AmbiguousMatch: If several items match equally well.
        """
        text = text.strip()
        for places in map(list, self._candidates(text)):
            if len(places) == 1:
                return self._item(self._ids[places[0]])
            if places:
                raise AmbiguousMatch(
                    f"“{sanitize(text)}” matches {len(places):,} {PLURALS[self._kind]}",
                    [self._item(self._ids[place]) for place in places],
                )
        raise NoMatch(f"no {self._kind} matches “{sanitize(text)}”")

    def _candidates(self, text: str) -> Iterator[Iterable[int]]:
        """Yield sets of places, from the strictest reading of the text to the loosest."""
        wanted = _searchable(text)
        if not wanted:
            return
        if wanted.startswith("#"):
            yield self._with_id(wanted)
        exact = (place for place in self._whole(wanted) if text in self._names(self._ids[place]))
        yield dict.fromkeys(chain(self._with_id(wanted), exact))
        yield self._whole(wanted)
        yield self._with_prefix(wanted)
        yield self._containing(wanted)

    def _by_rank(self, wanted: str) -> Iterator[Iterable[int]]:
        yield self._with_id(wanted)
        yield self._whole(wanted)
        yield self._with_id_prefix(wanted)
        yield self._with_prefix(wanted)
        yield self._containing(f" {wanted}")
        yield self._containing(wanted)

    # Each of these returns places in `_ids`, in the order of names.

    def _with_id(self, wanted: str) -> Sequence[int]:
        digits = wanted.removeprefix("#")
        if not digits.isdecimal() or len(digits) > MAX_ID_DIGITS or int(digits) not in self._ids:
            return ()
        return (self._ids.index(int(digits)),)

    def _with_id_prefix(self, wanted: str) -> Iterator[int]:
        """Return places in the order of ids."""
        digits = wanted.removeprefix("#")
        if digits.isdecimal() and len(digits) <= MAX_ID_DIGITS:
            found = ((each, place) for place, each in enumerate(self._ids) if str(each).startswith(digits))
            for _, place in sorted(found):
                yield place

    def _whole(self, wanted: str) -> Iterator[int]:
        text, starts, length = self._text, self._starts, len(wanted)
        names = takewhile(lambda place: text[starts[place] + length] in ENDS, self._first_name_prefix(wanted))
        return _merged(names, *(self._containing(f"{BETWEEN}{wanted}{end}") for end in ENDS))

    def _with_prefix(self, wanted: str) -> Iterator[int]:
        return _merged(self._first_name_prefix(wanted), self._containing(BETWEEN + wanted))

    def _first_name_prefix(self, wanted: str) -> range:
        text, starts, length = self._text, self._starts, len(wanted)

        def prefix(place: int) -> str:
            return text[starts[place] : min(starts[place] + length, starts[place + 1] - 1)]

        places = range(len(self._ids))
        return range(bisect_left(places, wanted, key=prefix), bisect_right(places, wanted, key=prefix))

    def _containing(self, wanted: str) -> Iterator[int]:
        text, starts = self._text, self._starts
        at = text.find(wanted)
        while at >= 0:
            place = bisect_right(starts, at) - 1
            yield place
            at = text.find(wanted, starts[place + 1])


MAX_ID_DIGITS = 19
"""Digits of the largest id; a longer number is not one."""

BETWEEN, END = ENDS = "\x1e\x1f"
"""Separators in the text: between the names of one item, and after its last name."""


def _searchable(name: str) -> str:
    """Return a folded name without unprintable characters, so that it contains no separator."""
    folded = fold(name)
    return folded if folded.isprintable() else "".join(c if c.isprintable() else " " for c in folded)


def _sorted(entries: Iterable[tuple[str, int]]) -> list[tuple[str, int]]:
    """Sort in small batches: one large sort blocks the interpreter until its end, even from a thread."""
    batches: dict[str, list[tuple[str, int]]] = {}
    for entry in entries:
        batches.setdefault(entry[0][:2], []).append(entry)
    return [entry for start in sorted(batches) for entry in sorted(batches[start])]


def _merged(*places: Iterable[int]) -> Iterator[int]:
    """Merge sorted places without duplicates."""
    last = -1
    for place in merge(*places):
        if place != last:
            yield place
        last = place
