"""The size over time as bars, and in words."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest

from groupstui.directory.models import Group, User
from groupstui.history import Snapshot
from groupstui.history.timeline import Timeline
from groupstui.output.timeline import ASCII_BARS, BARS, size_range, size_summary, sparkline
from groupstui.terminal.ascii_filter import GLYPHS

START = datetime(2026, 10, 1, tzinfo=UTC)
QA, ADA = Group(1, "QA"), User(1, "Ada")


def timeline(*sizes: int | None, hours: Sequence[int] = ()) -> Timeline:
    hours = hours or range(len(sizes))
    snapshots = [
        Snapshot(number, START + timedelta(hours=hour), 0, 0, 0, 0) for number, hour in enumerate(hours, 1)
    ]
    return Timeline(snapshots, [], sizes)


@pytest.mark.parametrize(
    ("given", "width", "expected"),
    [
        (timeline(0, 3, 6), 2, "▄▇"),
        (timeline(0, 6, None), 2, "▇ "),
        (timeline(None, None), 4, ""),
        (timeline(5), 3, "▄▄▄"),
        (timeline(1, 7, hours=[0, 100]), 10, "▁▁▁▁▁▁▁▁▁▇"),
        (timeline(1, 7, 1, hours=[0, 10, 100]), 10, "▇▇▇▇▇▇▇▇▇▁"),
    ],
)
def test_bars_follow_time(given, width, expected):
    assert sparkline(given, width) == expected


def test_ascii_bars_are_those_of_the_ascii_filter():
    assert BARS.translate(GLYPHS) == ASCII_BARS
    assert sparkline(timeline(0, 3, 6), 3, ASCII_BARS).isascii()


@pytest.mark.parametrize(
    ("item", "given", "expected"),
    [
        (QA, timeline(9, 12), "12 members now, 9 on 2026-10-01"),
        (QA, timeline(9, None), "does not exist now, 9 members on 2026-10-01"),
        (QA, timeline(None, 1), "1 member now, did not exist on 2026-10-01"),
        (QA, timeline(None, 1, None), "does not exist now, did not exist on 2026-10-01"),
        (ADA, timeline(2, 4), "in 4 groups now, in 2 on 2026-10-01"),
    ],
)
def test_summary_compares_both_ends(item, given, expected):
    assert size_summary(item, given, "2026-10-01") == expected


def test_summary_of_a_deleted_user():
    given = timeline(2, 0)
    assert (
        size_summary(ADA, given, "2026-10-01", exists=False)
        == "does not exist now, in 2 groups on 2026-10-01"
    )


def test_range_names_the_smallest_and_the_largest_size():
    assert size_range(timeline(9, 12, 1_000), "member") == "9 to 1,000 members"
    assert size_range(timeline(1, 1), "member") == "1 member"
    assert size_range(timeline(None), "member") == ""
