"""Browsing by numbered lines: what is said, and what a typed line means. Pure; `browse` reads and prints."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace

from ..directory.directory import Directory, Group, User
from ..text import fold, pluralize, sanitize

AT_ONCE = 20
"""Lines of a list that are said before somebody asks for more."""

HELP = (
    "A number opens that line of the list.",
    "n: next lines. p: previous lines. g 3: page 3.",
    "A name, or a part of one, finds groups and users; /n finds what is called n.",
    "b: back. l: the list of all groups. s there: sort by name, by members, or as the site does.",
    "r: read the site again. ?: these words. q: quit.",
)

ORDERS = ("as the site gives them", "by name", "by members, most first")


@dataclass(frozen=True, slots=True)
class View:
    """A list that somebody is looking at."""

    title: str
    items: Sequence[Group | User]
    page: int = 1
    """Counted from 1."""
    facts: tuple[str, ...] = ()
    """What is said once, when the list is opened."""

    @property
    def last_page(self) -> int:
        """The number of pages; one, where there is nothing."""
        return max(1, -(-len(self.items) // AT_ONCE))


class PlainBrowser:
    """What somebody looks at, and where they were before."""

    def __init__(self, directory: Directory) -> None:
        """Begin at the list of all groups.

        Args:
            directory: The site.
        """
        self._directory = directory
        self._order = 0
        self._views = [self._all_groups()]

    def read_again(self, directory: Directory) -> list[str]:
        """Take another reading, and begin anew."""
        self._directory = directory
        self._views = [self._all_groups()]
        return self.opened()

    def opened(self) -> list[str]:
        """Say what is looked at, from its title on."""
        view = self._views[-1]
        return [view.title, *view.facts, *self._page()]

    def answer(self, line: str) -> list[str]:
        """Do what a typed line means, and give what is to be said.

        What the lines `q` and `r` mean is for who reads and prints to do.
        """
        word, _, rest = line.strip().partition(" ")
        match word:
            case "":
                return self._page()
            case "?" | "help":
                return list(HELP)
            case "n":
                return self._turn(self._views[-1].page + 1, "This is the end of the list.")
            case "p":
                return self._turn(self._views[-1].page - 1, "This is the beginning of the list.")
            case "g" if rest.isdecimal():
                return self._turn(int(rest), f"There is no page {rest}.")
            case "b":
                return self._back()
            case "l":
                self._views = [self._all_groups()]
                return self.opened()
            case "s" if not rest:
                return self._sort()
            case _ if word.isdecimal() and not rest:
                return self._open_line(int(word))
            case _:
                return self._find(line.strip().removeprefix("/").strip())

    def open(self, name: str) -> list[str]:
        """Open the group or the user of a name or an id, or all that fit."""
        for index in (self._directory.group_index, self._directory.user_index):
            with suppress(LookupError):
                return self._open(index.find(name))
        return self._find(name)

    def _page(self) -> list[str]:
        view = self._views[-1]
        first = (view.page - 1) * AT_ONCE
        shown = view.items[first : first + AT_ONCE]
        same = Counter(map(self._line, view.items))
        lines = [
            f"{place}. {self._line(item)}{f', number {item.id}' if same[self._line(item)] > 1 else ''}"
            for place, item in enumerate(shown, first + 1)
        ]
        if view.last_page > 1:
            total = f"{len(view.items):,}"
            lines.append(
                f"Page {view.page} of {view.last_page}, lines {first + 1} to {first + len(shown)} of {total}."
            )
        return lines or ["Nothing is in this list."]

    def _line(self, item: Group | User) -> str:
        if isinstance(item, Group):
            return f"{sanitize(item.name) or '(no name)'}, {pluralize(len(item.members), 'member')}"
        return sanitize(item.label)

    def _turn(self, page: int, otherwise: str) -> list[str]:
        view = self._views[-1]
        if not 1 <= page <= view.last_page:
            return [otherwise]
        self._views[-1] = replace(view, page=page)
        return self._page()

    def _back(self) -> list[str]:
        if len(self._views) == 1:
            return ["This is where you began. q quits."]
        self._views.pop()
        return self.opened()

    def _sort(self) -> list[str]:
        if len(self._views) > 1:
            return ["s sorts the list of all groups: l goes there."]
        self._order = (self._order + 1) % len(ORDERS)
        self._views = [self._all_groups()]
        return [f"Sorted {ORDERS[self._order]}.", *self.opened()]

    def _open_line(self, place: int) -> list[str]:
        items = self._views[-1].items
        if not 1 <= place <= len(items):
            return [
                f"There is no line {place}: the list has {pluralize(len(items), 'line')}. "
                f"/{place} finds a name."
            ]
        return self._open(items[place - 1])

    def _open(self, item: Group | User) -> list[str]:
        self._views.append(self._group(item) if isinstance(item, Group) else self._user(item))
        return self.opened()

    def _find(self, text: str) -> list[str]:
        directory = self._directory
        found: list[Group | User] = [
            *directory.group_index.search(text),
            *directory.user_index.search(text),
        ]
        if not found:
            return [f"Nothing is called {sanitize(text)}. ? says what can be typed."]
        if len(found) == 1:
            return self._open(found[0])
        self._views.append(
            View(f"{sanitize(text)} fits {pluralize(len(found), 'line')}: groups, then users.", found)
        )
        return self.opened()

    # Views

    def _all_groups(self) -> View:
        groups = list(self._directory.groups)
        if self._order == 1:
            groups.sort(key=lambda group: (fold(group.name), group.id))
        elif self._order == 2:
            groups.sort(key=lambda group: -len(group.members))
        missing = () if self._directory.complete else ("Some may be missing: the site changed meanwhile.",)
        return View(f"All groups, {len(groups):,}.", groups, facts=missing)

    def _group(self, group: Group) -> View:
        members = sorted(self._directory.members(group), key=lambda each: (fold(each.label), each.id))
        name = sanitize(group.name) or "(no name)"
        return View(f"Group {name}, number {group.id}, {pluralize(len(members), 'member')}.", members)

    def _user(self, user: User) -> View:
        groups = self._directory.groups_of(user.id)
        where = pluralize(len(groups), "group")
        return View(f"User {sanitize(user.label)}, number {user.id}, in {where}.", groups)
