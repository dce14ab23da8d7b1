"""The size over time as bars, and in words."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

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
    ("sizes", "width", "expected"),
    [
        (timeline(0, 3, 6), 2, "▄▇"),
        (timeline(0, 6, None), 2, "▇ "),
        (timeline(None, None), 4, ""),
        (timeline(5), 3, "▇▇▇"),
        (timeline(0), 3, "▁▁▁"),
        (timeline(0, 6, hours=[0, 100]), 10, "▁▁▁▁▁▁▁▁▁▇"),
        (timeline(0, 6, 0, hours=[0, 10, 100]), 10, "▇▇▇▇▇▇▇▇▇▁"),
    ],
)
def test_bars_follow_time(sizes, width, expected):
    assert sparkline(sizes, width) == expected


def test_bars_begin_at_zero():
    assert sparkline(timeline(100, 100, 101), 2) == "▇▇"
    assert sparkline(timeline(50, 50, 100), 2) == "▄▇"
    assert sparkline(timeline(1, 1, 1_000), 2) == "▂▇", "one member is not zero"


@given(largest=st.integers(1, 100_000), data=st.data())
def test_a_larger_size_never_has_a_lower_bar(largest, data):
    sizes = sorted(data.draw(st.lists(st.integers(0, largest))))
    bars = [BARS.index(sparkline(timeline(largest, size), 1)) for size in sizes]
    assert bars == sorted(bars)
    assert [bar == 0 for bar in bars] == [size == 0 for size in sizes]


def test_ascii_bars_are_those_of_the_ascii_filter():
    assert BARS.translate(GLYPHS) == ASCII_BARS
    assert sparkline(timeline(0, 3, 6), 3, ASCII_BARS).isascii()


@pytest.mark.parametrize(
    ("item", "sizes", "expected"),
    [
        (QA, timeline(9, 12), "12 members now, 9 on 2026-10-01"),
        (QA, timeline(9, None), "does not exist now, 9 members on 2026-10-01"),
        (QA, timeline(None, 1), "1 member now, did not exist on 2026-10-01"),
        (QA, timeline(None, 1, None), "does not exist now, did not exist on 2026-10-01"),
        (ADA, timeline(2, 4), "in 4 groups now, in 2 on 2026-10-01"),
    ],
)
def test_summary_compares_both_ends(item, sizes, expected):
    assert size_summary(item, sizes, "2026-10-01") == expected


def test_summary_of_a_deleted_user():
    sizes = timeline(2, 0)
    assert (
        size_summary(ADA, sizes, "2026-10-01", exists=False)
        == "does not exist now, in 2 groups on 2026-10-01"
    )


def test_range_names_the_smallest_and_the_largest_size():
    assert size_range(timeline(9, 12, 1_000), "member") == "9 to 1,000 members"
    assert size_range(timeline(1, 1), "member") == "1 member"
    assert size_range(timeline(None), "member") == ""
