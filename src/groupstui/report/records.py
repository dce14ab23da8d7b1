"""Groups and people as records, and the report on a site that they make up."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from ..directory import Directory, Group, Member
from ..directory.changes import Change
from . import Record, Report

if TYPE_CHECKING:
    from ..history import Snapshot

GROUP_FIELDS = ("id", "name", "members", "created_at", "created_by", "updated_at", "updated_by")
PERSON_FIELDS = ("id", "name")
CHANGE_FIELDS = ("change", "group", "person", "before", "seen", "group_id", "person_id")
FINDING_FIELDS = ("check", "finding", "group_ids", "person_ids")
SNAPSHOT_FIELDS = ("id", "taken_at", "groups", "people", "memberships", "changes")
PROFILE_FIELDS = ("email", "active", "anonymised", "api_user", "two_factor")


def as_of(directory: Directory) -> datetime:
    """Give when a directory was read: now, while that is not over."""
    return directory.as_of or datetime.now(UTC)


def site_report(
    directory: Directory,
    instance: str,
    kind: str,
    fields: tuple[str, ...],
    records: Sequence[Record],
    about: Record | None = None,
) -> Report:
    """Give records of a site, as it was when its directory was read.

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
    """Give groups as records, with people by name."""

    def name(person_id: int | None) -> str | None:
        return None if person_id is None else directory.person(person_id).label

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


def person_record(person: Member) -> Record:
    """Give a person as a record; the name is null where the site does not tell it."""
    return {"id": person.id, "name": person.name}


def person_report(directory: Directory, instance: str, person: Member, groups: Iterable[Group]) -> Report:
    """Give the groups that a person is in.

    Args:
        directory: Where they come from.
        instance: The site's address.
        person: Who is asked for.
        groups: Their groups, in the order in which to give them.
    """
    about = {"person": person_record(person)}
    return site_report(directory, instance, "groups", GROUP_FIELDS, group_records(directory, groups), about)


def profile_record(directory: Directory, person: Member) -> Record:
    """Give what `/users` tells of a person; nothing where it tells nothing of anybody."""
    if not directory.has_profiles:
        return {}
    profile = directory.profile(person.id)
    if profile is None:
        return dict.fromkeys(PROFILE_FIELDS)
    marks = (profile.active, profile.anonymised, profile.api_user, profile.two_factor)
    return dict(zip(PROFILE_FIELDS, (profile.email, *marks), strict=True))


def change_record(change: Change) -> Record:
    """Give a change as a record; `seen` is when the reading began that came upon it."""
    return {
        "change": change.kind.value,
        "group": change.group,
        "person": None if change.person_id is None else change.person_label,
        "before": change.before,
        "seen": _moment(change.seen),
        "group_id": change.group_id,
        "person_id": change.person_id,
    }


def snapshot_record(snapshot: "Snapshot") -> Record:
    """Give a snapshot as a record."""
    record = {name: getattr(snapshot, name) for name in SNAPSHOT_FIELDS}
    return record | {"taken_at": _moment(snapshot.taken_at)}


def _moment(time: datetime | str | None) -> str | None:
    """Give a time in UTC, as JSON wants it; one that could not be read as the text it is."""
    if not isinstance(time, datetime):
        return time
    return time.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
