"""Writes a report: for users, for scripts, for spreadsheets."""

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
"""A cell that starts with one of these is run by a spreadsheet; in some languages by the wide forms, too."""


def write(report: Report, format: str, *, width: int | None = None, raw: bool = False) -> str:
    """Return a report as text that ends with a line break, or as nothing; arguments as for `pieces`."""
    return "".join(pieces(report, format, width=width, raw=raw))


def pieces(report: Report, format: str, *, width: int | None = None, raw: bool = False) -> Iterator[str]:
    """Return the text piece by piece: that of a large matrix is larger than what it is made from.

    Args:
        report: What to write.
        format: One of `FORMATS`.
        width: The cells of the terminal, which a table keeps to; None where there is none.
        raw: Leave CSV and TSV cells as they are, though a spreadsheet may run them.
    """
    if format == "table":
        return table(report, width)
    if format in ("csv", "tsv"):
        return _separated(report, "," if format == "csv" else "\t", raw=raw)
    return FORMATS[format](report)


def _json(report: Report) -> Iterator[str]:
    """Return what `json.dumps` would with an indent of 2, but a record at a time."""
    head = json.dumps({**report.envelope(), report.kind: []}, ensure_ascii=False, indent=2)
    yield _harmless(head.removesuffix("]\n}"))
    between = "\n    "
    for record in report.records:
        yield between + _harmless(json.dumps(record, ensure_ascii=False, indent=2)).replace("\n", "\n    ")
        between = ",\n    "
    yield "\n  ]\n}\n" if report.records else "]\n}\n"


def _ndjson(report: Report) -> Iterator[str]:
    envelope = report.envelope()
    lines = (json.dumps({**envelope, **each}, ensure_ascii=False) for each in report.records)
    return (f"{_harmless(line)}\n" for line in lines)


def _harmless(text: str) -> str:
    """Escape what a terminal would obey; JSON itself escapes only a part of it, and reads all of it back."""
    if text.isascii() and "\x7f" not in text:
        return text
    safe = (
        c if c == "\n" or c.isprintable() else json.dumps(c)[1:-1] for c in text.replace("\x7f", "\\u007f")
    )
    return "".join(safe)


class _Echo:
    """Gives a row back to who has `csv` write it."""

    def write(self, row: str) -> str:
        return row


def _separated(report: Report, separator: str, *, raw: bool) -> Iterator[str]:
    # A lone carriage return ends a row for who reads it, but is quoted only where everything is.
    writer = csv.writer(
        _Echo(),
        delimiter=separator,
        lineterminator="\n",
        quoting=csv.QUOTE_ALL if raw else csv.QUOTE_MINIMAL,
    )
    yield writer.writerow([_cell(name, raw=raw) for name in report.fields])  # a matrix has names as fields
    for record in report.records:
        yield writer.writerow([_cell(record.get(name), raw=raw) for name in report.fields])


def rows(report: Report) -> str:
    """Return a line a record with tabs between the fields and no header: what a pipe wants."""
    lines = (
        "\t".join(sanitize(text_of(each.get(name)), 10_000) for name in report.fields)
        for each in report.records
    )
    return "".join(f"{line}\n" for line in lines)


def _cell(value: Any, *, raw: bool) -> str:
    text = text_of(value)
    if raw or not isinstance(value, str | list):
        return text
    text = sanitize(text, 32_000)
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text


def _markdown(report: Report) -> Iterator[str]:
    def line(cells: Iterable[str]) -> str:
        return f"| {' | '.join(cells)} |\n"

    yield line(escaped(title_of(name)) for name in report.fields)
    yield line("---" for _ in report.fields)
    for record in report.records:
        yield line(escaped(text_of(record.get(name))) for name in report.fields)


def escaped(text: str) -> str:
    """Return a text that Markdown shows as it is, on one line."""
    for character in "\\`*_[]<>|#":
        text = text.replace(character, f"\\{character}")
    return sanitize(text, 10_000)


FORMATS: dict[str, Callable[[Report], Iterator[str]]] = {
    "table": lambda report: table(report, None),
    "json": _json,
    "ndjson": _ndjson,
    "csv": lambda report: _separated(report, ",", raw=False),
    "tsv": lambda report: _separated(report, "\t", raw=False),
    "markdown": _markdown,
}
"""Every format by name."""

ENDINGS = {
    ".json": "json",
    ".ndjson": "ndjson",
    ".jsonl": "ndjson",
    ".tsv": "tsv",
    ".md": "markdown",
    ".txt": "table",
}


def format_of(path: Path) -> str:
    """Return the format that a file's ending means; CSV where it means none."""
    return ENDINGS.get(path.suffix.lower(), "csv")
