"""The search of both panes, the palette and the command line."""

from __future__ import annotations

import re
from array import array
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cached_property
from heapq import merge, nlargest
from itertools import accumulate, chain, islice, pairwise, takewhile
from operator import itemgetter
from typing import Generic, Literal, TypeVar

from ..errors import AmbiguousMatch, NoMatch, quoted
from ..text import fold

T = TypeVar("T")

Kind = Literal["group", "user", "command"]

PLURALS: dict[Kind, str] = {"group": "groups", "user": "users", "command": "commands"}

WORD_PREFIX_RANK = 5
"""The rank, in `SearchIndex.ranked`, of what has a word that begins with the text."""

MAX_CANDIDATES = 10
"""Candidates listed for an ambiguous name: few enough to choose from without scrolling."""

MIN_MISSPELLED_CHARS = 4
"""The length from which a word may have a wrong letter; shorter words would mean too much."""

MAX_SUGGESTIONS = 3
"""Similar names that are listed for a name that nothing has."""

MAX_SUGGESTION_NAMES = 20_000
"""Names that are compared for similarity; in a larger instance, only the first."""

MIN_SIMILARITY = 0.5
"""Share of pairs of letters that two similar names have in common."""


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
        """Build the index; `names` returns the texts to search for an id, `item` what the id stands for."""
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

        The ranks: the exact id, the same characters as the name, the same name ignoring case and accents, a
        prefix of the id, a prefix of the name, a prefix of a word, any part, all words in any order. Within a
        rank, items are sorted by name, ids by number.

        Args:
            text: A part of a name, or of an id as `17` or `#17`. An empty text matches nothing.
            limit: The number of results; None returns all.
        """
        text = text.strip(_INVISIBLE)
        if not (wanted := _searchable(text)):
            return []
        enough = len(self._ids) if limit is None else limit
        found: dict[int, int] = {}
        for rank, places in enumerate(self._by_rank(text, wanted)):
            for place in places:
                if len(found) >= enough:
                    break
                found.setdefault(place, rank)
        return [(rank, self._item(self._ids[place])) for place, rank in found.items()]

    def misspelled(self, text: str, limit: int | None = None) -> list[T]:
        """Return what matches if one letter of each longer word is wrong, missing, added, or swapped.

        For a text that matches nothing otherwise; items are sorted by name.
        """
        words = _words(_searchable(text.strip(_INVISIBLE)))
        spellings = [self._spellings(word) for word in words]
        if "@" in text or not words or not all(spellings):
            return []
        # The rarest word leads to the fewest names.
        rarest = min(spellings, key=lambda each: sum(map(self._word_counts.__getitem__, each)))
        places = _merged(*(self._with_word(word) for word in rarest))
        fitting = (place for place in places if self._has_spellings(place, spellings))
        return [self._item(self._ids[place]) for place in islice(fitting, limit)]

    def first(self, limit: int) -> list[T]:
        """Return the first items in the order of their names."""
        return [self._item(each) for each in self._ids[:limit]]

    def search_ids(self, text: str) -> set[int]:
        """Return the ids of what matches; faster than `search`, which returns the items in order."""
        text = text.strip(_INVISIBLE)
        if not (wanted := _searchable(text)):
            return set()
        places = chain(self._with_id_prefix(text), self._containing(wanted), self._with_words(wanted))
        return {self._ids[place] for place in places}

    def resolve(self, text: str, *, exact: bool = False) -> T:
        """Return the one item that a name or an id identifies.

        An id, as `17` or `#17`, and a text with `@` match completely or not at all; `17` may be a name as
        well. Of names, the same characters win, then the same name ignoring case and accents, then the same
        words in any order, then a prefix that only one name has, then a part, then words in any order.
        A part of an address is not enough.

        Args:
            text: The id, the name, or the address as `ada@example.org` or `Ada <ada@example.org>`.
            exact: Only match complete names.

        Raises:
            NoMatch: If nothing matches.
            AmbiguousMatch: If several items match equally well.
        """
        text = text.strip(_INVISIBLE)
        for places in map(list, self._readings(text, exact=exact)):
            if len(places) == 1:
                return self._item(self._ids[places[0]])
            if places:
                raise AmbiguousMatch(
                    f"{quoted(text)} matches {len(places):,} {PLURALS[self._kind]}",
                    [self._item(self._ids[place]) for place in places],
                )
        raise NoMatch(f"no {self._kind} matches {quoted(text)}")

    def similar(self, text: str) -> list[T]:
        """Return a few items that a text which matches nothing may mean, the most similar first."""
        if text.strip(_INVISIBLE).startswith("#"):
            return []
        if found := self.search(text, MAX_SUGGESTIONS):
            return found
        pairs = _letter_pairs(_searchable(text))
        scored = (
            (max(_similarity(pairs, _letter_pairs(name)) for name in self._names_at(place)), place)
            for place in range(min(len(self._ids), MAX_SUGGESTION_NAMES))
        )
        best = nlargest(
            MAX_SUGGESTIONS, (each for each in scored if each[0] >= MIN_SIMILARITY), key=itemgetter(0)
        )
        return [self._item(self._ids[place]) for _, place in best]

    def _readings(self, text: str, *, exact: bool) -> Iterator[Iterable[int]]:
        """Yield sets of places, from the strictest reading of the text to the loosest."""
        wanted = _searchable(text)
        if not wanted:
            return
        if _ID.fullmatch(text):
            yield dict.fromkeys(chain(self._with_id(text), () if text[0] == "#" else self._whole(wanted)))
            return
        address = _ADDRESS.fullmatch(text)
        if address is None or address[1] != text:
            yield self._spelled(text, str)
            yield self._whole(wanted)
            yield self._with_words(wanted, complete=True)
        if address is not None:
            yield self._spelled(address[1], str.casefold)
        if not (exact or "@" in wanted or wanted.removeprefix("#").isdecimal()):
            words = _words(wanted)
            yield self._by_name(self._with_prefix(wanted), lambda name: name.startswith(wanted))
            yield self._by_name(self._containing(wanted), lambda name: wanted in name)
            yield self._by_name(self._with_words(wanted), lambda name: _has_words(name, words))

    def _by_rank(self, text: str, wanted: str) -> Iterator[Iterable[int]]:
        yield self._with_id(text)
        yield self._spelled(text, str)
        yield self._whole(wanted)
        yield self._with_id_prefix(text)
        yield self._with_prefix(wanted)
        yield self._containing(f" {wanted}")
        yield self._containing(wanted)
        yield self._with_words(wanted)

    def _names_at(self, place: int) -> list[str]:
        """Return the folded names of an item."""
        return self._text[self._starts[place] : self._starts[place + 1] - 1].split(BETWEEN)

    @cached_property
    def _places(self) -> dict[int, int]:
        return {each: place for place, each in enumerate(self._ids)}

    # Each of these returns places in `_ids`, in the order of names.

    def _with_id(self, text: str) -> Sequence[int]:
        id = id_of(text)
        place = None if id is None else self._places.get(id)
        return () if place is None else (place,)

    def _with_id_prefix(self, text: str) -> Iterator[int]:
        """Return places in the order of ids."""
        if (match := _ID.fullmatch(text)) and (digits := match[1]):
            found = ((each, place) for place, each in enumerate(self._ids) if str(each).startswith(digits))
            for _, place in sorted(found):
                yield place

    def _spelled(self, text: str, form: Callable[[str], str]) -> Iterator[int]:
        """Return the places of a whole name that is the same in a stricter form than the folded one."""
        for place in self._whole(_searchable(text)):
            if form(text) in map(form, self._names(self._ids[place])):
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

    def _with_words(self, wanted: str, *, complete: bool = False) -> Iterator[int]:
        """Return the places of names with these words in any order, or of exactly these words."""
        words = sorted(_words(wanted))
        if not words or (words == [wanted] and not complete):  # a single word is found as a part
            return

        for place in self._containing(max(words, key=len)):
            for name in self._names_at(place):
                if sorted(_words(name)) == words if complete else _has_words(name, words):
                    yield place
                    break

    @cached_property
    def _word_counts(self) -> Counter[str]:
        """The words of letters in the text, not its numbers and addresses, and how often each occurs."""
        counts = Counter(self._text.split())  # the separators are white space
        return Counter({word: count for word, count in counts.items() if _is_of_letters(word)})

    def _spellings(self, typed: str) -> set[str]:
        """Return the words in the text that begin with a word, or nearly so if it is not a short one."""
        if len(typed) < MIN_MISSPELLED_CHARS or not _is_of_letters(typed):
            return {word for word in self._word_counts if word.startswith(typed)}
        half = len(typed) // 2
        # One wrong letter leaves one half as it is, unless the letters in the middle are swapped.
        swapped = typed[: half - 1] + typed[half] + typed[half - 1]
        starts, end = (typed[:half], swapped), typed[half:]
        return {
            word
            for word in self._word_counts
            if (word.startswith(starts) or end in word) and _begins_nearly(word, typed)
        }

    def _with_word(self, word: str) -> Iterator[int]:
        return _merged(
            self._first_name_prefix(word), *(self._containing(start + word) for start in (" ", BETWEEN))
        )

    def _has_spellings(self, place: int, spellings: Sequence[set[str]]) -> bool:
        """Return whether the names of an item have a spelling of each word."""
        words = set(self._text[self._starts[place] : self._starts[place + 1] - 1].split())
        return not any(map(words.isdisjoint, spellings))

    def _by_name(self, places: Iterable[int], fits: Callable[[str], bool]) -> Iterator[int]:
        """Return those of the places at which a name fits, and not only an address."""
        for place in places:
            if any(fits(name) for name in self._names_at(place) if not _ADDRESS.fullmatch(name)):
                yield place


_INVISIBLE = " \t\r\n\f\v\xa0\ufeff\u200b\u200e\u200f\u202a\u202c\u2060"
"""White space, and what copied text often begins or ends with."""

_ID = re.compile("#?(?:([1-9][0-9]{0,18})|[0-9]+)")
"""An id; without its group, a number that no id can be: it is too long or begins with 0."""

_ADDRESS = re.compile(r"(?:.*<)?(?:mailto:)?([^\s<>@]+@[^\s<>@?]+?)(?:\?[^\s<>]*)?>?[,;]?", re.IGNORECASE)
"""An e-mail address, alone, as a link, or after a name: `Ada Lovelace <ada@example.org>`."""


def is_address(text: str) -> bool:
    """Return whether a text is an e-mail address, also with a name as in `Ada <ada@example.org>`."""
    return _ADDRESS.fullmatch(text) is not None


def is_id(text: str) -> bool:
    """Return whether a text can only be an id, or a name that is a number."""
    return _ID.fullmatch(text.strip(_INVISIBLE)) is not None


def id_of(text: str) -> int | None:
    """Return the id that a text can only be; None for any other text, and for a number that no id can be."""
    match = _ID.fullmatch(text.strip(_INVISIBLE))
    return int(match[1]) if match and match[1] else None


BETWEEN, END = ENDS = "\x1e\x1f"
"""Separators in the text: between the names of one item, and after its last name."""


def _searchable(name: str) -> str:
    """Return a folded name without unprintable characters, so that it contains no separator."""
    folded = fold(name)
    return folded if folded.isprintable() else fold("".join(c if c.isprintable() else " " for c in folded))


def _words(folded: str) -> list[str]:
    """Return the words of a name, which may be written as `Last, First`."""
    return folded.replace(",", " ").replace('"', " ").split()


def _has_words(name: str, words: Sequence[str]) -> bool:
    return all(name.count(word) >= words.count(word) for word in words)


def _is_of_letters(word: str) -> bool:
    return word.isalpha() or word.replace("-", "").replace("'", "").isalpha()


def _begins_nearly(word: str, typed: str) -> bool:
    """Return whether a word begins with a text with at most one wrong, missing, added, or swapped letter."""
    same = next((at for at, (one, other) in enumerate(zip(word, typed, strict=False)) if one != other), None)
    if same is None:
        return len(word) >= len(typed) - 1
    word, typed = word[same:], typed[same:]
    return (
        word.startswith(typed[1:])  # added
        or word[1:].startswith((typed, typed[1:]))  # missing, wrong
        or (word[1::-1] == typed[:2] and word[2:].startswith(typed[2:]))  # swapped
    )


def _letter_pairs(folded: str) -> set[tuple[str, str]]:
    """Return the neighbouring letters of a name, or of an address without its domain."""
    return set(pairwise(folded.partition("@")[0]))


def _similarity(one: set[tuple[str, str]], other: set[tuple[str, str]]) -> float:
    return 2 * len(one & other) / (len(one) + len(other) or 1)


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
