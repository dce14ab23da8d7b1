"""A history keeps what was saved, and reports exactly what changed."""

from __future__ import annotations

import asyncio
import os
import signal
import sqlite3
import stat
import subprocess
import sys
import tempfile
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import httpx
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from groupstui.demo.seed import make_site
from groupstui.demo.site import Site
from groupstui.directory.builder import crawled_directory
from groupstui.directory.changes import Change, ChangeKind
from groupstui.directory.directory import Directory
from groupstui.directory.models import Group
from groupstui.durations import parse_duration
from groupstui.errors import HistoryLocked, HistoryUnavailable, InvalidTime
from groupstui.history import History
from groupstui.history.database import DamagedRow
from groupstui.history.time_spec import PointInTime
from groupstui.service.service import GroupsService
from groupstui.times import utc_iso

from ..support.clock import SteppedClock
from ..support.site_app import TOKEN, SiteApp

ORIGIN = "https://acme.testmo.net"
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
WRITER = Path(__file__).with_name("history_writer.py")


@pytest.fixture
def history(tmp_path):
    return History(ORIGIN, tmp_path)


def site(groups: dict[int, tuple[int, ...]], minutes: int = 0, *, complete: bool = True) -> Directory:
    found = [Group(number, f"Group {number}", members) for number, members in groups.items()]
    return crawled_directory(
        found,
        {user: f"User {user}" for members in groups.values() for user in members},
        complete=complete,
        as_of=NOON + timedelta(minutes=minutes),
    )


def members(directory: Directory | None) -> dict[int, tuple[int, ...]]:
    assert directory is not None
    return {group.id: tuple(group.members) for group in directory.groups}


# Snapshots


@pytest.mark.parametrize("microseconds", [0, 1, 499, 501, 999, 123_000, 999_999])
def test_time_of_a_snapshot_is_rounded_down_as_in_output(history, microseconds):
    time = NOON + timedelta(microseconds=microseconds)
    history.save(crawled_directory([Group(1, "QA")], {}, as_of=time))
    assert utc_iso(history.latest().as_of) == utc_iso(time)


def test_last_snapshot_is_read_as_it_was_saved(history):
    made = datetime(2026, 1, 2, 3, 4, 5, 678000, tzinfo=UTC)
    group = Group(7, "QA", (3, 1, 2), created_at=made, created_by=1, updated_at="in a way", updated_by=None)
    directory = crawled_directory([group, Group(4, "Empty")], {1: "Ada", 3: "Grace"}, as_of=NOON)
    history.save(directory)
    back = history.latest()
    assert [each.id for each in back.groups] == [7, 4]
    found = back.group(7)
    assert tuple(found.members) == group.members
    assert (found.created_at, found.created_by, found.updated_at) == (made, 1, "in a way")
    assert [back.user(number).name for number in (1, 2, 3)] == ["Ada", None, "Grace"]
    assert (back.complete, back.as_of, back.total) == (True, NOON, 2)


def test_there_is_nothing_before_the_first_site(history):
    assert history.latest() is None
    assert history.snapshots() == []
    assert history.at(PointInTime(NOON)) is None


def test_incomplete_directory_is_not_saved(history):
    with pytest.raises(ValueError, match="incomplete"):
        history.save(site({1: (1,)}, complete=False))
    assert not history.exists


def with_users(directory: Directory, minutes: int, *names: str) -> Directory:
    """Return a directory with all users of an instance, as of a number of minutes after noon."""
    found = {number: name for number, name in enumerate(names, 100)}
    return replace(directory.with_all_users(found), as_of=NOON + timedelta(minutes=minutes))


def test_users_in_no_group_are_saved(history):
    saved = with_users(site({1: (1,)}), 0, "Ada", "Grace")
    history.save(saved)
    latest = history.latest()
    assert (latest.names, latest.users_complete) == (saved.names, True)
    assert history.all_users(NOON, NOON) == (NOON, saved.names)
    assert history.all_users(NOON + timedelta(minutes=1), NOON + timedelta(days=1)) is None
    assert history.all_users(NOON - timedelta(days=1), NOON - timedelta(minutes=1)) is None


def test_users_who_were_read_later_are_not_of_a_snapshot(history):
    ahead = history.save(site({1: (1,)}, 1))  # by a clock that was set back afterwards
    read = with_users(site({1: (1,)}), 0, "Ada")
    with_them = history.save(read, NOON)
    assert with_them.id == ahead.id + 1
    day = (NOON - timedelta(days=1), NOON + timedelta(minutes=5))
    assert history.all_users(*day, ahead) is None
    after = history.save(site({1: (1,)}, 3))
    assert history.all_users(*day) == (NOON, read.names)
    assert history.all_users(*day, with_them) == history.all_users(*day, after) == (NOON, read.names)


def test_users_who_were_read_after_the_groups_are_saved(history):
    history.save(site({1: (1,)}))
    history.save(with_users(site({1: (1,)}), 0, "Ada"))
    assert [snapshot.id for snapshot in history.snapshots()] == [1]
    assert history.latest().names == {1: "User 1", 100: "Ada"}


def test_crawl_without_users_contains_no_users_of_an_earlier_one(history):
    history.save(with_users(site({1: (1,)}), 0, "Ada", "Grace"))
    history.save(site({1: (1,)}, 1))
    latest = history.latest()
    assert (latest.names, latest.users_complete) == ({1: "User 1"}, False)
    history.save(with_users(site({1: (1,)}), 2, "Ada"))
    assert history.latest().names == {1: "User 1", 100: "Ada"}
    assert [snapshot.changes for snapshot in history.snapshots()] == [0, 0, 0]
    with closing(sqlite3.connect(history.path)) as db:
        assert db.execute("SELECT count(*) FROM user_name").fetchone() == (1,)


def test_users_in_no_group_are_deleted_with_old_snapshots(history):
    history.save(with_users(site({1: (1,)}), 0, "Ada"))
    history.save(site({1: (1,)}, 2))
    history.prune(NOON + timedelta(minutes=1))
    assert history.all_users(NOON - timedelta(days=1), NOON) is None
    with closing(sqlite3.connect(history.path)) as db:
        assert db.execute("SELECT count(*) FROM all_users").fetchone() == (0,)


def test_unchanged_snapshot_takes_one_row(history):
    history.save(site({number: tuple(range(1, 200)) for number in range(1, 50)}))
    before = history.path.stat().st_size
    for minute in range(1, 20):
        history.save(site({number: tuple(range(1, 200)) for number in range(1, 50)}, minute))
    assert len(history.snapshots()) == 20
    assert history.path.stat().st_size <= before + 4096


def test_older_crawl_is_not_saved(history):
    later = history.save(site({1: (1,)}, minutes=5))
    assert history.save(site({1: (1, 2)}, minutes=4), NOON + timedelta(minutes=6)) == later
    assert members(history.latest()) == {1: (1,)}


def test_snapshot_from_the_future_does_not_prevent_newer_ones(history):
    history.save(site({1: (1,)}), NOON)
    ahead = history.save(site({1: (1, 2)}, minutes=24 * 60), NOON)
    saved = history.save(site({1: (1, 2, 3)}, minutes=1), NOON + timedelta(minutes=2))
    assert (saved.id, saved.taken_at) == (3, NOON + timedelta(minutes=1))
    assert members(history.latest()) == {1: (1, 2, 3)}
    assert [each.user_id for each in history.changes(ahead, saved)] == [3]
    assert history.at(PointInTime(NOON + timedelta(minutes=5))) == saved
    assert history.at(PointInTime()) == saved


def test_reading_creates_no_file(history, tmp_path):
    assert history.latest() is None
    assert history.snapshots() == []
    assert not history.purge()
    assert list(tmp_path.iterdir()) == []


def test_reading_does_not_wait_for_a_writer(history):
    history.save(site({1: (1,)}))
    with closing(sqlite3.connect(history.path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        assert members(history.latest()) == {1: (1,)}


def test_first_groups_have_the_site_s_order(history):
    history.save(site({1: (1,), 2: (2,), 3: (3,)}))
    history.save(site({3: (3,), 1: (1,), 2: (2,)}, 1))
    snapshot, groups, names = history.first_groups(2)
    assert snapshot.id == 2
    assert [group.id for group in groups] == [3, 1]
    assert names == {1: "User 1", 3: "User 3"}


def test_file_is_private(history):
    history.save(site({1: (1,)}))
    assert stat.S_IMODE(history.path.stat().st_mode) == 0o600


def test_folder_is_private(tmp_path):
    history = History(ORIGIN, tmp_path / "deep" / "history")
    history.save(site({1: (1,)}))
    assert stat.S_IMODE(history.path.parent.stat().st_mode) == 0o700


@pytest.mark.parametrize(
    ("origin", "name"),
    [
        ("https://acme.testmo.net", "acme.testmo.net.sqlite3"),
        ("http://127.0.0.1:8000", "127.0.0.1_3A8000_http.sqlite3"),
        ("https://[::1]:8000", "_5B_3A_3A1_5D_3A8000_https.sqlite3"),
    ],
)
def test_each_instance_has_a_file(tmp_path, origin, name):
    assert History(origin, tmp_path).path == tmp_path / name


# Changes


@pytest.mark.parametrize("folder", [False, True], ids=["in memory", "in a file"])
def test_changes_between_any_two_snapshots(tmp_path, folder):
    history = History(ORIGIN, tmp_path if folder else None)
    first = history.save(site({1: (1, 2), 2: (1,)}))
    second = history.save(site({1: (2, 3), 2: (1,)}, 1))
    third = history.save(site({1: (1, 2, 3)}, 2))
    assert [(each.kind, each.user_id) for each in history.changes(first, second)] == [
        (ChangeKind.JOINED, 3),
        (ChangeKind.LEFT, 1),
    ]
    assert [(each.kind, each.group, each.user) for each in history.changes(first, third)] == [
        (ChangeKind.JOINED, "Group 1", "User 3"),
        (ChangeKind.DELETED, "Group 2", None),
        (ChangeKind.LEFT, "Group 2", "User 1"),
    ]
    assert {each.seen for each in history.changes(second, third)} == {third.taken_at}


UNKNOWN_FOR_A_WHILE = [
    *[("join", 0, 0), ("delete", 0, 0), ("new user", 0, 0), ("new user", 0, 0), ("join", 0, 87)]
]
"""A user whose name is known, then unknown, and then another one."""

edits = st.lists(
    st.tuples(
        st.sampled_from(["join", "leave", "create", "delete", "rename", "rename user", "new user"]),
        st.integers(0, 99),
        st.integers(0, 99),
    ),
    max_size=8,
)


def carry_out(site, edit) -> None:
    """Make an edit as an admin could, if it is possible."""
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


@dataclass(frozen=True)
class State:
    """What one crawl can see of the demo site."""

    groups: dict[int, str]
    memberships: set[tuple[int, int]]
    names: dict[int, str]


def state(site: Site) -> State:
    memberships = {(group.id, user) for group in site.groups.values() for user in group.members}
    # The demo site resolves who created and updated every other group.
    editors = {
        user
        for group in site.groups.values()
        if group.id % 2 == 0
        for user in (group.created_by, group.updated_by)
    }
    named = site.users.keys() & editors.union(user for _, user in memberships)
    return State(
        {group.id: group.name for group in site.groups.values()},
        memberships,
        {user: site.users[user].name for user in named},
    )


def expected(before: State, after: State) -> set[tuple]:
    """Compute the differences of two states in the simplest way."""
    found: set[tuple] = {("joined", *pair) for pair in after.memberships - before.memberships}
    found |= {("left", *pair) for pair in before.memberships - after.memberships}
    found |= {("group created", group) for group in after.groups.keys() - before.groups.keys()}
    found |= {("group deleted", group) for group in before.groups.keys() - after.groups.keys()}
    for kind, old, new in (
        ("group renamed", before.groups, after.groups),
        ("user renamed", before.names, after.names),
    ):
        found |= {(kind, each, old[each], new[each]) for each in old.keys() & new if old[each] != new[each]}
    return found


def as_tuples(changes: list[Change]) -> set[tuple]:
    found: set[tuple] = set()
    for each in changes:
        match each.kind:
            case ChangeKind.JOINED | ChangeKind.LEFT:
                found.add((each.kind.value, each.group_id, each.user_id))
            case ChangeKind.USER_RENAMED:
                found.add((each.kind.value, each.user_id, each.before, each.user))
            case ChangeKind.RENAMED:
                found.add((each.kind.value, each.group_id, each.before, each.group))
            case _:
                found.add((each.kind.value, each.group_id))
    assert len(found) == len(changes)
    return found


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(edits, min_size=1, max_size=5))
@example([[*[("delete", 0, 0)] * 5, ("rename user", 0, 74)]])  # a user who only created a group
@example([[*[("delete", 0, 0)] * 5, ("new user", 0, 0), ("rename user", 0, 13)], [("join", 0, 33)]])
@example([[("delete", 0, 0)], [("create", 0, 0)], [("join", 0, 1)], [("leave", 0, 1)]])
@example([UNKNOWN_FOR_A_WHILE, [("delete", 90, 0), ("rename user", 0, 21)], [("join", 0, 10)]])
async def test_changes_equal_the_edits_of_the_site(rounds):
    site = make_site(groups=6, users=9, members_max=6)
    transport = httpx.MockTransport(SiteApp(site, token=TOKEN))
    clock, history = SteppedClock(), History(ORIGIN, None)
    states: list[State] = []
    for round in ([], *rounds):
        for edit in round:
            carry_out(site, edit)
        clock.seconds += 60
        async with GroupsService(ORIGIN, TOKEN, transport=transport, clock=clock) as service:
            assert history.save(await service.load()) is not None
        states.append(state(site))
    snapshots = history.snapshots()
    for i, since in enumerate(snapshots):
        for j, until in list(enumerate(snapshots))[i:]:
            changes = history.changes(since, until)
            assert as_tuples(changes) == expected(states[i], states[j])
            for each in changes:
                if each.group_id in states[j].groups:
                    assert each.group == states[j].groups[each.group_id]
                if each.kind is ChangeKind.USER_RENAMED:  # the name may be unknown in between
                    assert each.seen == snapshots[last_renaming(states, each.user_id, i, j)].taken_at
                else:
                    last = [
                        snapshots[k].taken_at
                        for k in range(i + 1, j + 1)
                        if key(each) in map(key, history.changes(snapshots[k - 1], snapshots[k]))
                    ][-1]
                    assert each.seen == last


def last_renaming(states: list[State], user_id: int, first: int, last: int) -> int:
    """Return the number of the last state in which a user has another name than was known before."""
    known = [(k, states[k].names[user_id]) for k in range(first, last + 1) if user_id in states[k].names]
    return [k for (_, before), (k, name) in pairwise(known) if name != before][-1]


def key(change: Change) -> tuple[int | None, int | None]:
    return change.group_id, change.user_id


def test_change_that_was_undone_is_no_change(history):
    for minute, members in enumerate([(1,), (1, 2), (1,)]):
        history.save(site({1: members}, minute))
    first, second, third = history.snapshots()
    assert [each.kind for each in history.changes(first, second)] == [ChangeKind.JOINED]
    assert history.changes(first, third) == []


def test_change_has_the_time_of_the_last_crawl_that_brought_it(history):
    for minute, members in enumerate([(1,), (1, 2), (1,), (1, 2), (1, 2)]):
        history.save(site({1: members}, minute))
    snapshots = history.snapshots()
    (joined,) = history.changes(snapshots[0], snapshots[-1])
    assert joined.seen == snapshots[3].taken_at


def test_renaming_has_the_time_when_the_new_name_was_first_seen(history):
    for minute, names in enumerate([{1: "Ada"}, {1: "Augusta"}, {}, {1: "Augusta"}]):
        history.save(crawled_directory([Group(1, "QA", (1,))], names, as_of=NOON + timedelta(minutes=minute)))
    snapshots = history.snapshots()
    (renamed,) = history.changes(snapshots[0], snapshots[-1])
    assert (renamed.before, renamed.user) == ("Ada", "Augusta")
    assert renamed.seen == snapshots[1].taken_at


def test_deleted_group_that_returns_is_reported_with_its_members(history):
    for minute, groups in enumerate([{1: (1,)}, {}, {1: (1, 2)}]):
        history.save(site(groups, minute))
    first, second, third = history.snapshots()
    assert [each.kind for each in history.changes(second, third)] == [
        ChangeKind.CREATED,
        ChangeKind.JOINED,
        ChangeKind.JOINED,
    ]
    assert [(each.kind, each.user_id) for each in history.changes(first, third)] == [(ChangeKind.JOINED, 2)]


# Damage and failures


def test_damaged_file_is_moved_aside(history):
    history.save(site({1: (1,)}))
    history.path.write_bytes(b"this is no database, and it is long enough to be looked at" * 100)
    assert history.save(site({1: (1,)}, 1)) is not None
    aside = [path for path in history.path.parent.iterdir() if ".damaged-" in path.name]
    assert len(aside) == 1
    assert aside[0].read_bytes().startswith(b"this is no database")
    assert str(aside[0]) in history.notice
    assert len(history.snapshots()) == 1


def test_damaged_page_is_found_by_reading(history):
    history.save(site({number: tuple(range(1, 400)) for number in range(1, 60)}))
    with history.path.open("r+b") as file:
        file.seek(4096)
        file.write(os.urandom(8 * 4096))
    assert history.latest() is None
    assert "damaged" in history.notice


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE group_version SET members = x'00'",
        "UPDATE group_version SET members = x''",
        "UPDATE group_version SET members = 17",
        "UPDATE group_version SET created_at = x'ff'",
        "UPDATE snapshot SET taken_at = 'noon'",
        f"UPDATE snapshot SET taken_at = {1 << 62}",
        "UPDATE user_name SET name = CAST(x'ff' AS TEXT)",
        "UPDATE user_name SET name = x'ff'",
        "UPDATE group_version SET name = x'ff00'",
        "UPDATE group_version SET members = x'6400'",
        "UPDATE group_version SET created_by = 'Ada'",
        "UPDATE snapshot SET site_order = 17",
        "UPDATE snapshot SET groups = 'many'",
        "DROP TABLE user_name",
    ],
)
def test_damaged_row_is_handled_like_a_damaged_file(history, damage):
    history.save(site({1: (1,)}))
    with closing(sqlite3.connect(history.path, isolation_level=None)) as db:
        db.execute(damage)
    assert history.latest() is None
    assert "damaged" in history.notice


def test_file_that_another_program_has_moved_aside_is_not_moved_again(history):
    history.save(site({1: (1,)}))
    with closing(sqlite3.connect(history.path, isolation_level=None)) as db:
        db.execute("UPDATE snapshot SET taken_at = 'noon'")
    damaged, database = history.path.read_bytes(), history._database

    def find_damage(db):
        if not database.damaged_copies():
            other = History(ORIGIN, history.path.parent)
            other.save(site({1: (1, 2)}))  # another program moves the file aside and starts a new one
            raise DamagedRow("found at the same time")

    database.read(find_damage)
    (copy,) = database.damaged_copies()
    assert copy.read_bytes() == damaged
    assert members(history.latest()) == {1: (1, 2)}


@pytest.mark.parametrize("kind", ["link", "fifo", "folder", "device"])
def test_what_is_not_a_regular_file_is_not_touched(history, tmp_path, kind):
    target = tmp_path / "target"
    target.write_text("precious")
    target.chmod(0o644)
    match kind:
        case "link":
            history.path.symlink_to(target)
        case "fifo":
            os.mkfifo(history.path, 0o644)
        case "folder":
            history.path.mkdir(0o755)
        case "device":
            history.path.symlink_to("/dev/null")
    before = os.lstat(history.path), target.stat(), os.stat("/dev/null").st_mode
    for use in (history.latest, history.snapshots, lambda: history.save(site({1: (1,)}))):
        with pytest.raises(HistoryUnavailable, match="is not a regular file") as failure:
            use()
        assert str(history.path) in str(failure.value)
    assert (os.lstat(history.path), target.stat(), os.stat("/dev/null").st_mode) == before


def test_locked_history_is_named_as_the_reason(history):
    history.save(site({1: (1,)}))
    with closing(sqlite3.connect(history.path, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        for use in (history.latest, lambda: history.save(site({1: (1, 2)}, 1))):
            with pytest.raises(HistoryLocked, match="is locked by another program"):
                use()
    assert history.notice == ""


UNPRIVILEGED = 12345
"""A user id without rights."""


def test_unwritable_history_is_readable():
    with tempfile.TemporaryDirectory() as folder:  # others may not enter the folder of `tmp_path`
        history = History(ORIGIN, Path(folder))
        history.save(site({1: (1,)}))
        history.path.chmod(0o444)
        history.path.parent.chmod(0o555)
        script = f"""if True:
            import os
            from pathlib import Path
            from groupstui.history import History
            os.setuid(os.getuid() or {UNPRIVILEGED})  # root may write anything
            history = History({ORIGIN!r}, Path({folder!r}))
            print(len(history.snapshots()), len(history.latest().groups))
        """
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
        done = subprocess.run([sys.executable, "-c", script], env=environment, capture_output=True, text=True)
        history.path.parent.chmod(0o755)
    assert (done.stdout, done.stderr) == ("1 1\n", "")


def test_file_of_a_newer_version_is_not_touched(history):
    history.save(site({1: (1,)}))
    with closing(sqlite3.connect(history.path)) as db:
        db.execute("PRAGMA user_version = 99")
    with pytest.raises(HistoryUnavailable, match="another version"):
        history.save(site({1: (1, 2)}, 1))
    with pytest.raises(HistoryUnavailable, match="another version"):
        history.latest()
    assert history.notice == ""


def run_writer(folder: Path, first: int, count: int, **variables: str) -> subprocess.Popen[str]:
    """Start a process that saves snapshots and prints the number of each."""
    return subprocess.Popen(
        [sys.executable, str(WRITER), str(folder), str(first), str(count)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), **variables},
    )


def test_two_writing_processes_lose_nothing(tmp_path):
    writers = [run_writer(tmp_path, first, 30) for first in (0, 1)]
    outputs = [writer.communicate(timeout=60) for writer in writers]
    assert [error for _, error in outputs] == ["", ""]
    kept = [int(line) for out, _ in outputs for line in out.splitlines()]
    history = History(ORIGIN, tmp_path)
    assert len(history.snapshots()) == len(kept) > 0
    assert members(history.latest()) == {1: tuple(range(1, max(kept) + 2))}
    joined = history.changes(history.snapshots()[0], history.snapshots()[-1])
    assert len(joined) == max(kept) - min(kept)


@pytest.mark.parametrize("after", range(1, 9))
def test_killed_writer_loses_nothing_saved(tmp_path, after):
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


def test_full_disk_loses_nothing_saved(tmp_path):
    history = History(ORIGIN, tmp_path)
    history.save(site({1: (1,)}))
    size = history.path.stat().st_size
    writer = run_writer(tmp_path, 1, 1, MAX_FILE_BYTES=str(size + 4096), LARGE_SNAPSHOTS="yes")
    out, error = writer.communicate(timeout=60)
    assert out == ""
    assert "HistoryUnavailable: no history: " in error
    assert members(history.latest()) == {1: (1,)}
    assert len(history.snapshots()) == 1
    assert history.notice == ""


def test_missing_folder_permission_is_an_error_with_hint(tmp_path):
    (tmp_path / "history").write_text("a file in the way")
    with pytest.raises(HistoryUnavailable, match="no history: ") as failure:
        History(ORIGIN, tmp_path / "history").latest()
    assert "history = false" in failure.value.hint


# Pruning and purging


def test_prune_deletes_old_snapshots(history):
    for minute in range(10):
        history.save(site({1: tuple(range(1, minute + 2))}, minute))
    assert history.prune(NOON + timedelta(minutes=5)) == 5
    snapshots = history.snapshots()
    assert [each.taken_at for each in snapshots] == [NOON + timedelta(minutes=n) for n in range(5, 10)]
    assert [each.user_id for each in history.changes(snapshots[0], snapshots[-1])] == [10, 7, 8, 9]
    assert members(history.latest()) == {1: tuple(range(1, 11))}


def test_prune_keeps_the_last_snapshot(history):
    history.save(site({1: (1,)}))
    history.save(site({1: (1, 2)}, 1))
    assert history.prune(NOON + timedelta(days=1)) == 1
    assert history.prune(NOON + timedelta(days=1)) == 0
    assert members(history.latest()) == {1: (1, 2)}


def test_names_that_no_snapshot_has_are_gone_from_the_file(history):
    history.save(site({1: (1, 1815)}))
    history.save(site({1: (1,)}, 1))
    assert b"User 1815" in history.path.read_bytes()
    assert 1815 not in history.latest().names
    history.prune(NOON + timedelta(days=1))
    assert b"User 1815" not in history.path.read_bytes()
    assert b"User 1" in history.path.read_bytes()


def test_old_snapshots_are_deleted_when_a_new_one_is_saved(tmp_path):
    history = History(ORIGIN, tmp_path, keep=timedelta(minutes=5))
    for minute in range(10):
        history.save(site({1: tuple(range(1, minute + 2))}, minute))
    assert [each.taken_at for each in history.snapshots()] == [
        NOON + timedelta(minutes=n) for n in range(4, 10)
    ]


def test_prune_counts_a_snapshot_from_the_future_as_the_one_after_it(history):
    now = NOON + timedelta(minutes=10)
    for minute in (0, 60 * 24 * 365, 1, 2, 3):
        history.save(site({1: tuple(range(1, minute % 1000 + 2))}, minute), now)
    assert history.prune(NOON + timedelta(minutes=2), now) == 3
    assert [each.id for each in history.snapshots()] == [4, 5]


def test_prune_keeps_snapshots_before_one_whose_clock_was_behind(history):
    for minute in (0, 1, -60 * 24 * 365, 2):
        history.save(site({1: (1, minute % 1000 + 1)}, minute), NOON - timedelta(days=1000))
    assert history.prune(NOON - timedelta(days=1), NOON + timedelta(minutes=3)) == 1
    snapshots = history.snapshots()
    assert [each.id for each in snapshots] == [1, 2, 4]
    assert {each.seen for each in history.changes(snapshots[1], snapshots[2])} == {snapshots[2].taken_at}


def test_prune_deletes_old_damaged_copies(history):
    history.save(site({1: (1,)}))
    for name, age in (("damaged-20200101-000000", 100), ("damaged-20260101-000000", 1)):
        copy = history.path.with_name(f"{history.path.name}.{name}")
        copy.write_bytes(b"names")
        time = (NOON - timedelta(days=age)).timestamp()
        os.utime(copy, (time, time))
    assert history.prune(NOON - timedelta(days=10)) == 1
    assert [each.name[-23:] for each in history._database.damaged_copies()] == ["damaged-20260101-000000"]


def test_purge_deletes_the_file_and_damaged_copies(history):
    history.save(site({1: (1,)}))
    history.path.write_bytes(b"broken" * 1000)
    history.latest()
    assert history.purge()
    assert list(history.path.parent.iterdir()) == []
    assert not history.purge()


# Points in time


def test_at_returns_the_last_snapshot_up_to_a_time(history):
    taken = [history.save(site({1: (1,)}, minute)) for minute in (0, 10, 20)]
    assert history.at(PointInTime(NOON + timedelta(minutes=15))) == taken[1]
    assert history.at(PointInTime(NOON + timedelta(days=1))) == taken[2]
    assert history.at(PointInTime(NOON - timedelta(days=1))) == taken[0]
    assert history.at(PointInTime(snapshot=2)) == taken[1]
    with pytest.raises(InvalidTime, match="no snapshot #9"):
        history.at(PointInTime(snapshot=9))


@pytest.mark.parametrize(
    ("text", "point"),
    [
        ("7d", PointInTime(NOON - timedelta(days=7))),
        ("12H", PointInTime(NOON - timedelta(hours=12))),
        ("2w", PointInTime(NOON - timedelta(weeks=2))),
        ("2026-11-16", PointInTime(datetime(2026, 11, 16).astimezone())),
        ("2026-11-16 14:00", PointInTime(datetime(2026, 11, 16, 14).astimezone())),
        ("2026-11-16T14:00Z", PointInTime(datetime(2026, 11, 16, 14, tzinfo=UTC))),
        ("20261116", PointInTime(datetime(2026, 11, 16).astimezone())),
        ("Today", PointInTime(datetime(2026, 11, 23).astimezone())),
        ("yesterday", PointInTime(datetime(2026, 11, 22).astimezone())),
        ("1y", PointInTime(NOON - timedelta(days=365))),
        ("now", PointInTime()),
        (" NOW", PointInTime()),
        ("12", PointInTime(snapshot=12)),
        ("#12", PointInTime(snapshot=12)),
    ],
)
def test_point_in_time_is_parsed(text, point):
    assert PointInTime.parse(text, NOON) == point


@pytest.mark.parametrize("text", ["now", "today", "2026-11-23"])
def test_time_of_the_past_can_be_the_present(text):
    point = PointInTime.parse_past(text, NOON)
    assert point.time is not None
    assert point.time >= NOON


INVALID_TIMES = ["", "tomorrow", "1M", "²", "-3d", "2026-13-01", "0d", "999999w", "#", "d7", "2026-11-16T"]
WEEKS_AND_OTHERS = ["2026-W43-7", "2026W437", "2026-W48", "2026-w48", "2026-W43-7 14:00", "2026W437T1400"]
NO_SEPARATORS = ["2026-11-16+02:00", "2026-11-16-02:00", "2026-11-16Z", "2026-11-1614", "2026111614"]


@pytest.mark.parametrize("text", [*INVALID_TIMES, *WEEKS_AND_OTHERS, *NO_SEPARATORS])
def test_invalid_time_is_refused(text):
    with pytest.raises(InvalidTime, match="is not a valid"):
        PointInTime.parse(text, NOON)


def test_duration_is_parsed():
    assert parse_duration("10m") == timedelta(minutes=10)
    with pytest.raises(InvalidTime, match="10m"):
        parse_duration("ten minutes")


async def test_threads_share_a_history_in_memory():
    history = History(ORIGIN, None)
    await asyncio.to_thread(history.save, site({1: (1,)}))
    assert members(await asyncio.to_thread(history.latest)) == {1: (1,)}
