"""Write a report as a table, JSON, CSV or Markdown."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from ..text import sanitize
from .report import Report
from .table import table, text_of, title_of

FORMULA_STARTS = ("=", "+", "-", "@", "＝", "＋", "－", "＠")
"""Spreadsheets run a cell that starts with one of these; in some languages with the wide forms, too."""

MAX_CELL_CHARS = 32_000
"""Spreadsheets cut cells at 32,767 characters."""

MAX_LINE_CELL_CHARS = 10_000
"""The same for tab-separated rows and Markdown."""


def write(report: Report, format: str, *, width: int | None = None, raw: bool = False) -> str:
    """Return a report as text; the arguments are those of `pieces`."""
    return "".join(pieces(report, format, width=width, raw=raw))


def pieces(report: Report, format: str, *, width: int | None = None, raw: bool = False) -> Iterator[str]:
    """Return a report as pieces of text, as the whole text of a large matrix would need much memory.

    Args:
        report: What to write.
        format: One of `FORMATS`.
        width: The columns of the terminal, to which a table is fitted; None for no limit.
        raw: Do not escape CSV and TSV cells that a spreadsheet would run as formulas.
    """
    if format == "table":
        return table(report, width)
    if format in ("csv", "tsv"):
        return _separated(report, "," if format == "csv" else "\t", raw=raw)
    return FORMATS[format](report)


def rows(report: Report) -> str:
    """Return a line for each record, with tabs between the fields and no header: the format for pipes."""
    lines = (
        "\t".join(sanitize(text_of(record.get(name)), MAX_LINE_CELL_CHARS) for name in report.fields)
        for record in report.records
    )
    return "".join(f"{line}\n" for line in lines)


def format_of(path: Path) -> str:
    """Return the format for the extension of a file; CSV if it is not known."""
    return EXTENSIONS.get(path.suffix.lower(), "csv")


# JSON


def _json(report: Report) -> Iterator[str]:
    """Yield the text of `json.dumps` with an indent of 2, one record at a time."""
    head = json.dumps({**report.envelope(), report.kind: []}, ensure_ascii=False, indent=2)
    yield _printable(head.removesuffix("]\n}"))
    between = "\n    "
    for record in report.records:
        yield between + _printable(json.dumps(record, ensure_ascii=False, indent=2)).replace("\n", "\n    ")
        between = ",\n    "
    yield "\n  ]\n}\n" if report.records else "]\n}\n"


def _ndjson(report: Report) -> Iterator[str]:
    envelope = report.envelope()
    for record in report.records:
        yield f"{_printable(json.dumps({**envelope, **record}, ensure_ascii=False))}\n"


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
        return row


def _separated(report: Report, separator: str, *, raw: bool) -> Iterator[str]:
    # A lone carriage return ends a row for a reader, but `csv` quotes it only with QUOTE_ALL.
    writer = csv.writer(
        _Echo(),
        delimiter=separator,
        lineterminator="\n",
        quoting=csv.QUOTE_ALL if raw else csv.QUOTE_MINIMAL,
    )
    yield writer.writerow([_cell(name, raw=raw) for name in report.fields])  # a matrix has names as fields
    for record in report.records:
        yield writer.writerow([_cell(record.get(name), raw=raw) for name in report.fields])


def _cell(value: Any, *, raw: bool) -> str:
    text = text_of(value)
    if raw or not isinstance(value, str | list):
        return text
    text = sanitize(text, MAX_CELL_CHARS)
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text


# Markdown


def _markdown(report: Report) -> Iterator[str]:
    def line(cells: Iterable[str]) -> str:
        return f"| {' | '.join(cells)} |\n"

    yield line(escape_markdown(title_of(name)) for name in report.fields)
    yield line("---" for _ in report.fields)
    for record in report.records:
        yield line(escape_markdown(text_of(record.get(name))) for name in report.fields)


def escape_markdown(text: str) -> str:
    """Return a text that Markdown shows literally, on one line."""
    for character in "\\`*_[]<>|#":
        text = text.replace(character, f"\\{character}")
    return sanitize(text, MAX_LINE_CELL_CHARS)


FORMATS: dict[str, Callable[[Report], Iterator[str]]] = {
    "table": lambda report: table(report, None),
    "json": _json,
    "ndjson": _ndjson,
    "csv": lambda report: _separated(report, ",", raw=False),
    "tsv": lambda report: _separated(report, "\t", raw=False),
    "markdown": _markdown,
}
"""Every format by name."""

EXTENSIONS = {
    ".json": "json",
    ".ndjson": "ndjson",
    ".jsonl": "ndjson",
    ".tsv": "tsv",
    ".md": "markdown",
    ".txt": "table",
}
"""The format for each file extension; others mean CSV."""
