"""The dialog into which a list of users is pasted or typed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.message import Message
from textual.widgets import Static, TextArea

from ..directory.user_list import split_list
from ..text import pluralize
from ..widgets.commands import bind
from ..widgets.key_footer import KeyFooter
from .base import Dialog

MAX_ENTRIES = 10_000
"""Entries that a table shows without delay; longer lists are for `groupstui lookup`."""

EXPLANATION = (
    "One user on each line: a name, an id or an e-mail address; of a row of a table, the address counts. "
    "Users may be separated by ; and addresses by a comma, too."
)


@dataclass(frozen=True, slots=True)
class PastedText:
    """What the user has pasted or typed; it is kept also if the dialog is closed."""

    text: str
    is_complete: bool
    """Whether its users are to be looked up."""


class ListArea(TextArea):
    """A text of several lines; enter begins a new one, and tab ends the list."""

    BINDINGS: ClassVar[list[BindingType]] = [
        bind("tab", "submit", "paste.look_up", "Look up the users of the list", hint="look up", rank=1),
        bind("ctrl+n", "start_anew", "paste.start_anew", "Begin a new, empty list", hint="new list", rank=2),
    ]

    class Submitted(Message):
        """Posted when the list is complete."""

    def action_start_anew(self) -> None:
        """Remove the text; ctrl+u and others only remove a part of it."""
        self.clear()

    def action_submit(self) -> None:
        self.post_message(self.Submitted())


class PasteDialog(Dialog[PastedText]):
    """Asks for a list of users."""

    def __init__(self, text: str = "") -> None:
        super().__init__()
        self._area = ListArea(
            text, compact=True, soft_wrap=False, placeholder="ada lovelace\ngrace@example.com"
        )
        self._area.cursor_blink = False

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog -list") as box:
            box.border_title = "Paste a list of users"
            yield Static(EXPLANATION, id="explanation", markup=False)
            yield self._area
            yield KeyFooter()

    @property
    def text(self) -> str:
        """The text as it is now."""
        return self._area.text

    @on(TextArea.Changed)
    def _changed(self, event: TextArea.Changed) -> None:
        event.stop()
        lines = sum(bool(line.strip()) for line in self.text.splitlines())
        self.box.border_subtitle = pluralize(lines, "line")

    @on(ListArea.Submitted)
    def _submitted(self, event: ListArea.Submitted) -> None:
        event.stop()
        count = len(set(split_list(self.text)))
        if 0 < count <= MAX_ENTRIES:
            self.dismiss(PastedText(self.text, is_complete=True))
        elif count:
            limit = f"{count:,} users are too many: at most {MAX_ENTRIES:,}, or groupstui lookup FILE"
            self.box.border_subtitle = limit
        else:
            self.box.border_subtitle = "Paste or type at least one user."

    def action_close(self) -> None:
        self.dismiss(PastedText(self.text, is_complete=False))
