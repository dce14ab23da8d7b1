"""A one-line filter above a table."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widgets import Input


class FilterInput(Input):
    """Filters a table while the user types; the keys that move the cursor of the table work meanwhile."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "submit", "keep", key_display="enter", id="filter.keep"),
        Binding("tab", "toggle_scope", "members too", id="filter.scope"),
        Binding("escape", "close", "clear", id="filter.clear"),
    ]

    class Closed(Message):
        """Posted when the user clears and leaves the filter."""

    class ScopeToggled(Message):
        """Posted when the user wants to search more than names, or only names again."""

    def __init__(self, placeholder: str, *, has_scopes: bool = False) -> None:
        """Create an empty filter; with scopes, there is more to search than names."""
        super().__init__(placeholder=placeholder, select_on_focus=False, compact=True)
        self._has_scopes = has_scopes
        self.cursor_blink = False

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        return self._has_scopes if action == "toggle_scope" else True

    def set_text(self, text: str) -> None:
        """Replace the text without posting `Changed`."""
        with self.prevent(Input.Changed):
            self.value = text

    def action_toggle_scope(self) -> None:
        self.post_message(self.ScopeToggled())

    def action_close(self) -> None:
        self.post_message(self.Closed())
