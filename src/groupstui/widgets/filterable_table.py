"""A table with a filter above it: what both panes of the browser are made of."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Hashable, Sequence
from functools import cached_property
from typing import Generic, TypeVar

from textual import on, work
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.reactive import var

from ..text import sanitize
from .filter_input import FilterInput
from .narrowing import Narrowing
from .table import Column, Table

T = TypeVar("T")

FEW = 5_000
"""Rows in which is found what fits before the next frame is drawn; more are looked through in a thread."""


class FilterableTable(Vertical, Generic[T]):
    """Shows the rows whose name or id fits what is typed."""

    query_text: var[str] = var("")
    """What is typed into the filter."""

    def __init__(
        self,
        columns: Sequence[Column[T]],
        *,
        identity: Callable[[T], Hashable],
        name_of: Callable[[T], str],
        number_of: Callable[[T], int],
        placeholder: str,
        widens: bool = False,
        sort_key: str | None = None,
        marked: Callable[[T], bool] = lambda row: False,
        id: str | None = None,
    ) -> None:
        """Make a pane.

        Args:
            columns: The table's columns.
            identity: What makes a row the same row after a refresh.
            name_of: The text that the filter looks into.
            number_of: The id that the filter looks at.
            placeholder: What can be typed into the filter.
            widens: Whether there is more to search than names.
            sort_key: The key of the column to sort by; None leaves the rows in the order they come in.
            marked: Which rows have a mark before them.
            id: The widget's id.
        """
        super().__init__(id=id)
        self.table: Table[T] = Table(columns, identity=identity, marked=marked, sort_key=sort_key)
        self._placeholder = placeholder
        self._widens = widens
        self._name_of = name_of
        self._number_of = number_of
        self._identity = identity
        self._rows: Sequence[T] = ()
        self._narrowing: Narrowing[T] | None = None
        self._empty = ""
        self._before: Hashable = None
        """The identity of the row that the cursor was on before anything was filtered."""
        self._taken = False
        """Whether the user took the filter's rows, and did not just look."""

    def compose(self) -> ComposeResult:
        """Show the table; the filter comes above it when it is wanted."""
        yield self.table

    @cached_property
    def filter_input(self) -> FilterInput:
        """The filter: made when it is first wanted, for the first screen is there sooner without it."""
        return FilterInput(self._placeholder, widens=self._widens)

    @property
    def rows_shown(self) -> int:
        """How many rows fit the filter."""
        return len(self.table.rows)

    @property
    def filtered(self) -> bool:
        """Whether the filter hides anything that does not fit."""
        return bool(self.query_text.strip())

    def show(self, rows: Sequence[T], *, empty: str, keep: bool = True) -> None:
        """Show other rows.

        Args:
            rows: All rows; the filter that is set goes on to hide some.
            empty: What to say where there are none.
            keep: Let the cursor stay on the row it is on, where that is among the new ones.
        """
        self._rows = rows
        self._empty = empty
        self._refill(keep=keep)

    def open_filter(self) -> None:
        """Let the user type a filter."""
        if not self.filter_input.is_attached:
            self.mount(self.filter_input, before=self.table)
        self.filter_input.open()

    def clear_filter(self) -> bool:
        """Show all rows. Gives False where nothing was filtered."""
        if not self.query_text:
            return False
        self.filter_input.clear_text()
        self._search("")
        return True

    def takes_long(self) -> bool:
        """Return whether what fits the filter had better be found in a thread."""
        rows, narrowing = self.table.order(self._rows), self._narrowing
        return len(rows) > FEW and (narrowing is None or narrowing.rows is not rows)

    def fitting(self, query: str) -> Sequence[T]:
        """Return the rows that fit a filter, in the table's order. It may be called in a thread."""
        rows, narrowing = self.table.order(self._rows), self._narrowing
        if narrowing is None or narrowing.rows is not rows:
            narrowing = Narrowing(rows, name_of=self._name_of, number_of=self._number_of)
            self._narrowing = narrowing
        return narrowing.fitting(query)

    def show_fitting(self, found: Sequence[T], *, keep: bool) -> None:
        """Show what fits the filter.

        Args:
            found: What `fitting` gave.
            keep: Let the cursor stay on the row it is on, where that fits.
        """
        self.table.show(self._rows, only=found, keep=keep)

    def search_again(self) -> None:
        """Apply the filter once more: what it looks among has changed."""
        if self.filtered:
            self._refill(keep=self.table.cursor > 0)

    def filter_changed(self) -> None:
        """Called after the filter has changed, for what a subclass draws about it."""

    def _refill(self, *, keep: bool = True) -> None:
        self.workers.cancel_group(self, "filter")
        if not self.filtered:
            self.table.empty = self._empty
            self.table.show(self._rows, keep=keep)
            self.filter_changed()
        elif self.takes_long():
            self._look_through(self.query_text, keep)
        else:
            self._found(self.fitting(self.query_text), keep)

    @work(group="filter")
    async def _look_through(self, query: str, keep: bool) -> None:
        self._found(await asyncio.to_thread(self.fitting, query), keep)

    def _found(self, rows: Sequence[T], keep: bool) -> None:
        nothing = f"Nothing here matches “{sanitize(self.query_text, 40)}”. esc clears the filter."
        self.table.empty = nothing if self._rows else self._empty
        self.show_fitting(rows, keep=keep)
        self.filter_changed()

    def _search(self, query: str) -> None:
        """Show what fits, with the cursor on the best; all rows bring it back to where it was.

        It stays on a row that was found, where that is among all rows, too.
        """
        here = None if self.table.current is None else self._identity(self.table.current)
        if not self.filtered:
            self._before, self._taken = here, False
        self.query_text = query
        self._refill(keep=False)
        if not self.filtered and not (self._taken and self.table.move_to(here)):
            self.table.move_to(self._before)

    @on(FilterInput.Edited)
    def _edited(self, event: FilterInput.Edited) -> None:
        event.stop()
        self._search(event.text)

    @on(FilterInput.Left)
    def _left(self, event: FilterInput.Left) -> None:
        event.stop()
        if event.kept:
            self._taken = True
        elif self.query_text:
            self._search("")
        self.table.focus()
