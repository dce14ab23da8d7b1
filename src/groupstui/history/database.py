"""Open the SQLite file of a history, run transactions in it, and move it aside if it is damaged."""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

from ..errors import HistoryUnavailable
from ..private_files import make_private_folder, open_private
from ..text import sanitize
from ..times import utc_stamp

R = TypeVar("R")

SCHEMA_VERSION = 2

SCHEMA = """
CREATE TABLE snapshot (
    id INTEGER PRIMARY KEY, taken_at INTEGER NOT NULL,
    groups INTEGER NOT NULL, users INTEGER NOT NULL, memberships INTEGER NOT NULL, changes INTEGER NOT NULL,
    site_order BLOB
);
CREATE TABLE group_version (
    id INTEGER NOT NULL, since INTEGER NOT NULL, until INTEGER, name TEXT NOT NULL,
    created_at TEXT, created_by INTEGER, updated_at TEXT, updated_by INTEGER, members BLOB, changed BLOB
);
CREATE TABLE user_name (id INTEGER NOT NULL, since INTEGER NOT NULL, until INTEGER, name TEXT NOT NULL);
CREATE UNIQUE INDEX current_group ON group_version (id) WHERE until IS NULL;
CREATE UNIQUE INDEX current_user_name ON user_name (id) WHERE until IS NULL;
"""
"""A row is valid from the snapshot `since` until before the snapshot `until`; NULL means up to the last."""

READ_TIMEOUT_S = 0.2
WRITE_TIMEOUT_S = 10.0
"""How long to wait for another process that is writing."""


class DamagedRow(Exception):
    """A row contains something that this program never writes."""


class Database:
    """A private SQLite file, or a database in memory.

    It is open only during a transaction. Between two of them a database in memory is kept as bytes, so there
    is nothing to close. Transactions of several threads wait for each other.
    """

    def __init__(self, path: Path | None) -> None:
        self.path = path
        self.notice = ""
        """Where a damaged file was moved to; empty if there was none."""
        self._lock = threading.Lock()
        self._content = b""
        """A database in memory, as bytes."""

    @property
    def exists(self) -> bool:
        """Whether anything was ever written; False for a folder without permission."""
        return bool(self._content) if self.path is None else os.path.exists(self.path)

    def read(self, work: Callable[[sqlite3.Connection], R]) -> R:
        """Run queries on a consistent state, without a write lock; a missing file is not created.

        Raises:
            HistoryUnavailable: If the file cannot be read.
        """
        return self._run(work, write=False)

    def write(self, work: Callable[[sqlite3.Connection], R]) -> R:
        """Run a transaction: all of it takes effect, or nothing.

        Raises:
            HistoryUnavailable: If the file cannot be written.
        """
        return self._run(work, write=True)

    def _run(self, work: Callable[[sqlite3.Connection], R], *, write: bool) -> R:
        """Run a transaction; if the file is damaged, move it aside and run it in a new file."""
        try:
            try:
                return self._attempt(work, write=write)
            except (sqlite3.DatabaseError, DamagedRow) as error:
                if self.path is None or not _is_damage(error):
                    raise
                self._move_aside(self.path)
                return self._attempt(work, write=write)
        except (sqlite3.Error, OSError, DamagedRow) as error:
            reason = (isinstance(error, OSError) and error.strerror) or str(error)
            raise HistoryUnavailable(
                sanitize(f"no history: {reason} ({self.path or 'in memory'})", max_chars=1000),
                "Free disk space or fix the folder's permissions, or set history = false.",
            ) from None

    def _attempt(self, work: Callable[[sqlite3.Connection], R], *, write: bool) -> R:
        with self._lock, self._connection(write=write) as connection:
            with _transaction(connection, "BEGIN IMMEDIATE" if write else "BEGIN"):
                result = work(connection)
            if self.path is None and write:
                self._content = connection.serialize()
            return result

    @contextmanager
    def _connection(self, *, write: bool) -> Iterator[sqlite3.Connection]:
        target = self._target(write=write)
        timeout = WRITE_TIMEOUT_S if write else READ_TIMEOUT_S
        with closing(sqlite3.connect(target, timeout=timeout, isolation_level=None)) as connection:
            if self.path is None and self._content:
                connection.deserialize(self._content)
            connection.execute("PRAGMA secure_delete = ON")  # names of removed users must be gone
            _create_tables(connection)
            yield connection

    def _target(self, *, write: bool) -> Path | str:
        """Return the file, made private, or a name for memory if there is no file to read."""
        if self.path is None:
            return ":memory:"
        if write:
            make_private_folder(self.path.parent)
        try:
            # SQLite gives its own files beside this one the same mode.
            os.close(open_private(self.path, os.O_RDWR | os.O_CREAT if write else os.O_RDONLY))
        except FileNotFoundError:
            if write:
                raise
            return ":memory:"
        return self.path

    def delete(self) -> bool:
        """Delete the file, what SQLite keeps beside it, and damaged copies; return whether there were any.

        Raises:
            HistoryUnavailable: If one of them cannot be deleted.
        """
        self._content = b""
        if self.path is None:
            return False
        files = [*self.path.parent.glob(f"{self.path.name}[-.]*")]
        if self.exists:
            files.append(self.path)
        try:
            for file in files:
                file.unlink(missing_ok=True)
        except OSError as error:
            raise HistoryUnavailable(f"{self.path} cannot be deleted: {error.strerror or error}") from None
        return bool(files)

    def _move_aside(self, path: Path) -> None:
        aside = path.with_name(f"{path.name}.damaged-{utc_stamp(datetime.now(UTC))}")
        os.replace(path, aside)
        with suppress(FileNotFoundError):
            os.replace(f"{path}-journal", f"{aside}-journal")
        self.notice = f"the history was damaged: it was moved to {aside}, and a new one was started"


@contextmanager
def _transaction(connection: sqlite3.Connection, begin: str) -> Iterator[None]:
    connection.execute(begin)
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        with suppress(sqlite3.Error):
            connection.execute("ROLLBACK")
        raise


def _create_tables(connection: sqlite3.Connection) -> None:
    """Create the tables in a new file.

    Raises:
        HistoryUnavailable: If another version of the program has written the file.
    """
    if (version := _version(connection)) not in (0, SCHEMA_VERSION):
        raise HistoryUnavailable(
            "the history was written by a newer version of groupstui",
            "Use that version, or set history = false.",
        )
    if version == 0:
        connection.execute("PRAGMA auto_vacuum = FULL")
        with _transaction(connection, "BEGIN IMMEDIATE"):
            if _version(connection) == 0:  # another process may have been faster
                for statement in SCHEMA.split(";"):
                    connection.execute(statement)
                connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")


def _version(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def _is_damage(error: sqlite3.DatabaseError | DamagedRow) -> bool:
    """Return whether the file is broken or no database, rather than locked or unreadable just now."""
    if isinstance(error, DamagedRow):
        return True
    # A text that is not UTF-8 is reported by Python, without a code of SQLite.
    code = getattr(error, "sqlite_errorcode", None)
    return code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB) or (
        code is None and isinstance(error, sqlite3.OperationalError)
    )
