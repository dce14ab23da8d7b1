"""A table that renders only the rows in view, and a pane with a filter above such a table."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Hashable, Iterator, Sequence
from functools import cached_property
from textwrap import wrap
from typing import Any, ClassVar, Generic, Literal, TypeVar

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual import events, on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.geometry import Size
from textual.message import Message
from textual.reactive import reactive, var
from textual.scroll_view import ScrollView
from textual.strip import Strip
from textual.widgets import Static

from ..directory.highlight import match_spans
from ..text import fold, sanitize
from .commands import bind
from .filter_input import FilterInput
from .table_layout import ELLIPSIS, GAP, ID_COLUMN, Column, fit_columns, fit_text

__all__ = ["Column", "FilterableTable", "Table"]

T = TypeVar("T")
Row = TypeVar("Row")

HEADER_HEIGHT = 1
"""Lines above the rows; they do not scroll."""

MARGIN = 2
"""Cells before the first column: the cursor and the mark."""

CURSOR, MARK, VISITED, ASCENDING, DESCENDING = "▸", "*", "·", "▲", "▼"

CURSOR_KEYS = {"up": "up", "down": "down", "pageup": "page_up", "pagedown": "page_down"}
"""The keys that a text field leaves to the table below it, and the names of their actions."""

UNDERLINED = Style(underline=True)
"""How a match is highlighted on the cursor, whose color stays."""

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

        & > .table--header { color: $text-muted; }
        & > .table--heading { color: $text-primary; text-style: bold; }
        & > .table--cursor {
            text-style: bold;
            color: $block-cursor-foreground;
            background: $block-cursor-background;
        }
        & > .table--cursor-blurred { text-style: bold; background: $panel; }
        &:nocolor > .table--cursor { text-style: bold reverse; }
        & > .table--muted, & > .table--empty { color: $text-muted; }
        & > .table--joined { color: $text-success; }
        & > .table--left { color: $text-error; }
        & > .table--attention { color: $text-warning; }
        & > .table--match { color: $text-accent; text-style: bold underline; }
    }
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "table--header",
        "table--heading",
        "table--row",
        "table--cursor",
        "table--cursor-blurred",
        "table--muted",
        "table--empty",
        "table--joined",
        "table--left",
        "table--attention",
        "table--match",
    }

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "up", show=False, id="move.up", tooltip="Up"),
        Binding("down,j", "down", show=False, id="move.down", tooltip="Down"),
        Binding("pageup", "page_up", show=False, id="move.page_up", tooltip="Up by one screen"),
        Binding("pagedown", "page_down", show=False, id="move.page_down", tooltip="Down by one screen"),
        Binding("ctrl+u", "half_page_up", show=False, id="move.half_up", tooltip="Up by half a screen"),
        Binding("ctrl+d", "half_page_down", show=False, id="move.half_down", tooltip="Down by half a screen"),
        Binding("home,g", "home", show=False, id="move.home", tooltip="To the first row"),
        Binding("end,G", "end", show=False, id="move.end", tooltip="To the last row"),
        bind("enter", "select", "table.open", "Open this row", hint="open", rank=1, needs_row=True),
        bind("s", "sort_next", "table.sort", "Sort by the next column", hint="sort", rank=10, needs_row=True),
        bind("S", "sort_reverse", "table.reverse", "Reverse the order", "reverse"),
    ]

    ALLOW_SELECT = False

    cursor: reactive[int] = reactive(0, init=False, repaint=False)
    """The index of the row under the cursor; 0 if there are no rows."""

    class Highlighted(RowMessage[Row | None]):
        """Posted when another row, or None, comes under the cursor."""

    class Selected(RowMessage[Row]):
        """Posted when the user opens the row under the cursor."""

    class EdgeReached(Message):
        """Posted when the user moves on from the first or the last row."""

        def __init__(self, table: Table[Any], direction: Literal["before", "after", "first", "last"]) -> None:
            super().__init__()
            self.table = table
            self.direction = direction
            """`first` and `last` for the keys that go to the first and the last row."""

    class SortChanged(Message):
        """Posted when the user has chosen another order."""

        def __init__(self, table: Table[Any]) -> None:
            super().__init__()
            self.table = table

    def __init__(
        self,
        columns: Sequence[Column[T]],
        *,
        identity: Callable[[T], Hashable],
        muted: Callable[[T], bool] = lambda row: False,
        heading: Callable[[T], bool] | None = None,
        sort_column: str | None = None,
        sortable: bool = True,
        id: str | None = None,
    ) -> None:
        """Create a table without rows.

        Args:
            columns: The columns from left to right.
            identity: Returns what identifies a row when other rows replace all.
            muted: Returns whether to draw a row in a muted color.
            heading: Returns whether a row is a heading: the text of its first column, over the whole width.
                Rows below headings keep the given order.
            sort_column: The key of the column to sort by at first; None keeps the given order.
            sortable: Whether the user can choose the order; rows below headings cannot be sorted.
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
        self._heading: Callable[[T], bool] = heading or (lambda row: False)
        self._sortable = sortable and heading is None
        self.mark_of: Callable[[T], str] = lambda row: " "
        """Returns the character before a row."""
        self._given: Sequence[T] = ()
        """The rows in the order in which they were given."""
        self._ranked = False
        """Whether the rows were given best first."""
        self._measured: Sequence[T] = ()
        """The rows whose texts determine the widths of columns."""
        self.highlighted_text = ""
        """The text whose matching letters are highlighted; refresh after changing it."""
        self.sorted_by_user = False
        """Whether the user has chosen the order, which also applies to rows given best first."""
        self._fitted: tuple[int, list[tuple[Column[T], int]]] | None = None
        """A width and the columns that fit into it, with their widths; None if it has to be computed."""
        self._highlighted: T | None = None
        self._was_known_empty = False
        """What `is_known_empty` was when the footer was last drawn for it."""
        self._cursor_identity: Hashable = None
        """The row that the cursor belongs to, even while it is not among the rows."""

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        return self._sortable or action not in ("sort_next", "sort_reverse")

    # Rows

    @property
    def current(self) -> T | None:
        """The row under the cursor."""
        return self.rows[self.cursor] if self.rows else None

    @property
    def is_known_empty(self) -> bool:
        """Whether there are no rows, and none are being read: then the text ends with an ellipsis."""
        return not self.rows and bool(self.empty) and not self.empty.endswith(ELLIPSIS)

    def show(
        self,
        rows: Sequence[T],
        *,
        query: str = "",
        ranked: bool = False,
        measured: Sequence[T] | None = None,
        keep: bool = True,
    ) -> None:
        """Show other rows.

        Args:
            rows: Any sequence. Only the rows in view are read, and it is copied only to be sorted.
            query: What the rows match; the matching letters are highlighted.
            ranked: The rows are given best first; they are sorted only if the user has chosen a column.
            measured: The rows whose texts determine the widths of columns; None for those that are shown.
            keep: Keep the cursor on its row, and that row on its line; otherwise move it to the first row.
        """
        self._given, self.highlighted_text, self._ranked = rows, query, ranked
        self._measured = rows if measured is None else measured
        self._refill(keep=keep)
        if self.is_attached and self.is_known_empty != self._was_known_empty:
            self._was_known_empty = self.is_known_empty
            self.screen.refresh_bindings()  # the footer leaves out the keys for rows

    def sort_by(self, key: str | None, *, reverse: bool = False) -> None:
        """Sort by the column with a key, or as the rows were given if it is None; move to the first row."""
        self.sort_column, self.sort_reversed = key, reverse
        self.sorted_by_user = True
        self._refill(keep=False)
        self.post_message(self.SortChanged(self))

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
        if self._ranked and not self.sorted_by_user:
            return None, False
        return self.sort_column, self.sort_reversed

    def in_order(self, rows: Sequence[T]) -> Sequence[T]:
        """Return rows in the order that the user has chosen."""
        key, reverse = self._order
        column = next((column for column in self.columns if column.key == key), None)
        return rows if column is None else sorted(rows, key=column.sort_value, reverse=reverse)

    def _refill(self, *, keep: bool) -> None:
        self.rows = self.in_order(self._given)
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
        # Textual stops a message at the widget that was working when it was created: here that may be any.
        self.call_later(self._post_highlighted)

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

    def columns_in(self, width: int) -> Sequence[Column[T]]:
        """Return the columns for so many cells; a subclass may have others if there is more room."""
        return self.columns

    @property
    def visible_columns(self) -> list[str]:
        """The keys of the columns for which there is room."""
        return [column.key for column, _ in self._fit(self.scrollable_size.width)]

    def cuts(self, row: T) -> bool:
        """Return whether there is too little room for any cell of a row."""
        columns = self._columns_of(row, self.scrollable_size.width)
        return any(cell_len(sanitize(column.text(row))) > size for column, size in columns)

    def scroll_to_cursor(self, *, unless_in_view: int | None = None) -> None:
        """Make the row under the cursor the first in view, as far as the rows after it fill the view.

        With `unless_in_view`, do that only if not so many rows below the cursor are in view.
        """
        if unless_in_view is None or self.cursor + unless_in_view >= self._top + self._view_height:
            self._scroll_to_row(self.cursor)

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
        elif 0 < self._view_height <= self.cursor - self._top:
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
        if self.rows and y >= HEADER_HEIGHT and index < len(self.rows):
            return self._row(self.rows[index], index, width)
        text, part = "", "row"
        if not self.rows:
            lines = wrap(self.empty, max(1, width - 2))
            text, part = f" {lines[y]}" if y < len(lines) else "", "empty"
        elif y < HEADER_HEIGHT:
            text, part = self._header(width), "header"
        style = self._style(part)
        return Strip([Segment(text, style)]).adjust_cell_length(width, style)

    def _row(self, row: T, index: int, width: int) -> Strip:
        """Draw a row: each cell in its style, but the row under the cursor in one."""
        under_cursor = index == self.cursor
        if under_cursor:
            part = "cursor" if self.has_focus else "cursor-blurred"
        elif self._heading(row):
            part = "heading"
        else:
            part = "muted" if self._muted(row) else "row"
        style = self._style(part)
        segments = [Segment((CURSOR if under_cursor else " ") + self.mark_of(row), style)]
        for place, (column, size) in enumerate(self._columns_of(row, width)):
            if place:
                segments.append(Segment(" " * GAP, style))
            own = "" if part != "row" else column.style_of(row)
            text = fit_text(column.text(row), size, column.align)
            segments += self._highlighted_cell(column, text, self._style(own) if own else style)
        return Strip(segments).adjust_cell_length(width, style)

    def _highlighted_cell(self, column: Column[T], text: str, style: Style) -> Iterator[Segment]:
        """Yield a cell; letters that match the query are highlighted, on the cursor by a line only."""
        end = 0
        if self.highlighted_text and column.match:
            match = UNDERLINED if style.bgcolor != self._style("row").bgcolor else self._style("match")
            query = self.highlighted_text.lstrip("#") if column.match == "prefix" else self.highlighted_text
            for start, stop in match_spans(text, query, prefix=column.match == "prefix"):
                yield Segment(text[end:start], style)
                yield Segment(text[start:stop], style + match)
                end = stop
        yield Segment(text[end:], style)

    def _style(self, part: str) -> Style:
        return self.get_component_rich_style(f"table--{part}")

    def _fit(self, width: int) -> list[tuple[Column[T], int]]:
        if self._fitted is None or self._fitted[0] != width:
            self.columns = self.columns_in(width - MARGIN)
            self._fitted = width, fit_columns(self.columns, self._measured, width - MARGIN)
        return self._fitted[1]

    def _columns_of(self, row: T, width: int) -> list[tuple[Column[T], int]]:
        """Return the columns of a row with their widths: of a heading, the first over the whole width."""
        return [(self.columns[0], width - MARGIN)] if self._heading(row) else self._fit(width)

    def _header(self, width: int) -> str:
        """Return the titles; the arrow of the sorted column is in the gap beside its title."""
        line, arrow_at = " " * MARGIN, 0
        key, reverse = self._order
        for column, size in self._fit(width):
            title = fit_text(column.title, size, column.align)
            if column.key == key:
                before = len(title) - len(title.lstrip()) - 1
                arrow_at = len(line) + (before if column.align == "right" else len(title.rstrip()))
            line += title + " " * GAP
        arrow = DESCENDING if reverse else ASCENDING
        return f"{line[:arrow_at]}{arrow}{line[arrow_at + 1 :]}" if arrow_at else line

    # Keys

    def action_up(self) -> None:
        self._step(-1)

    def action_down(self) -> None:
        self._step(1)

    def action_page_up(self) -> None:
        self._step(-max(1, self._view_height - 1))

    def action_page_down(self) -> None:
        self._step(max(1, self._view_height - 1))

    def action_half_page_up(self) -> None:
        self._step(-max(1, self._view_height // 2))

    def action_half_page_down(self) -> None:
        self._step(max(1, self._view_height // 2))

    def action_home(self) -> None:
        self._move(0, "first")

    def action_end(self) -> None:
        self._move(len(self.rows) - 1, "last")

    def _step(self, rows: int) -> None:
        self._move(self.cursor + rows, "before" if rows < 0 else "after")

    def _move(self, index: int, direction: Literal["before", "after", "first", "last"]) -> None:
        """Move the cursor to a row, as far as there are rows; report if it stays where it is."""
        old, self.cursor = self.cursor, index
        if self.cursor == old:
            self.post_message(self.EdgeReached(self, direction))

    def action_select(self) -> None:
        if (row := self.current) is not None:
            self.post_message(self.Selected(self, row))

    def action_sort_next(self) -> None:
        """Sort by the next visible column, by the id last, and then by none."""
        keys = [None, *sorted(self.visible_columns, key=lambda key: key == ID_COLUMN.key)]
        key, _ = self._order
        place = keys.index(key) if key in keys else 0
        self.sort_by_column(keys[(place + 1) % len(keys)])

    def action_sort_reverse(self) -> None:
        """Reverse the order; rows that are not sorted are sorted by the first column."""
        if self.sort_column is None:
            self.sort_by_column(self.columns[0].key)
        self.sort_by(self.sort_column, reverse=not self.sort_reversed)

    def sort_by_column(self, key: str | None) -> None:
        """Sort by a column in its usual direction."""
        largest_first = any(column.largest_first for column in self.columns if column.key == key)
        self.sort_by(key, reverse=largest_first)

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
        if not self._sortable:
            return
        for column, size in self._fit(self.scrollable_size.width):
            right += size + GAP
            if MARGIN <= x < right:
                if column.key == self._order[0]:
                    self.action_sort_reverse()
                else:
                    self.sort_by_column(column.key)
                return


def word_filter(text: str) -> Callable[[str], bool]:
    """Return whether a folded text contains all words of a filter, and none that it excludes by `!word`."""
    words = fold(text).split()
    wanted = [word for word in words if word[:1] != "!"]
    excluded = [word[1:] for word in words if word[:1] == "!" and word[1:]]
    return lambda folded: (
        all(word in folded for word in wanted) and not any(word in folded for word in excluded)
    )


class FilterableTable(Vertical, Generic[T]):
    """Shows all rows, or those that match the text in the filter; rows can be marked.

    Every list of the app is one, so that filter, order, marks and highlights are the same everywhere.
    """

    DEFAULT_CSS = """
    FilterableTable > .filter {
        height: 1;

        & > Static { width: 3; padding: 0 1; color: $text-accent; text-style: bold; }
        & > FilterInput { width: 1fr; }
    }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        bind("slash", "filter", "table.filter", "Filter this list", "search, find", hint="filter", rank=2),
        bind("space", "mark", "table.mark", "Mark or unmark this row", hint="mark", rank=4, needs_row=True),
        # For the filter, which leaves these keys to the table.
        *(Binding(key, f"move('{action}')", show=False) for key, action in CURSOR_KEYS.items()),
    ]

    query_text: var[str] = var("")
    """The text in the filter."""
    match_count: var[int | None] = var(None, always_update=True)
    """The number of rows that match the filter; None if nothing is filtered."""

    class MarksChanged(Message):
        """Posted when the user has marked a row, or removed a mark."""

    def __init__(
        self,
        table: Table[T],
        *,
        search: Callable[[str], Sequence[T]] | None = None,
        search_size: Callable[[], int] = lambda: 0,
        placeholder: str = "filter this list; !word excludes",
        has_scopes: bool = False,
        id: str | None = None,
    ) -> None:
        """Create a pane without rows.

        Args:
            table: The table below the filter.
            search: Returns the rows that match a text, best first. It may be called in a thread. By default,
                rows match if their highlighted columns contain all words, and they keep their order.
            search_size: Returns the number of names that `search` looks at.
            placeholder: What can be typed into the filter.
            has_scopes: Whether there is more to search than names.
            id: The id of the widget.
        """
        super().__init__(id=id)
        self.table = table
        self.table.mark_of = self._mark_of
        self.marks: dict[Hashable, None] = {}
        """The identities of the marked rows, in the order in which they were marked."""
        self.visited: set[Hashable] = set()
        """The identities of the rows that the user has opened."""
        self.marked_with: Callable[[T], Sequence[Hashable]] = lambda row: (table.identity(row),)
        """Returns the identities that a mark on a row is for: of a heading, those of the rows below it."""
        self.unfold: Callable[[T], None] = lambda row: None
        """Called with a row that the filter has found, and that is in a folded part of the list."""
        self._search = search
        self._search_size = search_size
        self._placeholder = placeholder
        self._has_scopes = has_scopes
        self._rows: Sequence[T] = ()
        self._folded_rows: list[str] | None = None
        """The folded text of every row, for the search by words; None until it is needed."""
        self._empty = ""
        self._cursor_before_filter: Hashable = None

    def compose(self) -> ComposeResult:
        yield self.table

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        return None if action in ("filter", "mark") and self.filter_input.has_focus else True

    @cached_property
    def filter_input(self) -> FilterInput:
        """The filter; mounted when it is first opened."""
        return FilterInput(self._placeholder, has_scopes=self._has_scopes)

    @cached_property
    def _filter_line(self) -> Horizontal:
        return Horizontal(Static("/"), self.filter_input, classes="filter")

    # Rows

    def show(self, rows: Sequence[T], *, empty: str, keep: bool = True) -> None:
        """Replace all rows; a filter stays in place.

        Args:
            rows: The rows to show while nothing is filtered.
            empty: The text to show if there are no rows.
            keep: Keep the cursor on its row if that is among the new ones.
        """
        self._rows, self._empty, self._folded_rows = rows, empty, None
        self._refill(keep=keep)

    def _refill(self, *, keep: bool) -> None:
        self.workers.cancel_group(self, "filter")
        if not self.filtered:
            self.table.empty = self._empty
            self.table.show(self._rows, query=self.highlighted_text, keep=keep)
            self.match_count = None
        elif self._search is None:
            self._show_matches(self._rows_with_words(self.query_text), keep)
        elif self._search_size() > MAX_INLINE_NAMES:
            self._search_in_thread(self._search, self.query_text, keep)
        else:
            self._show_matches(self._search(self.query_text), keep)

    @work(name="filter", group="filter")
    async def _search_in_thread(self, search: Callable[[str], Sequence[T]], text: str, keep: bool) -> None:
        self._show_matches(await asyncio.to_thread(search, text), keep)

    def _rows_with_words(self, text: str) -> list[T]:
        if self._folded_rows is None:
            columns = [column for column in self.table.columns if column.match]
            self._folded_rows = [fold(" ".join(column.text(row) for column in columns)) for row in self._rows]
        matches = word_filter(text)
        pairs = zip(self._rows, self._folded_rows, strict=True)
        return [row for row, folded in pairs if matches(folded)]

    def _show_matches(self, rows: Sequence[T], keep: bool) -> None:
        self.table.empty = self.no_match_text if self._rows else self._empty
        self.table.show(
            rows,
            query=self.highlighted_text,
            ranked=self.is_ranked,
            measured=[*self._rows, *rows],  # so that columns do not come and go while the user types
            keep=keep,
        )
        self.match_count = len(rows)

    # The filter

    @property
    def filtered(self) -> bool:
        """Whether there is a text in the filter."""
        return bool(self.query_text.strip())

    @property
    def highlighted_text(self) -> str:
        """The text whose letters are highlighted in the rows."""
        return self.query_text

    @property
    def is_ranked(self) -> bool:
        """Whether the rows that match are in the order of how well they do."""
        return self._search is not None

    @property
    def no_match_text(self) -> str:
        """The text to show if no row matches the filter."""
        hint = "tab searches members, too." if self._has_scopes else "esc clears the filter."
        return f"Nothing here matches “{sanitize(self.query_text, 40)}”. {hint}"

    async def action_filter(self) -> None:
        """Open the filter; keys that follow are typed into it."""
        if not self._filter_line.is_attached:
            await self.mount(self._filter_line, before=self.table)
        self._filter_line.display = True
        self.filter_input.focus()

    async def action_move(self, action: str) -> None:
        """Move the cursor of the table while the filter has the focus."""
        await self.table.run_action(action)

    def clear_filter(self) -> bool:
        """Show all rows, with the cursor on the same row; return whether any were filtered."""
        if not self.query_text:
            return False
        row = self.table.current
        self.drop_filter()
        self._return_to(row)
        return True

    def restore_filter(self, text: str) -> None:
        """Filter by a text again; the cursor stays on its row."""
        if not self._filter_line.is_attached:
            self.mount(self._filter_line, before=self.table)
        self._filter_line.display = True
        self.filter_input.set_text(text)
        self.query_text = text
        self._refill(keep=True)

    def drop_filter(self) -> None:
        """Show all rows, without a filter."""
        self.filter_input.set_text("")
        self._filter_line.display = False
        if self.query_text:
            self.query_text = ""
            self._refill(keep=False)

    def _return_to(self, row: T | None) -> None:
        """Move the cursor to the row that was under it while the list was filtered, or before."""
        if row is None:
            self.table.move_to(self._cursor_before_filter)
        elif not self.table.move_to(self.table.identity(row)):
            self.reveal(row)

    def reveal(self, row: T) -> None:
        """Show a row that the filter has found, but that is not in the list."""
        self.unfold(row)
        self.table.move_to(self.table.identity(row))

    def search_again(self) -> None:
        """Search again, because the searched data has changed."""
        if self.filtered:
            self._refill(keep=self.table.cursor > 0)

    @on(FilterInput.Changed)
    def _filter_changed(self, event: FilterInput.Changed) -> None:
        """Show the rows that match, with the cursor on the best."""
        event.stop()
        row = self.table.current
        if not self.filtered:
            self._cursor_before_filter = None if row is None else self.table.identity(row)
        self.query_text = event.value
        self._refill(keep=False)
        if not self.filtered:
            self.table.move_to(self._cursor_before_filter)

    @on(FilterInput.Submitted)
    def _filter_submitted(self, event: FilterInput.Submitted) -> None:
        event.stop()
        self._filter_line.display = bool(event.value)
        self.table.focus()

    @on(FilterInput.Closed)
    def _filter_closed(self, event: FilterInput.Closed) -> None:
        event.stop()
        self.clear_filter()
        self._filter_line.display = False
        self.table.focus()

    # Marks

    def _mark_of(self, row: T) -> str:
        identities = self.marked_with(row)
        if identities and all(each in self.marks for each in identities):
            return MARK
        return VISITED if self.table.identity(row) in self.visited else " "

    @property
    def marked_rows(self) -> list[T]:
        """The marked rows of the list, in its order."""
        return [row for row in self._rows if self.table.identity(row) in self.marks]

    def remember_visit(self, row: T) -> None:
        """Draw a mark before a row that the user has opened."""
        self.visited.add(self.table.identity(row))
        self.table.refresh_current()

    def action_mark(self) -> None:
        """Mark the row under the cursor, or remove its mark, and move on to the next."""
        if (row := self.table.current) is None:
            return
        identities = self.marked_with(row)
        if all(each in self.marks for each in identities):
            for each in identities:
                del self.marks[each]
        else:
            self.marks.update(dict.fromkeys(identities))
        self.table.refresh()
        self.post_message(self.MarksChanged())
        self.table.action_down()

    def clear_marks(self) -> None:
        self.marks.clear()
        self.show_marks()

    def show_marks(self) -> None:
        """Draw the marks, which have changed."""
        self.table.refresh()
        self.post_message(self.MarksChanged())
