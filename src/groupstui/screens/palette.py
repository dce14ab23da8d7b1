"""The command palette: everything that can be done, by name."""

from collections.abc import Sequence

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Input

from ..text import fold
from ..widgets.hint_bar import HintBar
from ..widgets.table import Column, Table
from .commands import Command
from .dialog import Dialog

COLUMNS: tuple[Column[Command], ...] = (
    Column("text", "Command", lambda command: command.text),
    Column("keys", "Key", lambda command: " ".join(command.keys), width=12),
)


class PaletteDialog(Dialog[Command]):
    """Narrows the commands while a person types, and gives the one that is chosen.

    Textual's own palette paints a spinner while it searches and blinks while it waits; over a slow link this
    list is there at once and then silent.
    """

    def __init__(self, commands: Sequence[Command]) -> None:
        """Make the dialog.

        Args:
            commands: What can be chosen.
        """
        super().__init__()
        self._commands = commands

    def compose(self) -> ComposeResult:
        """Show a field and a table."""
        with Vertical(classes="dialog") as box:
            box.border_title = "Commands"
            field = Input(placeholder="type to find a command", compact=True)
            field.cursor_blink = False
            yield field
            yield Table[Command](COLUMNS, identity=lambda command: (command.id, command.text))
            yield HintBar()

    def on_mount(self) -> None:
        """Show all commands; the field keeps the focus."""
        table = self.query_one(Table)
        table.can_focus = False
        table.empty = "No command has these words."
        table.show(self._commands)

    @on(Input.Changed)
    def _changed(self, event: Input.Changed) -> None:
        event.stop()
        words = fold(event.value).split()
        fitting = [command for command in self._commands if all(word in fold(command.text) for word in words)]
        self.query_one(Table).show(fitting, keep=False)

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        if (command := self.query_one(Table).current) is not None:
            self.dismiss(command)

    @on(Table.Selected)
    def _selected(self, event: Table.Selected[Command]) -> None:
        event.stop()
        self.dismiss(event.row)

    def on_key(self, event: events.Key) -> None:
        """Hand the keys that move a cursor to the table: the field has no use for them."""
        move = {"up": "up", "down": "down", "pageup": "page_up", "pagedown": "page_down"}.get(event.key)
        if move is not None:
            event.stop()
            getattr(self.query_one(Table), f"action_{move}")()
