"""Parse durations that users write, such as `7d`."""

from __future__ import annotations

import re
from datetime import timedelta

from .errors import InvalidTime, quoted

DURATION = re.compile(r"(\d{1,6})\s*([smhdwy])")
_MONTH = re.compile(r"\d+\s*M")
"""Minutes are small: a capital M could mean months."""
_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 7 * 86_400, "y": 365 * 86_400}
"""Seconds."""


def parse_duration(text: str) -> timedelta:
    """Parse a duration such as `10m`, `12h`, `7d`, `2w` or `1y`.

    Raises:
        InvalidTime: If the text is no duration, or zero.
    """
    found = None if _MONTH.fullmatch(text.strip()) else DURATION.fullmatch(text.strip().lower())
    if found is None or not int(found[1]):
        raise InvalidTime(f"{quoted(text)} is not a valid duration: use 10m, 12h, 7d, 2w or 1y")
    return timedelta(seconds=int(found[1]) * _UNITS[found[2]])
