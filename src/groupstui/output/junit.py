"""Write audits as JUnit XML, which build servers show as test results.

A check is a test suite, and each of its findings a failed test case. A check without findings is one test
case that passes, so that its name stays known; a check that could not be run is one that is skipped.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC
from xml.etree import ElementTree as Xml

from ..directory.audit import CheckResult
from .audit_log import AuditLog, FindingState, plain
from .records import as_of

INCOMPLETE_SUITE = "data"
"""The name of a suite with one error, if the data is incomplete."""


def junit(logs: Sequence[AuditLog]) -> str:
    """Return audits as an XML document in ASCII, so that every encoding of the output suits it."""
    root = Xml.Element("testsuites", name="groupstui audit")
    suites = [suite for log in logs for suite in _suites(log, with_instance=len(logs) > 1)]
    root.extend(suites)
    for name in ("tests", "failures", "errors", "skipped"):
        root.set(name, str(sum(int(suite.get(name, 0)) for suite in suites)))
    root.set("time", "0")
    Xml.indent(root)
    document: bytes = Xml.tostring(root, "us-ascii", xml_declaration=True)
    return f"{document.decode()}\n"


def _suites(log: AuditLog, *, with_instance: bool) -> list[Xml.Element]:
    suites = [_suite(log, result.check.id, _cases(log, result)) for result in log.results]
    if log.problem:
        case = Xml.Element("testcase", name="The data is complete")
        Xml.SubElement(case, "error", type="incomplete", message=plain(log.problem))
        suites.append(_suite(log, INCOMPLETE_SUITE, [case]))
    if with_instance:
        for suite in suites:
            suite.set("name", f"{log.instance.name}: {suite.get('name')}")
    return suites


def _suite(log: AuditLog, name: str, cases: Sequence[Xml.Element]) -> Xml.Element:
    suite = Xml.Element("testsuite", name=name, tests=str(len(cases)))
    for count, element in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
        suite.set(count, str(sum(case.find(element) is not None for case in cases)))
    time = as_of(log.directory).astimezone(UTC).replace(tzinfo=None)
    suite.set("time", "0")
    suite.set("timestamp", time.isoformat(timespec="seconds"))  # JUnit has neither fractions nor zones
    suite.set("hostname", log.instance.name)
    for case in cases:
        case.set("classname", f"{log.instance.name}.{name}")
        case.set("time", "0")
        suite.append(case)
    return suite


def _cases(log: AuditLog, result: CheckResult) -> list[Xml.Element]:
    """Return the test cases of a check; each has a name of its own, by which build servers know it."""
    cases = list[Xml.Element]()
    names = set[str]()
    for state in log.findings(result):
        name = state.text if state.text not in names else f"{state.text} ({state.fingerprint})"
        names.add(name)
        cases.append(_case(name, state))
    if result.skipped:
        case = Xml.Element("testcase", name=result.check.title)
        Xml.SubElement(case, "skipped", message=plain(f"not checked: {result.skipped}"))
        cases.append(case)
    return cases or [Xml.Element("testcase", name=result.check.title)]


def _case(name: str, state: FindingState) -> Xml.Element:
    case = Xml.Element("testcase", name=name)
    if not state.is_open:
        Xml.SubElement(case, "skipped", message=state.accepted or "known since the baseline")
    else:
        failure = Xml.SubElement(case, "failure", type=state.check.severity, message=state.text)
        failure.text = state.check.why
    return case
