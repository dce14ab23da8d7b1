"""What commands and screens tell alike: how groups overlap, what should not be so, what changed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from ..directory.audit import Check, CheckResult, Finding
from ..directory.changes import Change
from ..directory.compare import Comparison, Row
from ..directory.directory import Directory
from ..text import sanitize
from .records import CHANGE_FIELDS, FINDING_FIELDS, change_record, site_report, snapshot_record, user_record
from .report import Record, Report

if TYPE_CHECKING:
    from ..history import Snapshot


def comparison_report(
    directory: Directory, instance: str, comparison: Comparison, rows: Iterable[Row]
) -> Report:
    """Return who is in which of a few groups, and how the groups stand to each other.

    Args:
        directory: What was compared.
        instance: The site's address.
        comparison: What came of it.
        rows: Those of its rows to give.
    """
    heads = _heads(comparison)
    return site_report(
        directory,
        instance,
        "users",
        ("id", "name", *heads),
        [{**user_record(row.user), **dict(zip(heads, row.inside, strict=True))} for row in rows],
        {
            "groups": [
                {"id": group.id, "name": group.name, "members": len(group.members)}
                for group in comparison.groups
            ],
            "in_all": comparison.in_all,
            "pairs": _pairs(comparison),
        },
    )


def _heads(comparison: Comparison) -> list[str]:
    """Return each column its group's name; with the id where it is shared, or is a field's."""
    names = [sanitize(group.name) for group in comparison.groups]
    taken = ["id", "name", *names]
    return [
        name if taken.count(name) == 1 else f"{name} #{group.id}"
        for name, group in zip(names, comparison.groups, strict=True)
    ]


def _pairs(comparison: Comparison) -> list[Record]:
    return [
        {
            "first": pair.first.id,
            "second": pair.second.id,
            "only_first": pair.only_first,
            "both": pair.both,
            "only_second": pair.only_second,
            "overlap_percent": pair.overlap,
            "text": pair.text,
        }
        for pair in comparison.pairs
    ]


def audit_report(
    directory: Directory,
    instance: str,
    outcomes: Iterable[CheckResult],
    findings: Iterable[tuple[Check, Finding]],
) -> Report:
    """Return what somebody should look at, and what came of each check.

    Args:
        directory: What was looked over.
        instance: The site's address.
        outcomes: What came of the checks.
        findings: Those findings to give, each with the check that made it.
    """
    records = [_finding_record(check, finding) for check, finding in findings]
    about = {"checks": [_check_record(outcome) for outcome in outcomes]}
    return site_report(directory, instance, "findings", FINDING_FIELDS, records, about)


def _finding_record(check: Check, finding: Finding) -> Record:
    return {
        "check": check.id,
        "finding": finding.text,
        "group_ids": list(finding.groups),
        "user_ids": list(finding.users),
    }


def _check_record(outcome: CheckResult) -> Record:
    return {
        "check": outcome.check.id,
        "title": outcome.check.title,
        "why": outcome.check.why,
        "findings": len(outcome.findings),
        "impossible": outcome.skipped or None,
    }


def changes_report(instance: str, changes: Iterable[Change], since: Snapshot, until: Snapshot) -> Report:
    """Return what changed from one snapshot of a site to another."""
    return Report(
        "changes",
        CHANGE_FIELDS,
        [change_record(change) for change in changes],
        instance,
        until.taken_at,
        complete=True,
        about={"since": snapshot_record(since), "until": snapshot_record(until)},
    )
