"""The palette: every group, user and command by name."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from typing import TypeGuard

from textual import events, on, work
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Input

from ..directory.directory import Directory
from ..directory.models import Group, User
from ..directory.search import WORD_PREFIX_RANK, SearchIndex
from ..text import fold
from ..widgets.commands import SECTIONS, Command
from ..widgets.key_footer import KeyFooter
from ..widgets.table import CURSOR_KEYS, Column, Table
from .base import Dialog

Choice = Command | Group | User

MAX_CHOICES = 200
"""The number of rows that are offered; to see others, type another letter."""

MAX_KEYS = 2
"""The number of keys that are shown of a command."""

KEY_WIDTH = 12
"""The cells for a key, an id, or a word that means a command."""

PREVIEW_SETTLE_SECONDS = 0.1
"""How long the cursor has to rest on a theme until the screen shows it: all of it is drawn again."""

USERS, GROUPS, COMMANDS = PREFIXES = "@#>"
"""First characters that limit the search to one kind."""

PROGRAM = "groupstui"
"""The name of the program, which is not searched in commands: `groups` is a part of it."""

CURRENT = "✓"
"""Marks what is already set."""


@dataclass(frozen=True, slots=True)
class Heading:
    """A row that names the kind of the rows below it."""

    text: str


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
        recent: Sequence[Group | User] = (),
        on_email: Callable[[], None],
    ) -> None:
        """Create a palette.

        Args:
            commands: The commands; of those with an argument, one for each of its values is offered.
            directory: The groups and users.
            text: The text to begin with.
            recent: The groups and users that were visited, the last one first.
            on_email: Called when the text looks like an e-mail address.
        """
        super().__init__()
        self._takes_number = [
            command
            for command in commands
            if command.argument and not command.values and not command.free_text
        ]
        self._takes_value = [command for command in commands if command.values]
        self._takes_text = [command for command in commands if command.free_text]
        self._commands = list(_with_values(commands))
        # Negative ids, because nobody searches a command by its number.
        by_id = dict(enumerate(self._commands, -len(self._commands)))
        self._command_index = SearchIndex(
            "command",
            by_id,
            names=lambda id: (by_id[id].text.replace(PROGRAM, ""), *by_id[id].aliases),
            item=lambda id: (id, by_id[id]),
        )
        self._directory = directory
        self._recent = recent
        self._input = Input(
            text,
            placeholder="name, id or command · @ only users · # only groups · > only commands",
            select_on_focus=text not in PREFIXES,
            compact=True,
        )
        self._input.cursor_blink = False
        self._on_email = on_email
        self._table: Table[Choice | Heading] = Table(
            COLUMNS, identity=_identity, muted=lambda row: isinstance(row, Heading), sortable=False
        )
        self._theme = ""
        """The theme to return to after a preview."""

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog") as box:
            box.border_title = "Go to"
            yield self._input
            yield self._table
            yield KeyFooter()

    def on_mount(self) -> None:
        self._theme = self.app.theme
        self._table.can_focus = False
        self._offer(self._input.value)

    def update_directory(self, directory: Directory) -> None:
        self._directory = directory
        self._offer(self._input.value, keep=True)

    # What is offered

    def _offer(self, text: str, *, keep: bool = False) -> None:
        directory = self._directory
        extent = "" if directory.users_complete else "users in no group are not loaded"
        if not directory.complete:
            extent = directory.extent
        self.box.border_subtitle = extent
        text = text.strip()
        if "@" in text[1:]:
            self._on_email()
        kind = text[:1] if text[:1] in PREFIXES else ""
        wanted = text.removeprefix(kind).strip()
        self._table.empty = "No matches."
        rows = self._matches(wanted, kind) if wanted else self._without_text(kind)
        self._table.show(rows, query=wanted, ranked=True, keep=keep)
        if not keep:
            self._skip_heading(1)

    def _without_text(self, kind: str) -> list[Choice | Heading]:
        """Return what can be chosen before anything is typed, under headings: recent places first."""
        parts: list[tuple[str, Sequence[Choice]]] = []
        if kind in ("", GROUPS):
            parts.append(("Recent groups", [each for each in self._recent if isinstance(each, Group)]))
        if kind in ("", USERS):
            parts.append(("Recent users", [each for each in self._recent if isinstance(each, User)]))
        if kind == GROUPS:
            parts.append(("Groups", self._directory.group_index.first(MAX_CHOICES)))
        elif kind == USERS:
            parts.append(("Users", self._directory.user_index.first(MAX_CHOICES)))
        else:
            parts += [
                (SECTIONS[section], list(commands))
                for section, commands in groupby(self._commands, key=lambda command: command.section)
            ]
        rows: list[Choice | Heading] = []
        for heading, choices in parts:
            if choices:
                rows += [Heading(heading), *choices]
        return rows

    def _matches(self, text: str, kind: str) -> list[Choice | Heading]:
        """Return what matches, best first; with equal ranks, commands come first, then groups, then users."""
        groups, users = self._directory.group_index, self._directory.user_index
        ranked: list[tuple[int, Choice]] = []
        if kind in ("", COMMANDS):
            ranked += self._matching_commands(text)
        if kind in ("", GROUPS):
            ranked += groups.ranked(text, MAX_CHOICES)
        if kind in ("", USERS):
            ranked += users.ranked(text, MAX_CHOICES)
        ranked.sort(key=itemgetter(0))
        found = self._of_typed_command(text, ranked) if kind in ("", COMMANDS) else ranked
        if not found and (problem := self._problem(text)):
            self._table.empty = problem
            return []
        if found := found or ranked:
            return [choice for _, choice in found[:MAX_CHOICES]]
        return self._misspelled(text, kind)

    def _of_typed_command(self, text: str, ranked: Sequence[tuple[int, Choice]]) -> list[tuple[int, Choice]]:
        """Return all matches, or, where an argument is offered or typed, what belongs to its command.

        That is the command with its arguments, and names that begin with the whole text: `:at` offers times,
        and a group that is called “At home”, but no other command in which these letters occur.
        """
        folded = fold(text)
        typed = {command.id for command in self._takes_value if folded in command.aliases}
        typed |= {
            command.id
            for command in (*self._takes_number, *self._takes_value, *self._takes_text)
            if any(folded.startswith(f"{alias} ") for alias in command.aliases)
        }

        def belongs(rank: int, choice: Choice) -> bool:
            if isinstance(choice, Command):
                return choice.id in typed or rank < WORD_PREFIX_RANK
            return rank <= WORD_PREFIX_RANK

        return [(rank, choice) for rank, choice in ranked if not typed or belongs(rank, choice)]

    def _typed_commands(self, text: str) -> Iterator[tuple[Command, str]]:
        """Yield the commands whose alias a text begins with, each with the argument that follows."""
        for command in self._takes_text:
            for alias in command.aliases:
                start = f"{alias} "
                value = text[len(start) :].strip() if text.lower().startswith(start) else ""
                if value:
                    yield command, value

    def _problem(self, text: str) -> str:
        """Return why the argument of a typed command cannot be used; empty if there is no such command."""
        problems = (command.problem(value) for command, value in self._typed_commands(text))
        return next(filter(None, problems), "")

    def _misspelled(self, text: str, kind: str) -> list[Choice | Heading]:
        """Return what matches if letters are wrong."""
        found: list[Choice | Heading] = []
        if kind in ("", COMMANDS):
            found += [
                command for _, command in sorted(self._command_index.misspelled(text), key=itemgetter(0))
            ]
        if kind in ("", GROUPS):
            found += self._directory.group_index.misspelled(text, MAX_CHOICES)
        if kind in ("", USERS):
            found += self._directory.user_index.misspelled(text, MAX_CHOICES)
        return found[:MAX_CHOICES]

    def _matching_commands(self, text: str) -> Iterator[tuple[int, Command]]:
        """Yield commands with their ranks; with equal ranks, in the order of their declaration.

        What a word that needs an argument can be followed by comes before all else: lists after `:list`.
        """
        words, _, number = fold(text).rpartition(" ")
        if number.isdecimal():
            for command in self._takes_number:
                if words in command.aliases:
                    yield 0, command.with_argument(number)
        for command, value in self._typed_commands(text):
            if command.values.get(value) != value and not command.problem(value):
                yield 0, command.with_argument(value)
        named = [command for command in self._takes_value if text.lower() in command.aliases]
        first = [command.with_argument(value) for command in named for value in command.values]
        yield from ((0, command) for command in first)
        for rank, (_, command) in sorted(
            self._command_index.ranked(text), key=lambda hit: (hit[0], hit[1][0])
        ):
            if command not in first:
                yield rank, command

    # Choosing

    @on(Input.Changed)
    def _changed(self, event: Input.Changed) -> None:
        event.stop()
        self._restore_theme()
        self._offer(event.value)

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self._choose(self._table.current)

    @on(Table.Selected)
    def _selected(self, event: Table.Selected[Choice | Heading]) -> None:
        event.stop()
        self._choose(event.row)

    def _choose(self, choice: Choice | Heading | None) -> None:
        if choice is None or isinstance(choice, Heading):
            return
        if not _is_theme(choice):
            self._restore_theme()
        self.dismiss(choice)

    def action_close(self) -> None:
        self._restore_theme()
        super().action_close()

    async def on_key(self, event: events.Key) -> None:
        """Move the cursor of the table while the input has the focus, and show a theme under it."""
        if (action := CURSOR_KEYS.get(event.key)) is not None:
            event.stop()
            await self._table.run_action(action)
            self._skip_heading(-1 if "up" in action else 1)
            choice = self._table.current
            self._preview(choice.value if _is_theme(choice) else self._theme)

    def _skip_heading(self, step: int) -> None:
        """Move the cursor on if it is on a heading."""
        if isinstance(self._table.current, Heading):
            self._table.cursor += step
        if isinstance(self._table.current, Heading):  # it is the first row
            self._table.cursor += 1

    @work(name="preview theme", group="preview", exclusive=True)
    async def _preview(self, theme: str) -> None:
        """Show a theme, without saving it, when the cursor has come to rest."""
        await asyncio.sleep(PREVIEW_SETTLE_SECONDS)
        self.app.theme = theme

    def _restore_theme(self) -> None:
        self.workers.cancel_group(self, "preview")
        self.app.theme = self._theme


def _with_values(commands: Iterable[Command]) -> Iterator[Command]:
    """Yield the commands, those with an argument once for each of its values."""
    for command in commands:
        if command.values:
            yield from map(command.with_argument, command.values)
        else:
            yield command


def _is_theme(choice: Choice | Heading | None) -> TypeGuard[Command]:
    return isinstance(choice, Command) and choice.id == "app.theme"


def _identity(row: Choice | Heading) -> tuple[str, object]:
    match row:
        case Command():
            return row.id, row.text
        case Heading():
            return "heading", row.text
        case _:
            return type(row).__name__, row.id


def _name(row: Choice | Heading) -> str:
    match row:
        case Command():
            return f"{row.text} {CURRENT}" if row.is_current else row.text
        case Group() | User():
            return row.label
        case Heading():
            return row.text


def _kind(row: Choice | Heading) -> str:
    return type(row).__name__.lower() if isinstance(row, Group | User) else ""


def _key_or_id(row: Choice | Heading) -> str:
    match row:
        case Command(keys=(), value="", aliases=(alias, *_)):
            return f":{alias}"
        case Command():
            return " ".join(row.keys[:MAX_KEYS])
        case Heading():
            return ""
        case _:
            return f"#{row.id}"


COLUMNS: tuple[Column[Choice | Heading], ...] = (
    Column("name", "Name", _name),
    Column("kind", "", _kind, width=lambda rows: max(map(len, map(_kind, rows)), default=0)),
    Column("key", "Key or id", _key_or_id, align="right", width=KEY_WIDTH),
)
