"""A field for a secret."""

from __future__ import annotations

from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.reactive import var

from .line_input import LineInput


class TokenInput(LineInput):
    """A masked field that takes a paste but never gives its text to a clipboard.

    Textual's own password field still copies its value in clear on ctrl+c and ctrl+x.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "submit", "sign in", id="token.submit", tooltip="Sign in"),
        Binding("ctrl+t", "reveal", "show/hide token", id="token.reveal", tooltip="Show or hide the token"),
    ]

    revealed: var[bool] = var(False)
    """Whether the token can be read on the screen."""

    def __init__(self, *, id: str | None = None) -> None:
        """Make the field.

        Args:
            id: The widget's id.
        """
        super().__init__(password=True, placeholder="paste your API token", id=id)

    def watch_revealed(self, revealed: bool) -> None:
        """Mask or show the text."""
        self.password = not revealed

    def on_paste(self, event: events.Paste) -> None:
        """Take all that is pasted, without the white space around it.

        Textual's field takes the first line: nothing, if a line break came along before the token.
        """
        event.stop()
        event.prevent_default()
        self.replace(" ".join(event.text.split()), *self.selection)

    def action_reveal(self) -> None:
        """Show the token, or hide it again."""
        self.revealed = not self.revealed

    def action_copy(self) -> None:
        """Copy nothing: a clipboard keeps what it is given, and a terminal may log it."""

    def action_cut(self) -> None:
        """Delete what is selected, without a copy."""
        self.delete_selection()
