"""Reports: the records of an answer, independent of the output format."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any, Literal

from ..directory.changes import Change
from ..directory.directory import Directory
from ..directory.models import Group, User
from ..errors import InvalidField, quoted
from ..history import Snapshot
from ..testmo.instance import HOSTED, Instance
from ..text import fold, sanitize, slug
from ..times import utc_iso

SCHEMA = "groupstui/1"

MAX_LISTED_FIELDS = 20
"""Fields that an error message lists; a matrix has one for each group."""

Record = dict[str, Any]
"""One row: JSON values by field."""


TITLES = {
    "id": "ID",
    "member": "User",
    "created_at": "Created",
    "updated_at": "Updated",
    "taken_at": "Taken",
    "text": "Asked for",
    "email": "E-mail",
    "api_user": "API user",
    "two_factor": "Two-factor",
}
"""Titles of columns that are not the name of the field."""


@dataclass(frozen=True, slots=True)
class Report:
    """Records, and what JSON contains in addition to them."""

    kind: str
    """The name of the list of records in JSON, such as `groups`."""
    fields: tuple[str, ...]
    """The fields, in the order of the columns."""
    records: Sequence[Record]
    instance: str | None
    """The address of the instance; None for several, which the records name."""
    as_of: datetime
    complete: bool
    about: Record = field(default_factory=dict)
    """More fields of the JSON object, such as the user."""
    id_columns: Mapping[str, int] = field(default_factory=dict)
    """The fields that are groups or users, with their ids: whether a list of ids in the record contains it.

    JSON has the list instead, as names are no keys.
    """
    id_list: Literal["groups", "users"] = "groups"
    """The name of that list."""
    notes: Sequence[str] = ()
    """Lines above a table; formats without a place for them leave them to stderr."""
    subject: str = ""
    """What the records are about, such as the name of a group, for the name of a file."""

    @property
    def file_stem(self) -> str:
        """The name for a file without its extension: instance, subject, kind and day."""
        instance = Instance(self.instance).name.removesuffix(f".{HOSTED}") if self.instance else ""
        parts = (instance, self.subject, self.kind, f"{self.as_of.astimezone():%Y-%m-%d}")
        return "-".join(filter(None, map(slug, parts)))

    def envelope(self) -> Record:
        """Return the fields of the JSON object that precede the records, without `about`."""
        return {
            "schema": SCHEMA,
            "instance": self.instance,
            "as_of": utc_iso(self.as_of),
            "complete": self.complete,
        }

    def cells(self, record: Record) -> list[Any]:
        """Return the values of a record in the order of the fields."""
        if not self.id_columns:
            return [record.get(name) for name in self.fields]
        ids = frozenset(record[self.id_list])
        return [
            self.id_columns[name] in ids if name in self.id_columns else record.get(name)
            for name in self.fields
        ]

    def title(self, field: str) -> str:
        """Return the title of a field's column; a group in a matrix is its own title."""
        if field in self.id_columns:
            return field
        return TITLES.get(field) or re.sub(r" id(s?)$", r" ID\1", field.replace("_", " ").capitalize())

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
        plain = [name for name in fields if name not in self.id_columns]
        columns = {name: self.id_columns[name] for name in fields if name in self.id_columns}
        shown = set(columns.values())

        def selected(record: Record) -> Record:
            chosen = {name: record.get(name) for name in plain}
            ids = [id for id in record[self.id_list] if id in shown] if shown else []
            return chosen | {self.id_list: ids} if shown else chosen

        return replace(
            self, fields=tuple(fields), id_columns=columns, records=list(map(selected, self.records))
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
            raise InvalidField(f"there is no field {quoted(name)}: choose from {listed}")


def _sort_key(value: Any) -> tuple[bool, Any]:
    """Return the key of a value: lists sort by length, numbers before texts, `Team 9` before `Team 10`."""
    if isinstance(value, dict):  # an acceptance, by its date
        value = next(iter(value.values()))
    if isinstance(value, str):
        return True, re.sub("[0-9]+", _sortable_number, fold(value))
    return False, len(value) if isinstance(value, list) else value


def _sortable_number(digits: re.Match[str]) -> str:
    number = digits[0].lstrip("0")
    return f"{len(number):05}{number}"  # as text, since Python limits the digits of an int


# Fields

GROUP_FIELDS = (
    *("id", "name", "members", "created_at", "created_by", "updated_at", "updated_by"),
    *("created_by_id", "updated_by_id"),
)
USER_FIELDS = ("id", "name")
CHANGE_FIELDS = ("change", "group", "user", "before", "seen", "group_id", "user_id")
DIFFERENCE_FIELDS = (
    *("change", "group", "user", "before", "check", "finding"),
    *("group_id", "user_id", "group_ids", "user_ids"),
)
FINDING_FIELDS = ("check", "finding", "group_ids", "user_ids", "accepted")
SNAPSHOT_FIELDS = ("id", "taken_at", "groups", "users", "memberships", "changes")
PROFILE_FIELDS = ("email", "active", "anonymised", "api_user", "two_factor")
MEMBER_FIELDS = ("group_id", "group", *USER_FIELDS, *PROFILE_FIELDS)
MEMBERSHIP_FIELDS = ("group_id", "group", "user_id", "user")
USER_GROUPS_FIELDS = ("groups", "group_ids")
COMPARISON_FIELDS = ("id", "name")
MATRIX_FIELDS = ("user_id", "user")
PASTED_FIELDS = ("text", "status", "id", "name", "email", "active")


def as_of(directory: Directory) -> datetime:
    """Return the time of a directory's crawl; the current time while that is not finished."""
    return directory.as_of or datetime.now(UTC)


def site_report(
    directory: Directory,
    instance: str,
    kind: str,
    fields: tuple[str, ...],
    records: Sequence[Record],
    about: Record | None = None,
) -> Report:
    """Return a report on a directory; `kind` names the records in JSON, `about` are more fields there."""
    return Report(
        kind, fields, records, instance, as_of(directory), complete=directory.complete, about=about or {}
    )


# Groups and users


def group_records(directory: Directory, groups: Iterable[Group]) -> list[Record]:
    """Return groups as records, with the names of the users who created and updated them."""

    def name(user_id: int | None) -> str | None:
        return None if user_id is None else directory.user(user_id).label

    return [
        {
            "id": group.id,
            "name": group.name,
            "members": len(group.members),
            "created_at": _iso(group.created_at),
            "created_by": name(group.created_by),
            "updated_at": _iso(group.updated_at),
            "updated_by": name(group.updated_by),
            "created_by_id": group.created_by,
            "updated_by_id": group.updated_by,
        }
        for group in groups
    ]


def member_records(directory: Directory, group: Group, users: Iterable[User]) -> list[Record]:
    """Return members of a group as records, with the group and, if `/users` was read, their details."""
    return [
        {"group_id": group.id, "group": group.name, **user_record(user), **profile_record(directory, user)}
        for user in users
    ]


def member_report(
    directory: Directory, instance: str, group: Group, users: Iterable[User], as_of: datetime
) -> Report:
    """Return a report on members of a group; each record names the group, so that files can be joined."""
    return Report(
        "members",
        MEMBER_FIELDS if directory.has_profiles else MEMBER_FIELDS[: -len(PROFILE_FIELDS)],
        member_records(directory, group, users),
        instance,
        as_of,
        directory.complete,
        subject=group.name if slug(group.name) else f"group {group.id}",
    )


def user_groups_record(groups: Iterable[Group]) -> Record:
    """Return the fields of a user's groups: each with id and name, and the ids alone for CSV."""
    shown = [{"id": group.id, "name": group.name} for group in groups]
    return {"groups": shown, "group_ids": [group["id"] for group in shown]}


def user_record(user: User) -> Record:
    """Return a user as a record; the name is null if it is not known."""
    return {"id": user.id, "name": user.name}


def user_report(directory: Directory, instance: str, user: User, groups: Iterable[Group]) -> Report:
    """Return a report on the groups of a user."""
    about = {"user": user_record(user)}
    records = group_records(directory, groups)
    report = site_report(directory, instance, "groups", GROUP_FIELDS, records, about)
    return replace(report, subject=user.label)


def profile_record(directory: Directory, user: User) -> Record:
    """Return the fields that `/users` adds to a user; none if it was not read."""
    if not directory.has_profiles:
        return {}
    profile = directory.profile(user.id)
    if profile is None:
        return dict.fromkeys(PROFILE_FIELDS)
    values = (profile.email, profile.active, profile.anonymised, profile.api_user, profile.two_factor)
    return dict(zip(PROFILE_FIELDS, values, strict=True))


# Changes


def change_record(change: Change) -> Record:
    """Return a change as a record; `seen` is the start of the crawl that found it."""
    return {
        "change": change.kind.value,
        "group": change.group,
        "user": None if change.user_id is None else change.user_label,
        "before": change.before,
        "seen": _iso(change.seen),
        "group_id": change.group_id,
        "user_id": change.user_id,
    }


def snapshot_record(snapshot: Snapshot) -> Record:
    """Return a snapshot as a record."""
    record = {name: getattr(snapshot, name) for name in SNAPSHOT_FIELDS}
    return record | {"taken_at": _iso(snapshot.taken_at)}


def changes_report(instance: str, changes: Iterable[Change], since: Snapshot, until: Snapshot) -> Report:
    """Return a report on the changes between two snapshots."""
    return Report(
        "changes",
        CHANGE_FIELDS,
        [change_record(change) for change in changes],
        instance,
        until.taken_at,
        complete=True,
        about={"since": snapshot_record(since), "until": snapshot_record(until)},
    )


def _iso(time: datetime | str | None) -> str | None:
    """Return a time in UTC; a time that could not be parsed is returned as the instance sent it."""
    return utc_iso(time) if isinstance(time, datetime) else time
