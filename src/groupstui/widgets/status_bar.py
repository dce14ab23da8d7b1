"""The top line: the instance, the user, and when the data was read."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from rich.cells import cell_len
from textual.content import Content
from textual.reactive import reactive
from textual.style import Style
from textual.widget import Widget

from ..text import sanitize
from ..times import local_minute, weekday_clock, zone_of
from .table_layout import fit_text

PROGRAM = "groupstui"


class StatusBar(Widget):
    """Shows the program's name, the instance, the user, and the age of the data."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"status-bar--program", "status-bar--muted", "status-bar--band"}

    instance: reactive[str] = reactive("")
    """The host of the instance."""
    user: reactive[str] = reactive("")
    """The name of the token's user; empty while unknown."""
    as_of: reactive[datetime | None] = reactive(None)
    """When the page on the screen was read; None before the first page."""
    from_history: reactive[bool] = reactive(False)
    """Whether the page comes from a snapshot of an earlier run."""
    progress: reactive[str] = reactive("")
    """What is being read in the background; empty if nothing is."""
    live: reactive[str] = reactive("")
    """How often everything is read again, such as `5m`; empty if it is not."""
    stale: reactive[bool] = reactive(False)
    """Whether the last attempt to read the page again has failed."""
    is_past: reactive[bool] = reactive(False)
    """Whether the instance is shown as it was."""

    def render(self) -> Content:
        """Draw the line; if there is too little room, the names are cut, not the age."""
        right = age(self.as_of, with_date=self.from_history or self.is_past)
        if self.as_of is not None:
            right = f"{right} {zone_of(self.as_of)}"
        if self.is_past:
            return self._band(right.upper())
        if self.stale:
            right = f"STALE {right}"
        elif self.from_history and not self.progress:
            right = right.replace("as of", "from the snapshot of")
        elif self.progress:
            right = f"{self.progress} · {right}"
        if self.live:
            right = f"live {self.live} · {right}"
        names = "  ".join(filter(None, (sanitize(self.instance), sanitize(self.user))))
        program = f" {PROGRAM}  "
        room = max(0, self.size.width - cell_len(program) - cell_len(right) - 2)
        return Content.assemble(
            (program, self.get_visual_style("status-bar--program")),
            fit_text(names, room),
            " ",
            (
                right,
                self._band_style if self.stale else self.get_visual_style("status-bar--muted"),
            ),
            " ",
        )

    def _band(self, time: str) -> Content:
        """Draw the line of the past: a band that shows its time, and the instance before anything else."""
        instance, user = sanitize(self.instance), sanitize(self.user)
        left = instance
        for longer in (f"{PROGRAM}  {instance}", f"{PROGRAM}  {instance}  {user}"):
            if cell_len(f" {longer}  {time} ") <= self.size.width:
                left = longer
        room = max(0, self.size.width - cell_len(time) - 4)
        line = f" {fit_text(left, room)}  {time} "
        return Content.styled(line, self._band_style)

    @property
    def _band_style(self) -> Style:
        """The style of what must not be overlooked, also without colors."""
        # Textual leaves `reverse` out of the visual style of a component class.
        return self.get_visual_style("status-bar--band") + Style(reverse=True)


def age(time: datetime | None, *, with_date: bool = False) -> str:
    """Return a local time as `as of Mon 14:02:11`, or an empty string for None.

    With the date, as in `as of 2026-11-16 14:02`, for times that may be long ago.
    """
    if time is None:
        return ""
    return f"as of {local_minute(time) if with_date else weekday_clock(time)}"
