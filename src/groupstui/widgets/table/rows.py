"""Which rows a table shows, and in which order."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import Generic, TypeVar

from .layout import Column

T = TypeVar("T")


class Rows(Generic[T]):
    """Rows as they were given, in the order that is wanted, without those that are hidden."""

    def __init__(
        self, columns: Sequence[Column[T]], identity: Callable[[T], Hashable], sort_key: str | None
    ) -> None:
        """Begin without rows.

        Args:
            columns: What can be sorted by.
            identity: What makes a row the same row after others have taken the place of all.
            sort_key: The key of the column to sort by.
        """
        self.columns = columns
        """What can be sorted by; others may take their place."""
        self.shown: Sequence[T] = ()
        """The rows that are not hidden, in their order."""
        self.sort_key = sort_key
        """The key of the column that is sorted by; None leaves the rows in the order they came in."""
        self.reverse = False
        """Whether the order is turned round."""
        self._identity = identity
        self._given: Sequence[T] = ()
        self._ordered: Sequence[T] = ()
        self._only: Sequence[T] | None = None

    def order(self, rows: Sequence[T]) -> Sequence[T]:
        """Return rows in the order in which they will be shown; they are not copied unless sorted."""
        if rows is not self._given:
            self._given = rows
            self._sort()
        return self._ordered

    def show(self, rows: Sequence[T], only: Sequence[T] | None) -> None:
        """Take other rows, of which some may be hidden.

        Args:
            rows: All of them.
            only: Those that are not hidden, in the order that `order` gives; None hides nothing.
        """
        self.order(rows)
        self._only = only
        self.shown = self._ordered if only is None else only

    def sort_by(self, key: str | None, *, reverse: bool) -> None:
        """Change the order; what is hidden stays so."""
        self.sort_key, self.reverse = key, reverse
        self._sort()
        only = self._only
        if only is not None:
            kept = set(map(self._identity, only))
            only = [row for row in self._ordered if self._identity(row) in kept]
        self.show(self._given, only)

    def index_of(self, identity: Hashable) -> int | None:
        """Return the place of a row among those that are shown; None where it is not among them."""
        return next((index for index, row in enumerate(self.shown) if self._identity(row) == identity), None)

    def _sort(self) -> None:
        column = next((column for column in self.columns if column.key == self.sort_key), None)
        if column is not None:
            self._ordered = sorted(self._given, key=column.sorting, reverse=self.reverse)
        else:
            self._ordered = self._given[::-1] if self.reverse else self._given
