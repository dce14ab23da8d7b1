"""Snapshots of an instance, and what changed between them.

There is one SQLite file for each instance. Every complete crawl is a snapshot; incomplete ones are never
saved. Only differences take space.
"""

from __future__ import annotations

from .history import History, default_folder, history_of
from .snapshots import Snapshot

__all__ = ["History", "Snapshot", "default_folder", "history_of"]
