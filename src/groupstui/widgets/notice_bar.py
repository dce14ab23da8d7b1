"""The line above the footer: an error with its remedy, or what is going on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Literal

from rich.cells import cell_len, set_cell_size
from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget
from textual.worker import Worker, WorkerState

from ..text import sanitize
from ..times import local_clock
from .table_layout import ELLIPSIS, fit_text

MAX_NOTICE_CHARS = 400

MIN_PART_CELLS = 4
"""The length to which a part of a path is cut."""

MIN_DETAIL_CELLS = 8
"""The length to which the detail of a notice is cut; with less room, the end of the notice is."""

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
    detail: str = ""
    """The part of the text, such as a name or a path, that is cut in its middle if the text is too long."""


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
    """Shows one notice, or else where the user is; hidden if there is neither."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"notice-bar--path"}

    notice: reactive[Notice | None] = reactive(None, layout=True)
    """The notice to show."""
    path: reactive[tuple[str, ...]] = reactive(())
    """Where the user is, such as `("groups", "QA", "Ada Lovelace")`."""

    def watch_path(self) -> None:
        self.set_class(self.notice is not None or bool(self.path), "-shown")

    def watch_notice(self, notice: Notice | None) -> None:
        self.set_class(notice is not None or bool(self.path), "-shown")
        for kind in LASTING:
            self.set_class(notice is not None and notice.kind == kind, f"-{kind}")

    def render(self) -> Content:
        """Draw the notice; if it has only one line, the text is cut, not the hint."""
        notice = self.notice
        if notice is None:
            *way, here = fit_path(self.path, self.content_size.width) or [""]
            muted = self.get_visual_style("notice-bar--path")
            return Content.assemble(("".join(f"{part} › " for part in way), muted), here)
        text = sanitize(notice.text, MAX_NOTICE_CHARS)
        hint = f" {notice.hint}" if notice.hint else ""
        text += "" if text.endswith((ELLIPSIS, ".")) else "."
        room = self.content_size.width - cell_len(hint)
        if not self.styles.is_auto_height and cell_len(text) > room > 0:
            excess = cell_len(text) - room
            kept = cell_len(notice.detail) - excess
            if notice.detail in text and kept >= MIN_DETAIL_CELLS:
                text = text.replace(notice.detail, _cut_in_the_middle(notice.detail, kept))
            text = fit_text(text, room)
        return Content(text + hint)


def _cut_in_the_middle(text: str, width: int) -> str:
    """Return a text of exactly `width` cells: the ends of names and paths differ most."""
    start = width // 4
    end = set_cell_size(text[::-1], width - start - 1)[::-1]
    return f"{set_cell_size(text, start)}{ELLIPSIS}{end}"


def fit_path(path: Sequence[str], width: int) -> list[str]:
    """Return the parts of a path, safe to show; if they are too long, the first ones are cut first."""
    parts = [sanitize(part) for part in path]
    excess = sum(cell_len(part) for part in parts) + 3 * max(0, len(parts) - 1) - width
    for place, part in enumerate(parts):
        if excess <= 0:
            break
        length = cell_len(part)
        kept = max(min(MIN_PART_CELLS, length), length - excess)
        parts[place] = fit_text(part, kept)
        excess -= length - kept
    return parts
