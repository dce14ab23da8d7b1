"""The files of an access review: two for each group, an index, data for programs, and a manifest.

A review is for readers: invisible characters in names are shown. The same snapshot results in the same bytes.
Its time is in the index, in the data and in the Markdown file of each group, which may be passed on alone. It
is also the modification time of the files.
"""

from __future__ import annotations

import hashlib
import json
import re
import sys

from ..directory.audit import Check, CheckResult, Finding, audit
from ..directory.directory import Directory
from ..directory.models import Group, UserProfile
from ..text import fold, sanitize
from ..times import utc_iso
from .files import MANIFEST
from .formats import escape_markdown, write
from .records import Record, Report, as_of, site_report

INDEX = "index.md"

DATA = "review.json"
"""What `review diff` compares."""

REVIEW_SCHEMA = "groupstui-review/2"

FIELDS = ("user_id", "user", "email", "marks", "keep or remove", "comment")
"""The last two are for the reviewer to fill in."""

MAX_SLUG_CHARS = 40
"""Length of a group's name in the names of its files."""


def review_files(directory: Directory, instance: str) -> dict[str, str]:
    """Return the text of every file by its path in the directory, the manifest last."""
    files: dict[str, str] = {}
    time = utc_iso(as_of(directory))
    for group in directory.groups:
        report = _group_report(directory, group, instance)
        table = write(report, "markdown") if report.records else "This group has no members.\n"
        files[f"groups/{file_name(group)}.md"] = (
            f"# {_name(group)}\n\nGroup #{group.id}, as of {time}\n\n{table}"
        )
        files[f"groups/{file_name(group)}.csv"] = write(report, "csv", bom=True)
    files[INDEX] = _index(directory, instance)
    files[DATA] = _data(directory, instance)
    sums = {name: hashlib.sha256(text.encode()).hexdigest() for name, text in files.items()}
    files[MANIFEST] = "".join(f"{sums[name]}  {name}\n" for name in sorted(sums))
    return files


def file_name(group: Group) -> str:
    """Return the name of a group's files without extension: its unique id, and its name in ASCII."""
    slug = re.sub(r"[^a-z0-9]+", "-", fold(group.name)).strip("-")[:MAX_SLUG_CHARS].strip("-")
    return f"{group.id:05}-{slug}" if slug else f"{group.id:05}"


def _group_report(directory: Directory, group: Group, instance: str) -> Report:
    members = sorted(directory.members(group), key=lambda user: (fold(user.label), user.id))
    records: list[Record] = [
        {
            "user_id": user.id,
            "user": sanitize(user.label, sys.maxsize),
            "email": sanitize(directory.email(user.id) or "", sys.maxsize),
            "marks": ", ".join(marks_of(directory.profile(user.id))),
            "keep or remove": "",
            "comment": "",
        }
        for user in members
    ]
    return site_report(directory, instance, "members", FIELDS, records)


def marks_of(profile: UserProfile | None) -> list[str]:
    """Return what a reviewer should know about a user; nothing without a profile."""
    if profile is None:
        return []
    marks = {
        "inactive": profile.active is False,
        "anonymised": profile.anonymised,
        "API user": profile.api_user,
        "no two-factor": profile.two_factor is False,
    }
    return [mark for mark, applies in marks.items() if applies]


def _data(directory: Directory, instance: str) -> str:
    """Return the review as JSON, with names as they are, and with the findings of an audit."""
    names = {user_id: directory.user(user_id).name for user_id in directory.memberships}
    document = {
        "schema": REVIEW_SCHEMA,
        "instance": instance,
        "as_of": utc_iso(as_of(directory)),
        "complete": directory.complete,
        "users": {str(user_id): name for user_id, name in sorted(names.items()) if name is not None},
        "groups": [
            {"id": group.id, "name": group.name, "members": sorted(group.members)}
            for group in directory.groups
        ],
        "checks": list(map(_check_record, audit(directory))),
    }
    text = json.dumps(document, ensure_ascii=False, indent=1)
    return text.encode("utf-8", "replace").decode() + "\n"


def _check_record(result: CheckResult) -> Record:
    return {
        "check": result.check.id,
        "not_checked": result.skipped or None,
        "findings": [_finding_record(result.check, finding) for finding in result.findings],
    }


def _finding_record(check: Check, finding: Finding) -> Record:
    return {
        "about": list(check.subject(finding)),
        "finding": finding.text,
        "group_ids": list(finding.groups),
        "user_ids": list(finding.users),
    }


def _index(directory: Directory, instance: str) -> str:
    groups = directory.groups
    memberships = sum(len(group.members) for group in groups)
    details = "from /users" if directory.has_profiles else "unknown, as /users was not read"
    incomplete = ["**The instance changed while it was read: groups may be missing.**", ""]
    lines = [
        "# Access review",
        "",
        f"Instance: {escape_markdown(instance)}  ",
        f"Groups: {len(groups):,}  ",
        f"Memberships: {memberships:,}  ",
        f"As of: {utc_iso(as_of(directory))}  ",
        f"E-mail addresses and marks: {details}",
        "",
        *([] if directory.complete else incomplete),
        f"To check whether a file was modified, run `sha256sum --check {MANIFEST}`.",
        "",
        "| Group | ID | Members | Files |",
        "| --- | --- | --- | --- |",
    ]
    for group in groups:
        path = f"groups/{file_name(group)}"
        links = f"[Markdown]({path}.md) [CSV]({path}.csv)"
        lines.append(f"| {_name(group)} | {group.id} | {len(group.members):,} | {links} |")
    return "\n".join(lines) + "\n"


def _name(group: Group) -> str:
    return escape_markdown(sanitize(group.name, sys.maxsize)) or f"\\#{group.id}"
