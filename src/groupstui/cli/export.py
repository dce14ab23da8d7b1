"""Writes a whole site to a file."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import overload

from ..directory.directory import Directory, User
from ..errors import UsageError
from ..exit_codes import ExitCode
from ..output.access_review import review_files
from ..output.files import write_file, write_folder
from ..output.formats import format_of, pieces
from ..output.records import (
    GROUP_FIELDS,
    PROFILE_FIELDS,
    USER_FIELDS,
    as_of,
    group_records,
    profile_record,
    site_report,
    user_record,
)
from ..output.report import Record
from ..text import pluralize
from .context import Context
from .lookup import INCOMPLETE
from .output import apply_output_options


async def export(context: Context) -> ExitCode:
    """Write groups, memberships, users, a matrix of both, or a folder for a review.

    Raises:
        FileNotWritten: If the file can't be written, or is there already.
    """
    options = context.options
    directory = await context.directory(users=options.what in ("users", "review"))
    if options.what == "review":
        return _review(context, directory)
    fields, records = {
        "groups": _groups,
        "memberships": _memberships,
        "users": _users,
        "matrix": _matrix,
    }[options.what](directory)
    report = site_report(directory, context.instance.origin, options.what, fields, records)
    report = apply_output_options(options, report)
    path = Path(options.output)
    written = pieces(report, options.format or format_of(path), raw=options.raw)
    if options.output == "-":
        sys.stdout.writelines(written)
    else:
        write_file(path, written, force=options.force)
    if not directory.complete:
        context.warn(INCOMPLETE)
    where = "stdout" if options.output == "-" else path
    context.warn(f"wrote {pluralize(len(report.records), 'row')} to {where}")
    return ExitCode.OK


def _review(context: Context, directory: Directory) -> ExitCode:
    """Write a folder for a review of access."""
    options = context.options
    if options.format or options.columns or options.sort or options.limit:
        raise UsageError("a review has files of its own: leave --format, --columns, --sort and --limit out")
    if options.output == "-":
        raise UsageError("a review is a folder: name one")
    path = Path(options.output)
    files = review_files(directory, context.instance.origin)
    write_folder(path, files, time=as_of(directory).timestamp(), force=options.force)
    context.warn(
        f"wrote {pluralize(len(files), 'file')} to {path}, "
        f"as of {as_of(directory).astimezone():%Y-%m-%d %H:%M}"
    )
    if directory.complete:
        return ExitCode.OK
    context.warn(INCOMPLETE)
    return ExitCode.UNKNOWN


def _groups(directory: Directory) -> tuple[tuple[str, ...], list[Record]]:
    return GROUP_FIELDS, group_records(directory, directory.groups)


def _memberships(directory: Directory) -> tuple[tuple[str, ...], list[Record]]:
    records = [
        {"group_id": group.id, "group": group.name, "user_id": user.id, "user": user.name}
        for group in directory.groups
        for user in directory.members(group)
    ]
    return ("group_id", "group", "user_id", "user"), records


def _users(directory: Directory) -> tuple[tuple[str, ...], list[Record]]:
    fields = (*USER_FIELDS, *(PROFILE_FIELDS if directory.has_profiles else ()), "groups")
    records = [
        {
            **user_record(user),
            **profile_record(directory, user),
            "groups": [group.name for group in directory.groups_of(user.id)],
        }
        for user in directory.users
    ]
    return fields, records


class _MatrixRows(Sequence[Record]):
    """Makes a user's row when it is wanted: all rows of a large site at once would take a gigabyte."""

    def __init__(self, directory: Directory, heads: Mapping[int, str]) -> None:
        """Prepare.

        Args:
            directory: Where users and memberships come from.
            heads: The name of each group's column, by the group's id.
        """
        self._directory = directory
        self._heads = heads
        self._users = directory.users

    def __len__(self) -> int:
        return len(self._users)

    @overload
    def __getitem__(self, index: int) -> Record: ...
    @overload
    def __getitem__(self, index: slice) -> list[Record]: ...
    def __getitem__(self, index: int | slice) -> Record | list[Record]:
        if isinstance(index, slice):
            return [self._row(user) for user in self._users[index]]
        return self._row(self._users[index])

    def _row(self, user: User) -> Record:
        inside = set(self._directory.memberships.get(user.id, ()))
        row: Record = {"user_id": user.id, "user": user.name}
        return row | {head: group_id in inside for group_id, head in self._heads.items()}


def _matrix(directory: Directory) -> tuple[tuple[str, ...], Sequence[Record]]:
    """Return a row a user and a column a group; groups that share a name are told apart by their id."""
    names = {group.id: group.name for group in directory.groups}
    told_apart = {group_id: f"{name} #{group_id}" for group_id, name in names.items()}
    taken = Counter(["user", "user_id", *names.values(), *told_apart.values()])
    heads = {id: name if taken[name] == 1 else told_apart[id] for id, name in names.items()}
    return ("user_id", "user", *heads.values()), _MatrixRows(directory, heads)
