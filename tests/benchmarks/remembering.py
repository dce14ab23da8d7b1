"""What a long history costs: room on the disk, and time to tell what changed."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter

from groupstui.directory.directory import Directory, Group
from groupstui.history import History

from .drawing import Line

SNAPSHOTS, GROUPS, USERS, MEMBERS = 1_000, 2_430, 9_000, 25
"""25 members a group are 60,000 memberships."""

CHANGES = 20
"""Memberships that come or go from one snapshot to the next: each comes in the place of another."""

BEGIN = datetime(2026, 1, 1, tzinfo=UTC)


def history(rounds: int) -> Iterator[Line]:
    """A thousand readings of a site that changes a little."""
    chance = random.Random(1)
    users = range(1, USERS + 1)
    inside = {number: chance.sample(users, MEMBERS) for number in range(1, GROUPS + 1)}
    with TemporaryDirectory() as folder:
        kept = History("https://acme.testmo.net", Path(folder))
        sizes = []
        for number in range(SNAPSHOTS):
            kept.save(_reading(inside, BEGIN + timedelta(hours=number)))
            sizes.append(_size(kept))
            for _ in range(CHANGES // 2):
                members = inside[chance.randint(1, GROUPS)]
                newcomer = chance.choice(users)
                if newcomer not in members:
                    members[chance.randrange(MEMBERS)] = newcomer
        snapshots = kept.snapshots()
        few = _seconds(kept, -SNAPSHOTS // 10, rounds)
        all_of_them = _seconds(kept, 0, rounds)
        told = len(kept.changes(snapshots[0], snapshots[-1]))
    size = f"{SNAPSHOTS:,} snapshots, {sizes[-1] / 1e6:.1f} MB"
    yield size, f"the first of them alone, {sizes[0] / 1e6:.1f} MB", sizes[-1] / sizes[0], 10, ""
    time = f"{told:,} changes over all of them, {all_of_them * 1000:.0f} ms"
    yield time, "ten times a tenth of them", all_of_them / (10 * few), 1.5, ""


def _reading(inside: dict[int, list[int]], as_of: datetime) -> Directory:
    directory = Directory()
    directory.add((), {number: f"User {number}" for number in range(1, USERS + 1)})
    groups = [Group(number, f"Group {number}", tuple(members)) for number, members in inside.items()]
    directory.settle(groups, complete=True, as_of=as_of)
    return directory


def _size(kept: History) -> int:
    assert kept.path is not None
    return kept.path.stat().st_size


def _seconds(kept: History, first: int, rounds: int) -> float:
    snapshots = kept.snapshots()
    taken = []
    for _ in range(rounds):
        began = perf_counter()
        kept.changes(snapshots[first], snapshots[-1])
        taken.append(perf_counter() - began)
    return median(taken)


MEASURES = {"history": history}
