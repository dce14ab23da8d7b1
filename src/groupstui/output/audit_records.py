"""The report on an audit."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ..directory.acceptance import Acceptance, fingerprint
from ..directory.audit import Check, CheckResult, Finding
from ..directory.directory import Directory
from ..directory.policy import PolicyAcceptance
from ..times import utc_iso
from .records import FINDING_FIELDS, Record, Report, site_report


def audit_report(
    directory: Directory,
    instance: str,
    results: Iterable[CheckResult],
    findings: Iterable[tuple[Check, Finding]],
    accepted: Mapping[str, Acceptance | PolicyAcceptance],
    known: frozenset[str] = frozenset(),
    *,
    with_accepted: bool = True,
) -> Report:
    """Return a report on findings of an audit, and on all of its checks.

    Args:
        directory: What was audited.
        instance: Its address.
        results: The results of all checks.
        findings: The findings to list.
        accepted: The accepted findings by their fingerprints.
        known: The fingerprints of the findings that existed at the baseline, if there is one.
        with_accepted: Whether there is a column for acceptances; JSON always has them.
    """
    records = [
        {
            "check": check.id,
            "finding": finding.text,
            "group_ids": list(finding.groups),
            "user_ids": list(finding.users),
            "accepted": _acceptance_record(accepted.get(fingerprint(check, finding))),
        }
        for check, finding in findings
    ]
    about = {"checks": [_check_record(result, accepted, known) for result in results]}
    fields = FINDING_FIELDS if with_accepted else FINDING_FIELDS[:-1]
    return site_report(directory, instance, "findings", fields, records, about)


def _acceptance_record(acceptance: Acceptance | PolicyAcceptance | None) -> Record | None:
    if acceptance is None:
        return None
    if isinstance(acceptance, PolicyAcceptance):
        return {"until": acceptance.until.isoformat(), "reason": acceptance.reason}
    return {"date": utc_iso(acceptance.time), "reason": acceptance.reason}


def _check_record(
    result: CheckResult, accepted: Mapping[str, Acceptance | PolicyAcceptance], known: frozenset[str]
) -> Record:
    check = result.check
    keys = [fingerprint(check, finding) for finding in result.findings]
    count = sum(key in accepted for key in keys)
    known_count = sum(key in known and key not in accepted for key in keys)
    return {
        "check": check.id,
        "title": check.title,
        "severity": check.severity,
        "why": check.why,
        "findings": len(keys) - count - known_count,
        "accepted": count,
        "known": known_count,
        "impossible": result.skipped or None,
    }
