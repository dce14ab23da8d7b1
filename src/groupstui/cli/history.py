"""Tells what changed on a site, and minds the readings that tell it."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from ..history import History
from ..history.moments import Moment
from ..report import Report
from ..report.overviews import changes_report
from ..report.records import SNAPSHOT_FIELDS, snapshot_record
from ..text import clean, count
from .exits import Exit
from .session import CantTell, Session, UsageError
from .show import show

if TYPE_CHECKING:
    from datetime import timedelta


async def changes(session: Session) -> Exit:
    """Tell what changed between two moments; the later one is now, unless another is named."""
    options, now = session.options, datetime.now(UTC)
    since_when = Moment.parse(options.since, now)
    until_when = Moment.parse(options.until, now, end_of_day=True) if options.until else None
    if since_when.time is not None and since_when.time > now:
        raise UsageError(f"“{clean(options.since)}” is still to come")
    history = _history(session)
    directory = await session.directory()
    if not directory.complete:
        session.warn("the site changed while it was read: what is told ends with the reading before")
    since, until = history.at(since_when), history.at(until_when or Moment(datetime.now(UTC)))
    if since is None or until is None:
        raise CantTell(f"nothing is known of {session.instance.name} yet")
    if since.id > until.id or (since_when.time and until_when and (until_when.time or now) < since_when.time):
        raise UsageError("--until is before --since")
    if until_when is not None and until_when.time is not None and until_when.time < until.taken_at:
        raise CantTell(f"nothing is known of that time: the history begins on {_words(until.taken_at)}")
    if since_when.time is not None and since.taken_at > since_when.time:
        session.warn(f"the history begins on {_words(since.taken_at)}")
    found = history.changes(since, until)
    shown = show(session, changes_report(session.instance.origin, found, since, until))
    session.warn(f"{count(len(found), 'change')} from {_words(since.taken_at)} to {_words(until.taken_at)}")
    if shown is not Exit.OK:
        return shown
    return Exit.NO if found and options.exit_code else Exit.OK


async def snapshot(session: Session) -> Exit:
    """Tell, take or drop the readings that are kept."""
    if session.options.older_than is not None and session.options.action != "prune":
        raise UsageError("--older-than goes with snapshot prune")
    match session.options.action:
        case "list":
            return _list(session)
        case "save":
            return await _save(session)
        case _:
            return _prune(session)


def _list(session: Session) -> Exit:
    history = _history(session)
    records = [snapshot_record(each) for each in history.snapshots()] if history.exists else []
    if not records:
        session.warn(f"no reading of {session.instance.name} was kept yet")
    now = datetime.now(UTC)
    return show(
        session,
        Report("snapshots", SNAPSHOT_FIELDS, records, session.instance.origin, now, complete=True),
    )


async def _save(session: Session) -> Exit:
    history = _history(session)
    before = history.snapshots()
    directory = await session.directory()
    after = history.snapshots()
    if after == before:
        why = "nothing was kept" if directory.complete else "the site changed while it was read"
        session.warn(f"{why}; try again")
        return Exit.UNCERTAIN
    changed = count(after[-1].changes, "change")
    session.warn(f"kept snapshot #{after[-1].id}: {count(after[-1].groups, 'group')}, {changed}")
    return Exit.OK


def _prune(session: Session) -> Exit:
    age: timedelta | None = session.options.older_than
    if age is None:
        raise UsageError("snapshot prune needs --older-than, such as 90d")
    dropped = _history(session).prune(datetime.now(UTC) - age)
    session.warn(f"dropped {count(dropped, 'snapshot')}")
    return Exit.OK


def _history(session: Session) -> History:
    history = session.history
    if history is None:
        raise UsageError("no history is kept: the settings say history = false")
    return history


def _words(time: datetime) -> str:
    return f"{time.astimezone():%Y-%m-%d %H:%M}"
