"""The base of both screens."""

from __future__ import annotations

from typing import TypeVar

from textual import on
from textual.reactive import reactive
from textual.screen import Screen
from textual.worker import Worker

from ..widgets.notice_bar import Notice, worker_failure

Result = TypeVar("Result")


class BaseScreen(Screen[Result]):
    """A screen with a notice, which also reports workers that end with an unexpected exception."""

    notice: reactive[Notice | None] = reactive(None)
    """What the user should know; an error stays until a request succeeds."""

    @on(Worker.StateChanged)
    def _worker_changed(self, event: Worker.StateChanged) -> None:
        self.notice = worker_failure(event) or self.notice
