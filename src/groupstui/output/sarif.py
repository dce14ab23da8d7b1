"""Write audits as SARIF 2.1.0, which code scanning and other dashboards read.

The findings are about groups and users, not about files. SARIF has logical locations for that, but GitHub
rejects a whole upload if one result has no file; so each result also has the path of what it is about in the
instance, such as `acme.testmo.net/groups/12`. It never changes, even if the group is renamed.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from typing import Any
from urllib.parse import quote

from ..directory.audit import Check, CheckResult, Severity
from ..directory.models import Group, User
from ..times import utc_iso
from ..version import __version__
from .audit_log import AuditLog, FindingState, plain
from .records import as_of

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"

LEVELS: dict[Severity, str] = {"high": "error", "medium": "warning", "low": "note"}
"""What SARIF calls the severities."""

MAX_LOCATIONS = 100
"""Groups and users that a result lists; GitHub rejects more than 1,000."""

_LINK = re.compile(r"\[(?=[^\]]*\]\()")
"""The start of a link in a message; a name must not be one."""

Json = dict[str, Any]


def sarif(logs: Sequence[AuditLog]) -> str:
    """Return audits as a JSON document in ASCII, with one run for each instance."""
    document = {"$schema": SCHEMA, "version": "2.1.0", "runs": list(map(_run, logs))}
    return json.dumps(document, indent=2) + "\n"


def _run(log: AuditLog) -> Json:
    notes = [_note(result) for result in log.results if result.skipped]
    if log.problem:
        notes.append({"level": "error", "message": _message(log.problem)})
    invocation = {
        "executionSuccessful": not notes,
        "startTimeUtc": utc_iso(as_of(log.directory)),
        "toolExecutionNotifications": notes,
    }
    driver = {
        "name": "groupstui",
        "version": __version__,
        "semanticVersion": __version__,
        "rules": [_rule(result.check) for result in log.results],
    }
    return {
        "tool": {"driver": driver},
        "automationDetails": {"id": f"groupstui/{log.instance.name}/"},
        "invocations": [invocation],
        "results": [
            _result(log, state, index)
            for index, result in enumerate(log.results)
            for state in log.findings(result)
        ],
    }


def _rule(check: Check) -> Json:
    accept = "Accept a finding that is as it should be: open the audit in the app, and press A."
    return {
        "id": check.id,
        "name": check.title.title().replace(" ", "").replace("-", ""),
        "shortDescription": {"text": check.title},
        "fullDescription": {"text": check.why},
        "help": {"text": f"{check.why} {accept}", "markdown": f"**{check.title}.** {check.why}\n\n{accept}"},
        "defaultConfiguration": {"level": LEVELS[check.severity]},
        "properties": {"tags": ["access"], "problem.severity": _github_severity(check.severity)},
    }


def _github_severity(severity: Severity) -> str:
    return {"high": "error", "medium": "warning", "low": "recommendation"}[severity]


def _note(result: CheckResult) -> Json:
    """Return what reports that a check could not be run."""
    return {
        "level": "error",
        "message": _message(f"not checked: {result.check.title.lower()}: {result.skipped}"),
        "associatedRule": {"id": result.check.id},
    }


def _result(log: AuditLog, state: FindingState, rule_index: int) -> Json:
    directory, finding = log.directory, state.finding
    groups = [group for group in map(directory.group, finding.groups[:MAX_LOCATIONS]) if group is not None]
    users = [directory.user(user_id) for user_id in finding.users[:MAX_LOCATIONS]]
    baseline_state = {"baselineState": "unchanged" if state.is_known else "new"}
    return {
        "ruleId": state.check.id,
        "ruleIndex": rule_index,
        "kind": "fail",
        "level": LEVELS[state.check.severity],
        "message": _message(state.finding.text),
        "locations": [
            {
                "physicalLocation": {
                    "artifactLocation": {"uri": _path(log, groups, users)},
                    "region": {"startLine": 1},
                },
                "logicalLocations": [*_logical("group", groups), *_logical("user", users)],
            }
        ],
        "fingerprints": {"groupstui/v1": state.fingerprint},
        "partialFingerprints": {"primaryLocationLineHash": f"{state.fingerprint}:1"},
        "suppressions": _suppressions(state),
        **({} if log.baseline is None else baseline_state),
    }


def _path(log: AuditLog, groups: Sequence[Group], users: Sequence[User]) -> str:
    """Return what a finding is about as a path: a group, otherwise a user, otherwise the instance."""
    site = quote(log.instance.name, safe="")
    if groups:
        return f"{site}/groups/{groups[0].id}"
    return f"{site}/users/{users[0].id}" if users else site


def _logical(kind: str, items: Iterable[Group | User]) -> list[Json]:
    return [
        {"name": plain(item.name or ""), "fullyQualifiedName": f"{kind}s/{item.id}", "kind": kind}
        for item in items
    ]


def _suppressions(state: FindingState) -> list[Json]:
    if not state.accepted:
        return []
    return [{"kind": "external", "status": "accepted", "justification": state.accepted}]


def _message(text: str) -> Json:
    """Return a text as a message, in which braces and links have a meaning."""
    escaped = plain(text).replace("{", "{{").replace("}", "}}")
    return {"text": _LINK.sub(r"\\[", escaped)}
