"""Writes a report as a table for users, which keeps to the width of their terminal."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from ..text import sanitize
from .report import Record, Report

BETWEEN = "  "

LEADING = 2
"""Columns that say what a row is, such as its id and its name: they are never left out, and are cut last."""

LEADING_LEAST = 16
LEAST = 8
"""Cells to which a text may be cut, so that others have room; numbers and times are never cut."""

_TIME = re.compile(r"(\d{4}-\d{2}-\d{2})T(\d{2}:\d{2}):[\d.]+Z")

TITLES = {
    "id": "ID",
    "name": "Name",
    "members": "Members",
    "member": "User",
    "created_at": "Created",
    "created_by": "Created by",
    "updated_at": "Updated",
    "updated_by": "Updated by",
    "groups": "Groups",
    "text": "Asked for",
    "email": "E-mail",
    "active": "Active",
    "anonymised": "Anonymised",
    "api_user": "API user",
    "two_factor": "Two-factor",
    "change": "Change",
    "group": "Group",
    "user": "User",
    "before": "Before",
    "seen": "Seen",
    "group_id": "Group ID",
    "user_id": "User ID",
    "check": "Check",
    "finding": "Finding",
    "group_ids": "Group IDs",
    "user_ids": "User IDs",
    "taken_at": "Taken",
    "users": "Users",
    "memberships": "Memberships",
    "changes": "Changes",
}
"""Fields as users read them; a field that is not here is a name already, as the columns of a matrix are."""


def title_of(name: str) -> str:
    """Return a field's name as users read it."""
    return TITLES.get(name, sanitize(name))


def text_of(value: Any) -> str:
    """Return a field's value as users read it."""
    if isinstance(value, str):
        return value
    if value is True or value is False:  # a matrix is made of these
        return "yes" if value else "no"
    if value is None:
        return ""
    return ", ".join(map(text_of, value)) if isinstance(value, list) else str(value)


def table(report: Report, width: int | None) -> Iterator[str]:
    """Return the lines of a table.

    Where a terminal is too narrow, times lose their seconds, then their hours; texts are cut; and columns
    from the right are left out.

    Args:
        report: What to write.
        width: The terminal's cells; None where there is no terminal, and nothing has to give way.
    """
    rows = [[title_of(name) for name in report.fields]]
    rows += [[sanitize(text_of(record.get(name))) for name in report.fields] for record in report.records]
    right = [_is_number(report.records, name) for name in report.fields]
    if width is None:
        widths = _natural(rows)
    else:
        rows, widths = _fitted(rows, right, width)
    lines = (BETWEEN.join(map(_padded, row, widths, right)).rstrip() for row in rows)
    return (f"{line}\n" for line in lines)


def _fitted(rows: list[list[str]], right: Sequence[bool], width: int) -> tuple[list[list[str]], list[int]]:
    """Return the rows as there is room for them, and the widths of their columns."""
    given = rows
    for short in ("", r"\1 \2Z", r"\1"):
        rows = [[_TIME.sub(short, cell) for cell in row] for row in given] if short else given
        if sum(widths := _natural(rows)) <= _room(width, len(widths)):
            return rows, widths
    times = [bool(cells) and all(map(_DATE_OR_NOTHING, cells)) for cells in zip(*rows[1:], strict=True)]
    kept = [number or time for number, time in zip(right, times or right, strict=True)]
    least = [
        each if fixed else min(each, LEADING_LEAST if place < LEADING else LEAST)
        for place, (each, fixed) in enumerate(zip(widths, kept, strict=True))
    ]
    columns = len(widths)
    while columns > LEADING and sum(least[:columns]) > _room(width, columns):
        columns -= 1
    return [row[:columns] for row in rows], _squeezed(widths[:columns], least, _room(width, columns))


_DATE_OR_NOTHING = re.compile(r"(?:\d{4}-\d{2}-\d{2})?").fullmatch


def _room(width: int, columns: int) -> int:
    return width - len(BETWEEN) * (columns - 1)


def _natural(rows: list[list[str]]) -> list[int]:
    return [max(map(_cells, column)) for column in zip(*rows, strict=True)]


def _squeezed(widths: list[int], least: Sequence[int], room: int) -> list[int]:
    """Let the widest column give way until all fit, those that lead after the others."""
    widths = list(widths)
    for places in (range(LEADING, len(widths)), range(len(widths))):
        while sum(widths) > room:
            place = max(places, key=lambda place: widths[place] - least[place], default=0)
            if widths[place] <= least[place]:
                break
            widths[place] -= 1
    return widths


def _padded(text: str, width: int, right: bool) -> str:
    if _cells(text) > width:
        while _cells(text) > width - 1:
            text = text[:-1]
        text += "…"
    padding = " " * (width - _cells(text))
    return padding + text if right else text + padding


def _is_number(records: Iterable[Record], name: str) -> bool:
    values = [record.get(name) for record in records]
    return bool(values) and all(isinstance(value, int) and not isinstance(value, bool) for value in values)


def _cells(text: str) -> int:
    """Return the terminal cells of a text that is safe to show."""
    if text.isascii():
        return len(text)
    from wcwidth import wcswidth

    return max(0, wcswidth(text))
