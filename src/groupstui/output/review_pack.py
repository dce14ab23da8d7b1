"""Read access reviews, and compare two of them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from ..directory.builder import crawled_directory
from ..directory.changes import changes_between
from ..directory.directory import Directory
from ..directory.models import Group
from ..errors import UnknownAnswer, UsageError, quoted, shown_path
from ..times import utc_iso
from .access_review import DATA, REVIEW_SCHEMA
from .files import MANIFEST, first_difference
from .records import DIFFERENCE_FIELDS, Record, Report, as_of, change_record


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, strict=False, extra="ignore")


class _Group(_Model):
    id: int
    name: str
    members: tuple[int, ...]


class _Finding(_Model):
    about: tuple[int, ...]
    finding: str
    group_ids: tuple[int, ...]
    user_ids: tuple[int, ...]


class _Check(_Model):
    check: str
    not_checked: str | None
    findings: tuple[_Finding, ...]


class _Review(_Model):
    instance: str
    as_of: datetime
    complete: bool
    users: dict[int, str]
    groups: tuple[_Group, ...]
    checks: tuple[_Check, ...]


@dataclass(frozen=True, slots=True)
class Pack:
    """An access review that was written before."""

    instance: str
    directory: Directory
    findings: Mapping[str, Mapping[tuple[int, ...], Record]]
    """The findings by what they are about, by check; without checks that could not be run."""
    not_checked: frozenset[str]
    """The checks that could not be run, in whole or for some users."""


def read_pack(folder: Path) -> Pack:
    """Return the review in a directory.

    Raises:
        UsageError: If the directory is no review.
        UnknownAnswer: If the review is damaged or was modified.
    """
    name = shown_path(folder)
    try:
        if not (folder / MANIFEST).is_file() or not (folder / DATA).is_file():
            raise UsageError(f"{name} is not an access review", hint="groupstui export review writes one.")
        if different := first_difference(folder):
            raise UnknownAnswer(f"{name} was modified or is damaged: {quoted(different)}")
        document = json.loads((folder / DATA).read_text(encoding="utf-8"))
        if document.get("schema") != REVIEW_SCHEMA:
            raise UnknownAnswer(f"{name} is a review of another version of groupstui")
        review = _Review.model_validate(document)
    except OSError as error:
        raise UsageError(f"cannot read {name}: {error.strerror}") from None
    except (ValidationError, ValueError, AttributeError, RecursionError):  # the sums were computed again
        raise UnknownAnswer(f"{name} was modified or is damaged: {quoted(DATA)}") from None
    groups = [Group(group.id, group.name, group.members) for group in review.groups]
    directory = crawled_directory(groups, review.users, as_of=review.as_of, complete=review.complete)
    findings = {each.check: _finding_records(each) for each in review.checks if each.not_checked is None}
    not_checked = frozenset(each.check for each in review.checks if each.not_checked is not None)
    return Pack(review.instance, directory, findings, not_checked)


def _finding_records(check: _Check) -> dict[tuple[int, ...], Record]:
    return {
        each.about: {
            "check": check.check,
            "finding": each.finding,
            "group_id": each.group_ids[0] if len(each.group_ids) == 1 else None,
            "user_id": each.user_ids[0] if len(each.user_ids) == 1 else None,
            "group_ids": list(each.group_ids),
            "user_ids": list(each.user_ids),
        }
        for each in check.findings
    }


def difference_report(old: Pack, new: Pack) -> Report:
    """Return a report on what has changed between two reviews of an instance."""
    changes = changes_between(old.directory, new.directory)
    empty = dict.fromkeys(DIFFERENCE_FIELDS)
    records = [{**empty, **change_record(change)} for change in changes]
    for record in records:
        record.pop("seen")
    records += [{**empty, **record} for record in _finding_changes(old, new)]
    return Report(
        "changes",
        DIFFERENCE_FIELDS,
        records,
        new.instance,
        as_of(new.directory),
        complete=old.directory.complete and new.directory.complete,
        about={"since": utc_iso(as_of(old.directory)), "not_compared": not_compared(old, new)},
    )


def not_compared(old: Pack, new: Pack) -> list[str]:
    """Return the checks that were not run for both reviews: it is unknown how their findings differ."""
    checks = old.findings.keys() | new.findings.keys() | old.not_checked | new.not_checked
    return sorted(checks - (old.findings.keys() & new.findings.keys()))


def _finding_changes(old: Pack, new: Pack) -> Iterator[Record]:
    """Yield the findings that only one of the reviews has, of the checks that were run for both."""
    for check in new.findings:
        if check in old.findings:
            was, now = old.findings[check], new.findings[check]
            for change, some, others in (("finding new", now, was), ("finding solved", was, now)):
                for about, finding in some.items():
                    if about not in others:
                        yield {"change": change, **finding}
