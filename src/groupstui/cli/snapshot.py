"""List, save and delete snapshots."""

from __future__ import annotations

from ..errors import UsageError
from ..exit_codes import ExitCode
from ..history import History
from ..history.snapshots import milliseconds
from ..output.records import SNAPSHOT_FIELDS, Report, snapshot_record
from ..text import pluralize
from ..times import utc_minute
from .context import Context
from .output import answer, check_columns


async def snapshot(context: Context) -> ExitCode:
    """Run `snapshot list`, `snapshot save` or `snapshot prune`."""
    for option in ("older_than", "yes"):
        if getattr(context.options, option) and context.options.action != "prune":
            raise UsageError(f"--{option.replace('_', '-')} needs snapshot prune")
    check_columns(context, SNAPSHOT_FIELDS)
    match context.options.action:
        case "list":
            return _list(context)
        case "save":
            return await _save(context)
        case _:
            return _prune(context)


def _list(context: Context) -> ExitCode:
    history = context.required_history()
    records = list(map(snapshot_record, history.snapshots()))
    if not records:
        context.warn(f"no snapshot of {context.instance.name}: {history.missing}")
    origin, now = context.instance.origin, context.clock.now()
    report = Report("snapshots", SNAPSHOT_FIELDS, records, origin, now, complete=True)
    return answer(context, report, _code(history))


async def _save(context: Context) -> ExitCode:
    context.required_history()
    directory = (await context.read()).directory
    if (saved := await context.save_history()) is None:
        context.warn("no snapshot was saved; try again", always=True)
        return ExitCode.UNKNOWN
    if directory.as_of is not None and milliseconds(saved.taken_at) > milliseconds(directory.as_of):
        context.warn(f"another program has saved the later snapshot #{saved.id}")
        return ExitCode.OK
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
    history = context.required_history()
    name, time = context.instance.name, utc_minute(before)
    if not context.confirmed(f"Delete the snapshots of {name} taken before {time}?"):
        return ExitCode.FALSE
    deleted = history.prune(before, context.clock.now())
    context.warn(f"deleted {pluralize(deleted, 'snapshot')}")
    return _code(history)


def _code(history: History) -> ExitCode:
    """Return the exit code of what was found in a history: unknown if it was damaged."""
    return ExitCode.UNKNOWN if history.notice else ExitCode.OK
