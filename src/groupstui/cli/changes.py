"""Tells what changed on a site, and minds the readings that tell it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from ..errors import UnknownAnswer, UsageError
from ..exit_codes import ExitCode
from ..history import History
from ..history.time_spec import PointInTime
from ..output.analysis import changes_report
from ..output.records import SNAPSHOT_FIELDS, snapshot_record
from ..output.report import Report
from ..text import pluralize, sanitize
from .context import Context
from .output import show

if TYPE_CHECKING:
    from datetime import timedelta


async def changes(context: Context) -> ExitCode:
    """Tell what changed between two moments; the later one is now, unless another is named."""
    options, now = context.options, datetime.now(UTC)
    since_when = PointInTime.parse(options.since, now)
    until_when = PointInTime.parse(options.until, now, end_of_day=True) if options.until else None
    if since_when.time is not None and since_when.time > now:
        raise UsageError(f"“{sanitize(options.since)}” is still to come")
    history = _history(context)
    directory = await context.directory()
    if not directory.complete:
        context.warn("the site changed while it was read: what is told ends with the reading before")
    since, until = history.at(since_when), history.at(until_when or PointInTime(datetime.now(UTC)))
    if since is None or until is None:
        raise UnknownAnswer(f"nothing is known of {context.instance.name} yet")
    if since.id > until.id or (since_when.time and until_when and (until_when.time or now) < since_when.time):
        raise UsageError("--until is before --since")
    if until_when is not None and until_when.time is not None and until_when.time < until.taken_at:
        raise UnknownAnswer(f"nothing is known of that time: the history begins on {_words(until.taken_at)}")
    if since_when.time is not None and since.taken_at > since_when.time:
        context.warn(f"the history begins on {_words(since.taken_at)}")
    found = history.changes(since, until)
    shown = show(context, changes_report(context.instance.origin, found, since, until))
    context.warn(
        f"{pluralize(len(found), 'change')} from {_words(since.taken_at)} to {_words(until.taken_at)}"
    )
    if shown is not ExitCode.OK:
        return shown
    return ExitCode.FALSE if found and options.exit_code else ExitCode.OK


async def snapshot(context: Context) -> ExitCode:
    """Tell, take or drop the readings that are kept."""
    if context.options.older_than is not None and context.options.action != "prune":
        raise UsageError("--older-than goes with snapshot prune")
    match context.options.action:
        case "list":
            return _list(context)
        case "save":
            return await _save(context)
        case _:
            return _prune(context)


def _list(context: Context) -> ExitCode:
    history = _history(context)
    records = [snapshot_record(each) for each in history.snapshots()] if history.exists else []
    if not records:
        context.warn(f"no reading of {context.instance.name} was kept yet")
    now = datetime.now(UTC)
    return show(
        context,
        Report("snapshots", SNAPSHOT_FIELDS, records, context.instance.origin, now, complete=True),
    )


async def _save(context: Context) -> ExitCode:
    history = _history(context)
    before = history.snapshots()
    directory = await context.directory()
    after = history.snapshots()
    if after == before:
        why = "nothing was kept" if directory.complete else "the site changed while it was read"
        context.warn(f"{why}; try again")
        return ExitCode.UNKNOWN
    changed = pluralize(after[-1].changes, "change")
    context.warn(f"kept snapshot #{after[-1].id}: {pluralize(after[-1].groups, 'group')}, {changed}")
    return ExitCode.OK


def _prune(context: Context) -> ExitCode:
    age: timedelta | None = context.options.older_than
    if age is None:
        raise UsageError("snapshot prune needs --older-than, such as 90d")
    dropped = _history(context).prune(datetime.now(UTC) - age)
    context.warn(f"dropped {pluralize(dropped, 'snapshot')}")
    return ExitCode.OK


def _history(context: Context) -> History:
    history = context.history
    if history is None:
        raise UsageError("no history is kept: the settings say history = false")
    return history


def _words(time: datetime) -> str:
    return f"{time.astimezone():%Y-%m-%d %H:%M}"
