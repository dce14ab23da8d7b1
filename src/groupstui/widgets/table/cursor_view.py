"""A widget of many lines with a cursor: which lines are in view, the keys and the mouse that move them."""

from __future__ import annotations

from abc import abstractmethod
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Region
from textual.reactive import var
from textual.widget import Widget

HEADER = 1
"""Lines above those that move."""

THUMB, TRACK = "┃", "│"

WHEEL = 3
"""Lines that one step of the mouse wheel moves the view."""

SCROLL_SHARE = 3
"""What leaves the view by a line moves it by this part of its height: a line at a time would repaint all
lines at every step, which a slow link feels while a key is held."""


class CursorView(Widget):
    """Shows some of many lines, one of them under the cursor.

    It keeps its own offset: a `ScrollView` lays out the whole screen whenever its number of lines changes.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "up", show=False, id="move.up", tooltip="Up"),
        Binding("down,j", "down", show=False, id="move.down", tooltip="Down"),
        Binding("pageup", "page_up", show=False, id="move.page_up", tooltip="Up by what is in view"),
        Binding("pagedown", "page_down", show=False, id="move.page_down", tooltip="Down by what is in view"),
        Binding("home,g", "home", show=False, id="move.home", tooltip="To the first row"),
        Binding("end,G", "end", show=False, id="move.end", tooltip="To the last row"),
    ]

    cursor: var[int] = var(0, init=False)
    """The index of the line under the cursor; 0 where there are no lines."""

    def __init__(self, *, id: str | None = None) -> None:
        """Look at the first line.

        Args:
            id: The widget's id.
        """
        super().__init__(id=id)
        self.top = 0
        """The index of the first line in view."""
        self._dragging = False

    @property
    @abstractmethod
    def lines(self) -> int:
        """How many lines there are, the header apart."""

    @abstractmethod
    def cursor_moved(self) -> None:
        """Called when another line is under the cursor."""

    @property
    def view(self) -> int:
        """How many lines fit."""
        return max(0, self.size.height - HEADER)

    @property
    def scrolls(self) -> bool:
        """Whether there are more lines than fit."""
        return self.lines > self.view

    def settle(self) -> None:
        """Move the view so that it holds the cursor and shows as many lines as it can."""
        self.top = min(max(self.top, self.cursor - self.view + 1, 0), self.cursor, self._last_top)

    def refresh_line(self, index: int) -> None:
        """Draw one line anew."""
        self.refresh(Region(0, index - self.top + HEADER, self.size.width, 1))

    def on_focus(self) -> None:
        """Show that the cursor takes the keys."""
        self.refresh_line(self.cursor)

    def on_blur(self) -> None:
        """Show that the cursor waits."""
        self.refresh_line(self.cursor)

    def validate_cursor(self, cursor: int) -> int:
        """Keep the cursor on a line."""
        return min(max(0, cursor), max(0, self.lines - 1))

    def watch_cursor(self, old: int, new: int) -> None:
        """Repaint the two lines that look different, or all where the view moves."""
        before = self.top
        share = max(1, self.view // SCROLL_SHARE)
        if new < self.top:
            self.top = max(0, min(new, self.top - share if self.top - new == 1 else new))
        elif new >= self.top + self.view:
            self.top = new - self.view + (share if new == self.top + self.view else 1)
        self.settle()
        if self.top != before:
            self.refresh()
        else:
            self.refresh_line(old)
            self.refresh_line(new)
        self.cursor_moved()

    @property
    def _last_top(self) -> int:
        return max(0, self.lines - self.view)

    def _look_at(self, top: int) -> None:
        """Move the view; the cursor goes along at its edge."""
        top = min(max(0, top), self._last_top)
        if top != self.top:
            self.top = top
            self.refresh()
            self.cursor = min(max(self.cursor, top), top + max(0, self.view - 1))

    def scrollbar_at(self, y: int) -> str:
        """Return the scrollbar's sign beside a line of the view."""
        size = max(1, self.view * self.view // self.lines)
        start = round(self.top / max(1, self._last_top) * (self.view - size))
        return THUMB if start <= y < start + size else TRACK

    # Keys

    def action_up(self) -> None:
        """Move up by a line."""
        self.cursor -= 1

    def action_down(self) -> None:
        """Move down by a line."""
        self.cursor += 1

    def action_page_up(self) -> None:
        """Move up by what is in view."""
        self.cursor -= max(1, self.view - 1)

    def action_page_down(self) -> None:
        """Move down by what is in view."""
        self.cursor += max(1, self.view - 1)

    def action_home(self) -> None:
        """Move to the first line."""
        self.cursor = 0

    def action_end(self) -> None:
        """Move to the last line."""
        self.cursor = self.lines - 1

    # Mouse

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
        if self.is_scrollbar(event):
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

    def is_scrollbar(self, event: events.MouseEvent) -> bool:
        """Return whether the mouse is at the scrollbar."""
        return self.scrolls and event.x >= self.size.width - 1 and event.y >= HEADER

    def _drag_to(self, y: int) -> None:
        share_of_lines = (y - HEADER) / max(1, self.view - 1)
        self._look_at(round(share_of_lines * self._last_top))
