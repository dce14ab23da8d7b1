"""The directory as it was at any snapshot is the one that was saved."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from groupstui.directory.directory import Directory
from groupstui.directory.models import Group
from groupstui.history import History, Snapshot

from ..support.random_history import FIRST, HOUR, directory, histories

ORIGIN = "https://acme.testmo.net"
LONG_AFTER = FIRST + timedelta(days=900)


def facts(directory: Directory | None, *, ordered: bool = True) -> dict[str, object]:
    """Return all that is known in a directory, as values that can be compared."""
    assert directory is not None
    groups = [
        replace(group, members=list(group.members) if ordered else sorted(group.members))
        for group in directory.groups
    ]
    return {
        "groups": groups,
        "names": dict(directory.names),
        "unnamed": directory.unnamed,
        "positions": dict(directory.positions),
        "total": directory.total,
        "complete": (directory.complete, directory.users_complete),
        "as_of": directory.as_of,
    }


def saved_history(directories: list[Directory], folder=None) -> History:
    history = History(ORIGIN, folder)
    for each in directories:
        history.save(each, LONG_AFTER)
    return history


@settings(max_examples=300, deadline=None)
@given(histories(), st.integers(0, 5))
def test_directory_at_every_snapshot_is_the_one_saved(directories, pruned):
    history = saved_history(directories)
    history.prune(FIRST + pruned * HOUR, LONG_AFTER)
    kept = directories[min(pruned, len(directories) - 1) :]
    snapshots = history.snapshots()
    assert len(snapshots) == len(kept)
    for snapshot, saved in zip(snapshots, kept, strict=True):
        assert facts(history.directory_at(snapshot), ordered=False) == facts(saved, ordered=False)


@settings(max_examples=100, deadline=None)
@given(histories())
def test_members_keep_their_order_in_the_last_snapshot(directories):
    history = saved_history(directories)
    last = history.directory_at(history.snapshots()[-1])
    assert facts(last) == facts(history.latest()) == facts(directories[-1])


@settings(max_examples=100, deadline=None)
@given(histories(sorted_members=True))
def test_members_sorted_by_id_stay_sorted(directories):
    history = saved_history(directories)
    for snapshot, saved in zip(history.snapshots(), directories, strict=True):
        assert facts(history.directory_at(snapshot)) == facts(saved)


def two_snapshots(folder) -> History:
    return saved_history(
        [
            directory([Group(1, "QA", (1, 2)), Group(2, "Ops", (3,))], {1: "Ada"}, FIRST),
            directory([Group(1, "QA", (2, 3))], {2: "Grace"}, FIRST + HOUR),
        ],
        folder,
    )


def test_snapshot_that_was_deleted_is_none(tmp_path):
    history = two_snapshots(tmp_path)
    first, _ = history.snapshots()
    history.prune(FIRST + HOUR, LONG_AFTER)
    assert history.directory_at(first) is None
    assert history.directory_at(Snapshot(7, FIRST, 0, 0, 0, 0)) is None


def test_all_users_belong_only_to_the_snapshot_they_were_read_for(tmp_path):
    history = History(ORIGIN, tmp_path)
    ada = directory([Group(1, "QA", (1,))], {1: "Ada"}, FIRST)
    history.save(ada.with_all_users({9: "Grace"}), LONG_AFTER)
    history.save(replace(ada, as_of=FIRST + HOUR), LONG_AFTER)
    first, second = map(history.directory_at, history.snapshots())
    assert (first.names, first.users_complete) == ({1: "Ada", 9: "Grace"}, True)
    assert (second.names, second.users_complete) == ({1: "Ada"}, False)


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE group_version SET changed = NULL WHERE since = 1 AND id = 1",
        "UPDATE group_version SET members = NULL WHERE until IS NULL",
        "UPDATE group_version SET changed = x'4905000000' WHERE since = 1 AND id = 1",
        "DELETE FROM group_version WHERE until IS NULL",
        "DELETE FROM group_version WHERE id = 2",
        "UPDATE group_version SET since = 3 WHERE until IS NULL",
        "UPDATE group_version SET changed = x'00' WHERE since = 1 AND id = 1",
        "UPDATE user_name SET name = x'ff'",
    ],
)
def test_damage_is_reported_instead_of_another_answer(tmp_path, damage):
    history = two_snapshots(tmp_path)
    first, _ = history.snapshots()
    with closing(sqlite3.connect(history.path, isolation_level=None)) as db:
        db.execute(damage)
    assert history.directory_at(first) is None
    assert "damaged" in history.notice


def test_reading_does_not_wait_for_a_writer(tmp_path):
    history = two_snapshots(tmp_path)
    first, _ = history.snapshots()
    with closing(sqlite3.connect(history.path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        assert history.directory_at(first).as_of == FIRST
