"""What the formats for pipelines, JUnit and SARIF, contain of an audit.

Both are for programs that show checks and their results. They contain every finding, so that a finding which
was accepted since the last run is not taken for a solved one: as skipped in JUnit, as suppressed in SARIF.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from ..directory.acceptance import Acceptance, fingerprint
from ..directory.audit import Check, CheckResult, Finding
from ..directory.directory import Directory
from ..directory.policy import PolicyAcceptance
from ..history import Snapshot
from ..testmo.instance import Instance
from ..text import REPLACEMENT, one_line
from ..times import utc_iso

_NO_XML = re.compile("[\ufffe\uffff]")
"""What XML forbids besides control characters."""


@dataclass(frozen=True, slots=True)
class FindingState:
    """A finding, and whether it still has to be reviewed."""

    check: Check
    finding: Finding
    fingerprint: str
    acceptance: Acceptance | PolicyAcceptance | None
    is_known: bool
    """Whether it existed at the baseline."""

    @property
    def is_open(self) -> bool:
        """Whether it still has to be reviewed."""
        return self.acceptance is None and not self.is_known

    @property
    def text(self) -> str:
        """The sentence of the finding, as one line of characters that every program reads."""
        return plain(self.finding.text)

    @property
    def accepted(self) -> str:
        """When and why the finding was accepted; empty if it is open."""
        if self.acceptance is None:
            return ""
        if isinstance(self.acceptance, PolicyAcceptance):
            when = f"by the policy until {self.acceptance.until}"
        else:
            when = f"on {utc_iso(self.acceptance.time)}"
        return plain(f"accepted {when}: {self.acceptance.reason}")


@dataclass(frozen=True, slots=True)
class AuditLog:
    """The audit of one instance."""

    directory: Directory
    instance: Instance
    results: Sequence[CheckResult]
    accepted: Mapping[str, Acceptance | PolicyAcceptance]
    """The accepted findings by their fingerprints."""
    problem: str = ""
    """Why the data is incomplete; empty if it is complete."""
    baseline: Snapshot | None = None
    """The snapshot with which the findings were compared."""
    known: frozenset[str] = frozenset()
    """The fingerprints of the findings that existed at the baseline."""

    @property
    def states(self) -> Iterator[FindingState]:
        """The findings of all checks."""
        return (state for result in self.results for state in self.findings(result))

    def findings(self, result: CheckResult) -> Iterator[FindingState]:
        """Yield the findings of a check."""
        for finding in result.findings:
            key = fingerprint(result.check, finding)
            yield FindingState(result.check, finding, key, self.accepted.get(key), key in self.known)


def plain(text: str) -> str:
    """Return a text as one line without characters that XML forbids or that a terminal obeys."""
    return _NO_XML.sub(REPLACEMENT, one_line(text))
