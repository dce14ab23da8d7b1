"""Parse points in time and durations that users write: `7d`, `2026-11-16`, `#12`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Self

from ..errors import InvalidTime

_DURATION = re.compile(r"(\d{1,6})\s*([smhdw])")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}|\d{8}")
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


def parse_duration(text: str) -> timedelta:
    """Parse a duration such as `10m`, `12h`, `7d` or `2w`.

    Raises:
        InvalidTime: If the text is no duration, or zero.
    """
    if (found := _DURATION.fullmatch(text.strip().lower())) is None or not int(found[1]):
        raise InvalidTime(f"“{text}” is not a valid duration: use 10m, 12h, 7d or 2w")
    return timedelta(**{_UNITS[found[2]]: int(found[1])})


@dataclass(frozen=True, slots=True)
class PointInTime:
    """A point in a history: a time, or a snapshot."""

    time: datetime | None = None
    """With a zone; None for a snapshot."""
    snapshot: int | None = None
    """The snapshot's id."""

    @classmethod
    def parse(cls, text: str, now: datetime, *, end_of_day: bool = False) -> Self:
        """Parse `7d` (ago), `2026-11-16`, `2026-11-16 14:00`, or a snapshot id as `12` or `#12`.

        A time without a zone is local.

        Args:
            text: The user's text.
            now: The time from which a duration counts back.
            end_of_day: Whether a date without a time means the end of that day instead of its start.

        Raises:
            InvalidTime: If the text has another form.
        """
        text = text.strip()
        if (digits := text.removeprefix("#")).isdecimal() and len(digits) < 10:
            return cls(snapshot=int(digits))
        try:
            if _DURATION.fullmatch(text.lower()):
                return cls(now - parse_duration(text))
            days = timedelta(days=1 if end_of_day and _DATE.fullmatch(text) else 0)
            return cls((datetime.fromisoformat(text) + days).astimezone())
        except (ValueError, OverflowError, InvalidTime):
            raise InvalidTime(
                f"“{text}” is not a valid time: use 7d, 2026-11-16, “2026-11-16 14:00”, or a snapshot id"
            ) from None
