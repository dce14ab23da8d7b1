"""Show what changed on an instance."""

from __future__ import annotations

from dataclasses import replace

from ..errors import UnknownAnswer, UsageError, quoted
from ..exit_codes import ExitCode
from ..history.time_spec import LAST, PointInTime
from ..output.records import CHANGE_FIELDS, changes_report
from ..text import pluralize
from ..times import utc_minute, utc_minutes
from .context import Context
from .output import answer, check_columns, difference_code

DEFAULT_SINCE = "7d"
"""The start without `--since`."""


async def changes(context: Context) -> ExitCode:
    """List the net changes between two points in time; the later one is now unless `--until` is earlier.

    The answer is incomplete, and thus unknown, if the history does not reach back to the first point, or does
    not contain the crawl that shows the instance as it is now.
    """
    options, now = context.options, context.clock.now()
    since_text: str = DEFAULT_SINCE if options.since is None else options.since
    check_columns(context, CHANGE_FIELDS)
    since_when, until_when, present = PointInTime.parse(since_text, now), LAST, PointInTime(now)
    if options.until is not None:
        until_when = PointInTime.parse(options.until, now, end_of_day=True)
    if since_when.is_after(until_when):
        raise _wrong_order(options.since)
    if since_when.is_after(present):
        raise UsageError(f"--since {quoted(since_text)} is in the future")
    history = context.required_history()
    for point in (since_when, until_when):
        history.at(point)  # it must exist, and the history must be readable
    if until_when == LAST or until_when.is_after(present):  # the answer includes this crawl
        reading = await context.read()
        if await context.save_history() is None and not reading.from_history:
            reason = context.incomplete or "this crawl was not saved"
            context.incomplete = f"{reason}; the changes end with the previous snapshot"
    since, until = history.at(since_when), history.at(until_when)
    if since is None or until is None:
        raise UnknownAnswer(f"no changes of {context.instance.name} are known: {history.missing}")
    if since.id > until.id:
        raise _wrong_order(options.since)
    begins = f"the history begins on {utc_minute(since.taken_at)}"
    if until_when.time is not None and until_when.time < until.taken_at:
        raise UnknownAnswer(f"no data for that time: {begins}")
    if since_when.time is not None and since.taken_at > since_when.time:
        context.incomplete = (
            context.incomplete or f"{begins}: use --since '#{since.id}' for all that is known"
        )
    found = history.changes(since, until)
    report = changes_report(context.instance.origin, found, since, until)
    code = difference_code(context, differ=bool(found))
    answer(context, replace(report, complete=not context.incomplete), code)
    start, end = utc_minutes(since.taken_at, until.taken_at)
    context.warn(f"{pluralize(len(found), 'net change')} from {start} to {end}")
    if until.id - since.id > 1:  # with a snapshot in between, what was undone is not listed
        context.warn("groupstui history lists every change of a group or user, also those that were undone")
    return code


def _wrong_order(since: str | None) -> UsageError:
    """Return the error for an end before the start, which may be the default."""
    if since is None:
        return UsageError(f"--until is before the start, which is {DEFAULT_SINCE} ago", hint="Add --since.")
    return UsageError("--until is before --since")
