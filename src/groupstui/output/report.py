"""The records of an answer, independent of the output format."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from ..errors import InvalidField
from ..text import fold
from ..times import utc_iso

SCHEMA = "groupstui/1"

Record = dict[str, Any]
"""One row: JSON values by field."""


@dataclass(frozen=True, slots=True)
class Report:
    """Records, and what JSON contains in addition to them."""

    kind: str
    """The name of the list of records in JSON, such as `groups`."""
    fields: tuple[str, ...]
    """The fields, in the order of the columns."""
    records: Sequence[Record]
    instance: str
    as_of: datetime
    complete: bool
    about: Record = field(default_factory=dict)
    """More fields of the JSON object, such as the user."""

    def envelope(self) -> Record:
        """Return the fields of the JSON object that precede the records."""
        return {
            "schema": SCHEMA,
            "instance": self.instance,
            "as_of": utc_iso(self.as_of, "seconds"),
            "complete": self.complete,
            **self.about,
        }

    def sorted_by(self, field: str) -> Report:
        """Return the report in another order.

        Args:
            field: The field to sort by; with a leading `-` in descending order.

        Raises:
            InvalidField: If the report does not have the field.
        """
        name = field.removeprefix("-")
        self._check(name)
        records = sorted(self.records, key=_sort_key(name), reverse=field.startswith("-"))
        return replace(self, records=records)

    def limited(self, count: int) -> Report:
        """Return the report with only its first records."""
        return replace(self, records=self.records[:count])

    def with_fields(self, fields: Sequence[str]) -> Report:
        """Return the report with only these fields, in this order.

        Raises:
            InvalidField: If the report does not have one of them.
        """
        for name in fields:
            self._check(name)
        records = [{name: record.get(name) for name in fields} for record in self.records]
        return replace(self, fields=tuple(fields), records=records)

    def _check(self, name: str) -> None:
        if name not in self.fields:
            raise InvalidField(f"there is no field “{name}”: choose from {', '.join(self.fields)}")


def _sort_key(name: str) -> Callable[[Record], tuple[bool, bool, Any]]:
    def key(record: Record) -> tuple[bool, bool, Any]:
        value = record.get(name)
        if isinstance(value, list):
            value = len(value)
        # Numbers sort as numbers and texts as texts; missing values come last.
        return value is None, isinstance(value, str), fold(value) if isinstance(value, str) else value or 0

    return key
