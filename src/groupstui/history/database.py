"""Open the SQLite file of a history, run transactions in it, and move it aside if it is damaged.

SQLite reports most damage itself. A flipped bit can also leave a file that SQLite accepts, with values that
this program never writes: `typed_rows` checks their types, and raises `DamagedRow`.
"""

from __future__ import annotations

import os
import sqlite3
import stat
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

from ..errors import HistoryLocked, HistoryUnavailable
from ..private_files import NO_FOLLOW, NO_WAIT, make_private_folder, open_private
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
WRITE_TIMEOUT_S = 0.5
"""How long a transaction waits for another process that is writing."""

DAMAGED_INFIX = ".damaged-"
"""Marks the copies of damaged files, between the name of the file and a time."""

_ENVIRONMENT_ERRORS = {
    *(sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_IOERR),
    *(sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_FULL, sqlite3.SQLITE_NOMEM, sqlite3.SQLITE_PERM),
    *(sqlite3.SQLITE_AUTH, sqlite3.SQLITE_INTERRUPT, sqlite3.SQLITE_NOLFS, sqlite3.SQLITE_PROTOCOL),
}
"""Primary result codes of SQLite that do not depend on the content of the file."""

Row = tuple[Any, ...]
"""A row as SQLite returns it."""


class DamagedRow(Exception):
    """A row contains something that this program never writes."""


def typed_rows(
    db: sqlite3.Connection, query: str, types: tuple[Any, ...], parameters: Any = ()
) -> Iterator[Row]:
    """Yield the rows of a query; `types` are what `isinstance` accepts for each column.

    Raises:
        DamagedRow: If a value has another type.
    """
    for row in db.execute(query, parameters):
        if not all(map(isinstance, row, types)):
            raise DamagedRow("a row contains values of other types")
        yield row


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

    def peek(self, work: Callable[[sqlite3.Connection], R]) -> R:
        """Run queries as `read` does, but leave a damaged file where it is, for others to report.

        Raises:
            HistoryUnavailable: If the file cannot be read.
        """
        return self._run(work, write=False, repair=False)

    def write(self, work: Callable[[sqlite3.Connection], R]) -> R:
        """Run a transaction: all of it takes effect, or nothing.

        Raises:
            HistoryUnavailable: If the file cannot be written.
        """
        return self._run(work, write=True)

    def _run(self, work: Callable[[sqlite3.Connection], R], *, write: bool, repair: bool = True) -> R:
        """Run a transaction; if the file is damaged, move it aside and run it in a new file."""
        try:
            opened = self._identity()
            try:
                return self._attempt(work, write=write)
            except (sqlite3.Error, DamagedRow) as error:
                if self.path is None or not repair or not _is_damage(error):
                    raise
                self._move_aside(self.path, opened)
                return self._attempt(work, write=write)
        except (sqlite3.Error, OSError, DamagedRow, UnicodeError) as error:
            if _primary_code(error) in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
                raise HistoryLocked(f"no history: {self.path} is locked by another program") from None
            reason = (isinstance(error, OSError) and error.strerror) or str(error)
            raise HistoryUnavailable(
                sanitize(f"no history: {reason} ({self.path or 'in memory'})", max_chars=1000),
                "Free disk space or fix the folder's permissions, or set history = false.",
            ) from None

    def _identity(self) -> tuple[int, int] | None:
        """Return what distinguishes the file from another that takes its place; None if there is no file.

        Something else of that name, such as a link, is neither followed nor changed.
        """
        if self.path is None:
            return None
        try:
            status = os.lstat(self.path)
        except FileNotFoundError:
            return None
        if not stat.S_ISREG(status.st_mode):
            raise OSError("it is not a regular file")
        return status.st_dev, status.st_ino

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
        flags = (os.O_RDWR | os.O_CREAT if write else os.O_RDONLY) | NO_FOLLOW | NO_WAIT
        try:
            # SQLite gives its own files beside this one the same mode.
            os.close(open_private(self.path, flags))
        except FileNotFoundError:
            if write:
                raise
            return ":memory:"
        is_new = not write and os.path.getsize(self.path) == 0  # its creation was interrupted
        return ":memory:" if is_new else self.path

    def damaged_copies(self) -> list[Path]:
        """Return the copies of damaged files, the oldest first."""
        return [file for file in self._files() if DAMAGED_INFIX in file.name]

    def delete(self) -> bool:
        """Delete the file, what SQLite keeps beside it, and damaged copies; return whether there were any.

        Raises:
            HistoryUnavailable: If one of them cannot be deleted.
        """
        self._content = b""
        return self._delete(self._files()) > 0

    def delete_copies(self, before: datetime) -> int:
        """Delete the copies of damaged files that were last written before a time; return how many.

        Raises:
            HistoryUnavailable: If one of them cannot be deleted.
        """
        copies = self.damaged_copies()
        return self._delete([file for file in copies if os.lstat(file).st_mtime < before.timestamp()])

    def _files(self) -> list[Path]:
        if self.path is None:
            return []
        prefixes = (f"{self.path.name}-", f"{self.path.name}.")
        try:
            names = sorted(os.listdir(self.path.parent))
        except FileNotFoundError:
            return []
        except OSError as error:
            raise HistoryUnavailable(f"{self.path.parent} cannot be read: {error.strerror}") from None
        return [
            self.path.with_name(name) for name in names if name == self.path.name or name.startswith(prefixes)
        ]

    def _delete(self, files: list[Path]) -> int:
        try:
            for file in files:
                file.unlink(missing_ok=True)
        except OSError as error:
            raise HistoryUnavailable(f"{self.path} cannot be deleted: {error.strerror or error}") from None
        return len(files)

    def _move_aside(self, path: Path, damaged: tuple[int, int] | None) -> None:
        """Move the file aside if it is still the damaged one: another program may have just done so."""
        if self._identity() != damaged:
            return
        aside = path.with_name(f"{path.name}{DAMAGED_INFIX}{utc_stamp(datetime.now(UTC))}-{os.getpid()}")
        try:
            os.replace(path, aside)
            with suppress(FileNotFoundError):
                os.replace(f"{path}-journal", f"{aside}-journal")
        except OSError as error:
            raise HistoryUnavailable(
                f"the history {path} is damaged, and cannot be moved aside: {error.strerror}"
            ) from None
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
    """Create the tables in a new file; refuse one that another version of the program has written."""
    if (version := _version(connection)) not in (0, SCHEMA_VERSION):
        raise HistoryUnavailable(
            "the history was written by another version of groupstui",
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


def _is_damage(error: sqlite3.Error | DamagedRow) -> bool:
    """Return whether the content of the file is wrong, rather than the file locked or unreadable just now."""
    return _primary_code(error) not in _ENVIRONMENT_ERRORS


def _primary_code(error: Exception) -> int | None:
    """Return the result code of SQLite, if it has reported the error.

    A text that is not UTF-8 is reported by Python, without a code.
    """
    code: int | None = getattr(error, "sqlite_errorcode", None)
    return None if code is None else code & 0xFF
