"""An answer as records, before it is known how it will be written."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from ..errors import InvalidField
from ..text import fold

SCHEMA = "groupstui/1"

Record = dict[str, Any]
"""One row: values that JSON knows, by field."""


@dataclass(frozen=True)
class Report:
    """What a command has to say."""

    kind: str
    """The name of the list of records in JSON, as `groups`."""
    fields: tuple[str, ...]
    """The fields in the order of the columns."""
    records: Sequence[Record]
    instance: str
    as_of: datetime
    complete: bool
    about: Record = field(default_factory=dict)
    """What the whole answer is about, as the user that was asked for."""

    def envelope(self) -> Record:
        """Return what JSON says before the records."""
        moment = self.as_of.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
        return {
            "schema": SCHEMA,
            "instance": self.instance,
            "as_of": moment,
            "complete": self.complete,
            **self.about,
        }

    def sorted_by(self, wanted: str) -> Report:
        """Return the records in another order.

        Args:
            wanted: A field; with `-` before it, from the largest down.

        Raises:
            InvalidField: If there is no such field.
        """
        name = wanted.removeprefix("-")
        self._check(name)
        records = sorted(self.records, key=_sortable(name), reverse=wanted.startswith("-"))
        return replace(self, records=records)

    def limited(self, most: int) -> Report:
        """Return the first records only."""
        return replace(self, records=self.records[:most])

    def narrowed(self, wanted: Sequence[str]) -> Report:
        """Return some fields only, in the order in which they are named.

        Raises:
            InvalidField: If there is no such field.
        """
        for name in wanted:
            self._check(name)
        records = [{name: record.get(name) for name in wanted} for record in self.records]
        return replace(self, fields=tuple(wanted), records=records)

    def _check(self, name: str) -> None:
        if name not in self.fields:
            raise InvalidField(f"there is no field “{name}”: choose from {', '.join(self.fields)}")


def _sortable(name: str) -> Callable[[Record], tuple[bool, bool, Any]]:
    def key(record: Record) -> tuple[bool, bool, Any]:
        value = record.get(name)
        if isinstance(value, list):
            value = len(value)
        # Numbers sort as numbers and texts as texts; what is missing comes last.
        return value is None, isinstance(value, str), fold(value) if isinstance(value, str) else value or 0

    return key
