"""What every dialog has in common."""

from __future__ import annotations

from typing import ClassVar, TypeVar

from textual.binding import Binding, BindingType
from textual.screen import ModalScreen

Result = TypeVar("Result")


class Dialog(ModalScreen[Result | None]):
    """A box over the screen below. Escape closes it without a result."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+q", "app.quit", show=False, id="dialog.quit", tooltip="Leave groupstui"),
        Binding("escape", "close", "close", id="dialog.close", tooltip="Close this without a choice"),
    ]

    def directory_grown(self) -> None:
        """Called when more of the site is known, for what a subclass shows of it."""

    def action_close(self) -> None:
        """Close without a result."""
        self.dismiss(None)
