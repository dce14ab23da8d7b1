"""Write a report as a table that fits the width of the terminal.

Rich is not used for this: it narrows the widest column first, whatever it contains, and never leaves one out.
"""

from __future__ import annotations

import re
import sys
import unicodedata
from collections.abc import Iterator, Sequence
from itertools import zip_longest
from typing import Any

from ..text import MAX_TEXT_CHARS, sanitize
from .records import Report

SEPARATOR = "  "

BOLD, GREEN, RED, RESET = "\x1b[1m", "\x1b[32m", "\x1b[31m", "\x1b[0m"

COLORS: dict[tuple[str, Any], str] = {
    ("member", True): GREEN,
    ("member", False): RED,
    ("change", "joined"): GREEN,
    ("change", "left"): RED,
    ("change", "group created"): GREEN,
    ("change", "group deleted"): RED,
}
"""The colors of values, by the field that has them."""

LEADING_COLUMNS = 2
"""Columns that identify a row, such as id and name: they are always shown."""

MIN_WIDTH = 16
"""The width to which text is narrowed."""

MIN_TITLE = 10
"""The width to which the title of a column is narrowed, if its values are no wider."""

_TIME = re.compile(r"(\d{4}-\d{2}-\d{2})T(\d{2}:\d{2}):[\d.]+Z")
_is_number_or_date = re.compile(r"(?:\d+|\d{4}-\d{2}-\d{2})?").fullmatch


def text_of(value: Any) -> str:
    """Return the text of a field's value, whole and as it is."""
    if isinstance(value, str):
        return value
    if value is True or value is False:  # most values of a matrix
        return "yes" if value else "no"
    if value is None:
        return ""
    if isinstance(value, dict):  # an acceptance, a group or a user
        if "reason" in value:
            when = value["date"] if "date" in value else f"until {value['until']}"
            return f"{when}: {value['reason']}"
        return value["name"] or f"#{value['id']}"
    return ", ".join(map(text_of, value)) if isinstance(value, list) else str(value)


def table(report: Report, width: int | None, *, styled: bool = False) -> Iterator[str]:
    """Yield the lines of a table.

    If the terminal is too narrow, times lose their seconds and then become dates; then columns are left out
    from the right, as long as a text has less than its share of the width; then text continues on the next
    line. Only a text of `MAX_TEXT_CHARS` is cut. If there are notes, but no records, there are no titles.

    Args:
        report: What to write.
        width: The columns of the terminal; None for no limit.
        styled: Whether titles are bold and some values have colors. Texts never contain control characters.
    """
    max_chars = sys.maxsize if width is None else MAX_TEXT_CHARS
    for note in report.notes:
        yield f"{sanitize(note, max_chars)}\n"
    if report.notes and not report.records:
        return
    if report.notes:
        yield "\n"
    titles = [sanitize(report.title(name), max_chars) for name in report.fields]
    values = [report.cells(record) for record in report.records]
    cells = [[_shown(value, max_chars) for value in row] for row in values]
    numeric = [_is_numeric(column) for column in zip(*values, strict=True)] or [False] * len(titles)
    if width is None:
        widths = _natural_widths([titles, *cells])
    else:
        if not _fits(_natural_widths([titles, *cells]), width):
            cells = _with_short_times(titles, cells, width)
        wanted, least = (_min_widths(report, titles, cells, space) for space in (width, 0))
        widths = _fit(_natural_widths([titles, *cells]), wanted, least, width)
    styles = [[""] * len(titles) for _ in range(len(cells) + 1)]
    if styled:
        styles = [[BOLD] * len(titles), *([*map(_color, report.fields, row)] for row in values)]
    for row, row_styles in zip([titles, *cells], styles, strict=True):
        wrapped = [_wrap(cell, limit) for cell, limit in zip(row, widths, strict=False)]
        for line in zip_longest(*wrapped, fillvalue=""):
            yield f"{SEPARATOR.join(map(_align, line, widths, numeric, row_styles)).rstrip()}\n"


def _color(field: str, value: Any) -> str:
    return COLORS.get((field, value), "") if isinstance(value, str | bool) else ""


def _shown(value: Any, max_chars: int) -> str:
    """Return a value as safe text; each name of a list may be cut, but never the list."""
    if isinstance(value, list):
        return ", ".join(_shown(item, max_chars) for item in value)
    return sanitize(text_of(value), max_chars)


def _with_short_times(titles: list[str], cells: list[list[str]], width: int) -> list[list[str]]:
    """Return the cells with times to the minute, or dates alone if that is still too wide."""
    for short in (r"\1 \2Z", r"\1"):
        shortened = [[_TIME.sub(short, cell) for cell in row] for row in cells]
        if _fits(_natural_widths([titles, *shortened]), width):
            break
    return shortened


def _min_widths(report: Report, titles: list[str], cells: list[list[str]], width: int) -> list[int]:
    """Return the width to which each column may be narrowed; numbers and dates stay on one line.

    Texts get a share of the terminal's width; if that is 0, this is the least width of all.
    """
    columns = zip(*cells, strict=True) if cells else [()] * len(titles)
    widths = []
    for place, (name, title, column) in enumerate(zip(report.fields, titles, columns, strict=True)):
        needed = max(map(_cell_width, column), default=0)
        if not all(map(_is_number_or_date, column)):
            is_list = any(isinstance(record.get(name), list) for record in report.records)
            share = 0 if is_list else width * 2 // 5 if place < LEADING_COLUMNS else width // 4
            needed = min(needed, max(MIN_WIDTH, share))
        title_width = _cell_width(title)
        is_wrapped = not width or name in report.id_columns
        widths.append(max(needed, min(title_width, MIN_TITLE) if is_wrapped else title_width))
    return widths


def _fit(widths: list[int], wanted: list[int], least: list[int], width: int) -> list[int]:
    """Return the widths of the columns that are shown, narrowed to fit the terminal if possible."""
    count = len(widths)
    while count > LEADING_COLUMNS and not _fits(wanted[:count], width):
        count -= 1
    widths = [min(natural, width) for natural in widths[:count]]
    for floor in (wanted, least):
        while not _fits(widths, width):
            place = max(range(count), key=lambda place: widths[place] if widths[place] > floor[place] else 0)
            if widths[place] <= floor[place]:
                break
            widths[place] -= 1
    return widths


def _fits(widths: Sequence[int], width: int) -> bool:
    return sum(widths) + len(SEPARATOR) * (len(widths) - 1) <= width


def _natural_widths(cells: list[list[str]]) -> list[int]:
    return [max(map(_cell_width, column)) for column in zip(*cells, strict=True)]


def _wrap(text: str, width: int) -> list[str]:
    """Return a text as lines of a width, broken at spaces if there are any."""
    lines = []
    while (end := _chars_that_fit(text, width)) < len(text):
        space = text.rfind(" ", 0, end + 1)
        end = space if space > 0 else end
        lines.append(text[:end])
        text = text[end:].lstrip(" ")
    return [*lines, text]


def _chars_that_fit(text: str, width: int) -> int:
    """Return how many characters fit a width; one if not even that does."""
    for place, character in enumerate(text):
        width -= _character_width(character)
        if width < 0 and place:
            return place
    return len(text)


def _align(text: str, width: int, right: bool, style: str) -> str:
    padding = " " * (width - _cell_width(text))
    if style and text:
        text = f"{style}{text}{RESET}"
    return padding + text if right else text + padding


def _is_numeric(values: Sequence[Any]) -> bool:
    return all(isinstance(value, int) and not isinstance(value, bool) for value in values)


def _cell_width(text: str) -> int:
    """Return how many terminal cells a sanitized text takes."""
    if text.isascii():
        return len(text)
    return sum(map(_character_width, text))


def _character_width(character: str) -> int:
    if character == "\ufe0f":  # draws a narrow symbol as a wide emoji
        return 1
    if unicodedata.category(character) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in ("W", "F") else 1
