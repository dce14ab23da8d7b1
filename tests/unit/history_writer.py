"""Save snapshots that grow by one user each, and print the number of each that was saved.

Usage: history_writer.py FOLDER FIRST COUNT
"""

from __future__ import annotations

import os
import resource
import sys
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

from groupstui.directory.builder import crawled_directory
from groupstui.directory.models import Group
from groupstui.errors import HistoryLocked
from groupstui.history import History

folder, first, count = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
if limit := os.environ.get("MAX_FILE_BYTES"):
    resource.setrlimit(resource.RLIMIT_FSIZE, (int(limit), int(limit)))
    import signal

    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
history = History("https://acme.testmo.net", folder)
step = 2 if count < 1_000 and not limit else 1
for number in range(first, first + count * step, step):
    users = range(1, 50_000 if os.environ.get("LARGE_SNAPSHOTS") else number + 2)
    as_of = datetime(2026, 11, 23, 12, tzinfo=UTC) + timedelta(minutes=number)
    directory = crawled_directory(
        [Group(1, "Group 1", tuple(users))], {user: f"User {user}" for user in users}, as_of=as_of
    )
    saved = None
    while saved is None:
        with suppress(HistoryLocked):
            saved = history.save(directory, as_of + timedelta(days=9))
    if saved.taken_at == as_of:
        print(number, flush=True)
