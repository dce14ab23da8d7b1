"""Writes a whole site to a file."""

import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import overload

from ..directory import Directory, Member
from ..report import Record
from ..report.files import write_file, write_folder
from ..report.formats import format_of, pieces
from ..report.records import (
    GROUP_FIELDS,
    PERSON_FIELDS,
    PROFILE_FIELDS,
    as_of,
    group_records,
    person_record,
    profile_record,
    site_report,
)
from ..report.review import review_files
from ..text import count
from .exits import Exit
from .lookups import INCOMPLETE
from .session import Session, UsageError
from .show import as_wanted


async def export(session: Session) -> Exit:
    """Write groups, memberships, people, a matrix of both, or a folder for a review.

    Raises:
        FileRefused: If the file can't be written, or is there already.
    """
    options = session.options
    directory = await session.directory(users=options.what in ("people", "review"))
    if options.what == "review":
        return _review(session, directory)
    fields, records = {
        "groups": _groups,
        "memberships": _memberships,
        "people": _people,
        "matrix": _matrix,
    }[options.what](directory)
    report = site_report(directory, session.instance.origin, options.what, fields, records)
    report = as_wanted(options, report)
    path = Path(options.output)
    written = pieces(report, options.format or format_of(path), raw=options.raw)
    if options.output == "-":
        sys.stdout.writelines(written)
    else:
        write_file(path, written, force=options.force)
    if not directory.complete:
        session.warn(INCOMPLETE)
    where = "stdout" if options.output == "-" else path
    session.warn(f"wrote {count(len(report.records), 'row')} to {where}")
    return Exit.OK


def _review(session: Session, directory: Directory) -> Exit:
    """Write a folder for a review of access."""
    options = session.options
    if options.format or options.columns or options.sort or options.limit:
        raise UsageError("a review has files of its own: leave --format, --columns, --sort and --limit out")
    if options.output == "-":
        raise UsageError("a review is a folder: name one")
    path = Path(options.output)
    files = review_files(directory, session.instance.origin)
    write_folder(path, files, time=as_of(directory).timestamp(), force=options.force)
    session.warn(
        f"wrote {count(len(files), 'file')} to {path}, as of {as_of(directory).astimezone():%Y-%m-%d %H:%M}"
    )
    if directory.complete:
        return Exit.OK
    session.warn(INCOMPLETE)
    return Exit.UNCERTAIN


def _groups(directory: Directory) -> tuple[tuple[str, ...], list[Record]]:
    return GROUP_FIELDS, group_records(directory, directory.groups)


def _memberships(directory: Directory) -> tuple[tuple[str, ...], list[Record]]:
    records = [
        {"group_id": group.id, "group": group.name, "person_id": person.id, "person": person.name}
        for group in directory.groups
        for person in directory.members(group)
    ]
    return ("group_id", "group", "person_id", "person"), records


def _people(directory: Directory) -> tuple[tuple[str, ...], list[Record]]:
    fields = (*PERSON_FIELDS, *(PROFILE_FIELDS if directory.has_profiles else ()), "groups")
    records = [
        {
            **person_record(person),
            **profile_record(directory, person),
            "groups": [group.name for group in directory.groups_of(person.id)],
        }
        for person in directory.people
    ]
    return fields, records


class _MatrixRows(Sequence[Record]):
    """Makes a person's row when it is wanted: all rows of a large site at once would take a gigabyte."""

    def __init__(self, directory: Directory, heads: Mapping[int, str]) -> None:
        """Prepare.

        Args:
            directory: Where people and memberships come from.
            heads: The name of each group's column, by the group's id.
        """
        self._directory = directory
        self._heads = heads
        self._people = directory.people

    def __len__(self) -> int:
        return len(self._people)

    @overload
    def __getitem__(self, index: int) -> Record: ...
    @overload
    def __getitem__(self, index: slice) -> list[Record]: ...
    def __getitem__(self, index: int | slice) -> Record | list[Record]:
        if isinstance(index, slice):
            return [self._row(person) for person in self._people[index]]
        return self._row(self._people[index])

    def _row(self, person: Member) -> Record:
        inside = set(self._directory.memberships.get(person.id, ()))
        row: Record = {"person_id": person.id, "person": person.name}
        return row | {head: group_id in inside for group_id, head in self._heads.items()}


def _matrix(directory: Directory) -> tuple[tuple[str, ...], Sequence[Record]]:
    """Give a row a person and a column a group; groups that share a name are told apart by their id."""
    names = {group.id: group.name for group in directory.groups}
    told_apart = {group_id: f"{name} #{group_id}" for group_id, name in names.items()}
    taken = Counter(["person", "person_id", *names.values(), *told_apart.values()])
    heads = {id: name if taken[name] == 1 else told_apart[id] for id, name in names.items()}
    return ("person_id", "person", *heads.values()), _MatrixRows(directory, heads)
