"""A table with a filter above it: the base of both panes of the browser."""

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
from .table import Column, Table

T = TypeVar("T")

MAX_INLINE_NAMES = 20_000
"""Names that are searched between two frames; more are searched in a thread."""


class FilterableTable(Vertical, Generic[T]):
    """Shows all rows, or what a search returns for the text in the filter."""

    query_text: var[str] = var("")
    """The text in the filter."""

    match_count: var[int | None] = var(None, always_update=True)
    """The number of rows that match the filter; None if nothing is filtered."""

    def __init__(
        self,
        columns: Sequence[Column[T]],
        *,
        identity: Callable[[T], Hashable],
        search: Callable[[str], Sequence[T]],
        search_size: Callable[[], int],
        placeholder: str,
        has_scopes: bool = False,
        sort_column: str | None = None,
        marked: Callable[[T], bool] = lambda row: False,
        id: str | None = None,
    ) -> None:
        """Create a pane without rows.

        Args:
            columns: The columns of the table.
            identity: Returns what identifies a row when other rows replace all.
            search: Returns the rows that match a text, best first. It may be called in a thread.
            search_size: Returns the number of names that `search` looks at.
            placeholder: What can be typed into the filter.
            has_scopes: Whether there is more to search than names.
            sort_column: The key of the column to sort by at first; None keeps the given order.
            marked: Returns whether to draw a mark before a row.
            id: The id of the widget.
        """
        super().__init__(id=id)
        self.table: Table[T] = Table(columns, identity=identity, marked=marked, sort_column=sort_column)
        self._identity = identity
        self._search = search
        self._search_size = search_size
        self._placeholder = placeholder
        self._has_scopes = has_scopes
        self._rows: Sequence[T] = ()
        self._empty = ""
        self._cursor_before_filter: Hashable = None
        self._filter_accepted = False
        """Whether the user has gone on to the list with the filter in place."""

    def compose(self) -> ComposeResult:
        yield self.table

    @cached_property
    def filter_input(self) -> FilterInput:
        """The filter; created and mounted when it is first opened."""
        return FilterInput(self._placeholder, has_scopes=self._has_scopes)

    @property
    def filtered(self) -> bool:
        """Whether there is a text in the filter."""
        return bool(self.query_text.strip())

    def show(self, rows: Sequence[T], *, empty: str, keep: bool = True) -> None:
        """Replace all rows; a filter stays in place.

        Args:
            rows: The rows to show while nothing is filtered.
            empty: The text to show if there are no rows.
            keep: Keep the cursor on its row if that is among the new ones.
        """
        self._rows, self._empty = rows, empty
        self._refill(keep=keep)

    def open_filter(self) -> None:
        """Show the filter and focus it."""
        if not self.filter_input.is_attached:
            self.mount(self.filter_input, before=self.table)
        self.filter_input.open()

    def clear_filter(self) -> bool:
        """Show all rows; return whether any were filtered."""
        if not self.query_text:
            return False
        self.filter_input.clear_text()
        self._filter("")
        return True

    def search_again(self) -> None:
        """Search again, because the searched data has changed."""
        if self.filtered:
            self._refill(keep=self.table.cursor > 0)

    def _filter(self, text: str) -> None:
        """Show the rows that match a text, with the cursor on the best.

        Without a text the cursor returns to where it was, unless the user has accepted the filter.
        """
        current = None if self.table.current is None else self._identity(self.table.current)
        if not self.filtered:
            self._cursor_before_filter, self._filter_accepted = current, False
        self.query_text = text
        self._refill(keep=False)
        if not self.filtered and not (self._filter_accepted and self.table.move_to(current)):
            self.table.move_to(self._cursor_before_filter)

    def _refill(self, *, keep: bool) -> None:
        self.workers.cancel_group(self, "filter")
        if not self.filtered:
            self.table.empty = self._empty
            self.table.show(self._rows, keep=keep)
            self.match_count = None
        elif self._search_size() > MAX_INLINE_NAMES:
            self._search_in_thread(self.query_text, keep)
        else:
            self._show_matches(self._search(self.query_text), keep)

    @work(name="filter", group="filter")
    async def _search_in_thread(self, text: str, keep: bool) -> None:
        self._show_matches(await asyncio.to_thread(self._search, text), keep)

    def _show_matches(self, rows: Sequence[T], keep: bool) -> None:
        no_match = f"Nothing here matches “{sanitize(self.query_text, 40)}”. esc clears the filter."
        self.table.empty = no_match if self._rows else self._empty
        self.table.show(rows, ranked=True, keep=keep)
        self.match_count = len(rows)

    @on(FilterInput.Changed)
    def _filter_changed(self, event: FilterInput.Changed) -> None:
        event.stop()
        self._filter(event.value)

    @on(FilterInput.Submitted)
    def _filter_submitted(self, event: FilterInput.Submitted) -> None:
        event.stop()
        self._filter_accepted = True
        event.input.display = bool(event.value)
        self.table.focus()

    @on(FilterInput.Closed)
    def _filter_closed(self, event: FilterInput.Closed) -> None:
        event.stop()
        if self.query_text:
            self._filter("")
        self.table.focus()
