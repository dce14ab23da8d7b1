"""Groups and users as records, and the report on a site that they make up."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from ..directory.changes import Change
from ..directory.directory import Directory, Group, User
from .report import Record, Report

if TYPE_CHECKING:
    from ..history import Snapshot

GROUP_FIELDS = ("id", "name", "members", "created_at", "created_by", "updated_at", "updated_by")
USER_FIELDS = ("id", "name")
CHANGE_FIELDS = ("change", "group", "user", "before", "seen", "group_id", "user_id")
FINDING_FIELDS = ("check", "finding", "group_ids", "user_ids")
SNAPSHOT_FIELDS = ("id", "taken_at", "groups", "users", "memberships", "changes")
PROFILE_FIELDS = ("email", "active", "anonymised", "api_user", "two_factor")


def as_of(directory: Directory) -> datetime:
    """Return when a directory was read: now, while that is not over."""
    return directory.as_of or datetime.now(UTC)


def site_report(
    directory: Directory,
    instance: str,
    kind: str,
    fields: tuple[str, ...],
    records: Sequence[Record],
    about: Record | None = None,
) -> Report:
    """Return records of a site, as it was when its directory was read.

    Args:
        directory: Where they come from.
        instance: The site's address.
        kind: The name of the list of records.
        fields: The fields in the order of the columns.
        records: The rows.
        about: What the whole answer is about.
    """
    return Report(
        kind, fields, records, instance, as_of(directory), complete=directory.complete, about=about or {}
    )


def group_records(directory: Directory, groups: Iterable[Group]) -> list[Record]:
    """Return groups as records, with users by name."""

    def name(user_id: int | None) -> str | None:
        return None if user_id is None else directory.user(user_id).label

    return [
        {
            "id": group.id,
            "name": group.name,
            "members": len(group.members),
            "created_at": _moment(group.created_at),
            "created_by": name(group.created_by),
            "updated_at": _moment(group.updated_at),
            "updated_by": name(group.updated_by),
        }
        for group in groups
    ]


def user_record(user: User) -> Record:
    """Return a user as a record; the name is null where the site does not tell it."""
    return {"id": user.id, "name": user.name}


def user_report(directory: Directory, instance: str, user: User, groups: Iterable[Group]) -> Report:
    """Return the groups that a user is in.

    Args:
        directory: Where they come from.
        instance: The site's address.
        user: Who is asked for.
        groups: Their groups, in the order in which to give them.
    """
    about = {"user": user_record(user)}
    return site_report(directory, instance, "groups", GROUP_FIELDS, group_records(directory, groups), about)


def profile_record(directory: Directory, user: User) -> Record:
    """Return what `/users` tells of a user; nothing where it tells nothing of anybody."""
    if not directory.has_profiles:
        return {}
    profile = directory.profile(user.id)
    if profile is None:
        return dict.fromkeys(PROFILE_FIELDS)
    marks = (profile.active, profile.anonymised, profile.api_user, profile.two_factor)
    return dict(zip(PROFILE_FIELDS, (profile.email, *marks), strict=True))


def change_record(change: Change) -> Record:
    """Return a change as a record; `seen` is when the reading began that came upon it."""
    return {
        "change": change.kind.value,
        "group": change.group,
        "user": None if change.user_id is None else change.user_label,
        "before": change.before,
        "seen": _moment(change.seen),
        "group_id": change.group_id,
        "user_id": change.user_id,
    }


def snapshot_record(snapshot: Snapshot) -> Record:
    """Return a snapshot as a record."""
    record = {name: getattr(snapshot, name) for name in SNAPSHOT_FIELDS}
    return record | {"taken_at": _moment(snapshot.taken_at)}


def _moment(time: datetime | str | None) -> str | None:
    """Return a time in UTC, as JSON wants it; one that could not be read as the text it is."""
    if not isinstance(time, datetime):
        return time
    return time.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
