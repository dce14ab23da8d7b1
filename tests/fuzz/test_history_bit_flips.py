"""A flipped bit in a history is damage at worst: nothing else is raised, and the file is never lost."""

from __future__ import annotations

import os
import random
import shutil
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from groupstui.directory.acceptance import FINGERPRINT_BYTES, Acceptance
from groupstui.directory.builder import crawled_directory
from groupstui.directory.models import Group
from groupstui.errors import HistoryUnavailable
from groupstui.history import History
from groupstui.history.cursor import Cursor
from groupstui.output.formats import write
from groupstui.output.records import GROUP_FIELDS, changes_report, group_records, site_report, snapshot_record
from groupstui.output_format import FORMATS
from groupstui.times import local_day

EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "400"))
"""Number of flipped bits."""

SEED = 14

ORIGIN = "https://acme.testmo.net"
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


def fill(history: History) -> None:
    """Save five snapshots with all kinds of changes."""
    times = [NOON, "in a way", None]
    for number in range(5):
        groups = [
            Group(
                each,
                f"Group {each} {'é' * each} of {number if each == 3 else 0}",
                tuple(range(each, each * 4 + number)),
                times[each % 3],
                each,
                times[(each + 1) % 3],
                None,
            )
            for each in ((5, 1, 3, 2) if number % 2 else range(1, 12))
        ]
        names = {user: f"User {user} {'ł' * number}" for user in range(1, 60 - number)}
        time = NOON + timedelta(minutes=number)
        history.save(crawled_directory(groups, names, as_of=time, users_complete=number % 2 == 0))
    history.move_cursor(Cursor(2, 3, 1))
    history.accept(["0f" * FINGERPRINT_BYTES], Acceptance("ä reason", NOON))
    history.save_audit({"empty": frozenset({"0f" * FINGERPRINT_BYTES})})


def read_latest(history: History) -> None:
    directory = history.latest()
    if directory is not None:
        report = site_report(
            directory, ORIGIN, "groups", GROUP_FIELDS, group_records(directory, directory.groups)
        )
        for format in FORMATS:
            write(report.sorted_by("members"), format)
        directory.build_indexes()


def read_first_groups(history: History) -> None:
    found = history.first_groups(3)
    if found is not None:
        assert all(isinstance(name, str) for name in found[2].values())
    history.all_users(NOON, NOON + timedelta(days=1))
    history.cursor()


def read_snapshots(history: History) -> None:
    for snapshot in history.snapshots():
        snapshot_record(snapshot)
        history.directory_at(snapshot)


def read_changes(history: History) -> None:
    snapshots = history.snapshots()
    if len(snapshots) > 1:
        for since in snapshots[:-1]:
            changes = history.changes(since, snapshots[-1])
            write(changes_report(ORIGIN, changes, since, snapshots[-1]), "json")


def read_audit(history: History) -> None:
    for acceptance in history.acceptances().values():
        local_day(acceptance.time)
    history.last_audit()


def describe(history: History) -> None:
    """Do what `doctor` does."""
    if history.exists:
        len(history.snapshots())
        assert history.notice or history.path.stat()
    assert history.missing


def save(history: History) -> None:
    history.save(crawled_directory([Group(1, "One", (1, 2))], {1: "Ada"}, as_of=NOON + timedelta(days=1)))


READERS: list[Callable[[History], None]] = [
    *(read_latest, read_first_groups, read_snapshots, read_changes, read_audit, describe),
    save,
]


@pytest.mark.timeout(300 + EXAMPLES)
@pytest.mark.parametrize("part", range(4))
def test_flipped_bit_is_damage_at_worst(tmp_path, part):
    original = History(ORIGIN, tmp_path / "original")
    fill(original)
    content = original.path.read_bytes()
    chance = random.Random(SEED + part)
    for number in range(EXAMPLES // 4):
        position, bit = chance.randrange(len(content)), chance.randrange(8)
        flipped = bytearray(content)
        flipped[position] ^= 1 << bit
        for reader in READERS:
            folder = tmp_path / str(number)
            folder.mkdir(mode=0o700)
            history = History(ORIGIN, folder)
            history.path.write_bytes(flipped)
            try:
                with suppress(HistoryUnavailable):
                    reader(history)
            except Exception as error:
                error.add_note(f"bit {bit} of byte {position}, read by {reader.__name__}")
                raise
            kept = reader is save or any(file.read_bytes() == flipped for file in folder.iterdir())
            assert kept, (position, bit, reader, [*Path(folder).iterdir()])
            assert bool(history.notice) == (len(history._database.damaged_copies()) == 1)
            shutil.rmtree(folder)
