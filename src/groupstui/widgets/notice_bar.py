"""The line above the hints: what failed, why, and what to press; or what is going on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from textual.content import Content
from textual.reactive import var
from textual.widgets import Static

from ..text import sanitize


@dataclass(frozen=True, slots=True)
class Notice:
    """Something that a user should know."""

    text: str
    hint: str = ""
    kind: Literal["error", "notice", "pause", "stopped"] = "notice"


def pause_notice(until: datetime, hint: str) -> Notice:
    """Return the notice for a rate limit: a time, because a countdown would write every second."""
    return Notice(f"rate limited by the site; continuing at {until.astimezone():%H:%M:%S}", hint, "pause")


class NoticeBar(Static):
    """Shows one notice; takes no room while there is none."""

    notice: var[Notice | None] = var(None)
    """What to show; None hides the line."""

    def on_mount(self) -> None:
        """Start hidden."""
        self.display = self.notice is not None

    def watch_notice(self, notice: Notice | None) -> None:
        """Draw the notice."""
        self.display = notice is not None
        if notice is None:
            return
        self.set_class(notice.kind == "error", "-error")
        sentence = sanitize(notice.text, 400)
        end = "" if sentence.endswith(("…", ".")) else "."
        self.update(Content(f"{sentence[:1].upper()}{sentence[1:]}{end} {notice.hint}".rstrip()))
