"""Show what changed on an instance."""

from __future__ import annotations

from datetime import datetime

from ..errors import UnknownAnswer, UsageError
from ..exit_codes import ExitCode
from ..history import History, Snapshot
from ..history.snapshots import milliseconds
from ..history.time_spec import PointInTime
from ..output.records import as_of, changes_report
from ..text import pluralize, sanitize
from ..times import local_minute
from .context import Context
from .output import answer


async def changes(context: Context) -> ExitCode:
    """List the changes between two points in time; the later one is now unless `--until` names another."""
    options, now = context.options, context.clock.now()
    since_when = PointInTime.parse(options.since, now)
    until_when = PointInTime.parse(options.until, now, end_of_day=True) if options.until else None
    if since_when.time is not None and since_when.time > now:
        raise UsageError(f"--since “{sanitize(options.since)}” is in the future")
    history = context.required_history()
    directory = await context.directory()
    await context.save_history()  # the answer includes this crawl
    if not directory.complete:
        context.warn("the instance changed while it was read: the changes end with the previous snapshot")
    since, until = _snapshots(context, history, since_when, until_when, now)
    found = history.changes(since, until)
    code = ExitCode.OK
    if options.exit_code:
        # Without a snapshot of this crawl, "nothing changed" is uncertain.
        is_known = until_when is not None or milliseconds(until.taken_at) >= milliseconds(as_of(directory))
        code = ExitCode.FALSE if found else ExitCode.OK if is_known else ExitCode.UNKNOWN
    code = answer(context, changes_report(context.instance.origin, found, since, until), code)
    period = f"from {local_minute(since.taken_at)} to {local_minute(until.taken_at)}"
    context.warn(f"{pluralize(len(found), 'change')} {period}")
    return code


def _snapshots(
    context: Context, history: History, since_when: PointInTime, until_when: PointInTime | None, now: datetime
) -> tuple[Snapshot, Snapshot]:
    """Return the snapshots that show the instance at two points in time.

    Raises:
        UsageError: If the second is before the first.
        UnknownAnswer: If the history does not reach back that far.
    """
    since = history.at(since_when)
    until = history.at(until_when or PointInTime(context.clock.now()))
    if since is None or until is None:
        raise UnknownAnswer(f"there is no snapshot of {context.instance.name} yet")
    until_time = None if until_when is None else until_when.time
    if since.id > until.id or (since_when.time and until_when and (until_time or now) < since_when.time):
        raise UsageError("--until is before --since")
    begins = f"the history begins on {local_minute(history.snapshots()[0].taken_at)}"
    if until_time is not None and until_time < until.taken_at:
        raise UnknownAnswer(f"no data for that time: {begins}")
    if since_when.time is not None and since.taken_at > since_when.time:
        context.warn(begins)
    return since, until
