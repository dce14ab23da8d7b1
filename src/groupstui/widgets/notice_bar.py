"""The line above the footer: an error with its remedy, or what is going on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from textual.content import Content
from textual.reactive import reactive
from textual.widgets import Static
from textual.worker import Worker, WorkerState

from ..text import sanitize
from ..times import local_clock

MAX_NOTICE_CHARS = 400


@dataclass(frozen=True, slots=True)
class Notice:
    """A message for the user."""

    text: str
    hint: str = ""
    """What the user can do; a whole sentence."""
    kind: Literal["error", "info", "cooldown", "stopped"] = "info"


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


class NoticeBar(Static):
    """Shows one notice; hidden while there is none."""

    notice: reactive[Notice | None] = reactive(None)
    """The notice to show; None hides the bar."""

    def on_mount(self) -> None:
        self.display = self.notice is not None

    def watch_notice(self, notice: Notice | None) -> None:
        self.display = notice is not None
        if notice is None:
            return
        self.set_class(notice.kind == "error", "-error")
        text = sanitize(notice.text, MAX_NOTICE_CHARS)
        period = "" if text.endswith(("…", ".")) else "."
        self.update(Content(f"{text}{period} {notice.hint}".rstrip()))
