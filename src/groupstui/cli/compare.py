"""Compare the members of groups."""

from __future__ import annotations

from ..directory.compare import check_count
from ..directory.compare import compare as compare_groups
from ..exit_codes import ExitCode
from ..output.records import comparison_report
from .context import Context
from .lookup import find_groups
from .output import answer, check_columns


async def compare(context: Context) -> ExitCode:
    """List the users of two to six groups, and report how the groups overlap."""
    options = context.options
    check_columns(context)
    check_count(len(options.groups))
    directory = (await context.read()).directory
    groups = find_groups(context, directory, options.groups)
    comparison = compare_groups(directory, groups)
    rows = [row for row in comparison.rows if not (options.differ and all(row.inside))]
    report = comparison_report(directory, context.instance.origin, comparison, rows)
    code = ExitCode.FALSE if comparison.differ and options.exit_code else ExitCode.OK
    return answer(context, report, code)
