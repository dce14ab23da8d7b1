"""Show the timeline of a group or user."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace

from ..directory.directory import Directory
from ..directory.models import Group, User
from ..directory.search import SearchIndex, id_of
from ..errors import AmbiguousMatch, NoMatch, UnknownAnswer, UsageError, quoted
from ..exit_codes import ExitCode
from ..history import History, Snapshot
from ..history.time_spec import LAST, PointInTime
from ..history.timeline import Kind, Timeline
from ..output.timeline import (
    ASCII_BARS,
    BARS,
    TIMELINE_FIELDS,
    size_range,
    size_summary,
    sparkline,
    timeline_report,
    without_repetition,
)
from ..text import pluralize
from ..times import utc_days, utc_minute, utc_minutes
from .context import Context, Reading
from .lookup import identified, matched_user, with_candidates
from .output import answer, check_columns, format_of_answer

Index = SearchIndex[Group] | SearchIndex[User]


async def history(context: Context) -> ExitCode:
    """List who joined and left a group, or which groups a user joined and left, the last change first.

    The answer is incomplete, and thus unknown, if the history does not reach back to `--since`, or does not
    contain the crawl that shows the instance as it is now.
    """
    options = context.options
    check_columns(context, TIMELINE_FIELDS)
    since, until = _period(context)
    stored = context.required_history()
    match = () if options.group else [options.name]
    reading = await context.read(match=match) if until == LAST else context.read_at(until, match=match)
    if until == LAST and await context.save_history() is None and not reading.from_history:
        reason = context.incomplete or "this crawl was not saved"
        context.incomplete = f"{reason}; the timeline ends with the previous snapshot"
    first, last = _snapshots(context, stored, since, until)
    item = _find(context, stored, reading, last)
    kind: Kind = "group" if isinstance(item, Group) else "user"
    timeline = stored.timeline(kind, item.id, first, last)
    if not timeline.snapshots:
        raise UnknownAnswer(f"no history of {context.instance.name}: {stored.missing}")
    changes = timeline.newest_first
    is_now = until == LAST and not reading.from_history
    days = utc_days(first.taken_at, last.taken_at)
    now = "now" if is_now else f"on {days[1]}"
    exists = isinstance(item, Group) or _may_exist(item, reading)
    notes = list(_notes(context, item, timeline, days, now, exists=exists))
    report = timeline_report(context.instance.origin, item, timeline, changes, notes)
    if format_of_answer(context) == "table" and not (context.options.columns or context.options.sort):
        report = without_repetition(report, item)
    answer(context, replace(report, complete=not context.incomplete))
    start, end = utc_minutes(first.taken_at, last.taken_at)
    context.warn(f"{pluralize(len(changes), 'change')} of {kind} {identified(item)} from {start} to {end}")
    return ExitCode.OK


# The period


def _period(context: Context) -> tuple[PointInTime | None, PointInTime]:
    """Return the start, None for the start of the history, and the end.

    Raises:
        InvalidTime: If one of them is not a time.
        UsageError: If the start is in the future, or after the end.
    """
    options, now = context.options, context.clock.now()
    since = None if options.since is None else PointInTime.parse(options.since, now)
    until = LAST
    if options.until is not None:
        until = PointInTime.parse(options.until, now, end_of_day=True)
    if since is not None and since.is_after(PointInTime(now)):
        raise UsageError(f"--since {quoted(options.since)} is in the future")
    if since is not None and since.is_after(until):
        raise UsageError("--until is before --since")
    return since, LAST if until.is_after(PointInTime(now)) else until


def _snapshots(
    context: Context, stored: History, since: PointInTime | None, until: PointInTime
) -> tuple[Snapshot, Snapshot]:
    """Return the first and the last snapshot of the period.

    Raises:
        UnknownAnswer: If there is no snapshot, or none before the end.
        UsageError: If the last one is before the first one.
    """
    snapshots = stored.snapshots()
    last = stored.at(until)
    if not snapshots or last is None:
        raise UnknownAnswer(f"no history of {context.instance.name}: {stored.missing}")
    first = snapshots[0] if since is None else stored.at(since) or snapshots[0]
    begins = f"the history begins on {utc_minute(snapshots[0].taken_at)}"
    if until.time is not None and until.time < last.taken_at:
        raise UnknownAnswer(f"no data for that time: {begins}")
    if first.id > last.id:
        raise UsageError("--until is before --since")
    if since is not None and since.time is not None and first.taken_at > since.time:
        context.incomplete = context.incomplete or f"{begins}: omit --since for all that is known"
    return first, last


def _notes(
    context: Context, item: Group | User, timeline: Timeline, days: tuple[str, str], now: str, *, exists: bool
) -> Iterator[str]:
    """Yield what stands above a table: the size at both ends, and over time."""
    first, last = days
    yield size_summary(item, timeline, first, now, exists=exists)
    bars = sparkline(timeline, bars=ASCII_BARS if context.options.ascii or not _can_encode(BARS) else BARS)
    if bars and format_of_answer(context) == "table":
        noun = "member" if isinstance(item, Group) else "group"
        yield f"{bars}  {size_range(timeline, noun)}, {first} to {last}"


def _may_exist(user: User, reading: Reading) -> bool:
    """Return whether a user exists then, or is one of those who were not read."""
    return bool(reading.unread_users) or reading.directory.may_have_user(user.id)


def _can_encode(text: str) -> bool:
    try:
        text.encode(sys.stdout.encoding)
    except UnicodeError:
        return False
    return True


# The group or user


def _find(context: Context, stored: History, reading: Reading, last: Snapshot) -> Group | User:
    """Return the group or user with the name or id; one that exists comes before one that did.

    A complete name comes before a part of one, and the names at the end of the period before former ones.
    Later names are not known.

    Raises:
        AmbiguousMatch: If several match equally well, or a group and a user.
        NoMatch: If nothing matches.
        UnknownAnswer: If nothing matches, but not all users or addresses were read.
    """
    text = context.options.name
    steps = [(exact, past) for exact in (True, False) for past in (False, True)]
    for exact, past in steps[: 2 if context.options.exact else None]:
        indexes = _past_indexes(context, stored, last) if past else _indexes(context, reading.directory)
        found = list(_matches(indexes, text, exact=exact))
        if len(found) > 1:
            raise AmbiguousMatch(
                f"{quoted(text)} is a group and a user: {', '.join(map(identified, found))}",
                found,
                hint="Add --group or --user.",
            )
        if found:
            if isinstance(found[0], User):
                matched_user(context, reading, text)
            return found[0]
    if not context.options.group:
        if (nameless := _nameless_user(stored, text, last)) is not None:
            return nameless
        matched_user(context, reading, text)
    message = f"no group or user of the history matches {quoted(text)}"
    if context.doubt:
        raise UnknownAnswer(f"{message}; {context.doubt}")
    raise NoMatch(message)


def _nameless_user(stored: History, text: str, last: Snapshot) -> User | None:
    """Return the user with an id who was a member of groups, but whose name was never known."""
    id = id_of(text)
    return User(id, None) if id is not None and any(stored.timeline("user", id, until=last).sizes) else None


def _matches(indexes: Sequence[Index], text: str, *, exact: bool) -> Iterator[Group | User]:
    for index in indexes:
        try:
            yield index.resolve(text, exact=exact)
        except AmbiguousMatch as error:
            raise AmbiguousMatch(with_candidates(error), error.candidates) from None
        except NoMatch:
            pass


def _indexes(context: Context, directory: Directory) -> list[Index]:
    """Return the names at the end of the period, of the kinds that the options allow."""
    options = context.options
    indexes: list[Index] = [] if options.user else [directory.group_index]
    return indexes if options.group else [*indexes, directory.user_index]


def _past_indexes(context: Context, stored: History, last: Snapshot) -> list[Index]:
    """Return all names that groups and users ever had up to a snapshot."""
    options = context.options
    indexes: list[Index] = []
    if not options.user:
        groups = stored.known_names("group", last)
        indexes.append(
            SearchIndex("group", groups, names=groups.__getitem__, item=lambda id: Group(id, groups[id][0]))
        )
    if not options.group:
        users = stored.known_names("user", last)
        indexes.append(
            SearchIndex("user", users, names=users.__getitem__, item=lambda id: User(id, users[id][0]))
        )
    return indexes
