"""Finds the rows whose name or id fits what is typed, again at each letter."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

from ..text import fold

T = TypeVar("T")


class Narrowing(Generic[T]):
    """Rows in their order, with names that are folded once; a letter more looks among what fitted before."""

    def __init__(
        self, rows: Sequence[T], *, name_of: Callable[[T], str], number_of: Callable[[T], int]
    ) -> None:
        """Fold the names: a millisecond for a thousand.

        Args:
            rows: What to look among.
            name_of: Gives the text that is looked into.
            number_of: Gives the id that is looked at.
        """
        self.rows = rows
        """What is looked among."""
        self._names = [fold(name_of(row)) for row in rows]
        self._number_of = number_of
        self._last: tuple[str, Sequence[int]] = ("", range(len(rows)))
        """What was looked for last, and the places of what fitted."""

    def fitting(self, query: str) -> list[T]:
        """Return the rows that fit, in their order.

        Args:
            query: A part of the name, or the beginning of the id as `17` or `#17`.
        """
        wanted = fold(query.strip())
        before, places = self._last
        if not wanted.startswith(before):
            places = range(len(self.rows))
        digits = wanted.removeprefix("#")
        rows, names = self.rows, self._names
        if digits.isdecimal():
            number_of = self._number_of
            fitting = [
                place
                for place in places
                if wanted in names[place] or str(number_of(rows[place])).startswith(digits)
            ]
        else:
            fitting = [place for place in places if wanted in names[place]]
        # Not from “#”: what begins with it as a name is less than what has such an id.
        self._last = ("", range(len(rows))) if wanted == "#" else (wanted, fitting)
        return [rows[place] for place in fitting]
