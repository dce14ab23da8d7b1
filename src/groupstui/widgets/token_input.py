"""A field for an API token."""

from __future__ import annotations

from textual import events
from textual.reactive import reactive
from textual.widgets import Input


class TokenInput(Input):
    """A masked field that accepts a paste but never copies its text.

    Textual's own password field copies its value in clear text on ctrl+c and ctrl+x.
    """

    revealed: reactive[bool] = reactive(False)
    """Whether the token is shown in clear text."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(password=True, placeholder="paste your API token", id=id, compact=True)
        self.cursor_blink = False

    def watch_revealed(self, revealed: bool) -> None:
        self.password = not revealed

    def on_paste(self, event: events.Paste) -> None:
        """Insert the pasted text without surrounding white space.

        Textual's field inserts only the first line, which is empty if a line break precedes the token.
        """
        event.stop()
        event.prevent_default()
        self.replace(" ".join(event.text.split()), *self.selection)

    def action_copy(self) -> None:
        """Copy nothing: clipboards keep their contents, and terminals may log them."""

    def action_cut(self) -> None:
        """Delete the selection without copying it."""
        self.delete_selection()
