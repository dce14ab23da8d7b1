"""Everything that a reviewer of access needs: two files a group, an index, and a sum of each file.

The same memberships give the same bytes, whenever they were read: no file holds that time; the files' own
times tell it.
"""

from __future__ import annotations

import hashlib
import re
from datetime import UTC, datetime

from ..directory.directory import Directory, Group, UserProfile
from ..text import fold, sanitize
from .files import SUMS
from .formats import escaped, write
from .report import Record, Report

INDEX = "index.md"

FIELDS = ("user_id", "user", "marks", "keep or remove", "comment")
"""The last two are the reviewer's to fill."""

LONGEST = 40
"""Letters of a group's name in the names of its files."""


def review_files(directory: Directory, instance: str) -> dict[str, str]:
    """Return every file of a review by its path in the folder, the manifest last.

    Args:
        directory: The site; its users have marks where `/users` has answered.
        instance: The site's origin, which the index names.
    """
    files: dict[str, str] = {}
    for group in directory.groups:
        report = _of_group(directory, group, instance)
        table = write(report, "markdown") if report.records else "Nobody is in this group.\n"
        files[f"groups/{file_name(group)}.md"] = f"# {_name(group)}\n\nGroup #{group.id}\n\n{table}"
        files[f"groups/{file_name(group)}.csv"] = write(report, "csv")
    files[INDEX] = _index(directory, instance)
    sums = {name: hashlib.sha256(text.encode()).hexdigest() for name, text in files.items()}
    files[SUMS] = "".join(f"{sums[name]}  {name}\n" for name in sorted(sums))
    return files


def file_name(group: Group) -> str:
    """Return the name of a group's files without extension: its unique id, and plain letters."""
    letters = re.sub(r"[^a-z0-9]+", "-", fold(group.name)).strip("-")[:LONGEST].strip("-")
    return f"{group.id:05}-{letters}" if letters else f"{group.id:05}"


def _of_group(directory: Directory, group: Group, instance: str) -> Report:
    members = sorted(directory.members(group), key=lambda each: (fold(each.label), each.id))
    records: list[Record] = [
        {
            "user_id": user.id,
            "user": user.label,
            "marks": ", ".join(marks_of(directory.profile(user.id))),
            "keep or remove": "",
            "comment": "",
        }
        for user in members
    ]
    as_of = directory.as_of or datetime.now(UTC)  # neither format tells it
    return Report("members", FIELDS, records, instance, as_of, directory.complete)


def marks_of(profile: UserProfile | None) -> list[str]:
    """Return what a reviewer should know of a user; nothing where `/users` tells nothing."""
    if profile is None:
        return []
    marks = {
        "inactive": profile.active is False,
        "anonymised": profile.anonymised,
        "API user": profile.api_user,
        "no two-factor": profile.two_factor is False,
    }
    return [mark for mark, holds in marks.items() if holds]


def _index(directory: Directory, instance: str) -> str:
    groups = directory.groups
    lines = [
        "# Access review",
        "",
        f"Site: {sanitize(instance)}  ",
        f"Groups: {len(groups):,}  ",
        f"Memberships: {sum(len(group.members) for group in groups):,}  ",
        f"Marks: {'from /users' if directory.has_profiles else 'none, for /users did not answer'}",
        "",
        *(
            []
            if directory.complete
            else ["**The site changed while it was read: groups may be missing.**", ""]
        ),
        f"`sha256sum --check {SUMS}` tells whether a file was changed.",
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
    return escaped(group.name) or "(no name)"
