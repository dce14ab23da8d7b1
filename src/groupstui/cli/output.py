"""Puts a report where it was asked for."""

from __future__ import annotations

import argparse
import os
import sys

from ..exit_codes import ExitCode
from ..output.formats import rows, write
from ..output.report import Report
from .context import Context


def apply_output_options(options: argparse.Namespace, report: Report) -> Report:
    """Return the part of a report, in the order, that `--sort`, `--limit` and `--columns` ask for.

    Raises:
        InvalidField: If they name a field that the report does not have.
    """
    if options.sort:
        report = report.sorted_by(options.sort)
    if options.limit is not None:
        report = report.limited(options.limit)
    return report.narrowed(options.columns) if options.columns else report


def show(context: Context, report: Report) -> ExitCode:
    """Write a report to stdout: a table on a terminal, plain rows in a pipe, or as `--format` says.

    Raises:
        InvalidField: If `--sort` or `--columns` name a field that the report does not have.
    """
    options = context.options
    report = apply_output_options(options, report)
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
        context.warn("the site changed while it was read: this may be incomplete; try again")
    return ExitCode.OK
