"""The history of a site: what was saved stays, and what changed is told exactly."""

from __future__ import annotations

import asyncio
import os
import signal
import sqlite3
import stat
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from groupstui.demo import DEMO_TOKEN, create_app, make_site
from groupstui.directory.changes import Kind
from groupstui.directory.directory import Directory, Group
from groupstui.errors import HistoryUnavailable, InvalidTime
from groupstui.history import History
from groupstui.history.time_spec import PointInTime, parse_duration
from groupstui.service.service import GroupsService

from ..conftest import SteppedClock

ORIGIN = "https://acme.testmo.net"
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
WRITER = Path(__file__).with_name("history_writer.py")


@pytest.fixture
def history(tmp_path):
    return History(ORIGIN, tmp_path)


def reading(groups: dict[int, tuple[int, ...]], minutes: int = 0, *, complete: bool = True) -> Directory:
    directory = Directory()
    directory.add((), {user: f"User {user}" for members in groups.values() for user in members})
    found = [Group(number, f"Group {number}", members) for number, members in groups.items()]
    directory.settle(found, complete=complete, as_of=NOON + timedelta(minutes=minutes))
    return directory


def members(directory: Directory | None) -> dict[int, tuple[int, ...]]:
    assert directory is not None
    return {group.id: tuple(group.members) for group in directory.groups}


# What is kept


def test_the_last_reading_comes_back_whole(history):
    made = datetime(2026, 1, 2, 3, 4, 5, 678000, tzinfo=UTC)
    group = Group(7, "QA", (3, 1, 2), created_at=made, created_by=1, updated_at="in a way", updated_by=None)
    directory = Directory()
    directory.add((), {1: "Ada", 3: "Grace"})
    directory.settle([group, Group(4, "Empty")], complete=True, as_of=NOON)
    history.save(directory)
    back = history.latest()
    assert [each.id for each in back.groups] == [7, 4]
    found = back.group(7)
    assert tuple(found.members) == group.members
    assert (found.created_at, found.created_by, found.updated_at) == (made, 1, "in a way")
    assert [back.user(number).name for number in (1, 2, 3)] == ["Ada", None, "Grace"]
    assert (back.complete, back.as_of, back.total) == (True, NOON, 2)


def test_there_is_nothing_before_the_first_reading(history):
    assert history.latest() is None
    assert history.snapshots() == []
    assert history.at(PointInTime(NOON)) is None


def test_an_incomplete_reading_is_no_history(history):
    with pytest.raises(ValueError, match="incomplete"):
        history.save(reading({1: (1,)}, complete=False))
    assert not history.exists


def test_an_unchanged_reading_costs_a_row(history):
    history.save(reading({number: tuple(range(1, 200)) for number in range(1, 50)}))
    before = history.path.stat().st_size
    for minute in range(1, 20):
        history.save(reading({number: tuple(range(1, 200)) for number in range(1, 50)}, minute))
    assert len(history.snapshots()) == 20
    assert history.path.stat().st_size <= before + 4096


def test_a_reading_that_began_before_the_last_is_not_kept(history):
    history.save(reading({1: (1,)}, minutes=5))
    assert history.save(reading({1: (1, 2)}, minutes=4)) is None
    assert members(history.latest()) == {1: (1,)}


def test_the_file_is_its_owner_s_alone(history):
    history.save(reading({1: (1,)}))
    assert stat.S_IMODE(history.path.stat().st_mode) == 0o600


def test_the_folder_is_made_for_its_owner_alone(tmp_path):
    history = History(ORIGIN, tmp_path / "deep" / "history")
    history.save(reading({1: (1,)}))
    assert stat.S_IMODE(history.path.parent.stat().st_mode) == 0o700


@pytest.mark.parametrize(
    ("origin", "name"),
    [
        ("https://acme.testmo.net", "acme.testmo.net.sqlite3"),
        ("http://127.0.0.1:8000", "127.0.0.1_3A8000_http.sqlite3"),
        ("https://[::1]:8000", "_5B_3A_3A1_5D_3A8000_https.sqlite3"),
    ],
)
def test_every_site_has_a_file_of_its_own(tmp_path, origin, name):
    assert History(origin, tmp_path).path == tmp_path / name


# What changed


@pytest.mark.parametrize("folder", [False, True], ids=["in memory", "in a file"])
def test_changes_are_told_between_any_two_snapshots(tmp_path, folder):
    history = History(ORIGIN, tmp_path if folder else None)
    first = history.save(reading({1: (1, 2), 2: (1,)}))
    second = history.save(reading({1: (2, 3), 2: (1,)}, 1))
    third = history.save(reading({1: (1, 2, 3)}, 2))
    assert [(each.kind, each.user_id) for each in history.changes(first, second)] == [
        (Kind.JOINED, 3),
        (Kind.LEFT, 1),
    ]
    assert [(each.kind, each.group, each.user) for each in history.changes(first, third)] == [
        (Kind.JOINED, "Group 1", "User 3"),
        (Kind.DELETED, "Group 2", None),
        (Kind.LEFT, "Group 2", "User 1"),
    ]
    assert {each.seen for each in history.changes(second, third)} == {third.taken_at}


edits = st.lists(
    st.tuples(
        st.sampled_from(["join", "leave", "create", "delete", "rename", "rename user", "new user"]),
        st.integers(0, 99),
        st.integers(0, 99),
    ),
    max_size=8,
)


def carry_out(site, edit) -> None:
    """Make one of the edits that an admin can make, where it can be made."""
    what, a, b = edit
    groups, users = list(site.groups), list(site.users)
    group_id, user_id = groups[a % len(groups)] if groups else None, users[b % len(users)]
    match what:
        case "create":
            site.add_group(f"Made {a}", {user_id, users[a % len(users)]})
        case "new user":
            site.add_user(f"New {b}")
        case "rename user":
            site.rename_user(user_id, f"Renamed {a}")
        case _ if group_id is None:
            return
        case "delete":
            site.delete_group(group_id)
        case "rename":
            site.rename_group(group_id, f"Called {b}")
        case "join" if user_id not in site.groups[group_id].members:
            site.add_member(group_id, user_id)
        case "leave" if user_id in site.groups[group_id].members:
            site.remove_member(group_id, user_id)


def state(site, known: dict[int, str]):
    """Return a site as sets, and the names that a reader knows by then."""
    groups = {group.id: group.name for group in site.groups.values()}
    inside = {(group.id, user) for group in site.groups.values() for user in group.members}
    # The demo site names the makers of every other group, too.
    makers = {user for group in site.groups.values() if group.id % 2 == 0 for user in made_by(group)}
    named = makers.union(user for _, user in inside) & site.users.keys()
    known.update({user: site.users[user].name for user in named})
    return groups, inside, dict(known)


def made_by(group) -> set[int]:
    """Return who created a group and who updated it, as far as they are known."""
    return {group.created_by, group.updated_by} - {None}


def expected(states) -> set[tuple]:
    """Compute what changed from the first state to the last, in the simplest way there is."""
    (groups, inside, _), (groups_after, inside_after, names_after) = states[0], states[-1]
    names: dict[int, str] = {}  # as they were, or as they were when they were first seen
    for _, _, known in reversed(states):
        names.update(known)
    found = {("joined", *pair) for pair in inside_after - inside}
    found |= {("left", *pair) for pair in inside - inside_after}
    found |= {("group created", number) for number in groups_after.keys() - groups.keys()}
    found |= {("group deleted", number) for number in groups.keys() - groups_after.keys()}
    for number in groups.keys() & groups_after.keys():
        if groups[number] != groups_after[number]:
            found.add(("group renamed", number, groups[number], groups_after[number]))
    for number in names.keys() & names_after.keys():
        if names[number] != names_after[number]:
            found.add(("user renamed", number, names[number], names_after[number]))
    return found


def as_told(changes) -> set[tuple]:
    found = set()
    for each in changes:
        match each.kind:
            case Kind.JOINED | Kind.LEFT:
                found.add((each.kind.value, each.group_id, each.user_id))
            case Kind.USER_RENAMED:
                found.add((each.kind.value, each.user_id, each.before, each.user))
            case Kind.RENAMED:
                found.add((each.kind.value, each.group_id, each.before, each.group))
            case _:
                found.add((each.kind.value, each.group_id))
    assert len(found) == len(changes)
    return found


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(edits, min_size=1, max_size=5))
@example([[*[("delete", 0, 0)] * 5, ("rename user", 0, 74)]])  # of one who only made a group
async def test_changes_between_any_two_snapshots_equal_the_edits(rounds):
    site = make_site(groups=6, users=9, members_max=6)
    transport = httpx.ASGITransport(create_app(site, token=DEMO_TOKEN))
    clock, history = SteppedClock(), History(ORIGIN, None)
    known: dict[int, str] = {}
    states, names = [], []
    async with GroupsService(ORIGIN, DEMO_TOKEN, transport=lambda: transport, clock=clock) as service:
        for round in ([], *rounds):
            for edit in round:
                carry_out(site, edit)
            clock.seconds += 60
            directory = await service.index()
            assert directory.complete
            assert history.save(directory) is not None
            states.append(state(site, known))
            names.append({group.id: group.name for group in site.groups.values()})
    snapshots = history.snapshots()
    for i, since in enumerate(snapshots):
        for j, until in list(enumerate(snapshots))[i:]:
            changes = history.changes(since, until)
            assert as_told(changes) == expected(states[i : j + 1])
            for each in changes:
                if each.group_id in names[j]:
                    assert each.group == names[j][each.group_id]


# Bad days


def test_a_damaged_file_is_set_aside_and_a_new_one_begins(history):
    history.save(reading({1: (1,)}))
    history.path.write_bytes(b"this is no database, and it is long enough to be looked at" * 100)
    assert history.save(reading({1: (1,)}, 1)) is not None
    aside = [path for path in history.path.parent.iterdir() if ".damaged-" in path.name]
    assert len(aside) == 1
    assert aside[0].read_bytes().startswith(b"this is no database")
    assert str(aside[0]) in history.notice
    assert len(history.snapshots()) == 1


def test_damage_in_the_middle_is_found_when_it_is_read(history):
    history.save(reading({number: tuple(range(1, 400)) for number in range(1, 60)}))
    with history.path.open("r+b") as file:
        file.seek(4096)
        file.write(os.urandom(8 * 4096))
    assert history.latest() is None
    assert "damaged" in history.notice


def test_a_newer_program_s_file_is_left_alone(history):
    history.save(reading({1: (1,)}))
    with sqlite3.connect(history.path) as db:
        db.execute("PRAGMA user_version = 99")
    db.close()
    with pytest.raises(HistoryUnavailable, match="newer"):
        history.save(reading({1: (1, 2)}, 1))
    with pytest.raises(HistoryUnavailable, match="newer"):
        history.latest()
    assert history.notice == ""


def run_writer(folder: Path, first: int, count: int, **variables: str) -> subprocess.Popen[str]:
    """Start a process that saves readings, and says each time that one is kept."""
    return subprocess.Popen(
        [sys.executable, str(WRITER), str(folder), str(first), str(count)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), **variables},
    )


def test_two_processes_that_write_at_once_lose_nothing(tmp_path):
    writers = [run_writer(tmp_path, first, 30) for first in (0, 1)]
    said = [writer.communicate(timeout=60) for writer in writers]
    assert [error for _, error in said] == ["", ""]
    kept = [int(line) for out, _ in said for line in out.splitlines()]
    history = History(ORIGIN, tmp_path)
    assert len(history.snapshots()) == len(kept) > 0
    assert members(history.latest()) == {1: tuple(range(1, max(kept) + 2))}
    joined = history.changes(history.snapshots()[0], history.snapshots()[-1])
    assert len(joined) == max(kept) - min(kept)


@pytest.mark.parametrize("after", range(1, 9))
def test_a_kill_at_any_moment_loses_nothing_that_was_saved(tmp_path, after):
    writer = run_writer(tmp_path, 0, 2_000)
    kept = [int(writer.stdout.readline()) for _ in range(after * 3)]
    writer.send_signal(signal.SIGKILL)
    rest = [int(line) for line in writer.communicate(timeout=60)[0].splitlines() if line.endswith(("0", "5"))]
    history = History(ORIGIN, tmp_path)
    snapshots = history.snapshots()
    last = max(kept + rest)
    assert len(snapshots) > last
    assert members(history.latest()) == {1: tuple(range(1, len(snapshots) + 1))}
    assert len(history.changes(snapshots[0], snapshots[-1])) == len(snapshots) - 1
    assert history.notice == ""


def test_a_full_disk_loses_nothing_that_was_saved(tmp_path):
    history = History(ORIGIN, tmp_path)
    history.save(reading({1: (1,)}))
    size = history.path.stat().st_size
    writer = run_writer(tmp_path, 1, 1, LARGEST_FILE=str(size + 4096), LARGE_READING="yes")
    out, error = writer.communicate(timeout=60)
    assert out == ""
    assert "HistoryUnavailable: no history: " in error
    assert members(history.latest()) == {1: (1,)}
    assert len(history.snapshots()) == 1
    assert history.notice == ""


def test_a_folder_that_can_t_be_made_is_told(tmp_path):
    (tmp_path / "history").write_text("a file in the way")
    with pytest.raises(HistoryUnavailable, match="no history: ") as failure:
        History(ORIGIN, tmp_path / "history").latest()
    assert "history = false" in failure.value.hint


# Pruning and purging


def test_pruning_drops_old_snapshots_and_keeps_what_changed_since(history):
    for minute in range(10):
        history.save(reading({1: tuple(range(1, minute + 2))}, minute))
    assert history.prune(NOON + timedelta(minutes=5)) == 5
    snapshots = history.snapshots()
    assert [each.taken_at for each in snapshots] == [NOON + timedelta(minutes=n) for n in range(5, 10)]
    assert [each.user_id for each in history.changes(snapshots[0], snapshots[-1])] == [10, 7, 8, 9]
    assert members(history.latest()) == {1: tuple(range(1, 11))}


def test_the_last_snapshot_is_never_pruned(history):
    history.save(reading({1: (1,)}))
    history.save(reading({1: (1, 2)}, 1))
    assert history.prune(NOON + timedelta(days=1)) == 1
    assert history.prune(NOON + timedelta(days=1)) == 0
    assert members(history.latest()) == {1: (1, 2)}


def test_purging_deletes_the_file_and_what_was_set_aside(history):
    history.save(reading({1: (1,)}))
    history.path.write_bytes(b"broken" * 1000)
    history.latest()
    assert history.purge()
    assert list(history.path.parent.iterdir()) == []
    assert not history.purge()


# Moments


def test_a_moment_is_the_last_snapshot_taken_by_then(history):
    taken = [history.save(reading({1: (1,)}, minute)) for minute in (0, 10, 20)]
    assert history.at(PointInTime(NOON + timedelta(minutes=15))) == taken[1]
    assert history.at(PointInTime(NOON + timedelta(days=1))) == taken[2]
    assert history.at(PointInTime(NOON - timedelta(days=1))) == taken[0]
    assert history.at(PointInTime(snapshot=2)) == taken[1]
    with pytest.raises(InvalidTime, match="no snapshot #9"):
        history.at(PointInTime(snapshot=9))


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("7d", PointInTime(NOON - timedelta(days=7))),
        ("12H", PointInTime(NOON - timedelta(hours=12))),
        ("2w", PointInTime(NOON - timedelta(weeks=2))),
        ("2026-11-16", PointInTime(datetime(2026, 11, 16).astimezone())),
        ("2026-11-16 14:00", PointInTime(datetime(2026, 11, 16, 14).astimezone())),
        ("2026-11-16T14:00Z", PointInTime(datetime(2026, 11, 16, 14, tzinfo=UTC))),
        ("12", PointInTime(snapshot=12)),
        ("#12", PointInTime(snapshot=12)),
    ],
)
def test_a_moment_is_read_from_what_users_write(text, moment):
    assert PointInTime.parse(text, NOON) == moment


@pytest.mark.parametrize("text", ["", "yesterday", "7y", "-3d", "2026-13-01", "0d", "999999w", "#", "d7"])
def test_other_texts_are_no_moments(text):
    with pytest.raises(InvalidTime, match=r"no (moment|length)"):
        PointInTime.parse(text, NOON)


def test_a_length_of_time_is_read():
    assert parse_duration("10m") == timedelta(minutes=10)
    with pytest.raises(InvalidTime, match="10m"):
        parse_duration("ten minutes")


async def test_threads_share_a_history_in_memory():
    history = History(ORIGIN, None)
    await asyncio.to_thread(history.save, reading({1: (1,)}))
    assert members(await asyncio.to_thread(history.latest)) == {1: (1,)}
