"""The position of `watch` in a history: which changes were delivered already."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

from .database import typed_rows

# Not part of the schema: a history that was never watched has no such table.
_TABLE = "CREATE TABLE IF NOT EXISTS watch_cursor (snapshot INTEGER, following INTEGER, delivered INTEGER)"


@dataclass(frozen=True, slots=True)
class Cursor:
    """The changes up to a snapshot, and the first ones of the snapshot after it."""

    snapshot: int
    """The id of the snapshot."""
    following: int = 0
    """The id of the snapshot after it, if some of its changes were delivered."""
    delivered: int = 0
    """How many of them."""


def read_cursor(db: sqlite3.Connection) -> Cursor | None:
    """Return the cursor, or None; to be used in a writing transaction."""
    db.execute(_TABLE)
    query = "SELECT snapshot, following, delivered FROM watch_cursor"
    return next((Cursor(*row) for row in typed_rows(db, query, (int, int, int))), None)


def write_cursor(db: sqlite3.Connection, cursor: Cursor) -> None:
    """Store the cursor."""
    db.execute(_TABLE)
    db.execute("DELETE FROM watch_cursor")
    row = (cursor.snapshot, cursor.following, cursor.delivered)
    db.execute("INSERT INTO watch_cursor VALUES (?, ?, ?)", row)
