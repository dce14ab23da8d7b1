"""Understands when somebody means: a week ago, a day, a snapshot by its number."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Self

from ..errors import InvalidTime

_AGO = re.compile(r"(\d{1,6})\s*([smhdw])")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}|\d{8}")
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


def parse_duration(text: str) -> timedelta:
    """Read a length of time, such as `10m`, `12h`, `7d` or `2w`.

    Raises:
        InvalidTime: If it is none.
    """
    if (found := _AGO.fullmatch(text.strip().lower())) is None or not int(found[1]):
        raise InvalidTime(f"“{text}” is no length of time: write 10m, 12h, 7d or 2w")
    return timedelta(**{_UNITS[found[2]]: int(found[1])})


@dataclass(frozen=True, slots=True)
class PointInTime:
    """A point in a history: a time, or a snapshot."""

    time: datetime | None = None
    """In UTC or with a zone; None where a snapshot is named."""
    snapshot: int | None = None

    @classmethod
    def parse(cls, text: str, now: datetime, *, end_of_day: bool = False) -> Self:
        """Read `7d` (ago), `2026-11-16`, `2026-11-16 14:00`, or a snapshot's number as `12` or `#12`.

        A time without a zone is local.

        Args:
            text: What was written.
            now: The time from which to count back.
            end_of_day: Whether a date without a time means its end, and not its beginning.

        Raises:
            InvalidTime: If it names no moment.
        """
        text = text.strip()
        if (digits := text.removeprefix("#")).isdecimal() and len(digits) < 10:
            return cls(snapshot=int(digits))
        try:
            if _AGO.fullmatch(text.lower()):
                return cls(now - parse_duration(text))
            days = timedelta(days=1 if end_of_day and _DATE.fullmatch(text) else 0)
            return cls((datetime.fromisoformat(text) + days).astimezone())
        except (ValueError, OverflowError):
            raise InvalidTime(
                f"“{text}” is no moment: write 7d, 2026-11-16, “2026-11-16 14:00”, or a snapshot’s number"
            ) from None
