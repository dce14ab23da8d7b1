"""The dialog that lists the keys."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import ClassVar

from textual import getters
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Static

from ..widgets.commands import Command
from ..widgets.key_footer import KeyFooter
from .base import Dialog

SECTIONS = {
    "move": "Move",
    "table": "Lists",
    "view": "View",
    "analyse": "Analyse",
    "compare": "Compare",
    "audit": "Audit",
    "changes": "Changes",
    "page": "Pages",
    "copy": "Copy & export",
    "load": "Load",
    "instance": "Instances",
    "login": "Sign in",
    "dialog": "Dialog",
    "app": "Application",
}
"""The titles of the sections in their order, by the first word of a binding's id."""

KEYS_WIDTH = 18
"""The width of the column of keys in cells."""


class HelpDialog(Dialog[None]):
    """Lists the keys of the screen below, and the commands that only the palette offers."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("question_mark,q,f1", "close", "close", show=False, id="help.close"),
        Binding("j", "scroll('down')", show=False),
        Binding("k", "scroll('up')", show=False),
        Binding("g", "scroll('home')", show=False),
        Binding("G", "scroll('end')", show=False),
    ]

    body = getters.query_one(VerticalScroll)

    def __init__(self, commands: Sequence[Command]) -> None:
        super().__init__()
        self._commands = commands

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog -tall") as box:
            box.border_title = "Keys"
            with VerticalScroll():
                yield Static(self._text())
            yield KeyFooter()

    async def action_scroll(self, to: str) -> None:
        """Scroll `up` or `down` by a line, or to `home` or `end`."""
        await self.body.run_action(f"scroll_{to}")

    def _text(self) -> Content:
        order = list(SECTIONS)
        commands = [command for command in self._commands if command.section in SECTIONS]
        commands.sort(key=lambda command: order.index(command.section))
        lines: list[Content] = []
        for section, group in groupby(commands, key=lambda command: command.section):
            lines += [Content(""), Content.styled(SECTIONS[section], "bold underline")]
            for command in group:
                keys = " ".join(command.keys) or ": then its name"
                lines.append(Content.assemble((f"{keys:<{KEYS_WIDTH}}", "bold"), command.text))
        lines += [Content(""), Content("The palette (:) also changes the theme.")]
        return Content("\n").join(lines[1:])
