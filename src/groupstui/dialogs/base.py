"""The base of all dialogs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, TypeVar

from textual import getters
from textual.binding import BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen

from ..directory.directory import Directory
from ..widgets.commands import bind

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class JumpTarget:
    """The group that the user wants to go to."""

    group_id: int
    member_id: int | None = None
    """The member to move to in that group."""


class Dialog(ModalScreen[Result | None]):
    """A box over the screen below; escape closes it without a result."""

    BINDINGS: ClassVar[list[BindingType]] = [
        bind("escape", "close", "dialog.close", "Close this dialog", hint="close"),
        bind("ctrl+q", "app.quit", "dialog.quit", "Quit groupstui"),
    ]

    box = getters.query_one(".dialog", Vertical)

    def update_directory(self, directory: Directory) -> None:
        """Show what is known now; called by the screen below while the instance is read.

        Args:
            directory: What is known of the instance.
        """

    def action_close(self) -> None:
        """Close without a result."""
        self.dismiss(None)
