"""The records of an answer, independent of the output format."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from ..errors import InvalidField
from ..text import fold, sanitize
from ..times import utc_iso

SCHEMA = "groupstui/1"

MAX_LISTED_FIELDS = 20
"""Fields that an error message lists; a matrix has one for each group."""

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
    group_columns: Mapping[str, int] = field(default_factory=dict)
    """The fields that are groups, with their ids: whether `groups`, a list of ids, contains a group.

    JSON has the list instead, as the names of groups are no keys.
    """
    notes: Sequence[str] = ()
    """Lines above a table; formats without a place for them leave them to stderr."""

    def envelope(self) -> Record:
        """Return the fields of the JSON object that precede the records, without `about`."""
        return {
            "schema": SCHEMA,
            "instance": self.instance,
            "as_of": utc_iso(self.as_of, "seconds"),
            "complete": self.complete,
        }

    def cells(self, record: Record) -> list[Any]:
        """Return the values of a record in the order of the fields."""
        if not self.group_columns:
            return [record.get(name) for name in self.fields]
        groups = frozenset(record["groups"])
        return [
            self.group_columns[name] in groups if name in self.group_columns else record.get(name)
            for name in self.fields
        ]

    def sorted_by(self, field: str) -> Report:
        """Return the report sorted by a field, descending with a leading `-`; missing values are last.

        Raises:
            InvalidField: If the report does not have the field.
        """
        name = field.removeprefix("-")
        check_fields([name], self.fields)
        only = replace(self, fields=(name,))
        values = [(only.cells(record)[0], record) for record in self.records]
        known = [pair for pair in values if pair[0] not in (None, "")]
        missing = [record for value, record in values if value in (None, "")]
        known.sort(key=lambda pair: _sort_key(pair[0]), reverse=field.startswith("-"))
        return replace(self, records=[*(record for _, record in known), *missing])

    def limited(self, count: int) -> Report:
        return replace(self, records=self.records[:count])

    def with_fields(self, fields: Sequence[str]) -> Report:
        """Return the report with only these fields, in this order.

        Raises:
            InvalidField: If the report does not have one of them.
        """
        check_fields(fields, self.fields)
        plain = [name for name in fields if name not in self.group_columns]
        columns = {name: self.group_columns[name] for name in fields if name in self.group_columns}
        shown = set(columns.values())

        def selected(record: Record) -> Record:
            chosen = {name: record.get(name) for name in plain}
            return chosen | {"groups": [id for id in record["groups"] if id in shown]} if shown else chosen

        return replace(
            self, fields=tuple(fields), group_columns=columns, records=list(map(selected, self.records))
        )


def check_fields(names: Iterable[str], fields: Sequence[str]) -> None:
    """Check that the named fields exist.

    Raises:
        InvalidField: If one of them does not; the message lists those that do.
    """
    for name in names:
        if name not in fields:
            listed = ", ".join(map(sanitize, fields[:MAX_LISTED_FIELDS]))
            more = len(fields) - MAX_LISTED_FIELDS
            listed += f" and {more:,} more" if more > 0 else ""
            raise InvalidField(f"there is no field “{sanitize(name)}”: choose from {listed}")


def _sort_key(value: Any) -> tuple[bool, Any]:
    """Return the key of a value: lists sort by length, numbers before texts, `Team 9` before `Team 10`."""
    if isinstance(value, str):
        return True, re.sub("[0-9]+", _sortable_number, fold(value))
    return False, len(value) if isinstance(value, list) else value


def _sortable_number(digits: re.Match[str]) -> str:
    number = digits[0].lstrip("0")
    return f"{len(number):05}{number}"  # as text, since Python limits the digits of an int
