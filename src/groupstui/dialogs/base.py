"""What every dialog has in common."""

from __future__ import annotations

from typing import ClassVar, TypeVar

from textual.binding import Binding, BindingType
from textual.screen import ModalScreen

from ..directory.directory import Directory

Result = TypeVar("Result")


class Dialog(ModalScreen[Result | None]):
    """A box over the screen below. Escape closes it without a result."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+q", "app.quit", show=False, id="dialog.quit", tooltip="Leave groupstui"),
        Binding("escape", "close", "close", id="dialog.close", tooltip="Close this without a choice"),
    ]

    def update_directory(self, directory: Directory) -> None:
        """Show what is known of the site now. The base shows nothing of it."""

    def action_close(self) -> None:
        """Close without a result."""
        self.dismiss(None)
