"""A long history: its size on disk, and the time to list changes and to answer as of an earlier time."""

from __future__ import annotations

import random
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from time import perf_counter

from groupstui.directory.builder import crawled_directory
from groupstui.directory.directory import Directory
from groupstui.directory.models import Group
from groupstui.history import History

from .program import Bench, environment, new_home
from .report import Row

SNAPSHOTS, GROUPS, USERS, MEMBERS = 1_000, 2_430, 9_000, 25
"""25 members a group are 60,000 memberships."""

CHANGES = 20
"""Memberships that differ between two snapshots; as many users join as leave."""

OFFLINE = ("groups", "--offline")

QUESTIONS = {
    "groups as of the oldest snapshot": ("groups", "--at", "#1"),
    "groups as of the middle one": ("groups", "--at", f"#{SNAPSHOTS // 2}"),
    "timeline of a group": ("history", "#7", "--group", "--offline"),
    "timeline of a user": ("history", "#7", "--user", "--offline"),
}
"""Commands about the past, by what they answer."""

MAX_MS, MAX_RATIO = 300, 1.5
"""What such an answer takes at most, by itself and compared with one from the last snapshot."""

INSTANCE = "https://acme.testmo.net"

START = datetime(2026, 1, 1, tzinfo=UTC)


def history(bench: Bench) -> Iterator[Row]:
    """A thousand snapshots of a site with few changes."""
    with new_home() as home:
        history = History(INSTANCE, Path(home, ".local", "state", "groupstui", "history"))
        sizes = []
        for directory in _snapshots():
            history.save(directory)
            sizes.append(_size(history))
        snapshots = history.snapshots()
        tenth = _seconds(history, -SNAPSHOTS // 10, bench.rounds)
        whole = _seconds(history, 0, bench.rounds)
        changes = len(history.changes(snapshots[0], snapshots[-1]))
        taken = _command_seconds(bench, home, [OFFLINE, *QUESTIONS.values()])
    size = f"{SNAPSHOTS:,} snapshots, {sizes[-1] / 1e6:.1f} MB"
    yield Row(size, f"the first snapshot, {sizes[0] / 1e6:.1f} MB", sizes[-1] / sizes[0], 10)
    time = f"{changes:,} changes of all snapshots, {whole * 1000:.0f} ms"
    yield Row(time, "ten times a tenth of them", whole / (10 * tenth), 1.5)
    offline, *others = taken
    yield Row("groups, from the last snapshot", "", offline * 1000, unit=" ms")
    for question, seconds in zip(QUESTIONS, others, strict=True):
        yield Row(question, "", seconds * 1000, MAX_MS, unit=" ms")
        yield Row(question, "groups, from the last snapshot", seconds / offline, MAX_RATIO)


def _command_seconds(bench: Bench, home: str, commands: list[tuple[str, ...]]) -> list[float]:
    """Return the medians of how long commands take, run in turn."""
    taken: list[list[float]] = [[] for _ in commands]
    for _ in range(bench.rounds):
        for seconds, command in zip(taken, commands, strict=True):
            start = perf_counter()
            subprocess.run(
                bench.program.command(*command),
                env=environment(home, TESTMO_INSTANCE=INSTANCE),
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                check=True,
            )
            seconds.append(perf_counter() - start)
    return list(map(median, taken))


def _snapshots() -> Iterator[Directory]:
    """Yield the site at each of its snapshots."""
    rng = random.Random(1)
    users = range(1, USERS + 1)
    members_of = {id: rng.sample(users, MEMBERS) for id in range(1, GROUPS + 1)}
    for number in range(SNAPSHOTS):
        yield _directory(members_of, START + timedelta(hours=number))
        for _ in range(CHANGES // 2):
            members = members_of[rng.randint(1, GROUPS)]
            new_member = rng.choice(users)
            if new_member not in members:
                members[rng.randrange(MEMBERS)] = new_member


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
