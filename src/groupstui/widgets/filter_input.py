"""A one-line filter above a table."""

from __future__ import annotations

from typing import ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widgets import Input

from .line_input import LineInput


class FilterInput(LineInput):
    """Narrows a table while it is typed. Hidden while it is empty and not in use."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter,down", "keep", "keep filter", key_display="enter", id="filter.keep"),
        Binding("tab", "widen", "members, too", id="filter.widen"),
        Binding("escape", "clear", "clear", id="filter.clear"),
    ]

    class Edited(Message):
        """The text has changed."""

        def __init__(self, input: FilterInput, text: str) -> None:
            super().__init__()
            self.input = input
            self.text = text

        @property
        def control(self) -> FilterInput:
            """The filter."""
            return self.input

    class Left(Message):
        """The user is done with the filter and wants the list."""

        def __init__(self, input: FilterInput, kept: bool) -> None:
            super().__init__()
            self.input = input
            self.kept = kept
            """Whether the filter stays."""

    class Widened(Message):
        """The user wants to search more than names, or names only again."""

        def __init__(self, input: FilterInput) -> None:
            super().__init__()
            self.input = input

    def __init__(self, placeholder: str, *, widens: bool = False) -> None:
        """Make a filter.

        Args:
            placeholder: What can be typed, as in `name or id`.
            widens: Whether there is more to search than names.
        """
        super().__init__(placeholder=placeholder, select_on_focus=False)
        self._widens = widens
        self.display = False

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer to search more only where there is more."""
        return self._widens if action == "widen" else True

    def open(self) -> None:
        """Show the filter and let it take the keys."""
        self.display = True
        self.focus()

    def clear_text(self) -> None:
        """Empty the filter and hide it; nothing is posted."""
        with self.prevent(Input.Changed):
            self.value = ""
        self.display = False

    def action_widen(self) -> None:
        """Search more than names, or names only again."""
        self.post_message(self.Widened(self))

    def action_keep(self) -> None:
        """Go to the list; the filter stays."""
        self.display = bool(self.value)
        self.post_message(self.Left(self, kept=True))

    def action_clear(self) -> None:
        """Go to the whole list."""
        self.clear_text()
        self.post_message(self.Left(self, kept=False))

    @on(Input.Changed)
    def _edited(self, event: Input.Changed) -> None:
        event.stop()
        self.post_message(self.Edited(self, event.value))
