"""The table: only the rows in view are ever rendered, and a cursor step repaints two lines."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from textwrap import wrap
from typing import ClassVar, Generic, TypeVar

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Region, Size
from textual.message import Message
from textual.strip import Strip

from .cursor_view import HEADER, CursorView
from .layout import GAP, Column, fit, share
from .rows import Rows

T = TypeVar("T")
Row = TypeVar("Row")

MARKER, ASCENDING, DESCENDING = "▸", "▲", "▼"

MARK = "*"
"""Stands before a row that is marked."""


class Table(CursorView, Generic[T], can_focus=True):
    """Shows rows of any kind in columns, with a cursor."""

    DEFAULT_CSS = """
    Table {
        height: 1fr;
        color: $foreground;

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
        & > .table--scrollbar { color: $border-blurred; }
    }
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "table--header",
        "table--cursor",
        "table--cursor-blurred",
        "table--muted",
        "table--empty",
        "table--scrollbar",
    }

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "select", "open", id="table.open", tooltip="Open what is under the cursor"),
        Binding("s", "sort_next", show=False, id="table.sort", tooltip="Sort by the next column"),
        Binding("S", "sort_reverse", show=False, id="table.reverse", tooltip="Reverse the order"),
    ]

    ALLOW_SELECT = False  # selecting text by mouse costs 12 kB a click

    class Highlighted(Message, Generic[Row]):
        """Another row is under the cursor; None where there are no rows."""

        def __init__(self, table: Table[Row], row: Row | None) -> None:
            super().__init__()
            self.table = table
            self.row = row

        @property
        def control(self) -> Table[Row]:
            """The table."""
            return self.table

    class Selected(Message, Generic[Row]):
        """The user wants what is under the cursor."""

        def __init__(self, table: Table[Row], row: Row) -> None:
            super().__init__()
            self.table = table
            self.row = row

        @property
        def control(self) -> Table[Row]:
            """The table."""
            return self.table

    def __init__(
        self,
        columns: Sequence[Column[T]],
        *,
        identity: Callable[[T], Hashable],
        muted: Callable[[T], bool] = lambda row: False,
        marked: Callable[[T], bool] = lambda row: False,
        sort_key: str | None = None,
        empty: str = "",
        id: str | None = None,
    ) -> None:
        """Make a table without rows.

        Args:
            columns: In the order in which they are drawn.
            identity: What makes a row the same row after others have taken the place of all.
            muted: Which rows are drawn with less weight.
            marked: Which rows have a mark before them.
            sort_key: The key of the column to sort by; None leaves the rows in the order they come in.
            empty: What to say where there are no rows.
            id: The widget's id.
        """
        super().__init__(id=id)
        self.empty = empty
        self._identity = identity
        self._muted = muted
        self._marked = marked
        self._model = Rows(columns, identity, sort_key)
        self._base = Style.null()
        self._sizes: list[tuple[Column[T], int]] = []
        self._announced: T | None = None
        self._anchor: Hashable = None
        """The identity of the row that the cursor belongs to, though a filter may hide it for now."""

    # Rows

    @property
    def columns(self) -> Sequence[Column[T]]:
        """The columns in the order in which they are drawn; `measure_again` fits others that were set."""
        return self._model.columns

    @columns.setter
    def columns(self, columns: Sequence[Column[T]]) -> None:
        self._model.columns = columns

    @property
    def rows(self) -> Sequence[T]:
        """The rows in the order in which they are shown."""
        return self._model.shown

    @property
    def lines(self) -> int:
        """How many rows are shown."""
        return len(self.rows)

    @property
    def current(self) -> T | None:
        """The row under the cursor."""
        return self.rows[self.cursor] if self.rows else None

    def show(self, rows: Sequence[T], *, only: Sequence[T] | None = None, keep: bool = True) -> None:
        """Show other rows, sorted as those before.

        Args:
            rows: Any sequence; it is read when its rows come into view, and not copied unless sorted.
            only: Hide all but these, which stand in the order that `order` gives: what narrows the same rows
                at every letter need not wait until they are sorted.
            keep: Let the cursor stay on its row, and that row on its line; else go to the top.
        """
        self._model.show(rows, only)
        self._shown(keep=keep)

    def order(self, rows: Sequence[T]) -> Sequence[T]:
        """Return the rows that are to be shown next in the order in which they will be."""
        return self._model.order(rows)

    def _shown(self, *, keep: bool) -> None:
        """Draw what is shown now."""
        line = self.cursor - self.top
        index = self._model.index_of(self._anchor) if keep and self._anchor is not None else None
        if index is None:
            index = min(self.cursor, max(0, self.lines - 1)) if keep else 0
        self.set_reactive(Table.cursor, index)
        self.top = index - line if keep else 0
        self.settle()
        self._measure()
        self.refresh(layout=self.styles.is_auto_height)
        if not keep:
            self._drop_anchor()
        self._announce()

    def move_to(self, identity: Hashable) -> bool:
        """Put the cursor on a row; False where there is none of that identity."""
        index = self._model.index_of(identity)
        if index is None:
            return False
        self.cursor = index
        self._drop_anchor()
        return True

    def _drop_anchor(self) -> None:
        self._anchor = None if self.current is None else self._identity(self.current)

    def sort_by(self, key: str | None, *, reverse: bool = False) -> None:
        """Sort by a column; the cursor stays on its row.

        Args:
            key: The column's key; None is the order in which the rows were given.
            reverse: Turn the order round.
        """
        self._model.sort_by(key, reverse=reverse)
        self._shown(keep=True)

    def _announce(self) -> None:
        if (row := self.current) is not self._announced:
            self._announced = row
            self.post_message(self.Highlighted(self, row))

    # The view

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """Return the height of all rows, for a table that is as high as they are."""
        return HEADER + self.lines if self.rows else len(wrap(self.empty, max(1, width - 2)))

    def get_content_width(self, container: Size, viewport: Size) -> int:
        """Take all the width there is."""
        return container.width

    def refresh_current(self) -> None:
        """Draw the row under the cursor anew: its mark has changed."""
        self.refresh_line(self.cursor)

    def measure_again(self) -> None:
        """Fit the columns anew: what they show has changed, though the rows have not."""
        self._measure()
        self.refresh()

    def on_resize(self) -> None:
        """Fit the columns to the new width, and keep the cursor in view."""
        self.settle()
        self.measure_again()

    def _measure(self) -> None:
        """Share the width among the columns, beside the marker and the scrollbar."""
        self._sizes = share(self.columns, self.rows, self.size.width - 2 - (2 if self.scrolls else 0))

    def cursor_moved(self) -> None:
        """Tell whose row it is."""
        self._drop_anchor()
        self._announce()

    # Drawing

    def render_lines(self, crop: Region) -> list[Strip]:
        """Draw the lines in view."""
        self._base = self.rich_style  # it is put together anew each time it is asked for
        return super().render_lines(crop)

    def render_line(self, y: int) -> Strip:
        """Draw one line."""
        base = self._base
        width = self.size.width
        if width < 1:
            return Strip.blank(width)
        if not self.rows:
            lines = wrap(self.empty, max(1, width - 2))
            if y >= len(lines):
                return Strip.blank(width, base)
            style = base + self.get_component_rich_style("table--empty", partial=True)
            strip = Strip([Segment(f" {lines[y]}", style)])
        elif y < HEADER:
            style = base + self.get_component_rich_style("table--header", partial=True)
            strip = Strip([Segment(self._header(), style)])
        else:
            strip = self._row_strip(self.top + y - HEADER, y - HEADER, base)
        return strip.adjust_cell_length(width, base)

    def _header(self) -> str:
        cells: list[str] = []
        for column, width in self._sizes:
            title = column.title
            if column.key == self._model.sort_key:
                arrow = DESCENDING if self._model.reverse else ASCENDING
                title = f"{title}{arrow}" if cell_len(title) < width else f"{title[: width - 1]}{arrow}"
            cells.append(fit(title, width, column.align))
        return "  " + (" " * GAP).join(cells)

    def _row_strip(self, index: int, line: int, base: Style) -> Strip:
        width = self.size.width - (1 if self.scrolls else 0)
        text, style = "", base
        if index < self.lines:
            row = self.rows[index]
            cells = (fit(c.text(row), size, c.align) for c, size in self._sizes)
            here = index == self.cursor
            mark = MARK if self._marked(row) else " "
            text = f"{MARKER if here else ' '}{mark}{(' ' * GAP).join(cells)}"
            if here:
                name = "table--cursor" if self.has_focus else "table--cursor-blurred"
                style = base + self.get_component_rich_style(name, partial=True)
            elif self._muted(row):
                style = base + self.get_component_rich_style("table--muted", partial=True)
        strip = Strip([Segment(text, style)]).adjust_cell_length(width, style)
        if not self.scrolls:
            return strip
        bar = base + self.get_component_rich_style("table--scrollbar", partial=True)
        return Strip.join([strip, Strip([Segment(self.scrollbar_at(line), bar)])])

    # Keys

    def action_select(self) -> None:
        """Choose the row under the cursor."""
        if (row := self.current) is not None:
            self.post_message(self.Selected(self, row))

    def action_sort_next(self) -> None:
        """Sort by the next column that is shown; after the last, leave the rows as they were given."""
        keys: list[str | None] = [None, *(column.key for column, _ in self._sizes)]
        place = keys.index(self._model.sort_key) if self._model.sort_key in keys else 0
        self.sort_by(keys[(place + 1) % len(keys)])

    def action_sort_reverse(self) -> None:
        """Turn the order round."""
        self.sort_by(self._model.sort_key, reverse=not self._model.reverse)

    # Mouse

    def on_click(self, event: events.Click) -> None:
        """Move to a row, sort by a column, or choose a row by a double click."""
        event.stop()
        if event.y < HEADER:
            self._sort_at(event.x)
        elif not self.is_scrollbar(event) and (index := self.top + event.y - HEADER) < self.lines:
            self.cursor = index
            if event.chain == 2:
                self.action_select()

    def _sort_at(self, x: int) -> None:
        left = 2
        for column, width in self._sizes:
            if left <= x < left + width + GAP:
                again = column.key == self._model.sort_key
                self.sort_by(column.key, reverse=again and not self._model.reverse)
                return
            left += width + GAP
