"""What is remembered of audits: the findings that the user has accepted, and those of the last audit.

Findings are stored as fingerprints, which contain no names.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping
from datetime import datetime

from ..directory.acceptance import FINGERPRINT_BYTES, Acceptance
from .database import typed_rows
from .snapshots import from_milliseconds, milliseconds

# Not part of the schema: the files of earlier versions have no such tables.
_TABLES = (
    "CREATE TABLE IF NOT EXISTS accepted_finding "
    "(fingerprint BLOB PRIMARY KEY, accepted_at INTEGER NOT NULL, reason TEXT NOT NULL)",
    "CREATE TABLE IF NOT EXISTS withdrawn_acceptance (fingerprint BLOB NOT NULL, "
    "accepted_at INTEGER NOT NULL, reason TEXT NOT NULL, withdrawn_at INTEGER NOT NULL)",
    "CREATE TABLE IF NOT EXISTS last_audit (check_id TEXT PRIMARY KEY, fingerprints BLOB NOT NULL)",
)

_IN_FORCE = {
    "accepted_finding": "accepted_at <= :time",
    "withdrawn_acceptance": "accepted_at <= :time AND :time < withdrawn_at",
}
"""Which rows of each table were in force at a time."""

LastAudit = Mapping[str, frozenset[str]]
"""The fingerprints of the findings of each check that was ever run, by its id."""


def read_acceptances(db: sqlite3.Connection, at: datetime | None = None) -> dict[str, Acceptance]:
    """Return the findings that are accepted, or were at a time, by their fingerprints."""
    conditions = {"accepted_finding": "TRUE"} if at is None else _IN_FORCE
    parameters = {} if at is None else {"time": milliseconds(at)}
    found: dict[str, Acceptance] = {}
    for table, condition in conditions.items():
        if _has_table(db, table):
            query = f"SELECT fingerprint, accepted_at, reason FROM {table} WHERE {condition}"
            for fingerprint, time, reason in typed_rows(db, query, (bytes, int, str), parameters):
                found[fingerprint.hex()] = Acceptance(reason, from_milliseconds(time))
    return found


def write_acceptance(db: sqlite3.Connection, fingerprints: Iterable[str], acceptance: Acceptance) -> None:
    """Store that findings are accepted from a time on; it replaces earlier acceptances."""
    keys = list(fingerprints)
    withdraw_acceptances(db, keys, acceptance.time)
    time = milliseconds(acceptance.time)
    rows = [(bytes.fromhex(key), time, acceptance.reason) for key in keys]
    db.executemany("INSERT INTO accepted_finding VALUES (?, ?, ?)", rows)


def withdraw_acceptances(db: sqlite3.Connection, fingerprints: Iterable[str], time: datetime) -> None:
    """Store that findings are no longer accepted from a time on."""
    _create_tables(db)
    keys = list(map(bytes.fromhex, fingerprints))
    move = (
        "INSERT INTO withdrawn_acceptance "
        "SELECT fingerprint, accepted_at, reason, ? FROM accepted_finding WHERE fingerprint = ?"
    )
    db.executemany(move, [(milliseconds(time), key) for key in keys])
    db.executemany("DELETE FROM accepted_finding WHERE fingerprint = ?", [(key,) for key in keys])


def drop_withdrawn(db: sqlite3.Connection, before: datetime) -> None:
    """Delete the acceptances that were withdrawn before a time."""
    if _has_table(db, "withdrawn_acceptance"):
        db.execute("DELETE FROM withdrawn_acceptance WHERE withdrawn_at < ?", (milliseconds(before),))


def read_last_audit(db: sqlite3.Connection) -> dict[str, frozenset[str]]:
    """Return the findings of the last audit; without the checks that were never run."""
    if not _has_table(db, "last_audit"):
        return {}
    rows = typed_rows(db, "SELECT check_id, fingerprints FROM last_audit", (str, bytes))
    return {check_id: frozenset(_fingerprints(packed)) for check_id, packed in rows}


def write_last_audit(db: sqlite3.Connection, audit: LastAudit) -> None:
    """Store the findings of the checks that were run; those of the others stay."""
    _create_tables(db)
    rows = [(check_id, bytes.fromhex("".join(sorted(found)))) for check_id, found in audit.items()]
    db.executemany("INSERT OR REPLACE INTO last_audit VALUES (?, ?)", rows)


def _fingerprints(packed: bytes) -> list[str]:
    starts = range(0, len(packed), FINGERPRINT_BYTES)
    return [packed[start : start + FINGERPRINT_BYTES].hex() for start in starts]


def _create_tables(db: sqlite3.Connection) -> None:
    for table in _TABLES:
        db.execute(table)


def _has_table(db: sqlite3.Connection, name: str) -> bool:
    query = "SELECT 1 FROM sqlite_master WHERE name = ?"
    return db.execute(query, (name,)).fetchone() is not None
