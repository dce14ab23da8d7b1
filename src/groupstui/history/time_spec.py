"""Parse points in time that users write: `7d`, `2026-11-16`, `#12`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Self

from ..durations import DURATION, parse_duration
from ..errors import InvalidTime, quoted
from ..times import local_day, with_local_zone

_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}|[0-9]{8}")
_DATE_AND_TIME = re.compile(rf"({_DATE.pattern})[ Tt].+")
_TO_END_OF_DAY = timedelta(days=1, microseconds=-1)
NOW = "now"
"""What users write for the present."""

_DAYS_AGO = {"today": 0, "yesterday": 1}


@dataclass(frozen=True, slots=True)
class PointInTime:
    """A point in a history: a time, or a snapshot; without both, the last snapshot."""

    time: datetime | None = None
    """With a zone; None for a snapshot."""
    snapshot: int | None = None
    """The snapshot's id."""

    @classmethod
    def parse(cls, text: str, now: datetime, *, end_of_day: bool = False) -> Self:
        """Parse `7d` (ago), `yesterday`, `2026-11-16`, `2026-11-16 14:00`, or a snapshot id as `12` or `#12`.

        A time without a zone is local. Eight digits are a date, unless they follow a `#`. `now` is the last
        snapshot, as if no time were named.

        Args:
            text: The user's text.
            now: The time from which a duration counts back.
            end_of_day: Whether a date without a time means the end of that day instead of its start.

        Raises:
            InvalidTime: If the text has another form.
        """
        text = text.strip()
        if text.lower() == NOW:
            return cls()
        digits = text.removeprefix("#")
        if digits.isascii() and digits.isdecimal() and len(digits) < 10 and not _DATE.fullmatch(text):
            return cls(snapshot=int(digits))
        try:
            if (days_ago := _DAYS_AGO.get(text.lower())) is not None:
                text = local_day(now - timedelta(days=days_ago))
            if DURATION.fullmatch(text.lower()):
                return cls(now - parse_duration(text))
            is_day = _DATE.fullmatch(text) is not None
            if not is_day and not _DATE_AND_TIME.fullmatch(text):  # Python also reads weeks, as their start
                raise InvalidTime(text)
            rest = _TO_END_OF_DAY if end_of_day and is_day else timedelta(0)
            return cls(with_local_zone(datetime.fromisoformat(text) + rest))
        except (ValueError, OverflowError, InvalidTime):
            raise InvalidTime(
                f"{quoted(text)} is not a valid time", "Use 7d, yesterday, 2026-11-16 or #12."
            ) from None

    @classmethod
    def parse_past(cls, text: str, now: datetime) -> Self:
        """Parse a time that has passed; a date means the end of that day, and that of today means now.

        Raises:
            InvalidTime: If the text has another form, or is a time in the future.
        """
        if cls.parse(text, now).is_after(cls(now)):
            raise InvalidTime(f"{quoted(text)} is in the future")
        point = cls.parse(text, now, end_of_day=True)
        return cls(now) if point == cls() else point

    def is_after(self, other: PointInTime) -> bool:
        """Return whether this is later than another point; False if only a history can answer that."""
        if self.time is not None and other.time is not None:
            return self.time > other.time
        return self.snapshot is not None and other.snapshot is not None and self.snapshot > other.snapshot


LAST = PointInTime()
"""The last snapshot."""
