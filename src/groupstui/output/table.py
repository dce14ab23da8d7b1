"""Write a report as a table that fits the width of the terminal.

Rich is not used for this: it narrows the widest column first, whatever it contains, and never leaves one out.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from ..text import sanitize
from .report import Record, Report

SEPARATOR = "  "

LEADING_COLUMNS = 2
"""Columns that identify a row, such as id and name: they are always shown, and are cut last."""

MIN_LEADING_WIDTH = 16
MIN_WIDTH = 8
"""Widths to which text is cut to make room for other columns; numbers and dates are never cut."""

_TIME = re.compile(r"(\d{4}-\d{2}-\d{2})T(\d{2}:\d{2}):[\d.]+Z")
_is_date_or_empty = re.compile(r"(?:\d{4}-\d{2}-\d{2})?").fullmatch

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
"""Column titles by field; another field, such as a group in a matrix, is its own title."""


def title_of(field: str) -> str:
    """Return the title of a field's column."""
    return TITLES.get(field, sanitize(field))


def text_of(value: Any) -> str:
    """Return the text of a field's value."""
    if isinstance(value, str):
        return value
    if value is True or value is False:  # most values of a matrix
        return "yes" if value else "no"
    if value is None:
        return ""
    return ", ".join(map(text_of, value)) if isinstance(value, list) else str(value)


def table(report: Report, width: int | None) -> Iterator[str]:
    """Return the lines of a table.

    If the terminal is too narrow, times lose their seconds and then become dates; then text is cut; then
    columns are left out from the right.

    Args:
        report: What to write.
        width: The columns of the terminal; None for no limit.
    """
    cells = [[title_of(name) for name in report.fields]]
    cells += [[sanitize(text_of(record.get(name))) for name in report.fields] for record in report.records]
    numeric = [_is_numeric(report.records, name) for name in report.fields]
    widths = _natural_widths(cells)
    if width is not None and not _fits(widths, width):
        cells = _with_short_times(cells, width)
        widths = _fit(_natural_widths(cells), _min_widths(cells, numeric), width)
    for row in cells:
        line = SEPARATOR.join(map(_align, row[: len(widths)], widths, numeric))
        yield f"{line.rstrip()}\n"


def _with_short_times(cells: list[list[str]], width: int) -> list[list[str]]:
    """Return the cells with times to the minute, or dates alone if that is still too wide."""
    for short in (r"\1 \2Z", r"\1"):
        shortened = [[_TIME.sub(short, cell) for cell in row] for row in cells]
        if _fits(_natural_widths(shortened), width):
            break
    return shortened


def _min_widths(cells: list[list[str]], numeric: Sequence[bool]) -> list[int]:
    """Return the width below which each column is not cut."""
    least = []
    for place, column in enumerate(zip(*cells, strict=True)):
        natural = max(map(_cell_width, column))
        is_date = len(column) > 1 and all(map(_is_date_or_empty, column[1:]))
        cut = MIN_LEADING_WIDTH if place < LEADING_COLUMNS else MIN_WIDTH
        least.append(natural if numeric[place] or is_date else min(natural, cut))
    return least


def _fit(widths: list[int], least: list[int], width: int) -> list[int]:
    """Return the widths of the columns that are shown, narrowed to fit the terminal if possible."""
    count = len(widths)
    while count > LEADING_COLUMNS and not _fits(least[:count], width):
        count -= 1
    widths = widths[:count]
    # The widest column is narrowed first, and the leading ones only after the others.
    for places in (range(LEADING_COLUMNS, count), range(count)):
        while not _fits(widths, width):
            place = max(places, key=lambda place: widths[place] - least[place], default=0)
            if widths[place] <= least[place]:
                break
            widths[place] -= 1
    return widths


def _fits(widths: Sequence[int], width: int) -> bool:
    return sum(widths) + len(SEPARATOR) * (len(widths) - 1) <= width


def _natural_widths(cells: list[list[str]]) -> list[int]:
    return [max(map(_cell_width, column)) for column in zip(*cells, strict=True)]


def _align(text: str, width: int, right: bool) -> str:
    """Return a text padded or cut to a width."""
    if _cell_width(text) > width:
        while _cell_width(text) > width - 1:
            text = text[:-1]
        text += "…"
    padding = " " * (width - _cell_width(text))
    return padding + text if right else text + padding


def _is_numeric(records: Iterable[Record], field: str) -> bool:
    values = [record.get(field) for record in records]
    return bool(values) and all(isinstance(value, int) and not isinstance(value, bool) for value in values)


def _cell_width(text: str) -> int:
    """Return how many terminal cells a sanitized text takes."""
    if text.isascii():
        return len(text)
    return sum(map(_character_width, text))


def _character_width(character: str) -> int:
    if unicodedata.category(character) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in ("W", "F") else 1
