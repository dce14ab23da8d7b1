"""Read lists of users as they are pasted or kept in files, line by line."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Protocol

from ..errors import AmbiguousMatch, quoted
from .search import is_address
from .user_match import UserMatch

TAB, SEMICOLON, COMMA = SEPARATORS = "\t;,"
"""What separates the cells of a line; the first that it contains does."""

_MARK = re.compile(r"(?:(?:[-*+•‣◦▪–—]|[0-9]{1,4}[.)])\s+)?(?:\[[ xX]?\]\s+|[☐☑☒✓✔✗]\s*)?")
"""The mark of a list before a line, such as `- `, `12. ` or `[x] `."""

_ADDRESS = re.compile(r"[^\s<>@,;:|()\[\]\"]{1,64}@[^\s<>@,;:|()\[\]\"?]{1,255}")
"""An e-mail address anywhere in a line."""

_REMARK = re.compile(r"(?:\([^()]*\)|\[[^\[\]]*\])$")
"""What follows a name in brackets, such as ` (contractor)`."""

_PLAIN = re.compile(r"[^@;,\t\"()\[\]]*")
"""A line without anything that may separate or surround users."""


class Matcher(Protocol):
    """Returns what a text means among the users; if exact, only as a complete name, id or address."""

    def __call__(self, text: str, *, exact: bool) -> UserMatch: ...


def split_list(text: str) -> Iterator[str]:
    """Yield the entries of a list: its lines; of a line that only has e-mail addresses, each of them."""
    for line in map(str.strip, text.splitlines()):
        if line.strip(f" {SEPARATORS}"):
            yield from _addresses_of(_without_mark(line)) or [line]


def _addresses_of(line: str) -> list[str]:
    """Return the addresses of a line with nothing else, with their names; none unless there are several.

    A comma may also be a part of a name: `Hopper, Grace <grace@example.org>` is one address.
    """
    found: list[str] = []
    for part in re.split("[;\t]", line) if TAB not in line else ():
        entry = ""
        for piece in filter(None, map(str.strip, part.split(COMMA))):
            words = piece.split()
            if not entry and all(map(is_address, words)):
                found += words
                continue
            entry = f"{entry}, {piece}" if entry else piece
            if is_address(piece) and piece.endswith(">"):
                found.append(entry)
                entry = ""
        if entry:
            return []
    return found if len(found) > 1 else []


def match_entry(entry: str, match: Matcher) -> list[UserMatch]:
    """Return what an entry of a list means: one user or none; several if it consists of users.

    What is the complete name of a user as it stands is that user, whatever it contains. Otherwise, the mark
    of a list is ignored, an e-mail address is what counts, and of a row of a table, the name in front.
    """
    text = _without_mark(entry)
    if text == entry and _PLAIN.fullmatch(entry):
        return [match(entry, exact=False)]
    whole = match(entry, exact=True)
    if whole.status != "unmatched":
        return [whole]
    cells, is_row = _cells(text)
    if len(cells) > 1 and TAB not in text and (users := _users_of(cells, match)):
        return users if len(users) == len(cells) else [_as_part(text, users[0])]
    if addresses := list(dict.fromkeys(each.strip("'.") for each in _ADDRESS.findall(text))):
        return [_match_addresses(text, cells, addresses, match)]
    if is_row:
        return [_match_row(text, cells, match)]
    if len(cells) > 1 and SEMICOLON in text:
        parts = [part for cell in cells for part in match_entry(cell, match)]
        is_list = any(part.status != "unmatched" for part in parts)
        return parts if is_list else [_as_part(text, parts[0])]
    name = _REMARK.sub("", text).rstrip()
    if name != text and (found := match(name, exact=True)).status != "unmatched":
        return [_as_part(text, found)]
    return [match(text, exact=False)]


def _without_mark(line: str) -> str:
    return _MARK.sub("", line, count=1).strip() or line


def _as_part(text: str, match: UserMatch) -> UserMatch:
    """Return the match of a part of a text as that of the text."""
    return replace(match, text=text, part=match.searched)


def _cells(text: str) -> tuple[list[str], bool]:
    """Return the cells of a line, and whether it can only be a row of a table.

    A row has tabs, or quotation marks as in CSV, or numbers beside a single name.
    """
    separator = next((each for each in SEPARATORS if each in text), COMMA)
    try:
        (row,) = csv.reader([text], delimiter=separator, skipinitialspace=True)
    except csv.Error:  # a cell that is longer than any name
        row = text.split(separator)
    cells = [cell for cell in map(str.strip, row) if cell]
    names = [cell for cell in cells if _is_name(cell)]
    has_numbers = len(names) == 1 < len(cells)
    return cells, separator == TAB or (separator == COMMA and text[0] == '"') or has_numbers


def _is_name(cell: str) -> bool:
    return cell[0] == "#" or any(map(str.isalpha, cell))


def _users_of(cells: Sequence[str], match: Matcher) -> list[UserMatch]:
    """Return the users of cells that are all complete names, ids or addresses; otherwise none.

    All cells must mean the same user, or each another one. A number beside a name is not taken for an id.
    """
    if len({_is_name(cell) for cell in cells}) > 1:
        return []
    matches = [match(cell, exact=True) for cell in cells]
    users = {found.user: found for found in matches if found.user is not None}
    is_clear = all(found.user is not None for found in matches) and len(users) in (1, len(cells))
    return list(users.values()) if is_clear else []


def _match_addresses(text: str, cells: Sequence[str], addresses: Sequence[str], match: Matcher) -> UserMatch:
    """Return the user whose address a line contains; if there are several, the one whom it also names."""
    matches = [match(address, exact=True) for address in addresses]
    first = matches[0]
    users = {found.user: found for found in matches if found.user is not None}
    if len(addresses) > 1 and users:
        names = [match(cell, exact=True).user for cell in cells if "@" not in cell]
        if len(named := [users[user] for user in users if user in names]) == 1:
            return _as_part(text, named[0])
        error = AmbiguousMatch(f"{quoted(text)} contains {len(addresses):,} addresses", list(users))
        return UserMatch(text, None, error, first.unread, first.text)
    return _as_part(text, first)


def _match_row(text: str, cells: Sequence[str], match: Matcher) -> UserMatch:
    """Return the user whose complete name the first cell of a row is, or the first two together."""
    names = list(filter(_is_name, cells)) or list(cells)
    matches = [match(name, exact=True) for name in (names[0], " ".join(names[:2]))]
    return _as_part(text, next((found for found in matches if found.status != "unmatched"), matches[0]))
