"""A long history: its size on disk and the time to list changes."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter

from groupstui.directory.builder import crawled_directory
from groupstui.directory.directory import Directory
from groupstui.directory.models import Group
from groupstui.history import History

from .program import Bench
from .report import Row

SNAPSHOTS, GROUPS, USERS, MEMBERS = 1_000, 2_430, 9_000, 25
"""25 members a group are 60,000 memberships."""

CHANGES = 20
"""Memberships that differ between two snapshots; as many users join as leave."""

START = datetime(2026, 1, 1, tzinfo=UTC)


def history(bench: Bench) -> Iterator[Row]:
    """A thousand snapshots of a site with few changes."""
    rng = random.Random(1)
    users = range(1, USERS + 1)
    members_of = {id: rng.sample(users, MEMBERS) for id in range(1, GROUPS + 1)}
    with TemporaryDirectory() as folder:
        history = History("https://acme.testmo.net", Path(folder))
        sizes = []
        for number in range(SNAPSHOTS):
            history.save(_directory(members_of, START + timedelta(hours=number)))
            sizes.append(_size(history))
            for _ in range(CHANGES // 2):
                members = members_of[rng.randint(1, GROUPS)]
                new_member = rng.choice(users)
                if new_member not in members:
                    members[rng.randrange(MEMBERS)] = new_member
        snapshots = history.snapshots()
        tenth = _seconds(history, -SNAPSHOTS // 10, bench.rounds)
        whole = _seconds(history, 0, bench.rounds)
        changes = len(history.changes(snapshots[0], snapshots[-1]))
    size = f"{SNAPSHOTS:,} snapshots, {sizes[-1] / 1e6:.1f} MB"
    yield Row(size, f"the first snapshot, {sizes[0] / 1e6:.1f} MB", sizes[-1] / sizes[0], 10)
    time = f"{changes:,} changes of all snapshots, {whole * 1000:.0f} ms"
    yield Row(time, "ten times a tenth of them", whole / (10 * tenth), 1.5)


def _directory(members_of: dict[int, list[int]], as_of: datetime) -> Directory:
    groups = [Group(id, f"Group {id}", tuple(members)) for id, members in members_of.items()]
    return crawled_directory(groups, {id: f"User {id}" for id in range(1, USERS + 1)}, as_of=as_of)


def _size(history: History) -> int:
    assert history.path is not None
    return history.path.stat().st_size


def _seconds(history: History, first: int, rounds: int) -> float:
    snapshots = history.snapshots()
    taken = []
    for _ in range(rounds):
        start = perf_counter()
        history.changes(snapshots[first], snapshots[-1])
        taken.append(perf_counter() - start)
    return median(taken)


MEASURES = {"history": history}
