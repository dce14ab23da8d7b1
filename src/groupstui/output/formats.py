"""Write a report as a table, JSON, CSV or Markdown."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

from ..errors import UsageError, quoted
from ..text import one_line
from .records import Report
from .table import table, text_of

SEPARATORS = {"csv": ",", "tsv": "\t"}

EXTENSIONS = {
    "csv": "csv",
    "tsv": "tsv",
    "json": "json",
    "ndjson": "ndjson",
    "jsonl": "ndjson",
    "md": "markdown",
    "txt": "table",
}
"""The format for each file extension."""

FORMULA_STARTS = tuple("=+-@|%＝＋－＠｜％﹦﹢﹣﹫﹪⁼⁺⁻₌₊₋−")
"""Spreadsheets run a cell that starts with one of these; in some languages with the other forms, too."""

_BREAKS = r"\t-\r\x1c-\x1e\x85\u2028\u2029"
_TRIMMED = r"\s\"\u00ad\u200b-\u200f\u2060\ufeff"


@cache
def _formula(separator: str) -> re.Pattern[str]:
    """Return what matches the places in front of formulas, in a file with this separator.

    A spreadsheet may split cells at other separators, depending on its language, and trims them.
    """
    others = {",": ";", "\t": ";,"}[separator]
    return re.compile(
        # Only the start of a run is tried, and the run is not tried in parts: the time is linear.
        rf"(?<![{others}{_TRIMMED}])(?:^|(?=(?:(?![{others}{_BREAKS}])[{_TRIMMED}])*+[{others}{_BREAKS}]))"
        rf"[{others}{_TRIMMED}]*+(?=[{re.escape(''.join(FORMULA_STARTS))}])"
    )


MAX_CELL_CHARS = 32_767
"""Spreadsheets cut longer cells."""

BOM = "\ufeff"
"""The byte order mark, without which Excel does not read CSV as UTF-8."""


def write(report: Report, format: str, **options: Any) -> str:
    """Return a report as text; the arguments are those of `pieces`."""
    return "".join(pieces(report, format, **options))


def pieces(
    report: Report,
    format: str,
    *,
    width: int | None = None,
    styled: bool = False,
    raw: bool = False,
    bom: bool = False,
    warn: Callable[[str], None] | None = None,
) -> Iterator[str]:
    """Return a report as pieces of text, as the whole text of a large matrix would need much memory.

    Only a table is safe to show; the terminal's own stream replaces what it would obey.

    Args:
        report: What to write.
        format: One of `output_format.FORMATS`.
        width: The columns of the terminal, to which a table is fitted; None for no limit.
        styled: Whether a table has bold titles and colors.
        raw: Do not escape CSV and TSV cells that a spreadsheet would run as formulas.
        bom: Begin CSV and TSV with a byte order mark.
        warn: Called if a CSV or TSV cell is longer than a spreadsheet allows; it is written nevertheless.
    """
    match format:
        case "table":
            return table(report, width, styled=styled)
        case "json":
            return _json(report)
        case "ndjson":
            return _ndjson(report)
        case "markdown":
            return _markdown(report)
        case _:
            return _separated(report, SEPARATORS[format], raw=raw, bom=bom, warn=warn)


def rows(report: Report) -> Iterator[str]:
    """Yield a line for each record, with tabs between the fields and no header: the format for pipes."""
    for record in report.records:
        yield "\t".join(one_line(text_of(value)) for value in report.cells(record)) + "\n"


def format_of(path: Path) -> str:
    """Return the format for the extension of a file; CSV without an extension.

    Raises:
        UsageError: If the extension is not known.
    """
    extension = path.name.rpartition(".")[2] if "." in path.name else "csv"
    if extension.lower() not in EXTENSIONS:
        known = ", ".join(f".{each}" for each in EXTENSIONS)
        raise UsageError(f"{quoted('.' + extension)} is not a known extension", hint=f"Use one of {known}.")
    return EXTENSIONS[extension.lower()]


# JSON


def _json(report: Report) -> Iterator[str]:
    """Yield the text of `json.dumps` with an indent of 2, one record at a time."""
    head = json.dumps({**report.envelope(), **report.about, report.kind: []}, ensure_ascii=False, indent=2)
    yield _printable(head.removesuffix("]\n}"))
    yield from _items(report, "    ")
    yield "\n  ]\n}\n" if report.records else "]\n}\n"


def json_array(report: Report) -> Iterator[str]:
    """Yield the records of a report as JSON, without what is about all of them."""
    yield "["
    yield from _items(report, "  ")
    yield "\n]\n" if report.records else "]\n"


def _items(report: Report, indent: str) -> Iterator[str]:
    between = f"\n{indent}"
    for record in report.records:
        text = json.dumps(record, ensure_ascii=False, indent=2)
        yield between + _printable(text).replace("\n", f"\n{indent}")
        between = f",\n{indent}"


def _ndjson(report: Report) -> Iterator[str]:
    envelope = report.envelope()
    about = {"about": report.about} if report.about else {}
    for record in report.records:
        line = {**envelope, **record, **about}
        yield f"{_printable(json.dumps(line, ensure_ascii=False))}\n"


def _printable(text: str) -> str:
    """Escape characters that a terminal obeys; JSON itself escapes only some of them."""
    if text.isascii() and "\x7f" not in text:
        return text
    text = text.replace("\x7f", "\\u007f")
    return "".join(c if c == "\n" or c.isprintable() else json.dumps(c)[1:-1] for c in text)


# CSV and TSV


class _Echo:
    """A file that returns what `csv` writes to it."""

    def write(self, row: str) -> str:
        return row.removesuffix("\r\n") + "\n"


def _separated(
    report: Report, separator: str, *, raw: bool, bom: bool, warn: Callable[[str], None] | None
) -> Iterator[str]:
    # With this line terminator, `csv` quotes a lone carriage return, which ends a row for some readers.
    writer = csv.writer(_Echo(), delimiter=separator, lineterminator="\r\n")
    formula = None if raw else _formula(separator)

    def row(values: Iterable[Any]) -> str:
        text: str = writer.writerow([_cell(value, formula) for value in values])
        return text

    yield BOM * bom + row(report.fields)  # a matrix has names as fields
    for record in report.records:
        values = report.cells(record)
        line = row(values)
        if warn is not None and len(line) > MAX_CELL_CHARS and _has_long_cell(values):
            warn(f"a cell has more than {MAX_CELL_CHARS:,} characters: spreadsheets cut it")
            warn = None
        yield line


def _has_long_cell(values: Iterable[Any]) -> bool:
    return any(len(text_of(value)) > MAX_CELL_CHARS for value in values)


def _cell(value: Any, formula: re.Pattern[str] | None) -> str:
    text = text_of(value)
    if formula is None or not isinstance(value, str | list):
        return text
    return formula.sub(r"\g<0>'", text)


# Markdown


def _markdown(report: Report) -> Iterator[str]:
    def line(cells: Iterable[str]) -> str:
        return f"| {' | '.join(cells)} |\n"

    for note in report.notes:
        yield f"{escape_markdown(note)}\n\n"
    yield line(escape_markdown(report.title(name)) for name in report.fields)
    yield line("---" for _ in report.fields)
    for record in report.records:
        yield line(escape_markdown(text_of(value)) for value in report.cells(record))


_AUTOMATIC = re.compile(r"@|//|www\.|:[\w+-]+:|\$", re.IGNORECASE)
"""What Markdown viewers turn into links, mentions, emoji or mathematics even if it is escaped."""

_SPECIAL = re.compile(r"[\\`*_\[\]<>|#&~]")

_ENTITY = re.compile("^[\\s+=-]|\\s$|[\0-\x1f\x7f-\x9f\u1fef\u2028\u2029]")
"""What is written by its number: white space at the ends, the sign of a list, line breaks, and U+1FEF, which
becomes a back-tick when a program normalises it."""


def escape_markdown(text: str) -> str:
    """Return a text that Markdown shows literally, on one line and in a table."""
    if _AUTOMATIC.search(text):
        fence = "`" * (1 + max(map(len, re.findall("[`\u1fef]+", text)), default=0))
        padding = " " if text.startswith(("`", " ")) or text.endswith(("`", " ")) else ""
        code = one_line(text).replace("|", "\\|")
        return f"{fence}{padding}{code}{padding}{fence}"
    return _ENTITY.sub(lambda match: f"&#{ord(match[0])};", _SPECIAL.sub(r"\\\g<0>", text))
