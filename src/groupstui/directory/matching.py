"""Finds what a person means by a few letters of a name, or by an id."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Generic, Literal, TypeVar

from ..text import clean, fold

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
    """Names and ids to search in. Built once; a name's folded form is kept."""

    def __init__(
        self,
        kind: Kind,
        items: Iterable[T],
        *,
        number: Callable[[T], int],
        names: Callable[[T], Sequence[str]],
    ) -> None:
        """Take in the items.

        Args:
            kind: What an item is, in the singular.
            items: In no order.
            number: Gives an item's id.
            names: Gives what an item is called: its name first.
        """
        self._kind = kind
        self._number = number
        self._names = names
        self._items = list(items)
        self._folded = [tuple(map(fold, names(item))) for item in self._items]

    def search(self, text: str) -> list[T]:
        """Give what fits, best first: the id, the whole name, its beginning, a word's beginning, a part.

        Args:
            text: A part of a name, or an id as `17` or `#17`. Nothing fits an empty text.
        """
        return [item for _, item in self.ranked(text)]

    def ranked(self, text: str) -> list[tuple[int, T]]:
        """Give what fits as `search` does, each with how well it fits: 0 is best."""
        wanted = fold(text.strip())
        if not wanted:
            return []
        found = sorted(self._ranked(wanted), key=lambda hit: hit[:3])
        return [(rank, item) for rank, _, _, item in found]

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
            found = list(narrowing)
            if len(found) == 1:
                return found[0]
            if found:
                raise Ambiguous(self._kind, text, self._in_order(found))
        raise NotFoundByName(self._kind, text)

    def _narrowings(self, text: str) -> Iterator[Iterable[T]]:
        wanted = fold(text)
        if not wanted:
            return
        pairs = list(zip(self._items, self._folded, strict=True))
        digits = wanted.removeprefix("#")
        if wanted.startswith("#") and digits.isdecimal():
            yield (item for item in self._items if self._number(item) == int(digits))
        yield (item for item in self._items if text in self._names(item))
        yield (item for item, names in pairs if wanted in names)
        if digits.isdecimal():
            yield (item for item in self._items if self._number(item) == int(digits))
        yield (item for item, names in pairs if any(name.startswith(wanted) for name in names))
        yield (item for item, names in pairs if any(wanted in name for name in names))

    def _ranked(self, wanted: str) -> Iterator[tuple[int, str, int, T]]:
        digits = wanted.removeprefix("#")
        number = int(digits) if digits.isdecimal() else None
        for item, names in zip(self._items, self._folded, strict=True):
            rank = min((_rank(wanted, name) for name in names), default=NO_RANK)
            if number is not None and self._number(item) == number:
                rank = 0
            if rank < NO_RANK:
                yield rank, names[0] if names else "", self._number(item), item

    def _in_order(self, items: Sequence[T]) -> list[T]:
        return sorted(items, key=lambda item: (fold("".join(self._names(item)[:1])), self._number(item)))


NO_RANK = 5


def _rank(wanted: str, name: str) -> int:
    if wanted not in name:
        return NO_RANK
    if name.startswith(wanted):
        return 1 if len(name) == len(wanted) else 2
    return 3 if f" {wanted}" in name else 4
