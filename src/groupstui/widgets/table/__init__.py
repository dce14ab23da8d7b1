"""A table that costs the same with ten rows as with a million; of the project it needs but `text`."""

from __future__ import annotations

from .layout import Column
from .table import Table

__all__ = ["Column", "Table"]
