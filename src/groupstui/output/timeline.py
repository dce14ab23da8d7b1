"""The timeline of a group or user as records, as a summary, and as a line of small bars."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence

from ..directory.changes import Change
from ..directory.models import Group, User
from ..history.timeline import Timeline
from ..text import pluralize
from .records import Report, change_record, snapshot_record

TIMELINE_FIELDS = ("seen", "change", "user", "group", "before", "group_id", "user_id")

BARS = "▁▂▃▄▅▆▇"
"""Sizes from zero to the largest."""

ASCII_BARS = "_.-=+*#"
"""The same in ASCII."""

MAX_BARS = 40
"""The characters of a sparkline, so that it fits beside its legend."""


def timeline_report(
    instance: str,
    item: Group | User,
    timeline: Timeline,
    changes: Sequence[Change],
    notes: Sequence[str] = (),
) -> Report:
    """Return a report on changes of a timeline, with the size at the start and at the end."""
    first, last = timeline.snapshots[0], timeline.snapshots[-1]
    about = {
        "group" if isinstance(item, Group) else "user": {"id": item.id, "name": item.name},
        "since": snapshot_record(first),
        "until": snapshot_record(last),
        "size_then": timeline.sizes[0],
        "size_now": timeline.sizes[-1],
    }
    return Report(
        "changes",
        TIMELINE_FIELDS,
        list(map(change_record, changes)),
        instance,
        last.taken_at,
        complete=True,
        about=about,
        notes=notes,
        subject=f"{item.label} timeline",
    )


def without_repetition(report: Report, item: Group | User) -> Report:
    """Return the report of a timeline without the columns that only repeat what it is about, or are empty."""
    kind = "group" if isinstance(item, Group) else "user"
    repeated = {kind: item.label, f"{kind}_id": item.id, "before": None}
    fields = [
        name
        for name in report.fields
        if name not in repeated or any(record[name] != repeated[name] for record in report.records)
    ]
    return report.with_fields(fields)


def size_summary(
    item: Group | User, timeline: Timeline, then: str, now: str = "now", *, exists: bool = True
) -> str:
    """Return the sizes at the end and at the start, such as `12 members now, 9 on 2026-10-01`.

    Args:
        item: The group or user.
        timeline: What changed.
        then: The day of the first snapshot.
        now: The time of the last snapshot, in words.
        exists: Whether a user exists then, or may exist.
    """
    first, last = timeline.sizes[0], timeline.sizes[-1]
    missing = f"{'does' if now == 'now' else 'did'} not exist {now}"
    if isinstance(item, User):
        if not exists:
            return f"{missing}, in {pluralize(first or 0, 'group')} on {then}"
        return f"in {pluralize(last or 0, 'group')} {now}, in {first:,} on {then}"
    start = f"did not exist on {then}" if first is None else f"{first:,} on {then}"
    if last is None:
        start = start if first is None else f"{pluralize(first, 'member')} on {then}"
        return f"{missing}, {start}"
    return f"{pluralize(last, 'member')} {now}, {start}"


def sparkline(timeline: Timeline, width: int = MAX_BARS, bars: str = BARS) -> str:
    """Return the size over time as bars: one for each part of the period, as it was at its end.

    The highest bar is the largest size, and half a bar is half of it. The lowest bar is a size of zero, and
    a space is a time without the group.
    """
    times = [snapshot.taken_at.timestamp() for snapshot in timeline.snapshots]
    known = [size for size in timeline.sizes if size is not None]
    if not known:
        return ""
    high = max(known)
    step = (times[-1] - times[0]) / width
    ends = [times[0] + step * number for number in range(1, width)] + [times[-1]]
    sizes = [timeline.sizes[max(0, bisect_right(times, end) - 1)] for end in ends]

    def bar(size: int | None) -> str:
        if size is None:
            return " "
        return bars[0] if size == 0 else bars[max(1, round(size * (len(bars) - 1) / high))]

    return "".join(map(bar, sizes))


def size_range(timeline: Timeline, noun: str) -> str:
    """Return the smallest and the largest size, such as `9 to 12 members`; empty if there is none."""
    known = [size for size in timeline.sizes if size is not None]
    if not known:
        return ""
    low, high = min(known), max(known)
    return pluralize(high, noun) if low == high else f"{low:,} to {pluralize(high, noun)}"
