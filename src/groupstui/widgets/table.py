"""The one table of the project: it costs the same with ten rows as with a million.

Only the rows in view are ever rendered, and a cursor step repaints two lines. It keeps its own offset, for a
`ScrollView` would lay out the whole screen whenever the number of rows changes.
"""

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
from textual.reactive import var
from textual.strip import Strip
from textual.widget import Widget

from .table_layout import GAP, Column, fit, share

__all__ = ["Column", "Table"]

T = TypeVar("T")
Row = TypeVar("Row")

MARKER, ASCENDING, DESCENDING, THUMB, TRACK = "▸", "▲", "▼", "┃", "│"

MARK = "*"
"""Stands before a row that is marked."""

HEADER = 1
"""Lines of the header."""

WHEEL = 3
"""Rows that one step of the mouse wheel moves the view."""

SCROLL_SHARE = 3
"""A cursor that leaves the view moves it by this part of its height: a line at a time would repaint all rows
at every step, which a slow link feels while a key is held."""


class Table(Widget, Generic[T], can_focus=True):
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
        Binding("up,k", "up", show=False, id="move.up", tooltip="Up"),
        Binding("down,j", "down", show=False, id="move.down", tooltip="Down"),
        Binding("pageup", "page_up", show=False, id="move.page_up", tooltip="Up by what is in view"),
        Binding("pagedown", "page_down", show=False, id="move.page_down", tooltip="Down by what is in view"),
        Binding("home,g", "home", show=False, id="move.home", tooltip="To the first row"),
        Binding("end,G", "end", show=False, id="move.end", tooltip="To the last row"),
        Binding("s", "sort_next", show=False, id="table.sort", tooltip="Sort by the next column"),
        Binding("S", "sort_reverse", show=False, id="table.reverse", tooltip="Reverse the order"),
    ]

    ALLOW_SELECT = False  # selecting text by mouse costs 12 kB a click

    cursor: var[int] = var(0, init=False)
    """The index of the row under the cursor; 0 where there are no rows."""

    class Highlighted(Message, Generic[Row]):
        """Another row is under the cursor; None where there are no rows."""

        def __init__(self, table: "Table[Row]", row: Row | None) -> None:
            super().__init__()
            self.table = table
            self.row = row

        @property
        def control(self) -> "Table[Row]":
            """The table."""
            return self.table

    class Selected(Message, Generic[Row]):
        """The person wants what is under the cursor."""

        def __init__(self, table: "Table[Row]", row: Row) -> None:
            super().__init__()
            self.table = table
            self.row = row

        @property
        def control(self) -> "Table[Row]":
            """The table."""
            return self.table

    def __init__(
        self,
        columns: Sequence[Column[T]],
        *,
        identity: Callable[[T], Hashable],
        muted: Callable[[T], bool] = lambda row: False,
        marked: Callable[[T], bool] = lambda row: False,
        empty: str = "",
        id: str | None = None,
    ) -> None:
        """Make a table without rows.

        Args:
            columns: In the order in which they are drawn.
            identity: What makes a row the same row after others have taken the place of all.
            muted: Which rows are drawn with less weight.
            marked: Which rows have a mark before them.
            empty: What to say where there are no rows.
            id: The widget's id.
        """
        super().__init__(id=id)
        self.columns = columns
        self.empty = empty
        self.sort_key: str | None = None
        """The key of the column that the rows are sorted by; None leaves them in the order they came in."""
        self.reverse = False
        """Whether the order is turned round."""
        self.top = 0
        """The index of the first row in view."""
        self._identity = identity
        self._muted = muted
        self._marked = marked
        self._given: Sequence[T] = ()
        self._ordered: Sequence[T] = ()
        self._only: Sequence[T] | None = None
        self._rows: Sequence[T] = ()
        self._base = Style.null()
        self._sizes: list[tuple[Column[T], int]] = []
        self._announced: T | None = None
        self._anchor: Hashable = None
        """The identity of the row that the cursor belongs to, though a filter may hide it for now."""
        self._dragging = False

    # Rows

    @property
    def rows(self) -> Sequence[T]:
        """The rows in the order in which they are shown."""
        return self._rows

    @property
    def current(self) -> T | None:
        """The row under the cursor."""
        return self._rows[self.cursor] if self._rows else None

    def show(self, rows: Sequence[T], *, only: Sequence[T] | None = None, keep: bool = True) -> None:
        """Show other rows, sorted as those before.

        Args:
            rows: Any sequence; it is read when its rows come into view, and not copied unless sorted.
            only: Hide all but these, which stand in the order that `order` gives: what narrows the same rows
                at every letter need not wait until they are sorted.
            keep: Let the cursor stay on its row, and that row on its line; else go to the top.
        """
        self.order(rows)
        self._show(only, keep=keep)

    def order(self, rows: Sequence[T]) -> Sequence[T]:
        """Give the rows that are to be shown next in the order in which they will be."""
        if rows is not self._given:
            self._given = rows
            self._sort()
        return self._ordered

    def _show(self, only: Sequence[T] | None, *, keep: bool) -> None:
        line = self.cursor - self.top
        self._only = only
        self._rows = self._ordered if only is None else only
        index = self._index_of(self._anchor) if keep and self._anchor is not None else None
        if index is None:
            index = min(self.cursor, max(0, len(self._rows) - 1)) if keep else 0
        self.set_reactive(Table.cursor, index)
        self.top = index - line if keep else 0
        self._settle()
        self._measure()
        self.refresh(layout=self.styles.is_auto_height)
        if not keep:
            self._drop_anchor()
        self._announce()

    def move_to(self, identity: Hashable) -> bool:
        """Put the cursor on a row; False where there is none of that identity."""
        index = self._index_of(identity)
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
        self.sort_key, self.reverse = key, reverse
        self._sort()
        only = self._only
        if only is not None:
            shown = set(map(self._identity, only))
            only = [row for row in self._ordered if self._identity(row) in shown]
        self._show(only, keep=True)

    def _sort(self) -> None:
        column = next((column for column in self.columns if column.key == self.sort_key), None)
        if column is not None:
            self._ordered = sorted(self._given, key=column.sorting, reverse=self.reverse)
        else:
            self._ordered = self._given[::-1] if self.reverse else self._given

    def _index_of(self, identity: Hashable) -> int | None:
        return next((index for index, row in enumerate(self._rows) if self._identity(row) == identity), None)

    def _announce(self) -> None:
        if (row := self.current) is not self._announced:
            self._announced = row
            self.post_message(self.Highlighted(self, row))

    # The view

    @property
    def view(self) -> int:
        """How many rows fit."""
        return max(0, self.size.height - HEADER)

    @property
    def scrolls(self) -> bool:
        """Whether there are more rows than fit."""
        return len(self._rows) > self.view

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """Give the height of all rows, for a table that is as high as they are."""
        return HEADER + len(self._rows) if self._rows else len(wrap(self.empty, max(1, width - 2)))

    def get_content_width(self, container: Size, viewport: Size) -> int:
        """Take all the width there is."""
        return container.width

    def on_focus(self) -> None:
        """Show that the cursor takes the keys."""
        self._refresh_row(self.cursor)

    def on_blur(self) -> None:
        """Show that the cursor waits."""
        self._refresh_row(self.cursor)

    def _refresh_row(self, index: int) -> None:
        self.refresh(Region(0, index - self.top + HEADER, self.size.width, 1))

    def refresh_current(self) -> None:
        """Draw the row under the cursor anew: its mark has changed."""
        self._refresh_row(self.cursor)

    def measure_again(self) -> None:
        """Fit the columns anew: what they show has changed, though the rows have not."""
        self._measure()
        self.refresh()

    def on_resize(self) -> None:
        """Fit the columns to the new width, and keep the cursor in view."""
        self._settle()
        self.measure_again()

    def _measure(self) -> None:
        """Share the width among the columns, beside the marker and the scrollbar."""
        self._sizes = share(self.columns, self._rows, self.size.width - 2 - (2 if self.scrolls else 0))

    def _settle(self) -> None:
        """Move the view so that it holds the cursor and shows as many rows as it can."""
        last = max(0, len(self._rows) - self.view)
        self.top = min(max(self.top, self.cursor - self.view + 1, 0), self.cursor, last)

    def _look_at(self, top: int) -> None:
        """Move the view; the cursor goes along at its edge."""
        top = min(max(0, top), max(0, len(self._rows) - self.view))
        if top != self.top:
            self.top = top
            self.refresh()
            self.cursor = min(max(self.cursor, top), top + max(0, self.view - 1))

    def validate_cursor(self, cursor: int) -> int:
        """Keep the cursor on a row."""
        return min(max(0, cursor), max(0, len(self._rows) - 1))

    def watch_cursor(self, old: int, new: int) -> None:
        """Repaint the two lines that look different, or all where the view moves."""
        before = self.top
        share_of_view = max(1, self.view // SCROLL_SHARE)
        if new < self.top:
            self.top = max(0, min(new, self.top - share_of_view if self.top - new == 1 else new))
        elif new >= self.top + self.view:
            step = share_of_view if new == self.top + self.view else 1
            self.top = new - self.view + step
        self._settle()
        if self.top != before:
            self.refresh()
        else:
            self._refresh_row(old)
            self._refresh_row(new)
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
        if not self._rows:
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
            if column.key == self.sort_key:
                arrow = DESCENDING if self.reverse else ASCENDING
                title = f"{title}{arrow}" if cell_len(title) < width else f"{title[: width - 1]}{arrow}"
            cells.append(fit(title, width, column.align))
        return "  " + (" " * GAP).join(cells)

    def _row_strip(self, index: int, line: int, base: Style) -> Strip:
        width = self.size.width - (1 if self.scrolls else 0)
        text, style = "", base
        if index < len(self._rows):
            row = self._rows[index]
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
        return Strip.join([strip, self._scrollbar(line, base)]) if self.scrolls else strip

    def _scrollbar(self, line: int, base: Style) -> Strip:
        size = max(1, self.view * self.view // len(self._rows))
        start = round(self.top / max(1, len(self._rows) - self.view) * (self.view - size))
        glyph = THUMB if start <= line < start + size else TRACK
        return Strip([Segment(glyph, base + self.get_component_rich_style("table--scrollbar", partial=True))])

    # Keys

    def action_up(self) -> None:
        """Move up by a row."""
        self.cursor -= 1

    def action_down(self) -> None:
        """Move down by a row."""
        self.cursor += 1

    def action_page_up(self) -> None:
        """Move up by what is in view."""
        self.cursor -= max(1, self.view - 1)

    def action_page_down(self) -> None:
        """Move down by what is in view."""
        self.cursor += max(1, self.view - 1)

    def action_home(self) -> None:
        """Move to the first row."""
        self.cursor = 0

    def action_end(self) -> None:
        """Move to the last row."""
        self.cursor = len(self._rows) - 1

    def action_select(self) -> None:
        """Choose the row under the cursor."""
        if (row := self.current) is not None:
            self.post_message(self.Selected(self, row))

    def action_sort_next(self) -> None:
        """Sort by the next column that is shown; after the last, leave the rows as they were given."""
        keys: list[str | None] = [None, *(column.key for column, _ in self._sizes)]
        place = keys.index(self.sort_key) if self.sort_key in keys else 0
        self.sort_by(keys[(place + 1) % len(keys)])

    def action_sort_reverse(self) -> None:
        """Turn the order round."""
        self.sort_by(self.sort_key, reverse=not self.reverse)

    # Mouse

    def on_click(self, event: events.Click) -> None:
        """Move to a row, sort by a column, or choose a row by a double click."""
        event.stop()
        if event.y < HEADER:
            self._sort_at(event.x)
        elif not self._on_scrollbar(event) and (index := self.top + event.y - HEADER) < len(self._rows):
            self.cursor = index
            if event.chain == 2:
                self.action_select()

    def _sort_at(self, x: int) -> None:
        left = 2
        for column, width in self._sizes:
            if left <= x < left + width + GAP:
                self.sort_by(column.key, reverse=column.key == self.sort_key and not self.reverse)
                return
            left += width + GAP

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Move the view down."""
        event.stop()
        self._look_at(self.top + WHEEL)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Move the view up."""
        event.stop()
        self._look_at(self.top - WHEEL)

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """Take hold of the scrollbar."""
        if self._on_scrollbar(event):
            self._dragging = True
            self.capture_mouse()
            self._drag_to(event.y)

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Move the view with the scrollbar."""
        if self._dragging:
            self._drag_to(event.y)

    def on_mouse_up(self, event: events.MouseUp) -> None:
        """Let the scrollbar go."""
        if self._dragging:
            self._dragging = False
            self.release_mouse()

    def _on_scrollbar(self, event: events.MouseEvent) -> bool:
        return self.scrolls and event.x >= self.size.width - 1 and event.y >= HEADER

    def _drag_to(self, y: int) -> None:
        share_of_rows = (y - HEADER) / max(1, self.view - 1)
        self._look_at(round(share_of_rows * (len(self._rows) - self.view)))
