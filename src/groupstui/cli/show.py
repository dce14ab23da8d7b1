"""Puts a report where it was asked for."""

import argparse
import os
import sys

from ..report import Report
from ..report.formats import rows, write
from .exits import Exit
from .session import Session


def as_wanted(options: argparse.Namespace, report: Report) -> Report:
    """Give the part of a report, in the order, that `--sort`, `--limit` and `--columns` ask for.

    Raises:
        BadField: If they name a field that the report does not have.
    """
    if options.sort:
        report = report.sorted_by(options.sort)
    if options.limit is not None:
        report = report.limited(options.limit)
    return report.narrowed(options.columns) if options.columns else report


def show(session: Session, report: Report) -> Exit:
    """Write a report to stdout: a table on a terminal, plain rows in a pipe, or as `--format` says.

    Raises:
        BadField: If `--sort` or `--columns` name a field that the report does not have.
    """
    options = session.options
    report = as_wanted(options, report)
    terminal = sys.stdout.isatty()
    if options.format is None and not terminal:
        text = rows(report)
    else:
        # A terminal that does not tell how wide it is says 0.
        width = (os.get_terminal_size(sys.stdout.fileno()).columns or None) if terminal else None
        text = write(report, options.format or "table", width=width, raw=options.raw)
    sys.stdout.write(text)
    sys.stdout.flush()
    if not report.complete and options.format not in ("json", "ndjson"):
        session.warn("the site changed while it was read: this may be incomplete; try again")
    return Exit.OK
