"""Asks before something is lost."""

from __future__ import annotations

from enum import Enum
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import Static

from ..widgets.key_footer import KeyFooter
from .base import Dialog


class Answer(Enum):
    """What somebody agrees to."""

    YES = "yes"
    MORE = "more"
    """To what was asked, and to what was offered beside it."""


class ConfirmDialog(Dialog[Answer]):
    """Asks a question; gives None for anything but a yes."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "confirm", "yes", id="confirm.yes", tooltip="Go on"),
        Binding("n", "close", "no", id="confirm.no", tooltip="Leave it as it is"),
        Binding("m", "confirm_more", "yes, and that", id="confirm.more", tooltip="Go on, and do more"),
    ]

    def __init__(self, title: str, question: str, more: str = "") -> None:
        """Make the dialog.

        Args:
            title: What it is about.
            question: What happens on yes, and whether it can be undone.
            more: What can be done at the same time, if there is anything.
        """
        super().__init__()
        self._title = title
        self._question = question
        self._more = more

    def compose(self) -> ComposeResult:
        """Show the question."""
        with Vertical(classes="dialog") as box:
            box.border_title = self._title
            yield Static(self._question, markup=False)
            if self._more:
                yield Static(self._more, id="more", markup=False)
            yield KeyFooter()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer more only where there is more."""
        return bool(self._more) if action == "confirm_more" else True

    def action_confirm(self) -> None:
        """Say yes."""
        self.dismiss(Answer.YES)

    def action_confirm_more(self) -> None:
        """Say yes to all of it."""
        self.dismiss(Answer.MORE)
