"""The palette: every group, user and command by name."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Input

from ..directory.directory import Directory
from ..directory.models import Group, User
from ..directory.search import SearchIndex
from ..text import pluralize
from ..widgets.commands import Command
from ..widgets.key_footer import KeyFooter
from ..widgets.table import Column, Table
from .base import Dialog

Choice = Command | Group | User

MAX_CHOICES = 200
"""The number of rows that are offered; to see others, type another letter."""

CURSOR_KEYS = {"up": "up", "down": "down", "pageup": "page_up", "pagedown": "page_down"}
"""The keys that the input leaves to the table, and the names of their actions."""


class PaletteDialog(Dialog[Choice]):
    """Offers what matches while the user types, best first; the result is the choice.

    Textual's own palette shows a spinner while it searches. This one uses the indexes of the directory,
    which find a name among 100,000 between two frames.
    """

    def __init__(
        self,
        commands: Sequence[Command],
        directory: Directory,
        text: str = "",
        *,
        on_email: Callable[[], None],
    ) -> None:
        super().__init__()
        self._commands = commands
        # Negative ids, because nobody searches a command by its number.
        by_id = dict(enumerate(commands, -len(commands)))
        self._command_index = SearchIndex(
            "command", by_id, names=lambda id: (by_id[id].text,), item=by_id.__getitem__
        )
        self._directory = directory
        self._input = Input(text, placeholder="a group, a user, or a command", compact=True)
        self._input.cursor_blink = False
        self._on_email = on_email
        """Called when the text looks like an e-mail address."""
        self._table: Table[Choice] = Table(COLUMNS, identity=_identity)

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog") as box:
            box.border_title = "Go to"
            yield self._input
            yield self._table
            yield KeyFooter()

    def on_mount(self) -> None:
        self._table.can_focus = False
        self._table.empty = "No matches."
        self._offer(self._input.value)

    def update_directory(self, directory: Directory) -> None:
        self._directory = directory
        self._offer(self._input.value, keep=True)

    def _offer(self, text: str, *, keep: bool = False) -> None:
        directory = self._directory
        extent = "" if directory.users_complete else "users in no group are not loaded"
        if not directory.complete:
            extent = f"{directory.group_count:,} of {pluralize(directory.total or 0, 'group')} loaded"
        self.box.border_subtitle = extent
        if "@" in text:
            self._on_email()
        choices: list[Choice] = list(self._commands)
        if text.strip():
            ranked: list[tuple[int, Choice]] = [
                *self._command_index.ranked(text, MAX_CHOICES),
                *directory.group_index.ranked(text, MAX_CHOICES),
                *directory.user_index.ranked(text, MAX_CHOICES),
            ]
            # Sorting is stable: with equal ranks, commands come first, then groups, then users.
            ranked.sort(key=lambda hit: hit[0])
            choices = [choice for _, choice in ranked[:MAX_CHOICES]]
        self._table.show(choices, keep=keep)

    @on(Input.Changed)
    def _changed(self, event: Input.Changed) -> None:
        event.stop()
        self._offer(event.value)

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        if (choice := self._table.current) is not None:
            self.dismiss(choice)

    @on(Table.Selected)
    def _selected(self, event: Table.Selected[Choice]) -> None:
        event.stop()
        self.dismiss(event.row)

    async def on_key(self, event: events.Key) -> None:
        """Move the cursor of the table while the input has the focus."""
        if (action := CURSOR_KEYS.get(event.key)) is not None:
            event.stop()
            await self._table.run_action(action)


def _identity(choice: Choice) -> tuple[str, object]:
    if isinstance(choice, Command):
        return choice.id, choice.text
    return type(choice).__name__, choice.id


def _name(choice: Choice) -> str:
    match choice:
        case Command():
            return choice.text
        case Group():
            return choice.name
        case User():
            return choice.label


def _key_or_id(choice: Choice) -> str:
    match choice:
        case Command():
            return " ".join(choice.keys)
        case Group():
            return f"group #{choice.id}"
        case User():
            return f"user #{choice.id}"


COLUMNS: tuple[Column[Choice], ...] = (
    Column("name", "Name", _name),
    Column("key", "Key or id", _key_or_id, width=14),
)
