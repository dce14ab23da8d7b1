"""The dialog that asks why findings of an audit are accepted."""

from __future__ import annotations

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Input, Static

from ..text import sanitize
from ..widgets.key_footer import KeyFooter
from .base import Dialog

MAX_REASON_CHARS = 200


class AcceptDialog(Dialog[str]):
    """Asks for a reason; the result is never empty."""

    def __init__(self, what: str) -> None:
        """Create the dialog; `what` is the text of a finding, or how many there are."""
        super().__init__()
        self._what = what

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog") as box:
            box.border_title = Content(f"Accept {sanitize(self._what, MAX_REASON_CHARS)}")
            reason = Input(placeholder="the reason, such as: on purpose until June", compact=True)
            reason.max_length = MAX_REASON_CHARS
            reason.cursor_blink = False
            yield reason
            yield Static(
                "Press enter to accept. It no longer counts as open until it changes.",
                id="meaning",
                markup=False,
            )
            yield KeyFooter()

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        if reason := event.value.strip():
            self.dismiss(reason)
        else:
            self.box.border_subtitle = "Type a reason."
