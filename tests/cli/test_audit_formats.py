"""Audits in the formats for pipelines."""

from __future__ import annotations

import json

import junitparser
import pytest

from groupstui.cli.parser import build_parser
from groupstui.output_format import AUDIT_FORMATS


@pytest.mark.parametrize("format", AUDIT_FORMATS)
def test_format_does_not_change_the_exit_code(cli, demo, format):
    assert cli("audit", "empty", "--format", format).code == 0
    assert cli("audit", "--fail-on", "empty", "--format", format).code == 1
    cli("groups", "-q")
    result = cli("audit", "inactive", "--offline", "--format", format)
    assert result.code == 3
    assert "user details (/users) are unavailable" in result.out


def test_junit_is_printed(cli):
    result = cli("audit", "empty", "identical", "--format", "junit", "-q")
    suites = list(junitparser.JUnitXml.fromstring(result.out.encode()))
    assert [suite.name for suite in suites] == ["empty", "identical"]
    assert [case.name for case in suites[0]] == ["Contractors 2027 has no members"]


def test_sarif_is_printed(cli):
    (run,) = json.loads(cli("audit", "empty", "--format", "sarif", "-q").out)["runs"]
    assert run["results"][0]["message"]["text"] == "Contractors 2027 has no members"


@pytest.mark.parametrize("format", AUDIT_FORMATS)
def test_incomplete_data_is_in_the_document(cli, demo, format):
    demo.faults.always("wrong-total")
    result = cli("audit", "empty", "--format", format, "-q")
    assert result.code == 3
    assert "the data is incomplete" in result.out


@pytest.mark.parametrize("format", AUDIT_FORMATS)
@pytest.mark.parametrize(
    "option", [("--limit", "3"), ("--columns", "check"), ("--sort", "check"), ("--raw",), ("--bom",)]
)
def test_options_for_rows_are_refused(cli, demo, format, option):
    result = cli("audit", "--format", format, *option)
    assert (result.code, result.out) == (2, "")
    assert option[0] in result.err
    assert not demo.log.paths


@pytest.mark.parametrize("format", AUDIT_FORMATS)
def test_json_options_are_refused(cli, format):
    assert cli("audit", "--format", format, "--json", "check").code == 2


def test_only_audit_has_these_formats(cli):
    for name, parser in build_parser().commands.items():
        action = parser._option_string_actions.get("--format")
        if action is not None:
            assert (set(AUDIT_FORMATS) <= set(action.choices)) is (name == "audit"), name
    result = cli("export", "groups", "-o", "x.xml", "--format", "junit")
    assert (result.code, result.out) == (2, "")
    assert "invalid choice: 'junit'" in result.err


@pytest.mark.parametrize("format", AUDIT_FORMATS)
def test_environment_cannot_select_these_formats(cli, environ, format):
    environ["GROUPSTUI_FORMAT"] = format
    assert cli("audit", "empty").code == 2
