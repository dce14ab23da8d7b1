"""The palette: every group, every user, and everything that can be done, by name."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Input

from ..directory.directory import Directory
from ..directory.models import Group, User
from ..directory.search import SearchIndex
from ..screens.commands import Command
from ..text import pluralize
from ..widgets.key_footer import KeyFooter
from ..widgets.table import Column, Table
from .base import Dialog

Choice = Command | Group | User

MOST = 200
"""Rows that are offered: who needs more types another letter."""


class PaletteDialog(Dialog[Choice]):
    """Offers what fits while a user types, best first, and gives what is chosen.

    Textual's own palette paints a spinner while it searches and blinks while it waits; over a slow link this
    list is there at once and then silent.
    """

    def __init__(
        self,
        commands: Sequence[Command],
        directory: Directory,
        text: str = "",
        *,
        address_typed: Callable[[], None],
    ) -> None:
        """Make the dialog.

        Args:
            commands: What can be done.
            directory: The groups and users to choose from.
            text: What to search at first.
            address_typed: Called when what looks like an e-mail address is searched.
        """
        super().__init__()
        self._commands = commands
        # Below zero, for nobody means a command by its number.
        by_number = dict(enumerate(commands, -len(commands)))
        self._command_index = SearchIndex(
            "command", by_number, names=lambda number: (by_number[number].text,), item=by_number.__getitem__
        )
        self._directory = directory
        self._text = text
        self._address_typed = address_typed

    def compose(self) -> ComposeResult:
        """Show a field and a table."""
        with Vertical(classes="dialog") as box:
            box.border_title = "Go to"
            field = Input(self._text, placeholder="a group, a user, or a command", compact=True)
            field.cursor_blink = False
            yield field
            yield Table[Choice](COLUMNS, identity=_identity)
            yield KeyFooter()

    def on_mount(self) -> None:
        """Offer the commands; the field keeps the focus."""
        table = self.query_one(Table)
        table.can_focus = False
        table.empty = "Nothing has this name."
        self._offer(self._text)
        self.query_one(".dialog").border_subtitle = self._extent()

    def update_directory(self, directory: Directory) -> None:
        """Offer what is known now; the cursor stays where it is."""
        self._directory = directory
        self._offer(self.query_one(Input).value, keep=True)
        self.query_one(".dialog").border_subtitle = self._extent()

    def _extent(self) -> str:
        directory = self._directory
        if directory.complete:
            return ""
        return f"{directory.group_count:,} of {pluralize(directory.total or 0, 'group')} seen so far"

    def _offer(self, text: str, *, keep: bool = False) -> None:
        choices: list[Choice] = list(self._commands)
        if "@" in text:
            self._address_typed()
        if text.strip():
            ranked: list[tuple[int, Choice]] = [
                *self._command_index.ranked(text, MOST),
                *self._directory.group_index.ranked(text, MOST),
                *self._directory.user_index.ranked(text, MOST),
            ]
            # Sorting is stable: of what fits equally well, commands come first, then groups, then users.
            ranked.sort(key=lambda hit: hit[0])
            choices = [choice for _, choice in ranked[:MOST]]
        self.query_one(Table).show(choices, keep=keep)

    @on(Input.Changed)
    def _changed(self, event: Input.Changed) -> None:
        event.stop()
        self._offer(event.value)

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        if (choice := self.query_one(Table).current) is not None:
            self.dismiss(choice)

    @on(Table.Selected)
    def _selected(self, event: Table.Selected[Choice]) -> None:
        event.stop()
        self.dismiss(event.row)

    def on_key(self, event: events.Key) -> None:
        """Hand the keys that move a cursor to the table: the field has no use for them."""
        move = {"up": "up", "down": "down", "pageup": "page_up", "pagedown": "page_down"}.get(event.key)
        if move is not None:
            event.stop()
            getattr(self.query_one(Table), f"action_{move}")()


def _identity(choice: Choice) -> tuple[str, object]:
    if isinstance(choice, Command):
        return choice.id, choice.text
    return type(choice).__name__, choice.id


def _text(choice: Choice) -> str:
    match choice:
        case Command():
            return choice.text
        case Group():
            return choice.name
        case User():
            return choice.label


def _what(choice: Choice) -> str:
    match choice:
        case Command():
            return " ".join(choice.keys)
        case Group():
            return f"group #{choice.id}"
        case User():
            return f"user #{choice.id}"


COLUMNS: tuple[Column[Choice], ...] = (
    Column("text", "Name", _text),
    Column("what", "Key", _what, width=14),
)
