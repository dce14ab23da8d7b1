"""Asks before something is lost."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import Static

from ..widgets.hint_bar import HintBar
from .dialog import Dialog


class ConfirmDialog(Dialog[bool]):
    """Asks a question; gives True for yes, None for anything else."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "confirm", "yes", id="confirm.yes", tooltip="Go on"),
        Binding("n", "close", "no", id="confirm.no", tooltip="Leave it as it is"),
    ]

    def __init__(self, title: str, question: str) -> None:
        """Make the dialog.

        Args:
            title: What it is about.
            question: What happens on yes, and whether it can be undone.
        """
        super().__init__()
        self._title = title
        self._question = question

    def compose(self) -> ComposeResult:
        """Show the question."""
        with Vertical(classes="dialog") as box:
            box.border_title = self._title
            yield Static(self._question, markup=False)
            yield HintBar()

    def action_confirm(self) -> None:
        """Say yes."""
        self.dismiss(True)
