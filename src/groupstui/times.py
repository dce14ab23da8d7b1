"""Format times: local ones for users, UTC ones for files and programs.

The app may show local times in another zone: see `show_times_in`.

A time that has no local form, such as one in the year 1, is shown in its own zone instead.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, tzinfo
from typing import Literal

DAYS_OF_WEEK = 7

_zone: tzinfo | None = None


def show_times_in(zone: tzinfo | None) -> None:
    """Format local times in a zone from now on; None for the zone of this machine."""
    global _zone
    _zone = zone


def with_local_zone(time: datetime) -> datetime:
    """Return a time with its zone; one without a zone is local, as users read and write it.

    Raises:
        OverflowError: If the time is out of the range of the platform.
    """
    return time.replace(tzinfo=_zone) if time.tzinfo is None and _zone is not None else time.astimezone()


def zone_of(time: datetime) -> str:
    """Return the name of the zone in which a time is shown, as in `CET` or `+03`."""
    return f"{_local(time):%Z}"


def utc_minute(time: datetime) -> str:
    """Return the date and time in UTC with its zone, as in `2026-11-16 13:02 UTC`.

    The commands print this: the times in their data are in UTC, and an answer has one time zone.
    """
    return _utc_text(time, "minutes")


def utc_second(time: datetime) -> str:
    """Return the date and time in UTC with its zone, as in `2026-11-16 13:02:11 UTC`."""
    return _utc_text(time, "seconds")


def utc_day(time: datetime) -> str:
    """Return the date in UTC, as in `2026-11-16`."""
    return _utc_text(time, "minutes")[: len("2026-11-16")]


def _utc_text(time: datetime, timespec: Literal["minutes", "seconds"]) -> str:
    try:
        time = time.astimezone(UTC)
    except OverflowError:
        return time.isoformat(" ", timespec)
    return f"{time.replace(tzinfo=None).isoformat(' ', timespec)} UTC"


def utc_days(first: datetime, last: datetime) -> tuple[str, str]:
    """Return two dates in UTC, with as much of the time as they need to differ."""
    return _distinct(first, last, utc_day, utc_minute, utc_second, utc_iso)


def utc_minutes(first: datetime, last: datetime) -> tuple[str, str]:
    """Return two dates and times in UTC, with seconds if they need these to differ."""
    return _distinct(first, last, utc_minute, utc_second, utc_iso)


def local_days(first: datetime, last: datetime) -> tuple[str, str]:
    """Return two local dates, with as much of the time as they need to differ."""
    return _distinct(first, last, local_day, local_minute, local_second)


def _distinct(first: datetime, last: datetime, *formats: Callable[[datetime], str]) -> tuple[str, str]:
    """Return two times in the first format in which they differ; in the first of all if they are the same."""
    for format in formats if first != last else formats[:1]:
        texts = format(first), format(last)
        if texts[0] != texts[1]:
            break
    return texts


def local_day(time: datetime) -> str:
    """Return the local date, as in `2026-11-16`."""
    return _local(time).date().isoformat()


def local_minute(time: datetime, *, weekday: bool = False) -> str:
    """Return the local date and time, as in `2026-11-16 14:02` or `Mon 2026-11-16 14:02`."""
    local = _local(time)
    text = local.replace(tzinfo=None).isoformat(" ", "minutes")
    return f"{local:%a} {text}" if weekday else text


def local_second(time: datetime) -> str:
    """Return the local date and time, as in `2026-11-16 14:02:11`."""
    return _local(time).replace(tzinfo=None).isoformat(" ", "seconds")


def weekday(time: datetime) -> str:
    """Return the local day of the week, as in `Mon`, for times within the last week."""
    return f"{_local(time):%a}"


def weekday_clock(time: datetime) -> str:
    """Return the local day of the week and the time of day, as in `Mon 14:02:11`."""
    return f"{_local(time):%a %H:%M:%S}"


def recent_day(time: datetime, now: datetime) -> str:
    """Return the local day: `Thu` if it is less than a week ago, otherwise `11-16`."""
    local = _local(time)
    is_recent = (_local(now).date() - local.date()).days < DAYS_OF_WEEK
    return f"{local:%a}" if is_recent else f"{local:%m-%d}"


def local_clock(time: datetime) -> str:
    """Return the local time of day, as in `14:02:11`."""
    return _local(time).time().isoformat("seconds")


def ago(time: datetime, now: datetime) -> str:
    """Return the age of a time in its largest unit, as in `3 h ago`."""
    minutes = int((now - time).total_seconds() // 60)
    for unit, length in (("d", 24 * 60), ("h", 60), ("min", 1)):
        if minutes >= length:
            return f"{minutes // length:,} {unit} ago"
    return "just now"


def utc_iso(time: datetime) -> str:
    """Return the time in UTC as ISO 8601 with a Z, as in `2026-11-16T13:02:11.000Z`.

    A history stores milliseconds: the time of a snapshot, given back to an option, means this snapshot.
    """
    try:
        time = time.astimezone(UTC)
    except OverflowError:  # the first or the last day of the calendar, in another zone
        return time.isoformat(timespec="milliseconds")
    return time.replace(tzinfo=None).isoformat(timespec="milliseconds") + "Z"


def utc_stamp(time: datetime) -> str:
    """Return the time in UTC as a part of a file's name, as in `20261116-130211`."""
    return f"{time.astimezone(UTC):%Y%m%d-%H%M%S}"


def _local(time: datetime) -> datetime:
    try:
        return time.astimezone(_zone)
    except (OverflowError, OSError, ValueError):  # what a platform raises for years out of its range
        return time
