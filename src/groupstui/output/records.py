"""Turn groups, users, comparisons, findings and changes into reports."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from ..directory.audit import Check, CheckResult, Finding
from ..directory.changes import Change
from ..directory.compare import Comparison, Pair, Row, distinct_names
from ..directory.directory import Directory
from ..directory.models import Group, User
from ..history import Snapshot
from ..times import utc_iso
from .report import Record, Report
from .table import title_of

GROUP_FIELDS = (
    *("id", "name", "members", "created_at", "created_by", "updated_at", "updated_by"),
    *("created_by_id", "updated_by_id"),
)
USER_FIELDS = ("id", "name")
CHANGE_FIELDS = ("change", "group", "user", "before", "seen", "group_id", "user_id")
FINDING_FIELDS = ("check", "finding", "group_ids", "user_ids")
SNAPSHOT_FIELDS = ("id", "taken_at", "groups", "users", "memberships", "changes")
PROFILE_FIELDS = ("email", "active", "anonymised", "api_user", "two_factor")
MEMBERSHIP_FIELDS = ("group_id", "group", "user_id", "user")
USER_GROUPS_FIELDS = ("groups", "group_ids")
COMPARISON_FIELDS = ("id", "name")
MATRIX_FIELDS = ("user_id", "user")


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
    return site_report(directory, instance, "groups", GROUP_FIELDS, group_records(directory, groups), about)


def profile_record(directory: Directory, user: User) -> Record:
    """Return the fields that `/users` adds to a user; none if it was not read."""
    if not directory.has_profiles:
        return {}
    profile = directory.profile(user.id)
    if profile is None:
        return dict.fromkeys(PROFILE_FIELDS)
    values = (profile.email, profile.active, profile.anonymised, profile.api_user, profile.two_factor)
    return dict(zip(PROFILE_FIELDS, values, strict=True))


# Comparisons


def comparison_report(
    directory: Directory, instance: str, comparison: Comparison, rows: Iterable[Row]
) -> Report:
    """Return a report on the users of a few groups, and on how the groups overlap."""
    groups = comparison.groups
    records = [
        {
            **user_record(row.user),
            "groups": [group.id for group, inside in zip(groups, row.inside, strict=True) if inside],
        }
        for row in rows
    ]
    about = {"in_all": comparison.in_all, "pairs": [_pair_record(pair) for pair in comparison.pairs]}
    notes = tuple(f"{pair.text} (overlap: {pair.overlap} %)" for pair in comparison.pairs)
    report = site_report(directory, instance, "users", COMPARISON_FIELDS, records, about)
    return replace(_with_group_columns(report, groups), notes=notes)


def matrix_report(directory: Directory, instance: str) -> Report:
    """Return a report with a row for each user and a column for each group."""
    records = [
        {"user_id": user.id, "user": user.name, "groups": list(directory.memberships.get(user.id, ()))}
        for user in directory.users
    ]
    report = site_report(directory, instance, "matrix", MATRIX_FIELDS, records)
    return _with_group_columns(report, directory.groups)


def _with_group_columns(report: Report, groups: Sequence[Group]) -> Report:
    """Return the report with a column for each group, and in JSON the list of the groups."""
    reserved = {*report.fields, "groups", *(title_of(report, name) for name in report.fields)}
    columns = {name: id for id, name in distinct_names(groups, reserved).items()}
    listed = [{"id": group.id, "name": group.name, "members": len(group.members)} for group in groups]
    return replace(
        report,
        fields=(*report.fields, *columns),
        group_columns=columns,
        about={"groups": listed, **report.about},
    )


def _pair_record(pair: Pair) -> Record:
    return {
        "first": pair.first.id,
        "second": pair.second.id,
        "only_first": pair.only_first,
        "both": pair.both,
        "only_second": pair.only_second,
        "overlap_percent": pair.overlap,
        "text": pair.text,
    }


# Audits


def audit_report(
    directory: Directory,
    instance: str,
    results: Iterable[CheckResult],
    findings: Iterable[tuple[Check, Finding]],
) -> Report:
    """Return a report on findings of an audit, and on all of its checks."""
    records = [
        {
            "check": check.id,
            "finding": finding.text,
            "group_ids": list(finding.groups),
            "user_ids": list(finding.users),
        }
        for check, finding in findings
    ]
    about = {"checks": [_check_record(result) for result in results]}
    return site_report(directory, instance, "findings", FINDING_FIELDS, records, about)


def _check_record(result: CheckResult) -> Record:
    return {
        "check": result.check.id,
        "title": result.check.title,
        "why": result.check.why,
        "findings": len(result.findings),
        "impossible": result.skipped or None,
    }


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
