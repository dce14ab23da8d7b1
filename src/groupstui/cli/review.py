"""Compare access reviews that were written before."""

from __future__ import annotations

from pathlib import Path

from ..errors import UsageError
from ..exit_codes import ExitCode
from ..output.records import DIFFERENCE_FIELDS, as_of
from ..output.review_pack import difference_report, not_compared, read_pack
from ..text import pluralize, sanitize
from ..times import utc_minute
from .context import Context
from .output import answer, check_columns, difference_code


async def review(context: Context) -> ExitCode:
    """List the changes between two reviews, and the findings that are new or solved."""
    options = context.options
    check_columns(context, DIFFERENCE_FIELDS)
    old, new = read_pack(Path(options.old)), read_pack(Path(options.new))
    if old.instance != new.instance:
        raise UsageError(
            f"these are reviews of different instances: {sanitize(old.instance)} and {sanitize(new.instance)}"
        )
    report = difference_report(old, new)
    if not report.complete:
        context.incomplete = "a review is incomplete: the instance changed while it was read"
    checks = not_compared(old, new)
    code = answer(context, report, difference_code(context, differ=bool(report.records), certain=not checks))
    since, until = as_of(old.directory), as_of(new.directory)
    period = f"from {utc_minute(since)} to {utc_minute(until)}"
    context.warn(f"{pluralize(len(report.records), 'change')} {period}")
    if since > until:
        context.warn("the first review is the later one")
    if checks:
        names = ", ".join(map(sanitize, checks))
        context.warn(f"not compared, as not both reviews contain them: {names}", always=True)
    return code
