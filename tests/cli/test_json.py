"""The options --json and --jq."""

from __future__ import annotations

import json
import shutil

import pytest

from groupstui.cli.lookup import CHECK_FIELDS
from groupstui.output.records import CHANGE_FIELDS, FINDING_FIELDS, GROUP_FIELDS

needs_jq = pytest.mark.skipif(shutil.which("jq") is None, reason="jq is not installed here")


@pytest.mark.parametrize(
    ("command", "fields"),
    [
        (["groups"], "id,name"),
        (["groups", "--sort=-members", "--limit", "3"], "name"),
        (["members", "QA"], "name,id,email"),
        (["who", "#1", "#2"], "user,name"),
        (["who", "nosuch@example.com", "#1"], "user"),
        (["check", "#1", "QA"], "name,member"),
        (["compare", "QA", "Release managers"], "id,name"),
        (["audit"], "check,group_ids"),
        (["snapshot", "list"], "id"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_json_prints_only_these_fields(cli, command, fields):
    cli("snapshot", "save")
    as_object = cli(*command, "--format", "json", "--columns", fields)
    as_array = cli(*command, "--json", fields)
    assert as_array.code == as_object.code
    if as_object.code == 6:
        return
    (records,) = (value for key, value in json.loads(as_object.out).items() if key == kind(as_object.out))
    assert json.loads(as_array.out) == records
    assert all(list(record) == fields.split(",") for record in records)
    assert records


def kind(text: str) -> str:
    """Return the name of the list of records, which is the last field."""
    return list(json.loads(text))[-1]


def test_json_of_nothing_is_an_empty_array(cli):
    result = cli("groups", "nosuch", "--json", "id")
    assert (result.code, json.loads(result.out)) == (6, [])


def test_json_keeps_the_lines_of_lookup_that_do_not_match(cli):
    result = cli("lookup", "-", "--json", "text,status", stdin="ada lovelace\nnosuch\n")
    assert [record["status"] for record in json.loads(result.out)] == ["matched", "unmatched"]
    assert result.code == 6


@needs_jq
@pytest.mark.parametrize(
    ("command", "fields"),
    [
        (["groups"], GROUP_FIELDS),
        (["check", "ada", "QA"], CHECK_FIELDS),
        (["audit", "--accepted"], FINDING_FIELDS),
        (["changes"], CHANGE_FIELDS),
        (["compare", "QA", "Release managers"], ("id", "name", "QA", "Release managers")),
    ],
)
def test_json_without_fields_lists_them(cli, command, fields):
    for more in ([], ["--jq", ".[]"]):
        result = cli(*command, "--json", *more)
        assert (result.code, result.out) == (2, "")
        assert f"--json needs fields, separated by commas: {', '.join(fields)}" in result.err


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        (["--json", "id,nosuch"], "there is no field “nosuch”"),
        (["--json", "id,id"], "--json names “id” twice"),
        (["--json", "id", "--columns", "id"], "omit --columns"),
        (["--json", "id", "--format", "csv"], "omit --format"),
        (["--jq", ".", "--format", "table"], "omit --format"),
    ],
)
def test_wrong_options_are_reported_before_anything_is_read(cli, demo, options, reason):
    result = cli("groups", *options)
    assert (result.code, result.out) == (2, "")
    assert reason in result.err
    assert not demo.log.paths


@needs_jq
def test_jq_filters_either_form(cli):
    names = cli("groups", "--json", "name", "--jq", ".[].name").out
    assert names == cli("groups", "--jq", ".groups[].name").out
    assert names.splitlines()[0] == "QA"
    assert cli("check", "#1", "Night shift", "-q", "--jq", ".member").out == "false\n"
    assert cli("groups", "--json", "id", "--jq", "-1").out == "-1\n"


@needs_jq
@pytest.mark.parametrize("expression", [".[", "nosuch", ".a.b.c | error(1)", "--help", "\0"])
def test_wrong_expression_is_a_usage_error(cli, demo, expression):
    result = cli("groups", "--json", "id", f"--jq={expression}")
    assert (result.code, result.out) == (2, "")
    assert result.err.startswith("groupstui: --jq: ")
    assert len(result.err.splitlines()) == 1


@needs_jq
def test_wrong_expression_is_reported_before_anything_is_read(cli, demo):
    assert cli("groups", "--jq", ".[").code == 2
    assert not demo.log.paths


@needs_jq
def test_jq_does_not_get_the_token(cli, environ, monkeypatch):
    monkeypatch.setenv("TESTMO_TOKEN", environ["TESTMO_TOKEN"])
    assert cli("groups", "--jq", "$ENV.TESTMO_TOKEN").out == "null\n"


def test_missing_jq_is_reported(cli, demo, monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    result = cli("groups", "--jq", ".")
    assert (result.code, result.out) == (2, "")
    assert "--jq needs the program jq" in result.err
    assert "https://jqlang.org/download" in result.err
    assert not demo.log.paths
