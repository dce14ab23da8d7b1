"""Export all groups, users or memberships."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import overload

from ..directory.directory import Directory
from ..directory.models import User
from ..errors import FileAlreadyExists, UnknownAnswer, UsageError
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
from ..terminal.stdio import write_output
from ..text import pluralize
from ..times import local_minute
from .context import Context
from .output import select


async def export(context: Context) -> ExitCode:
    """Write groups, memberships, users, a matrix of both, or a directory for an access review.

    Raises:
        FileNotWritten: If the file cannot be written, or exists already.
        UnknownAnswer: If incomplete data would replace a file, even with `--force`.
    """
    options = context.options
    review = options.what == "review"
    if review and (options.format or options.columns or options.sort or options.limit):
        raise UsageError("a review has a fixed format: omit --format, --columns, --sort and --limit")
    if review and options.output == "-":
        raise UsageError("a review is a directory: it cannot be written to stdout")
    directory = await context.directory(users=options.what in ("users", "review"))
    context.verdict = ExitCode.OK
    try:
        written = _write_review(context, directory) if review else _write_report(context, directory)
    except FileAlreadyExists as error:
        if options.force:  # the file may be complete
            raise UnknownAnswer(
                f"{error} and was not replaced: {context.incomplete}", hint="Try again."
            ) from None
        raise FileAlreadyExists(str(error), hint="Add --force to replace it.") from None
    context.warn(written)
    return ExitCode.OK


def _write_report(context: Context, directory: Directory) -> str:
    options = context.options
    make_records = {"groups": _groups, "memberships": _memberships, "users": _users, "matrix": _matrix}
    fields, records = make_records[options.what](directory)
    report = select(options, site_report(directory, context.instance.origin, options.what, fields, records))
    path = Path(options.output)
    format = options.format or format_of(path)
    text = pieces(report, format, raw=options.raw)
    if options.output == "-":
        write_output(text, format)
    else:
        write_file(path, text, force=options.force and directory.complete)
    return f"wrote {pluralize(len(report.records), 'row')} to {'stdout' if options.output == '-' else path}"


def _write_review(context: Context, directory: Directory) -> str:
    path, time = Path(context.options.output), as_of(directory)
    files = review_files(directory, context.instance.origin)
    write_folder(path, files, time=time.timestamp(), force=context.options.force and directory.complete)
    return f"wrote {pluralize(len(files), 'file')} to {path}, as of {local_minute(time)}"


# Records


def _groups(directory: Directory) -> tuple[tuple[str, ...], Sequence[Record]]:
    return GROUP_FIELDS, group_records(directory, directory.groups)


def _memberships(directory: Directory) -> tuple[tuple[str, ...], Sequence[Record]]:
    records = [
        {"group_id": group.id, "group": group.name, "user_id": user.id, "user": user.name}
        for group in directory.groups
        for user in directory.members(group)
    ]
    return ("group_id", "group", "user_id", "user"), records


def _users(directory: Directory) -> tuple[tuple[str, ...], Sequence[Record]]:
    fields = (*USER_FIELDS, *(PROFILE_FIELDS if directory.has_profiles else ()), "groups")
    records = [
        {
            **user_record(user),
            **profile_record(directory, user),
            "groups": [group.name for group in directory.indexed_groups_of(user.id)],
        }
        for user in directory.users
    ]
    return fields, records


def _matrix(directory: Directory) -> tuple[tuple[str, ...], Sequence[Record]]:
    """Return a row for each user and a column for each group; groups that share a name show their id."""
    names = {group.id: group.name for group in directory.groups}
    with_id = {group_id: f"{name} #{group_id}" for group_id, name in names.items()}
    taken = Counter(["user", "user_id", *names.values(), *with_id.values()])
    columns = {id: name if taken[name] == 1 else with_id[id] for id, name in names.items()}
    return ("user_id", "user", *columns.values()), _MatrixRows(directory, columns)


class _MatrixRows(Sequence[Record]):
    """Builds each row when it is read: all rows of a large instance at once would take a gigabyte."""

    def __init__(self, directory: Directory, columns: Mapping[int, str]) -> None:
        """Set up the rows.

        Args:
            directory: Users and memberships.
            columns: The name of each group's column, by the group's id.
        """
        self._directory = directory
        self._columns = columns
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
        return row | {column: group_id in inside for group_id, column in self._columns.items()}
