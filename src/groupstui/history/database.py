"""One SQLite file: its owner's alone, changed as a whole or not at all, set aside where it is damaged."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from ..errors import HistoryUnavailable
from ..text import sanitize

if TYPE_CHECKING:
    import sqlite3

R = TypeVar("R")

VERSION = 1
"""Of the tables. A newer program's file is left alone."""

TABLES = """
CREATE TABLE snapshot (
    id INTEGER PRIMARY KEY, taken_at INTEGER NOT NULL,
    groups INTEGER NOT NULL, users INTEGER NOT NULL, memberships INTEGER NOT NULL, changes INTEGER NOT NULL
);
CREATE TABLE site_group (
    id INTEGER PRIMARY KEY, place INTEGER NOT NULL, name TEXT NOT NULL, members BLOB NOT NULL,
    created_at TEXT, created_by INTEGER, updated_at TEXT, updated_by INTEGER
);
CREATE TABLE user (id INTEGER PRIMARY KEY, name TEXT NOT NULL);
CREATE TABLE change (
    id INTEGER PRIMARY KEY, snapshot INTEGER NOT NULL, kind TEXT NOT NULL,
    group_id INTEGER, name TEXT, user_id INTEGER, before TEXT
);
CREATE INDEX change_by_snapshot ON change (snapshot);
CREATE INDEX group_by_place ON site_group (place);
"""

PATIENCE = 10.0
"""Seconds to wait for another process that is writing."""


class HistoryFile:
    """A file that is opened anew for each thing that is done; in memory where it has no path."""

    def __init__(self, path: Path | None) -> None:
        self.path = path
        self.notice = ""
        """Says that the file was damaged and where it is now; empty while all is well."""
        self._lock = threading.Lock()
        self._memory: sqlite3.Connection | None = None

    @property
    def exists(self) -> bool:
        """Whether it was ever written to."""
        return self._memory is not None if self.path is None else self.path.exists()

    def do(self, work: Callable[[sqlite3.Connection], R]) -> R:
        """Do something in one transaction: all of it, or nothing.

        A damaged file is set aside, and the work is done in a new one.

        Raises:
            HistoryUnavailable: If the file can't be opened, read or written.
        """
        import sqlite3  # loaded where something is done: the first screen is there sooner

        try:
            try:
                return self._attempt(work)
            except sqlite3.DatabaseError as error:
                if self.path is None or not _is_damage(error):
                    raise
                self._set_aside(self.path)
                return self._attempt(work)
        except (sqlite3.Error, OSError) as error:
            why = (isinstance(error, OSError) and error.strerror) or str(error)
            raise HistoryUnavailable(
                sanitize(f"no history: {why} ({self.path or 'in memory'})", max_chars=1000),
                "Make room or mend the rights of that folder, or set history = false.",
            ) from None

    def _attempt(self, work: Callable[[sqlite3.Connection], R]) -> R:
        import sqlite3

        with self._lock, self._opened() as connection:
            connection.execute("BEGIN IMMEDIATE")
            try:
                done = work(connection)
                connection.execute("COMMIT")
            except BaseException:
                with suppress(sqlite3.Error):
                    connection.execute("ROLLBACK")
                raise
            return done

    @contextmanager
    def _opened(self) -> Iterator[sqlite3.Connection]:
        import sqlite3

        if self.path is None:
            if self._memory is None:
                self._memory = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
                _prepare(self._memory)
            yield self._memory
            return
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._make_private(self.path)
        with closing(sqlite3.connect(self.path, timeout=PATIENCE, isolation_level=None)) as connection:
            _prepare(connection)
            yield connection

    def _make_private(self, path: Path) -> None:
        """Make the file, or take its rights from others; what SQLite makes beside it is alike."""
        descriptor = os.open(path, os.O_CREAT | os.O_RDWR, 0o600)
        try:
            if os.fstat(descriptor).st_mode & 0o077:
                os.fchmod(descriptor, 0o600)
        finally:
            os.close(descriptor)

    def vacuum(self) -> None:
        """Return the room back that nothing needs any more.

        Raises:
            HistoryUnavailable: If the file can't be written.
        """
        import sqlite3

        try:
            with self._lock, self._opened() as connection:
                connection.execute("VACUUM")
        except (sqlite3.Error, OSError) as error:
            raise HistoryUnavailable(f"the history could not be made smaller: {error}") from None

    def remove(self) -> bool:
        """Delete the file and what stands beside it; False where there is none.

        Raises:
            HistoryUnavailable: If it can't be deleted.
        """
        self._memory = None
        if self.path is None or not self.path.exists():
            return False
        try:
            for path in (self.path, *self.path.parent.glob(f"{self.path.name}[-.]*")):
                path.unlink(missing_ok=True)
        except OSError as error:
            raise HistoryUnavailable(f"{self.path} can't be deleted: {error.strerror or error}") from None
        return True

    def _set_aside(self, path: Path) -> None:
        aside = path.with_name(f"{path.name}.damaged-{datetime.now(UTC):%Y%m%d-%H%M%S}")
        os.replace(path, aside)
        for ending in ("-journal", "-wal", "-shm"):
            with suppress(FileNotFoundError):
                os.replace(f"{path}{ending}", f"{aside}{ending}")
        self.notice = f"the history was damaged; it is kept as {aside}, and a new one begins"


def _prepare(connection: sqlite3.Connection) -> None:
    """Make the tables of a new file.

    Raises:
        HistoryUnavailable: If a newer program has written the file.
    """
    import sqlite3

    version = connection.execute("PRAGMA user_version").fetchone()[0]
    if version > VERSION:
        raise HistoryUnavailable(
            "a newer groupstui has written the history", "Use that one, or set history = false."
        )
    if version == 0:
        connection.execute("BEGIN IMMEDIATE")  # another process may be doing the same
        try:
            if connection.execute("PRAGMA user_version").fetchone()[0] == 0:
                for statement in TABLES.split(";"):
                    connection.execute(statement)
                connection.execute(f"PRAGMA user_version = {VERSION}")
            connection.execute("COMMIT")
        except BaseException:
            with suppress(sqlite3.Error):
                connection.execute("ROLLBACK")
            raise


def _is_damage(error: sqlite3.DatabaseError) -> bool:
    """Tell a file that is no database, or a broken one, from one that just can't be used now."""
    import sqlite3

    return error.sqlite_errorcode in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
