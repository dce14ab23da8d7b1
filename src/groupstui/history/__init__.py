"""What a site looked like before: every complete reading, and what changed from one to the next.

One SQLite file a site. It holds the last reading, whole, and a log of what has changed; so it grows with the
changes, and an unchanged reading costs a row. A reading that does not hold together never gets here.
"""

from __future__ import annotations

from ..errors import HistoryUnavailable
from .history import History, default_folder, history_of
from .snapshots import Snapshot

__all__ = [
    "History",
    "HistoryUnavailable",
    "Snapshot",
    "default_folder",
    "history_of",
]
