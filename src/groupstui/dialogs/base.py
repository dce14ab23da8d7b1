"""The bases of screens and dialogs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, TypeVar

from textual import getters, on
from textual.binding import BindingType
from textual.containers import Vertical
from textual.reactive import reactive
from textual.screen import ModalScreen, Screen
from textual.worker import Worker

from ..directory.directory import Directory
from ..terminal.clipboard import ClipboardApp
from ..widgets.commands import bind
from ..widgets.notice_bar import Notice, worker_failure

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class JumpTarget:
    """The group that the user wants to go to."""

    group_id: int
    member_id: int | None = None
    """The member to move to in that group."""


class BaseScreen(Screen[Result]):
    """A screen with a notice, which also reports workers that end with an unexpected exception."""

    app = getters.app(ClipboardApp)
    notice: reactive[Notice | None] = reactive(None)
    """What the user should know; an error stays until a request succeeds."""

    @on(Worker.StateChanged)
    def _worker_changed(self, event: Worker.StateChanged) -> None:
        self.notice = worker_failure(event) or self.notice


class Dialog(ModalScreen[Result | None], BaseScreen[Result | None]):
    """A box over the screen below; escape closes it without a result."""

    BINDINGS: ClassVar[list[BindingType]] = [
        bind("escape", "close", "dialog.close", "Close this dialog", hint="close"),
        bind("ctrl+q", "app.quit", "dialog.quit", "Quit groupstui"),
    ]

    box = getters.query_one(".dialog", Vertical)

    def update_directory(self, directory: Directory) -> None:
        """Show what is known now; called by the screen below while the instance is read."""

    def action_close(self) -> None:
        self.dismiss(None)
