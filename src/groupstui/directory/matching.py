"""Finds what a person means by a few letters of a name, or by an id."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Generic, Literal, TypeVar

from ..text import clean, fold, fold_once

T = TypeVar("T")

Kind = Literal["group", "person", "command"]

PLURALS: dict[Kind, str] = {"group": "groups", "person": "people", "command": "commands"}

MOST_CANDIDATES = 10
"""As many candidates are named where a name is ambiguous: a list to choose from, not to scroll."""


class NotFoundByName(LookupError):
    """Nothing has this name or id."""

    def __init__(self, kind: Kind, text: str) -> None:
        super().__init__(f"no {kind} is called “{clean(text)}”")


class Ambiguous(LookupError, Generic[T]):
    """Several have this name; `candidates` are they, best first."""

    def __init__(self, kind: Kind, text: str, candidates: Sequence[T]) -> None:
        super().__init__(f"“{clean(text)}” may be any of {len(candidates):,} {PLURALS[kind]}")
        self.candidates = candidates


class Index(Generic[T]):
    """Names and ids to search in.

    Built once: the names are folded, and stand in their order. What fits is then found by passes over plain
    lists, each a few milliseconds for 100,000 names, and fewer as letters are added.
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
        entries = sorted((BETWEEN.join(map(fold_once, names(number))), number) for number in numbers)
        self._folded = [folded for folded, _ in entries]
        self._numbers = [number for _, number in entries]
        self._last: tuple[str, list[int]] = ("", [])
        """What was searched last, and the places of what held it."""

    def search(self, text: str) -> list[T]:
        """Give what fits, best first: the id, the whole name, its beginning, a word's beginning, a part.

        Args:
            text: A part of a name, or an id as `17` or `#17`. Nothing fits an empty text.
        """
        return [item for _, item in self.ranked(text)]

    def ranked(self, text: str, most: int | None = None) -> list[tuple[int, T]]:
        """Give what fits as `search` does, each with how well it fits: 0 is best.

        Args:
            text: As for `search`.
            most: How many of the best are enough; None gives all.
        """
        wanted = fold(text.strip())
        if not wanted:
            return []
        enough = len(self._numbers) if most is None else most
        found: dict[int, int] = {}
        for rank, places in enumerate(self._by_rank(wanted)):
            for place in places:
                found.setdefault(place, rank)
            if len(found) >= enough:
                break
        best = list(found.items())[:enough]
        return [(rank, self._item(self._numbers[place])) for place, rank in best]

    def find(self, text: str) -> T:
        """Give the one that a name or an id means.

        The id or the exact name wins, then the name without regard to case and accents, then a beginning
        that only one has, then a part that only one has.

        Raises:
            NotFoundByName: Nothing fits.
            Ambiguous: Several fit equally well.
        """
        text = text.strip()
        for narrowing in self._narrowings(text):
            if len(narrowing) == 1:
                return self._item(self._numbers[narrowing[0]])
            if narrowing:
                raise Ambiguous(self._kind, text, [self._item(self._numbers[place]) for place in narrowing])
        raise NotFoundByName(self._kind, text)

    def _narrowings(self, text: str) -> Iterator[Sequence[int]]:
        wanted = fold(text)
        if not wanted:
            return
        if wanted.startswith("#"):
            yield self._of_number(wanted)
        holding = self._holding(wanted)
        beginning = self._beginning(wanted, holding)
        whole = self._whole(wanted, beginning)
        yield [place for place in whole if text in self._names(self._numbers[place])]
        yield whole
        yield self._of_number(wanted)
        yield beginning
        yield holding

    def _by_rank(self, wanted: str) -> Iterator[Sequence[int]]:
        yield self._of_number(wanted)
        holding = self._holding(wanted)
        beginning = self._beginning(wanted, holding)
        yield self._whole(wanted, beginning)
        yield beginning
        word = f" {wanted}"
        yield [place for place in holding if word in self._folded[place]]
        yield holding

    def _of_number(self, wanted: str) -> Sequence[int]:
        digits = wanted.removeprefix("#")
        if not digits.isdecimal() or int(digits) not in self._numbers:
            return ()
        return (self._numbers.index(int(digits)),)

    def _holding(self, wanted: str) -> list[int]:
        before, places = self._last
        folded = self._folded
        if before and before in wanted:  # what holds the longer text holds the shorter
            found = [place for place in places if wanted in folded[place]]
        else:
            found = [place for place, name in enumerate(folded) if wanted in name]
        self._last = (wanted, found)
        return found

    def _whole(self, wanted: str, beginning: Sequence[int]) -> list[int]:
        return [place for place in beginning if wanted in self._folded[place].split(BETWEEN)]

    def _beginning(self, wanted: str, holding: Sequence[int]) -> list[int]:
        second, folded = BETWEEN + wanted, self._folded
        return [place for place in holding if folded[place].startswith(wanted) or second in folded[place]]


BETWEEN = "\x1e"
"""Stands between the names of one item; no text that is searched holds it."""
