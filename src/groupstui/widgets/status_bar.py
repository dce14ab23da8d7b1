"""The top line: where, who, and as of when."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from rich.cells import cell_len, set_cell_size
from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget

from ..text import sanitize


class StatusBar(Widget):
    """Draws the program's name, the site, the user, and the age of what is on the screen."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"status-bar--program", "status-bar--stale", "status-bar--muted"}

    site: reactive[str] = reactive("")
    """The site's host."""

    user: reactive[str] = reactive("")
    """The name of the token's user; empty while unknown."""

    as_of: reactive[datetime | None] = reactive(None)
    """When the page on the screen was read; None before there is one."""

    recalled: reactive[bool] = reactive(False)
    """Whether that was another run, whose reading the history has kept."""

    progress: reactive[str] = reactive("")
    """What is being read in the background, in words."""

    stale: reactive[bool] = reactive(False)
    """Whether a later try to read it has failed."""

    def render(self) -> Content:
        """Draw the line; the age stays whole, the names give way."""
        right = moment(self.as_of, another_day=self.recalled)
        if self.stale:
            right = f"STALE {right}"
        elif self.recalled and not self.progress:
            right = f"from the history {right}"
        elif self.progress:
            right = f"{self.progress} · {right}"
        names = "  ".join(filter(None, (sanitize(self.site), sanitize(self.user))))
        program = " groupstui  "
        room = max(0, self.size.width - cell_len(program) - cell_len(right) - 2)
        return Content.assemble(
            (program, self.get_visual_style("status-bar--program")),
            set_cell_size(names, room),
            " ",
            (right, self.get_visual_style("status-bar--stale" if self.stale else "status-bar--muted")),
            " ",
        )


def moment(time: datetime | None, *, another_day: bool = False) -> str:
    """Return a time in the local zone, as `as of Mon 14:02:11`; nothing for None.

    Args:
        time: When it was.
        another_day: Whether it may be long ago: then it is given as `as of 2026-11-16 14:02`.
    """
    if time is None:
        return ""
    return f"as of {time.astimezone():{'%Y-%m-%d %H:%M' if another_day else '%a %H:%M:%S'}}"
