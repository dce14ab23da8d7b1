"""Print a report, as the output options require."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterable, Sequence

from ..credentials.tokens import environment_without_token
from ..errors import UsageError, quoted
from ..exit_codes import ExitCode
from ..output.formats import SEPARATORS, json_array, pieces, rows
from ..output.records import Report, check_fields
from ..terminal.display import shows_styles
from ..terminal.pager import find_pager, show_in_pager
from ..terminal.stdio import write_output
from ..text import MAX_TEXT_CHARS, sanitize
from .context import INCOMPLETE, Context
from .jq import check_expression, filter_json


def check_columns(context: Context, fields: Sequence[str] | None = None, format: str | None = None) -> None:
    """Check the output options before the instance is read.

    Args:
        context: The options of the command.
        fields: The fields of the report; None if they depend on the data.
        format: The output format, if it does not follow from `--format` alone.

    Raises:
        InvalidInput: If one of the options cannot be used.
    """
    options = context.options
    if options.bom and (format or context.format) not in SEPARATORS:
        raise UsageError("--bom needs the format csv or tsv")
    if context.is_json and options.format not in (None, "json"):
        raise UsageError("--json and --jq need the format json: omit --format")
    json_fields = getattr(options, "json", None)
    if json_fields is not None and options.columns:
        raise UsageError("--json already names the fields: omit --columns")
    columns = named_fields(options)
    if twice := [name for place, name in enumerate(columns) if name in columns[:place]]:
        raise UsageError(f"{'--columns' if json_fields is None else '--json'} names {quoted(twice[0])} twice")
    if getattr(options, "jq", None) is not None:
        check_expression(options.jq)
    if fields is not None:
        if json_fields == []:
            raise _missing_fields(fields)
        named = [options.sort.removeprefix("-")] if options.sort else []
        check_fields([*named, *columns], fields)


def named_fields(options: argparse.Namespace) -> Sequence[str]:
    """Return the fields that `--columns` or `--json` names; empty if neither is given."""
    return options.columns or getattr(options, "json", None) or ()


def names_any(options: argparse.Namespace, fields: Sequence[str]) -> bool:
    """Return whether `--columns`, `--json` or `--sort` names one of these fields."""
    named = {*named_fields(options), (options.sort or "").removeprefix("-")}
    return not named.isdisjoint(fields)


def _missing_fields(fields: Sequence[str]) -> UsageError:
    return UsageError(f"--json needs fields, separated by commas: {', '.join(map(sanitize, fields))}")


def select(options: argparse.Namespace, report: Report) -> Report:
    """Return the rows and fields of a report that `--sort`, `--limit`, `--columns` and `--json` select.

    Raises:
        InvalidField: If the report does not have one of the fields.
    """
    if options.sort:
        report = report.sorted_by(options.sort)
    if options.limit is not None:
        report = report.limited(options.limit)
    if getattr(options, "json", None) == []:
        raise _missing_fields(report.fields)
    columns = named_fields(options)
    return report.with_fields(columns) if columns else report


def format_of_answer(context: Context) -> str:
    """Return the format that an option names; by default, a table on a terminal and rows in a pipe."""
    return context.format or ("table" if sys.stdout.isatty() else "rows")


def difference_code(context: Context, *, differ: bool, certain: bool = True) -> ExitCode:
    """Return the exit code of a comparison: a known difference comes before what cannot be compared.

    Args:
        context: The options of the command; with `--exit-code`, a difference has a code of its own.
        differ: Whether a difference is known.
        certain: Whether everything could be compared.
    """
    if differ and context.options.exit_code:
        return ExitCode.FALSE
    return ExitCode.OK if certain else ExitCode.UNKNOWN


def answer(
    context: Context, report: Report, code: ExitCode = ExitCode.OK, *, certain: bool = False
) -> ExitCode:
    """Print a report to stdout, and return the exit code of the command.

    Args:
        context: The options of the command; it receives the answer before anything is printed.
        report: What to print: a table on a terminal, rows in a pipe, or what `--format` requires.
        code: The exit code if the data is complete.
        certain: Whether the result is right even if groups are missing; see `runner.exit_code`.

    Raises:
        InvalidField: If the report does not have a field that is named by an option.
    """
    options = context.options
    report = select(options, report)
    context.verdict, context.certain = code, certain
    if not report.complete:
        context.incomplete = context.incomplete or INCOMPLETE
    terminal = sys.stdout.isatty()
    format = format_of_answer(context)
    if context.is_json:
        _write_json(options, report)
        return code
    # A terminal that does not know its size reports 0.
    size = os.get_terminal_size(sys.stdout.fileno()) if terminal else os.terminal_size((0, 0))
    text: Iterable[str]
    if format == "rows":
        text = rows(report)
    else:
        text = pieces(
            report,
            format,
            width=size.columns or None,
            styled=_is_styled(context, terminal=terminal),
            raw=options.raw,
            bom=options.bom,
            warn=context.warn,
        )
    if format == "table":
        text = [*text]
        if not _show_in_pager(context, text, size.lines):
            write_output(text, format)
    else:
        write_output(text, format)
    if format == "rows" or format in SEPARATORS:
        for note in report.notes:
            context.warn(sanitize(note, MAX_TEXT_CHARS))
    return code


def _write_json(options: argparse.Namespace, report: Report) -> None:
    """Print the JSON that `--json` and `--jq` select."""
    text = pieces(report, "json") if options.json is None else json_array(report)
    if options.jq is None:
        write_output(text, "json")
    else:
        write_output([filter_json("".join(text), options.jq)], "rows")


def _is_styled(context: Context, *, terminal: bool) -> bool:
    """Return whether a table has bold titles and colors."""
    environ = context.environ
    if context.options.no_color or environ.get("NO_COLOR"):
        return False
    if environ.get("CLICOLOR_FORCE", "0") not in ("", "0"):
        return True
    return terminal and shows_styles(environ)


def _show_in_pager(context: Context, lines: Sequence[str], height: int) -> bool:
    """Show lines in a pager if they are more than a terminal of this height has; return whether it did."""
    if context.options.no_pager or not 0 < height <= len(lines) or not shows_styles(context.environ):
        return False
    if not (command := find_pager(context.environ)):
        return False
    try:
        show_in_pager(command, lines, environment_without_token())
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        context.warn(f"the pager {quoted(command)} cannot be started: {reason}")
        return False
    return True
