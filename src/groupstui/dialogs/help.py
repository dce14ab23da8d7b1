"""What the keys do."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Static

from ..screens.commands import Command
from ..widgets.key_footer import KeyFooter
from .base import Dialog

SECTIONS = {
    "move": "Move",
    "table": "Lists",
    "show": "Look",
    "look": "Look over the site",
    "compare": "Compare",
    "audit": "Audit",
    "changes": "What changed",
    "page": "Pages",
    "take": "Take along",
    "load": "Load",
    "site": "Sites",
    "dialog": "This box",
    "app": "The program",
}
"""The sections in the order of reading, by the first word of a binding's id."""

KEYS_WIDTH = 18


class HelpDialog(Dialog[None]):
    """Lists the keys of the screen below, and what only the palette offers."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("question_mark,q,f1", "close", "close", show=False, id="help.close"),
        Binding("j", "scroll('line_down')", show=False),
        Binding("k", "scroll('line_up')", show=False),
        Binding("g", "scroll('home')", show=False),
        Binding("G", "scroll('end')", show=False),
    ]

    def __init__(self, commands: Sequence[Command]) -> None:
        """Make the dialog.

        Args:
            commands: What to explain.
        """
        super().__init__()
        self._commands = commands

    def compose(self) -> ComposeResult:
        """Show one long text."""
        with Vertical(classes="dialog -tall") as box:
            box.border_title = "Keys"
            with VerticalScroll():
                yield Static(self._text())
            yield KeyFooter()

    def action_scroll(self, where: str) -> None:
        """Move by a line, or to an end."""
        text = self.query_one(VerticalScroll)
        match where:
            case "home":
                text.scroll_home(animate=False)
            case "end":
                text.scroll_end(animate=False)
            case _:
                text.scroll_relative(y=1 if where == "line_down" else -1, animate=False)

    def _text(self) -> Content:
        order = list(SECTIONS)
        known = [command for command in self._commands if command.section in SECTIONS]
        known.sort(key=lambda command: order.index(command.section))
        lines: list[Content] = []
        for section, commands in groupby(known, key=lambda command: command.section):
            lines += [Content(""), Content.styled(SECTIONS[section], "bold underline")]
            for command in commands:
                keys = " ".join(command.keys) or ": then its name"
                lines.append(Content.assemble((f"{keys:<{KEYS_WIDTH}}", "bold"), command.text))
        lines += [Content(""), Content("Themes can be chosen in the palette, too.")]
        return Content("\n").join(lines[1:])
