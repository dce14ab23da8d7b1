"""List, save and delete snapshots."""

from __future__ import annotations

from ..errors import UsageError
from ..exit_codes import ExitCode
from ..output.records import SNAPSHOT_FIELDS, snapshot_record
from ..output.report import Report
from ..text import pluralize
from .context import Context
from .output import answer


async def snapshot(context: Context) -> ExitCode:
    """Run `snapshot list`, `snapshot save` or `snapshot prune`."""
    if context.options.older_than is not None and context.options.action != "prune":
        raise UsageError("--older-than needs snapshot prune")
    match context.options.action:
        case "list":
            return _list(context)
        case "save":
            return await _save(context)
        case _:
            return _prune(context)


def _list(context: Context) -> ExitCode:
    history = context.required_history()
    records = [snapshot_record(each) for each in history.snapshots()] if history.exists else []
    if not records:
        context.warn(f"there is no snapshot of {context.instance.name} yet")
    origin, now = context.instance.origin, context.clock.now()
    return answer(context, Report("snapshots", SNAPSHOT_FIELDS, records, origin, now, complete=True))


async def _save(context: Context) -> ExitCode:
    history = context.required_history()
    before = history.snapshots()
    directory = await context.directory()
    await context.save_history()
    after = history.snapshots()
    if after == before:
        reason = "" if directory.complete else "the instance changed while it was read: "
        context.warn(f"{reason}no snapshot was saved; try again")
        return ExitCode.UNKNOWN
    saved = after[-1]
    groups, changes = pluralize(saved.groups, "group"), pluralize(saved.changes, "change")
    context.warn(f"saved snapshot #{saved.id}: {groups}, {changes}")
    return ExitCode.OK


def _prune(context: Context) -> ExitCode:
    if (age := context.options.older_than) is None:
        raise UsageError("snapshot prune needs --older-than, such as 90d")
    try:
        before = context.clock.now() - age
    except OverflowError:  # before the year 1
        raise UsageError("--older-than is too long ago") from None
    deleted = context.required_history().prune(before)
    context.warn(f"deleted {pluralize(deleted, 'snapshot')}")
    return ExitCode.OK
