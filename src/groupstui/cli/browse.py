"""Browse by numbered lines: for screen readers, simple terminals and recordings."""

from __future__ import annotations

import re
import sys
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from math import ceil

from ..directory.directory import Directory
from ..directory.models import Group, User
from ..errors import MatchError, TestmoError, UsageError, shown
from ..exit_codes import ExitCode
from ..output.records import as_of
from ..text import fold, pluralize, sanitize
from ..times import utc_minute
from .context import Context

PROMPT = "> "

NUMBER = re.compile("[0-9]{1,9}")
"""The number of a line or page; a longer one is searched."""

MAX_LINE_CHARS = 100_000
"""The longest line that is read: any name, but not an endless device."""

PAGE_LINES = 20
"""Lines of a list that are printed at a time."""

ANY_USER = ("",)
"""What is matched to users: any text that is typed later."""

HELP = (
    "A number opens that line of the list.",
    "n: next page. p: previous page. g 3: page 3.",
    "A name opens that group or user, and a part of one lists all that match; /n lists those with n.",
    "b: back. l: list of all groups. s: sort that list by name, by members, or in Testmo's order.",
    "r: read the groups again. ?: help. q: quit.",
)

SORT_ORDERS = ("in Testmo's order", "by name", "by members, most first")


async def browse(context: Context) -> ExitCode:
    """Read the groups, then answer lines from stdin until the end of the input.

    Raises:
        TestmoError: If the groups cannot be read at the start; a later failure is only reported.
    """
    context.show_progress = False  # only whole lines are printed
    interactive = sys.stdin.isatty()
    if interactive:
        _print(["Reading the groups."])
    reading = await context.read(match=ANY_USER)
    browser = PlainBrowser(reading.directory)
    _print([f"{context.instance.name}, as of {utc_minute(as_of(reading.directory))}."])
    if unread := reading.unread_users:
        _print([f"{unread[0].upper()}{unread[1:]} are not listed: {reading.reason}."])
    name = context.options.name
    _print(browser.open(name) if name else browser.view())
    if interactive:
        _print(["Type a number, a name, or ? for help."])
    await context.save_history()
    while line := _read_line(PROMPT if interactive else ""):
        match line.strip():
            case "q" | "quit" | "exit":
                break
            case "r":
                try:
                    _print(browser.reload((await context.read(match=ANY_USER)).directory))
                    await context.save_history()
                except TestmoError as error:
                    _print([error.full, "The groups that were read before are still shown."])
            case _:
                _print(browser.answer(line))
    return ExitCode.OK


def _read_line(prompt: str) -> str:
    """Return a line with its line break; an empty text at the end of the input.

    This blocks the event loop, in which nothing else runs meanwhile, so that ctrl+c interrupts it.
    """
    sys.stdout.write(prompt)
    sys.stdout.flush()
    try:
        line = sys.stdin.readline(MAX_LINE_CHARS + 1)
    except OSError as error:
        raise UsageError(f"cannot read stdin: {error.strerror}") from None
    if len(line) > MAX_LINE_CHARS:
        raise UsageError(f"cannot read stdin: a line is longer than {MAX_LINE_CHARS:,} characters")
    return line


def _print(lines: list[str]) -> None:
    sys.stdout.writelines(f"{line}\n" for line in lines)
    sys.stdout.flush()


@dataclass(frozen=True, slots=True)
class View:
    """A list of groups or users, and the page that is shown."""

    title: str
    items: Sequence[Group | User]
    page: int = 1
    """Counted from 1."""
    notes: tuple[str, ...] = ()
    """Lines after the title."""

    @property
    def last_page(self) -> int:
        """The number of pages; an empty list has one."""
        return max(1, ceil(len(self.items) / PAGE_LINES))


class PlainBrowser:
    """The view and the views before it. Returns lines to print; reads and prints nothing."""

    def __init__(self, directory: Directory) -> None:
        self._order = 0
        self.reload(directory)

    def reload(self, directory: Directory) -> list[str]:
        """Replace the directory, and start again with the list of all groups."""
        self._directory = directory
        return self._list_groups()

    def view(self) -> list[str]:
        """Return the current view: its title, notes and page."""
        view = self._views[-1]
        return [view.title, *view.notes, *self._page()]

    def answer(self, line: str) -> list[str]:
        """Run a typed command, except `q` and `r`, and return the lines to print."""
        word, _, rest = line.strip().partition(" ")
        match word:
            case "":
                return self._page()
            case "?" | "help":
                return list(HELP)
            case "n":
                return self._turn(self._views[-1].page + 1, "This is the end of the list.")
            case "p":
                return self._turn(self._views[-1].page - 1, "This is the start of the list.")
            case "g" if rest.isdecimal():
                page = int(rest) if NUMBER.fullmatch(rest) else 0
                return self._turn(page, f"There is no page {shown(rest)}.")
            case "b":
                return self._back()
            case "l":
                return self._list_groups()
            case "s" if not rest:
                return self._sort()
            case _ if NUMBER.fullmatch(word) and not rest:
                return self._open_line(int(word))
            case _ if word.startswith("/"):
                return self._find(line.strip().removeprefix("/").strip())
            case _:
                with suppress(MatchError):
                    return self._open(self._directory.find(line, exact=True))
                return self._find(line.strip())

    def open(self, name: str) -> list[str]:
        """Open the group or user with a name or id, or list all that match."""
        try:
            return self._open(self._directory.find(name))
        except MatchError:
            return self._find(name)

    # Commands

    def _turn(self, page: int, otherwise: str) -> list[str]:
        view = self._views[-1]
        if not 1 <= page <= view.last_page:
            return [otherwise]
        self._views[-1] = replace(view, page=page)
        return self._page()

    def _back(self) -> list[str]:
        if len(self._views) == 1:
            return ["This is the first view. q quits."]
        self._views.pop()
        return self.view()

    def _sort(self) -> list[str]:
        if len(self._views) > 1:
            return ["s sorts the list of all groups; l opens it."]
        self._order = (self._order + 1) % len(SORT_ORDERS)
        return [f"Sorted {SORT_ORDERS[self._order]}.", *self._list_groups()]

    def _open_line(self, number: int) -> list[str]:
        items = self._views[-1].items
        if not 1 <= number <= len(items):
            lines = pluralize(len(items), "line")
            return [f"There is no line {number}: the list has {lines}. /{number} finds a name."]
        return self._open(items[number - 1])

    def _open(self, item: Group | User) -> list[str]:
        self._views.append(self._group(item) if isinstance(item, Group) else self._user(item))
        return self.view()

    def _find(self, text: str) -> list[str]:
        directory = self._directory
        found: list[Group | User] = [
            *directory.group_index.search(text),
            *directory.user_index.search(text),
        ]
        if not found:
            no_match = f"No match for {shown(text)}."
            found = [*directory.group_index.similar(text), *directory.user_index.similar(text)]
            if not found:
                return [f"{no_match} ? prints help."]
            self._views.append(View(f"{no_match} Similar names:", found))
            return self.view()
        if len(found) == 1:
            with suppress(MatchError):  # a part of an id or an address is not enough
                return self._open(directory.find(text))
        matches = pluralize(len(found), "match", "matches")
        self._views.append(View(f"{matches} for {shown(text)}: groups, then users.", found))
        return self.view()

    # Views

    def _list_groups(self) -> list[str]:
        groups = list(self._directory.groups)
        if self._order == 1:
            groups.sort(key=lambda group: (fold(group.name), group.id))
        elif self._order == 2:
            groups.sort(key=lambda group: -len(group.members))
        incomplete = "Groups may be missing: the instance changed while it was read."
        notes = () if self._directory.complete else (incomplete,)
        self._views = [View(f"All groups, {len(groups):,}.", groups, notes=notes)]
        return self.view()

    def _group(self, group: Group) -> View:
        members = sorted(self._directory.members(group), key=lambda user: (fold(user.label), user.id))
        return View(f"Group {_name(group)}, id {group.id}, {pluralize(len(members), 'member')}.", members)

    def _user(self, user: User) -> View:
        groups = self._directory.groups_of(user.id)
        count = pluralize(len(groups), "group")
        return View(f"User {sanitize(user.label)}, id {user.id}, in {count}.", groups)

    def _page(self) -> list[str]:
        view = self._views[-1]
        start = (view.page - 1) * PAGE_LINES
        shown = view.items[start : start + PAGE_LINES]
        names = Counter(map(_name, view.items))
        lines = [
            f"{number}. {_line(item)}{f', id {item.id}' if names[_name(item)] > 1 else ''}"
            for number, item in enumerate(shown, start + 1)
        ]
        if view.last_page > 1:
            place = f"lines {start + 1} to {start + len(shown)} of {len(view.items):,}"
            lines.append(f"Page {view.page} of {view.last_page}, {place}.")
        return lines or ["The list is empty."]


def _name(item: Group | User) -> str:
    """Return the name in a line; lines with the same name get an id."""
    return sanitize(item.label)


def _line(item: Group | User) -> str:
    members = f", {pluralize(len(item.members), 'member')}" if isinstance(item, Group) else ""
    return _name(item) + members
