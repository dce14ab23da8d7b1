"""Reports with a column for each of several groups or users."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import compress
from typing import Any, Literal

from ..directory.compare import (
    EVERYTHING,
    Comparison,
    GroupComparison,
    Pair,
    Row,
    Selection,
    UserComparison,
    distinct_names,
)
from ..directory.compare_instances import NamePair, matched_by
from ..directory.directory import Directory
from ..directory.models import Group, User
from ..directory.user_match import UserMatch
from ..times import utc_iso
from .records import (
    COMPARISON_FIELDS,
    MATRIX_FIELDS,
    PASTED_FIELDS,
    Record,
    Report,
    as_of,
    site_report,
    user_record,
)

IdList = Literal["groups", "users"]
"""The field of a record with the ids of the groups or users that its columns are about."""

INSTANCE_COMPARISON_FIELDS = (
    *("group", "status", "only_1", "only_2", "unknown_1", "unknown_2", "members_1", "members_2"),
)
"""`only_1` are the members in the first instance who are not in the group of the second.

`unknown_1` are those who cannot be identified in the second.

A narrow terminal has room for them, but not for the numbers of all members.
"""


def comparison_report(
    directory: Directory,
    instance: str,
    comparison: GroupComparison,
    rows: Iterable[Row[User]],
    selection: Selection = EVERYTHING,
) -> Report:
    """Return a report on the users of a few groups, and on how the groups overlap.

    Args:
        directory: What is known of the instance.
        instance: The address of the instance.
        comparison: The result of the comparison.
        rows: The users to report.
        selection: Which users of the comparison these are.
    """
    about = {"in_all": comparison.in_all, "pairs": [_pair_record(pair) for pair in comparison.pairs]}
    records = _records(comparison, rows, "groups")
    report = site_report(directory, instance, "users", COMPARISON_FIELDS, records, about)
    report = _with_group_columns(report, comparison.compared)
    return _described(report, comparison, selection, [pair.text for pair in comparison.pairs])


def user_comparison_report(
    directory: Directory,
    instance: str,
    comparison: UserComparison,
    rows: Iterable[Row[Group]],
    selection: Selection = EVERYTHING,
) -> Report:
    """Return a report on the groups of two users; the arguments are those of `comparison_report`."""
    about = {"users_complete": directory.users_complete, "in_all": comparison.in_all, "text": comparison.text}
    records = _records(comparison, rows, "users")
    report = site_report(directory, instance, "groups", COMPARISON_FIELDS, records, about)
    report = _with_id_columns(
        report, "users", comparison.compared, list(map(user_record, comparison.compared))
    )
    return _described(report, comparison, selection, [comparison.text])


def _records(comparison: Comparison[Any, Any], rows: Iterable[Row[Any]], id_list: IdList) -> list[Record]:
    """Return the rows of a comparison, with the ids of what contains each of them."""
    ids = [each.id for each in comparison.compared]
    return [
        {"id": row.item.id, "name": row.item.name, id_list: list(compress(ids, row.inside))} for row in rows
    ]


def _described(
    report: Report, comparison: Comparison[Any, Any], selection: Selection, notes: Sequence[str]
) -> Report:
    """Return the report with its notes, and with which part of the comparison it contains."""
    part = "" if selection == EVERYTHING else comparison.describe(selection)
    return replace(report, notes=notes, subject=f"comparison {part}")


def pasted_report(
    directory: Directory, instance: str, matches: Iterable[UserMatch], groups: Sequence[Group]
) -> Report:
    """Return a report on the entries of a pasted list: the users, and in which of some groups they are."""
    records = [
        {
            "text": match.text,
            "status": match.status,
            **({"id": None, "name": None} if match.user is None else user_record(match.user)),
            "email": None if match.user is None else directory.email(match.user.id),
            "active": _active(directory, match.user),
            "groups": [
                group.id for group in groups if match.user is not None and match.user.id in group.members
            ],
        }
        for match in matches
    ]
    fields = PASTED_FIELDS if directory.has_profiles else PASTED_FIELDS[:-2]
    report = site_report(directory, instance, "users", fields, records)
    return replace(_with_group_columns(report, groups), subject="list")


def _active(directory: Directory, user: User | None) -> bool | None:
    """Return whether a user is active, or None if that is not known."""
    profile = None if user is None else directory.profile(user.id)
    return None if profile is None else profile.active


def matrix_report(directory: Directory, instance: str) -> Report:
    """Return a report with a row for each user in a group and a column for each group."""
    records = [
        {"user_id": user.id, "user": user.name, "groups": list(directory.memberships[user.id])}
        for user in directory.users
        if user.id in directory.memberships
    ]
    report = site_report(directory, instance, "matrix", MATRIX_FIELDS, records)
    return _with_group_columns(report, directory.groups)


def _with_group_columns(report: Report, groups: Sequence[Group]) -> Report:
    """Return the report with a column for each group, and in JSON the list of the groups."""
    listed = [{"id": group.id, "name": group.name, "members": len(group.members)} for group in groups]
    return _with_id_columns(report, "groups", groups, listed)


def _with_id_columns(
    report: Report,
    id_list: IdList,
    items: Sequence[Group] | Sequence[User],
    listed: Sequence[Record],
) -> Report:
    """Return the report with a column for each group or user, which JSON lists."""
    reserved = {*report.fields, id_list, *(report.title(name) for name in report.fields)}
    columns = {name: id for id, name in distinct_names(items, reserved).items()}
    return replace(
        report,
        fields=(*report.fields, *columns),
        id_columns=columns,
        id_list=id_list,
        about={id_list: listed, **report.about},
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


def instance_comparison_report(
    directories: tuple[Directory, Directory], instances: Sequence[str], pairs: Iterable[NamePair]
) -> Report:
    """Return a report on the groups of two instances, which are named by their addresses."""
    records = [
        {
            "group": pair.name,
            "status": pair.status,
            "members_1": _member_count(pair, 0),
            "members_2": _member_count(pair, 1),
            "only_1": [user.label for user in pair.only[0]],
            "only_2": [user.label for user in pair.only[1]],
            "unknown_1": [user.label for user in pair.unknown[0]],
            "unknown_2": [user.label for user in pair.unknown[1]],
        }
        for pair in pairs
    ]
    times = list(map(as_of, directories))
    about = {
        "instances": [
            {"instance": instance, "as_of": utc_iso(time), "complete": directory.complete}
            for instance, time, directory in zip(instances, times, directories, strict=True)
        ],
        "matched_by": matched_by(*directories),
    }
    complete = all(directory.complete for directory in directories)
    return Report("groups", INSTANCE_COMPARISON_FIELDS, records, None, min(times), complete, about)


def _member_count(pair: NamePair, side: int) -> int | None:
    """Return the number of members of the group; None if there is none, or more than one group."""
    groups = pair.groups[side]
    return len(groups[0].members) if len(groups) == 1 else None
