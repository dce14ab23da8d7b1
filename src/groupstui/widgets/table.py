"""A table that renders only the rows in view, and a pane with a filter above such a table."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Hashable, Sequence
from functools import cached_property
from textwrap import wrap
from typing import Any, ClassVar, Generic, TypeVar

from rich.cells import cell_len
from rich.segment import Segment
from textual import events, on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.geometry import Size
from textual.message import Message
from textual.reactive import reactive, var
from textual.scroll_view import ScrollView
from textual.strip import Strip

from ..text import sanitize
from .filter_input import FilterInput
from .table_layout import GAP, Column, fit_columns, fit_text

__all__ = ["Column", "FilterableTable", "Table"]

T = TypeVar("T")
Row = TypeVar("Row")

HEADER_HEIGHT = 1
"""Lines above the rows; they do not scroll."""

MARGIN = 2
"""Cells before the first column: the cursor and the mark."""

CURSOR, MARK, ASCENDING, DESCENDING = "▸", "*", "▲", "▼"

MAX_INLINE_NAMES = 20_000
"""Names that are searched between two frames; more are searched in a thread."""

SCROLL_FRACTION = 3
"""A cursor step out of view scrolls by this fraction of the view: one line at a time repaints all of it."""


class RowMessage(Message, Generic[Row]):
    """A message about a row of a table."""

    def __init__(self, table: Table[Any], row: Row) -> None:
        super().__init__()
        self.table = table
        self.row = row

    @property
    def control(self) -> Table[Any]:
        """The table, for the selectors of `on`."""
        return self.table


class Table(ScrollView, Generic[T], can_focus=True, inherit_bindings=False):
    """Shows rows in columns, with a cursor; it costs the same with ten rows as with a million."""

    DEFAULT_CSS = """
    Table {
        height: 1fr;
        color: $foreground;
        overflow: hidden auto;
        scrollbar-size-vertical: 1;

        & > .table--header { text-style: bold; color: $text-muted; }
        & > .table--cursor {
            text-style: bold;
            color: $block-cursor-foreground;
            background: $block-cursor-background;
        }
        & > .table--cursor-blurred { text-style: bold; background: $surface-lighten-1; }
        &:nocolor > .table--cursor { text-style: bold reverse; }
        & > .table--muted { color: $text-muted; }
        & > .table--empty { color: $text-muted; }
    }
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "table--header",
        "table--row",
        "table--cursor",
        "table--cursor-blurred",
        "table--muted",
        "table--empty",
    }

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "up", show=False, id="move.up", tooltip="Up"),
        Binding("down,j", "down", show=False, id="move.down", tooltip="Down"),
        Binding("pageup", "page_up", show=False, id="move.page_up", tooltip="Up by one screen"),
        Binding("pagedown", "page_down", show=False, id="move.page_down", tooltip="Down by one screen"),
        Binding("home,g", "home", show=False, id="move.home", tooltip="To the first row"),
        Binding("end,G", "end", show=False, id="move.end", tooltip="To the last row"),
        Binding("enter", "select", "open", id="table.open", tooltip="Open the row under the cursor"),
        Binding("s", "sort_next", show=False, id="table.sort", tooltip="Sort by the next column"),
        Binding("S", "sort_reverse", show=False, id="table.reverse", tooltip="Reverse the order"),
    ]

    ALLOW_SELECT = False

    cursor: reactive[int] = reactive(0, init=False, repaint=False)
    """The index of the row under the cursor; 0 if there are no rows."""

    class Highlighted(RowMessage[Row | None]):
        """Posted when another row, or None, comes under the cursor."""

    class Selected(RowMessage[Row]):
        """Posted when the user opens the row under the cursor."""

    def __init__(
        self,
        columns: Sequence[Column[T]],
        *,
        identity: Callable[[T], Hashable],
        muted: Callable[[T], bool] = lambda row: False,
        marked: Callable[[T], bool] = lambda row: False,
        sort_column: str | None = None,
        id: str | None = None,
    ) -> None:
        """Create a table without rows.

        Args:
            columns: The columns from left to right.
            identity: Returns what identifies a row when other rows replace all.
            muted: Returns whether to draw a row in a muted color.
            marked: Returns whether to draw a mark before a row.
            sort_column: The key of the column to sort by at first; None keeps the given order.
            id: The id of the widget.
        """
        super().__init__(id=id)
        self.identity = identity
        self.columns = columns
        """The columns from left to right; call `relayout` after changing them."""
        self.empty = ""
        """The text to show if there are no rows."""
        self.rows: Sequence[T] = ()
        """The rows in the order in which they are shown."""
        self.sort_column = sort_column
        """The key of the column that rows are sorted by; None for the given order."""
        self.sort_reversed = False
        """Whether the order is reversed."""
        self._muted = muted
        self._marked = marked
        self._given: Sequence[T] = ()
        """The rows in the order in which they were given."""
        self._ranked = False
        """Whether the rows were given best first."""
        self._sorted_by_user = False
        self._fitted: tuple[int, list[tuple[Column[T], int]]] | None = None
        """A width and the columns that fit into it, with their widths; None if it has to be computed."""
        self._highlighted: T | None = None
        self._cursor_identity: Hashable = None
        """The row that the cursor belongs to, even while it is not among the rows."""

    # Rows

    @property
    def current(self) -> T | None:
        """The row under the cursor."""
        return self.rows[self.cursor] if self.rows else None

    def show(self, rows: Sequence[T], *, ranked: bool = False, keep: bool = True) -> None:
        """Show other rows.

        Args:
            rows: Any sequence. Only the rows in view are read, and it is copied only to be sorted.
            ranked: The rows are given best first; they are sorted only if the user has chosen a column.
            keep: Keep the cursor on its row, and that row on its line; otherwise move it to the first row.
        """
        self._given, self._ranked = rows, ranked
        self._refill(keep=keep)

    def sort_by(self, key: str | None, *, reverse: bool = False) -> None:
        """Sort by the column with a key, or in the order in which the rows were given if it is None."""
        self.sort_column, self.sort_reversed = key, reverse
        self._sorted_by_user = True
        self._refill(keep=True)

    def move_to(self, identity: Hashable) -> bool:
        """Move the cursor to a row; return whether there is such a row."""
        index = self._index_of(identity)
        if index is None:
            return False
        self.cursor = index
        self._remember_cursor_row()
        return True

    @property
    def _order(self) -> tuple[str | None, bool]:
        """The key of the column that the rows are sorted by, and whether the order is reversed."""
        if self._ranked and not self._sorted_by_user:
            return None, False
        return self.sort_column, self.sort_reversed

    def _refill(self, *, keep: bool) -> None:
        key, reverse = self._order
        column = next((column for column in self.columns if column.key == key), None)
        if column is not None:
            self.rows = sorted(self._given, key=column.sort_value, reverse=reverse)
        else:
            self.rows = self._given[::-1] if reverse else self._given
        line = self.cursor - self._top
        index = self._index_of(self._cursor_identity) if keep and self._cursor_identity is not None else None
        if index is None:
            index = min(self.cursor, max(0, len(self.rows) - 1)) if keep else 0
        self.set_reactive(Table.cursor, index)
        self._resize_content()
        self._scroll_to_row(index - line if keep else 0)
        self._scroll_to_cursor()
        self.relayout()
        if not keep:
            self._remember_cursor_row()
        self._post_highlighted()

    def _index_of(self, identity: Hashable) -> int | None:
        return next((index for index, row in enumerate(self.rows) if self.identity(row) == identity), None)

    def _remember_cursor_row(self) -> None:
        self._cursor_identity = None if self.current is None else self.identity(self.current)

    def _post_highlighted(self) -> None:
        if (row := self.current) is not self._highlighted:
            self._highlighted = row
            self.post_message(self.Highlighted(self, row))

    # The view

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        return HEADER_HEIGHT + len(self.rows) if self.rows else len(wrap(self.empty, max(1, width - 2)))

    def get_content_width(self, container: Size, viewport: Size) -> int:
        return container.width

    def relayout(self) -> None:
        """Compute the widths of the columns again and repaint all rows."""
        self._fitted = None
        self.refresh()

    def refresh_current(self) -> None:
        self.refresh_line(HEADER_HEIGHT + self.cursor)

    @property
    def _top(self) -> int:
        """The index of the first row in view."""
        return self.scroll_offset.y

    @property
    def _view_height(self) -> int:
        return max(0, self.size.height - HEADER_HEIGHT)

    def _resize_content(self) -> None:
        """Set the height of all rows.

        Assigning `virtual_size` would lay out the whole screen at each letter of a filter, and draw all rows
        twice whenever the scrollbar comes or goes (`python -m benchmarks sent`).
        """
        height = HEADER_HEIGHT + len(self.rows) if self.rows else 0
        self.set_reactive(Table.virtual_size, Size(0, height))
        if self.styles.is_auto_height:
            self.refresh(layout=True)
        elif self.size:
            self.show_vertical_scrollbar = height > self.size.height
            if self.show_vertical_scrollbar:
                self.vertical_scrollbar.window_virtual_size = height

    def _scroll_to_row(self, top: int) -> None:
        self.scroll_to(y=top, animate=False, force=True)

    def _scroll_to_cursor(self, extra: int = 0) -> None:
        """Bring the cursor into view; if it is not, scroll `extra` rows beyond it."""
        if self.cursor < self._top:
            self._scroll_to_row(self.cursor - extra)
        elif self.cursor >= self._top + self._view_height:
            self._scroll_to_row(self.cursor - self._view_height + 1 + extra)

    def on_resize(self) -> None:
        self._scroll_to_cursor()

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Keep the cursor in view when the wheel or the scrollbar moves the view."""
        super().watch_scroll_y(old_value, new_value)
        if self.rows and self._view_height:
            self.cursor = min(max(self.cursor, self._top), self._top + self._view_height - 1)

    def validate_cursor(self, cursor: int) -> int:
        return min(max(0, cursor), max(0, len(self.rows) - 1))

    def watch_cursor(self, old: int, new: int) -> None:
        """Repaint two lines, or all if the view scrolls."""
        is_step = abs(new - old) == 1
        self._scroll_to_cursor(max(1, self._view_height // SCROLL_FRACTION) - 1 if is_step else 0)
        self.refresh_line(HEADER_HEIGHT + old)
        self.refresh_line(HEADER_HEIGHT + new)
        self._remember_cursor_row()
        self._post_highlighted()

    # Drawing

    def render_line(self, y: int) -> Strip:
        width = self.scrollable_size.width
        index = self._top + y - HEADER_HEIGHT
        text, part = "", "row"
        if not self.rows:
            lines = wrap(self.empty, max(1, width - 2))
            text, part = f" {lines[y]}" if y < len(lines) else "", "empty"
        elif y < HEADER_HEIGHT:
            text, part = self._header(width), "header"
        elif index < len(self.rows):
            row = self.rows[index]
            text = self._row_text(row, index, width)
            if index == self.cursor:
                part = "cursor" if self.has_focus else "cursor-blurred"
            elif self._muted(row):
                part = "muted"
        style = self.get_component_rich_style(f"table--{part}")
        return Strip([Segment(text, style)]).adjust_cell_length(width, style)

    def _fit(self, width: int) -> list[tuple[Column[T], int]]:
        if self._fitted is None or self._fitted[0] != width:
            self._fitted = width, fit_columns(self.columns, self.rows, width - MARGIN)
        return self._fitted[1]

    def _header(self, width: int) -> str:
        cells: list[str] = []
        key, reverse = self._order
        for column, size in self._fit(width):
            title = column.title
            if column.key == key:
                arrow = DESCENDING if reverse else ASCENDING
                title = f"{title}{arrow}" if cell_len(title) < size else f"{title[: size - 1]}{arrow}"
            cells.append(fit_text(title, size, column.align))
        return " " * MARGIN + (" " * GAP).join(cells)

    def _row_text(self, row: T, index: int, width: int) -> str:
        cells = (fit_text(column.text(row), size, column.align) for column, size in self._fit(width))
        cursor = CURSOR if index == self.cursor else " "
        mark = MARK if self._marked(row) else " "
        return cursor + mark + (" " * GAP).join(cells)

    # Keys

    def action_up(self) -> None:
        self.cursor -= 1

    def action_down(self) -> None:
        self.cursor += 1

    def action_page_up(self) -> None:
        self.cursor -= max(1, self._view_height - 1)

    def action_page_down(self) -> None:
        self.cursor += max(1, self._view_height - 1)

    def action_home(self) -> None:
        self.cursor = 0

    def action_end(self) -> None:
        self.cursor = len(self.rows) - 1

    def action_select(self) -> None:
        if (row := self.current) is not None:
            self.post_message(self.Selected(self, row))

    def action_sort_next(self) -> None:
        """Sort by the next visible column; after the last one, by none."""
        keys = [None, *(column.key for column, _ in self._fit(self.scrollable_size.width))]
        key, _ = self._order
        place = keys.index(key) if key in keys else 0
        self.sort_by(keys[(place + 1) % len(keys)])

    def action_sort_reverse(self) -> None:
        self.sort_by(self.sort_column, reverse=not self.sort_reversed)

    # Mouse

    def on_click(self, event: events.Click) -> None:
        """Move to a row, open it on a double click, or sort by the column of a clicked header."""
        event.stop()
        if event.y < HEADER_HEIGHT:
            self._sort_at(event.x)
        elif (index := self._top + event.y - HEADER_HEIGHT) < len(self.rows):
            self.cursor = index
            if event.chain == 2:
                self.action_select()

    def _sort_at(self, x: int) -> None:
        right = MARGIN
        for column, size in self._fit(self.scrollable_size.width):
            right += size + GAP
            if MARGIN <= x < right:
                key, reverse = self._order
                self.sort_by(column.key, reverse=column.key == key and not reverse)
                return


class FilterableTable(Vertical, Generic[T]):
    """Shows all rows, or what a search returns for the text in the filter."""

    query_text: var[str] = var("")
    """The text in the filter."""
    match_count: var[int | None] = var(None, always_update=True)
    """The number of rows that match the filter; None if nothing is filtered."""

    def __init__(
        self,
        table: Table[T],
        *,
        search: Callable[[str], Sequence[T]],
        search_size: Callable[[], int],
        placeholder: str,
        has_scopes: bool = False,
        id: str | None = None,
    ) -> None:
        """Create a pane without rows.

        Args:
            table: The table below the filter.
            search: Returns the rows that match a text, best first. It may be called in a thread.
            search_size: Returns the number of names that `search` looks at.
            placeholder: What can be typed into the filter.
            has_scopes: Whether there is more to search than names.
            id: The id of the widget.
        """
        super().__init__(id=id)
        self.table = table
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
        current = None if self.table.current is None else self.table.identity(self.table.current)
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
