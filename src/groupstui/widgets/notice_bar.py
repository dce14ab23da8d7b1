"""The line above the footer: an error with its remedy, or what is going on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from rich.cells import cell_len
from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget
from textual.worker import Worker, WorkerState

from ..text import sanitize
from ..times import local_clock
from .table_layout import ELLIPSIS, fit_text

MAX_NOTICE_CHARS = 400

NoticeKind = Literal["info", "news", "progress", "cooldown", "warning", "error"]

PASSING: tuple[NoticeKind, ...] = ("info", "news")
"""The kinds that disappear after a while; `info` also with the next key, as it answers the one before."""

LASTING: tuple[NoticeKind, ...] = ("warning", "error")
"""The kinds that stay until the user dismisses them; the styles give them several lines."""


@dataclass(frozen=True, slots=True)
class Notice:
    """A message for the user."""

    text: str
    hint: str = ""
    """What the user can do; a whole sentence."""
    kind: NoticeKind = "info"
    """An `error` ends when a request succeeds; `progress` and `cooldown` end when they are no longer true."""


def cooldown_notice(until: datetime, hint: str = "") -> Notice:
    """Return the notice for a rate limit: with a time, because a countdown would repaint every second."""
    text = f"Rate limited by the instance (429); retrying at {local_clock(until)}"
    return Notice(text, hint, "cooldown")


def worker_failure(event: Worker.StateChanged) -> Notice | None:
    """Return the notice for a worker that ended with an unexpected exception, or None."""
    if event.state is not WorkerState.ERROR:
        return None
    text = f"{type(event.worker.error).__name__} in “{event.worker.name}”"
    return Notice(text, "This is a bug in groupstui: please report it.", "error")


class NoticeBar(Widget):
    """Shows one notice; hidden while there is none."""

    notice: reactive[Notice | None] = reactive(None, layout=True)
    """The notice to show; None hides the bar."""

    def watch_notice(self, notice: Notice | None) -> None:
        self.set_class(notice is not None, "-shown")
        for kind in LASTING:
            self.set_class(notice is not None and notice.kind == kind, f"-{kind}")

    def render(self) -> Content:
        """Draw the notice; if it has only one line, the text is cut, not the hint."""
        notice = self.notice
        if notice is None:
            return Content()
        text = sanitize(notice.text, MAX_NOTICE_CHARS)
        hint = f" {notice.hint}" if notice.hint else ""
        text += "" if text.endswith((ELLIPSIS, ".")) else "."
        room = self.content_size.width - cell_len(hint)
        if not self.styles.is_auto_height and cell_len(text) > room > 0:
            text = fit_text(text, room)
        return Content(text + hint)
