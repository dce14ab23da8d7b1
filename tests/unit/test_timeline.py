"""A timeline contains the changes between neighbouring snapshots that are about a group or user."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from groupstui.directory.changes import Change, ChangeKind
from groupstui.directory.directory import Directory
from groupstui.directory.models import Group
from groupstui.history import History

from ..support.naive_history import Fact, naive_size, naive_timeline
from ..support.random_history import FIRST, GROUP_IDS, HOUR, USER_IDS, directory, histories

LONG_AFTER = FIRST + timedelta(days=900)


def saved_history(directories: list[Directory]) -> History:
    history = History("https://acme.testmo.net", None)
    for each in directories:
        history.save(each, LONG_AFTER)
    return history


def facts(changes: list[Change]) -> list[Fact]:
    """Return changes as values, sorted within each snapshot."""
    kinds = list(ChangeKind)
    return sorted(
        (c.seen, kinds.index(c.kind), c.group_id or 0, c.user_id or 0, c.group, c.user, c.before)
        for c in changes
    )


@settings(max_examples=200, deadline=None)
@given(histories(max_size=8), st.integers(0, 7), st.data())
def test_timelines_are_those_of_a_naive_model(directories, pruned, data):
    history = saved_history(directories)
    history.prune(FIRST + pruned * HOUR, LONG_AFTER)
    kept = directories[min(pruned, len(directories) - 1) :]
    snapshots = history.snapshots()
    first = data.draw(st.integers(0, len(kept) - 1))
    last = data.draw(st.integers(first, len(kept) - 1))
    period = kept[first : last + 1]
    for kind, ids in (("group", GROUP_IDS), ("user", USER_IDS)):
        for id in ids:
            timeline = history.timeline(kind, id, snapshots[first], snapshots[last])
            assert facts(timeline.changes) == naive_timeline(period, kind, id)
            assert list(timeline.sizes) == [naive_size(each, kind, id) for each in period]
            assert timeline.snapshots == snapshots[first : last + 1]
            times = [change.seen for change in timeline.changes]
            assert times == sorted(times)


@settings(max_examples=50, deadline=None)
@given(histories())
def test_known_names_are_all_that_were_ever_seen(directories):
    history = saved_history(directories)
    expected: dict[int, set[str]] = {}
    for each in directories:
        for group in each.groups:
            expected.setdefault(group.id, set()).add(group.name)
    known = history.known_names("group")
    assert {id: set(names) for id, names in known.items()} == expected
    for group in directories[-1].groups:
        assert known[group.id][0] == group.name


def test_group_that_no_longer_exists_has_a_timeline():
    history = saved_history(
        [
            directory([Group(1, "QA", (1, 2))], {1: "Ada"}, FIRST),
            directory([], {}, FIRST + HOUR),
        ]
    )
    timeline = history.timeline("group", 1)
    assert [(each.kind, each.user) for each in timeline.changes] == [
        (ChangeKind.DELETED, None),
        (ChangeKind.LEFT, None),
        (ChangeKind.LEFT, "Ada"),
    ]
    assert timeline.sizes == [2, None]


def test_unknown_id_has_an_empty_timeline():
    history = saved_history([directory([Group(1, "QA", (1,))], {}, FIRST)])
    assert history.timeline("group", 9).changes == []
    assert history.timeline("user", 9).sizes == [0]
    assert History("https://acme.testmo.net", None).timeline("user", 9).snapshots == []
