"""The line above the footer: an error with its remedy, or what is going on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Literal

from rich.cells import cell_len, set_cell_size
from textual.content import Content
from textual.geometry import Size
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
"""The length to which the detail of a notice is cut; with less room, the notice takes several lines."""

MAX_LINES = 3
"""The lines of a notice if the styles set no limit."""

NoticeKind = Literal["info", "caution", "news", "warning", "cooldown", "progress", "incomplete", "error"]
"""What a notice is about, which decides when it ends:

- `info` answers a key: with the next key, or after a while
- `caution` answers a key that did not do all that was asked for: with the next key
- `news` is not asked for: after a while
- `warning` is not asked for and needs attention: after a longer while
- `cooldown` and `progress` are about something that is going on: with that
- `incomplete` is about data that lacks something: when a crawl is complete
- `error` is about a failed request: when a request succeeds
"""

ANSWERS: tuple[NoticeKind, ...] = ("info", "caution")
"""The kinds that end with the next key, as they answer the one before."""

DISMISSIBLE: tuple[NoticeKind, ...] = ("warning", "incomplete", "error")
"""The kinds that may stay for long, so that escape removes them."""

RANKS: dict[NoticeKind, int] = {
    "info": 0,
    "caution": 0,
    "news": 0,
    "warning": 1,
    "cooldown": 2,
    "progress": 3,
    "error": 3,
    "incomplete": 4,
}
"""How long notices stay, compared with others: a notice returns when one of a lower rank has ended."""


@dataclass(frozen=True, slots=True)
class Notice:
    """A message for the user."""

    text: str
    hint: str = ""
    """What the user can do; a whole sentence."""
    kind: NoticeKind = "info"
    detail: str = ""
    """The part of the text, such as a name or a path, that is cut in its middle if the text is too long."""

    @property
    def rank(self) -> int:
        """How long it stays, compared with other notices."""
        return RANKS[self.kind]


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
        kind = None if notice is None else notice.kind
        self.set_class(kind in ("caution", "warning", "incomplete"), "-warning")
        self.set_class(kind == "error", "-error")

    def render(self) -> Content:
        return self._content(self.content_size.width)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """Return the lines of the notice at a width, which decides what is cut."""
        return self._content(width).get_height({}, width) if width else 0

    def _content(self, width: int) -> Content:
        """Return what is drawn in lines of this width: one line, if cutting the detail is enough for that."""
        if self.notice is None:
            *way, here = fit_path(self.path, width) or [""]
            muted = self.get_visual_style("notice-bar--path")
            return Content.assemble(("".join(f"{part} › " for part in way), muted), here)
        text, hint = _with_cut_detail(self.notice, width), _hint(self.notice)
        content = Content(text + hint)
        max_height = self.styles.max_height
        lines = (max_height.cells if max_height is not None else None) or MAX_LINES
        room = lines * width - cell_len(hint)
        while content.get_height({}, width) > lines and room > MIN_DETAIL_CELLS:
            content = Content(fit_text(text, room) + hint)
            room -= MIN_DETAIL_CELLS  # lines break between words, so that their ends may be empty
        return content


def _hint(notice: Notice) -> str:
    return f" {notice.hint}" if notice.hint else ""


def _with_cut_detail(notice: Notice, width: int) -> str:
    """Return the text, safe to show, with the detail cut if the notice fits into one line then."""
    text, detail = (sanitize(each, MAX_NOTICE_CHARS) for each in (notice.text, notice.detail))
    text += "" if text.endswith((ELLIPSIS, ".")) else "."
    excess = cell_len(text + _hint(notice)) - width
    kept = cell_len(detail) - excess
    if excess > 0 and detail in text and kept >= MIN_DETAIL_CELLS:
        return text.replace(detail, _cut_in_the_middle(detail, kept))
    return text


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
