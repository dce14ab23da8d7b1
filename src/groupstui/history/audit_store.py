"""What is remembered of audits: the findings that the user has accepted, and those of the last audit.

Findings are stored as fingerprints, which contain no names.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta

from ..directory.acceptance import FINGERPRINT_BYTES, Acceptance
from .database import DamagedRow, typed_rows
from .snapshots import milliseconds

# Not part of the schema: the files of earlier versions have no such tables.
_TABLES = (
    "CREATE TABLE IF NOT EXISTS accepted_finding "
    "(fingerprint BLOB PRIMARY KEY, accepted_at INTEGER NOT NULL, reason TEXT NOT NULL)",
    "CREATE TABLE IF NOT EXISTS last_audit (check_id TEXT PRIMARY KEY, fingerprints BLOB NOT NULL)",
)

_EPOCH = datetime.fromtimestamp(0, UTC)

LastAudit = Mapping[str, frozenset[str]]
"""The fingerprints of the findings of each check that was ever run, by its id."""


def read_acceptances(db: sqlite3.Connection) -> dict[str, Acceptance]:
    """Return the accepted findings by their fingerprints."""
    if not _has_table(db, "accepted_finding"):
        return {}
    rows = typed_rows(db, "SELECT fingerprint, accepted_at, reason FROM accepted_finding", (bytes, int, str))
    try:
        return {
            fingerprint.hex(): Acceptance(reason, _EPOCH + timedelta(milliseconds=time))
            for fingerprint, time, reason in rows
        }
    except OverflowError:
        raise DamagedRow("a time is out of range") from None


def write_acceptance(
    db: sqlite3.Connection, fingerprints: Iterable[str], acceptance: Acceptance | None
) -> None:
    """Store that findings are accepted, or that they no longer are."""
    _create_tables(db)
    keys = list(map(bytes.fromhex, fingerprints))
    db.executemany("DELETE FROM accepted_finding WHERE fingerprint = ?", [(key,) for key in keys])
    if acceptance is not None:
        time = milliseconds(acceptance.time)
        rows = [(key, time, acceptance.reason) for key in keys]
        db.executemany("INSERT INTO accepted_finding VALUES (?, ?, ?)", rows)


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
