"""Times are formatted in one way, and no time is fatal."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone

import pytest

from groupstui.times import (
    ago,
    local_clock,
    local_day,
    local_days,
    local_minute,
    utc_days,
    utc_iso,
    utc_minute,
    utc_minutes,
    utc_stamp,
)

AFTERNOON = datetime(2026, 11, 16, 13, 2, 11, 345000, UTC)
LAST = datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)
FIRST = datetime(1, 1, 1, tzinfo=UTC)


@pytest.fixture(autouse=True, params=["Europe/Berlin", "America/New_York"])
def zone(request, monkeypatch) -> Iterator[str]:
    monkeypatch.setenv("TZ", request.param)
    time.tzset()
    yield request.param
    monkeypatch.undo()
    time.tzset()


def test_local_times(zone):
    if zone == "Europe/Berlin":
        assert local_day(AFTERNOON) == "2026-11-16"
        assert local_minute(AFTERNOON) == "2026-11-16 14:02"
        assert local_minute(AFTERNOON, weekday=True) == "Mon 2026-11-16 14:02"
        assert local_clock(AFTERNOON) == "14:02:11"
    else:
        assert local_clock(AFTERNOON) == "08:02:11"


def test_utc_times():
    assert utc_iso(AFTERNOON) == "2026-11-16T13:02:11.345Z"
    assert utc_iso(AFTERNOON.astimezone()) == "2026-11-16T13:02:11.345Z"
    assert utc_stamp(AFTERNOON) == "20261116-130211"
    assert utc_minute(AFTERNOON.astimezone()) == "2026-11-16 13:02 UTC"


@pytest.mark.parametrize(
    ("later", "days", "minutes"),
    [
        (timedelta(0), ("2026-11-16",) * 2, ("2026-11-16 13:02 UTC",) * 2),
        (timedelta(days=3), ("2026-11-16", "2026-11-19"), ("2026-11-16 13:02 UTC", "2026-11-19 13:02 UTC")),
        (timedelta(hours=1), *[("2026-11-16 13:02 UTC", "2026-11-16 14:02 UTC")] * 2),
        (timedelta(seconds=9), *[("2026-11-16 13:02:11 UTC", "2026-11-16 13:02:20 UTC")] * 2),
        (timedelta(milliseconds=1), *[("2026-11-16T13:02:11.345Z", "2026-11-16T13:02:11.346Z")] * 2),
    ],
)
def test_two_times_are_told_apart(later, days, minutes):
    assert utc_days(AFTERNOON, AFTERNOON + later) == days
    assert utc_minutes(AFTERNOON, AFTERNOON + later) == minutes
    first, last = local_days(AFTERNOON, AFTERNOON + later)
    assert (first != last) == (later >= timedelta(seconds=1))


@pytest.mark.parametrize("extreme", [FIRST, LAST, FIRST.replace(tzinfo=timezone(timedelta(hours=23)))])
def test_no_time_is_out_of_range(extreme):
    year = f"{extreme.year:04}"
    for text in (local_day(extreme), local_minute(extreme), utc_iso(extreme), utc_minute(extreme)):
        assert text.startswith(year) or abs(int(text[:4]) - extreme.year) == 1
    assert local_clock(extreme)


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (-600, "just now"),
        (59, "just now"),
        (60, "1 min ago"),
        (3_599, "59 min ago"),
        (3_600, "1 h ago"),
        (86_399, "23 h ago"),
        (86_400, "1 d ago"),
        (400 * 86_400, "400 d ago"),
    ],
)
def test_age_in_its_largest_unit(seconds, text):
    assert ago(AFTERNOON, AFTERNOON + timedelta(seconds=seconds)) == text
