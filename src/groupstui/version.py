"""The version, on its own because the HTTP layer names it in every request."""

from __future__ import annotations

__version__ = "1.0.0"
