"""The dialog that asks whether to delete a saved list."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.widgets import Static

from ..widgets.commands import bind
from ..widgets.key_footer import KeyFooter
from .base import Dialog


class DeleteListDialog(Dialog[bool]):
    """Asks whether to delete a saved list; the result is True or None."""

    BINDINGS: ClassVar[list[BindingType]] = [
        bind("y", "delete", "dialog.yes", "Delete the list", hint="yes"),
        bind("n", "close", "dialog.no", "Keep the list", hint="no"),
    ]

    def __init__(self, name: str) -> None:
        super().__init__()
        self._list_name = name

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog") as box:
            box.border_title = "Delete a saved list"
            yield Static(
                f"Delete the list “{self._list_name}” from the settings? Groups and users stay as they are.",
                markup=False,
            )
            yield KeyFooter()

    def action_delete(self) -> None:
        self.dismiss(True)
