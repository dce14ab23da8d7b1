"""Ask all instances at once."""

from __future__ import annotations

import csv
import io
import json

import junitparser
import pytest

from groupstui.cli.main import main
from groupstui.settings import default_path

from ..support.commands import CommandResult
from ..support.site_server import RunningSite

pytestmark = pytest.mark.usefixtures("two_instances")


def rows(result: CommandResult) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(result.out)))


def in_sites(text: str, *sites: RunningSite) -> list[bool]:
    return [site.url in text for site in sites]


def test_who_lists_the_groups_of_all_instances(cli, demo, other):
    result = cli("who", "Ada Lovelace", "--all-instances", "--format", "csv")
    assert result.code == 0
    found = rows(result)
    for site in (demo, other):
        groups = {group.name for group in site.site.groups.values() if 1 in group.members}
        assert {row["name"] for row in found if row["instance"] == site.url} == groups
    assert f"{other.instance.name}: Ada Lovelace (#1) is in " in result.err


def test_tokens_reach_their_own_instance_only(cli, demo, other):
    assert cli("who", "#1", "--all-instances", "-q").code == 0
    assert demo.log.paths
    assert other.log.paths
    assert demo.token != other.token


def test_json_describes_every_instance(cli, demo, other):
    found = json.loads(cli("who", "Ada Lovelace", "--all-instances", "--format", "json").out)
    assert (found["instance"], found["complete"]) == (None, True)
    by_origin = {each["instance"]: each for each in found["instances"]}
    assert set(by_origin) == {demo.url, other.url}
    for each in by_origin.values():
        assert each["complete"] is True
        assert each["error"] is None
        assert [user["name"] for user in each["users"]] == ["Ada Lovelace"]
    assert {each["instance"] for each in found["groups"]} == {demo.url, other.url}


@pytest.mark.parametrize("format", ["ndjson", "csv", "tsv", "json", "markdown"])
def test_every_format_names_the_instance(cli, demo, other, format):
    result = cli("who", "Ada Lovelace", "--all-instances", "--format", format)
    assert in_sites(result.out, demo, other) == [True, True]


COMMANDS = [("who", "#1"), ("check", "#1", "#1"), ("audit", "inactive")]


@pytest.fixture
def named_other(demo, other):
    """The name that the user gave one of the instances, with its host."""
    default_path().write_text(f'[sites]\nwork = "{other.url}"\n"{demo.instance.name}" = "{demo.url}"\n')
    return f"work ({other.instance.name})"


@pytest.mark.parametrize("command", COMMANDS)
def test_tables_and_messages_have_the_names_of_the_settings(cli, demo, other, named_other, command):
    result = cli(*command, "--all-instances", "--format", "table")
    instances = {line[: len(named_other)].strip() for line in result.out.splitlines()[1:]}
    assert {demo.instance.name, named_other} <= instances
    assert f"groupstui: {named_other}: " in result.err
    other.faults.always("500")
    assert f"groupstui: {named_other}: " in cli(*command, "--all-instances", "-q").err


@pytest.mark.parametrize("command", COMMANDS)
def test_data_for_programs_has_addresses(cli, other, named_other, command):
    for format in ("csv", "json"):
        result = cli(*command, "--all-instances", "--format", format)
        assert other.url in result.out
        assert named_other not in result.out
    assert other.url in cli(*command, "--all-instances").out, "rows in a pipe"


def test_columns_and_sort_know_the_instance(cli, demo, other):
    arguments = ("who", "Ada Lovelace", "--all-instances", "--columns", "instance", "--sort", "instance")
    result = cli(*arguments, "-q")
    assert set(result.out.split()) == {demo.url, other.url}
    assert result.out.splitlines() == sorted(result.out.splitlines())
    assert cli("who", "ada", "--columns", "instance", "--instance", demo.url).code == 2


@pytest.mark.parametrize("command", [("who", "#1"), ("check", "#1", "#3"), ("audit", "empty")])
def test_current_instance_is_asked_without_a_name(cli, demo, other, command):
    default_path().write_text(f'current = "{demo.url}"\n')
    assert "asking 1 instance\n" in cli(*command, "--all-instances").err
    assert demo.log.paths
    default_path().write_text(f'current = "{demo.url}"\n[sites]\nother = "{other.url}"\n')
    assert "asking 2 instances\n" in cli(*command, "--all-instances").err
    assert other.log.paths
    default_path().write_text("")
    assert cli(*command, "--all-instances").code == 2


@pytest.mark.parametrize("command", [("who", "#1"), ("check", "#1", "#1"), ("audit", "empty")])
def test_failing_instance_does_not_hide_the_others(cli, demo, other, command):
    other.faults.always("500")
    result = cli(*command, "--all-instances", "--format", "json")
    assert result.code == 3
    found = json.loads(result.out)
    assert found["complete"] is False
    failed = next(each for each in found["instances"] if each["instance"] == other.url)
    assert failed["error"]
    assert f"{other.instance.name}: " in result.err
    assert "the answer is unknown for 1 instance" in result.err


def test_instance_without_token_is_a_failure(cli, demo, other, keyring):
    keyring(**{demo.url: demo.token})
    result = cli("who", "#1", "--all-instances", "-q")
    assert result.code == 3
    assert f"{other.instance.name}: no token for {other.instance.name}" in result.err
    assert not other.log.paths


def test_same_failure_of_all_has_its_exit_code(cli, demo, other):
    for site in (demo, other):
        site.faults.always("401")
    result = cli("who", "#1", "--all-instances")
    assert (result.code, result.out) == (4, "")


def test_incomplete_instance_exits_3(cli, demo, other):
    other.faults.always("wrong-total")
    result = cli("who", "#1", "--all-instances", "--format", "json")
    assert result.code == 3
    found = json.loads(result.out)
    assert found["complete"] is False
    complete = {each["instance"]: each["complete"] for each in found["instances"]}
    assert complete == {demo.url: True, other.url: False}
    assert f"{other.instance.name}: the data is incomplete" in result.err


def test_user_of_one_instance_is_found(cli, demo, other):
    other.site.rename_user(2, "Only Here")
    result = cli("who", "Only Here", "--all-instances", "--format", "csv")
    assert result.code == 0
    assert {row["instance"] for row in rows(result)} == {other.url}
    assert f"{demo.instance.name}: no user matches “Only Here”" in result.err
    assert cli("who", "Nobody", "--all-instances").code == 6


def test_ambiguous_user_is_unknown(cli, demo, other):
    other.site.rename_user(2, "Ada Lovelace")
    result = cli("who", "Ada Lovelace", "--all-instances")
    assert result.code == 3
    assert demo.url in result.out
    assert "matches 2 users" in result.err
    assert "the answer is unknown for 1 instance" in result.err
    assert "could not be read" not in result.err


def make_member(site: RunningSite, name: str, *, member: bool) -> None:
    site.site.rename_user(1, "Same Name")
    site.site.rename_group(1, name)
    (site.site.add_member if member else site.site.remove_member)(1, 1)


@pytest.mark.parametrize(
    ("one", "two", "code"), [(True, True, 0), (True, False, 1), (False, True, 1), (False, False, 1)]
)
def test_check_is_yes_only_everywhere(cli, demo, other, one, two, code):
    for site, member in ((demo, one), (other, two)):
        if (1 in site.site.groups[1].members) is not member:
            make_member(site, "Same", member=member)
        else:
            site.site.rename_group(1, "Same")
            site.site.rename_user(1, "Same Name")
    result = cli("check", "Same Name", "Same", "--all-instances", "--format", "csv")
    assert result.code == code
    members = {row["instance"]: row["member"] for row in rows(result)}
    words = {True: "yes", False: "no"}
    assert members == {demo.url: words[one], other.url: words[two]}
    silent = cli("check", "Same Name", "Same", "--all-instances", "-q")
    assert (silent.code, silent.out) == (code, "")


def test_check_without_the_group_in_one_instance_is_no(cli, demo, other):
    demo.site.rename_group(1, "Only there")
    demo.site.add_member(1, 1) if 1 not in demo.site.groups[1].members else None
    result = cli("check", "#1", "Only there", "--all-instances")
    assert result.code == 1
    assert f"{other.instance.name}: no group matches “Only there”" in result.err


def without_user(site: RunningSite) -> None:
    site.site.rename_user(1, "Another name")


def without_group(site: RunningSite) -> None:
    site.site.rename_group(1, "Another group")


def ambiguous_user(site: RunningSite) -> None:
    site.site.rename_user(2, "Same Name")


def ambiguous_group(site: RunningSite) -> None:
    site.site.add_group("Same", [1])


def ambiguous_user_and_no_group(site: RunningSite) -> None:
    ambiguous_user(site)
    without_group(site)


OTHER_ANSWERS = {
    without_user: (False, 1),
    without_group: (False, 1),
    ambiguous_user_and_no_group: (False, 1),
    ambiguous_user: (None, 3),
    ambiguous_group: (None, 3),
}


@pytest.mark.parametrize(("change", "expected"), OTHER_ANSWERS.items())
def test_check_has_a_row_for_every_instance_that_was_read(cli, demo, other, change, expected):
    member, code = expected
    for site in (demo, other):
        make_member(site, "Same", member=True)
    change(other)
    command = ("check", "Same Name", "Same", "--all-instances", "--format")
    result = cli(*command, "csv", "-q")
    words = {True: "yes", False: "no", None: ""}
    assert {row["instance"]: row["member"] for row in rows(result)} == {
        demo.url: "yes",
        other.url: words[member],
    }
    assert all(row["name"] for row in rows(result))
    assert result.code == code
    assert ("the answer is unknown for 1 instance" in result.err) is (member is None)
    found = json.loads(cli(*command, "json").out)
    each = next(each for each in found["instances"] if each["instance"] == other.url)
    assert (each["member"], each["complete"]) == (member, True)
    assert (each["error"] is None) is (member is not None)
    assert found["complete"] is (member is not None)


def test_check_of_what_no_instance_has_is_not_found(cli, demo, other):
    result = cli("check", "Nobody", "#1", "--all-instances", "-q")
    assert (result.code, result.out) == (6, "")
    assert "no instance has a user “Nobody”" in result.err
    other.faults.always("500")
    result = cli("check", "Nobody", "#1", "--all-instances", "-q")
    assert (result.code, result.out) == (3, "")
    assert "no instance has" not in result.err


def test_instance_without_a_snapshot_is_unknown(cli, demo, other):
    assert cli("who", "#1", "--instance", demo.url, "-q").code == 0
    result = cli("who", "#1", "--all-instances", "--offline")
    assert (result.code, in_sites(result.out, demo, other)) == (3, [True, False])
    assert "the answer is unknown for 1 instance" in result.err
    assert "could not be read" not in result.err


def test_audit_of_all_instances(cli, demo, other):
    other.site.add_group("Empty there", [])
    result = cli("audit", "empty", "--all-instances", "--fail-on", "empty", "--format", "csv")
    assert result.code == 1
    assert {row["instance"] for row in rows(result)} == {demo.url, other.url}
    assert f"{other.instance.name}: " in result.err


def test_failed_instance_is_in_junit_and_sarif(cli, demo, other):
    other.faults.always("500")
    result = cli("audit", "empty", "--all-instances", "--format", "junit")
    assert result.code == 3
    suites = {suite.name: suite for suite in junitparser.JUnitXml.fromstring(result.out.encode())}
    assert set(suites) == {f"{demo.instance.name}: empty", f"{other.instance.name}: data"}
    assert next(iter(suites[f"{other.instance.name}: data"])).is_error
    runs = json.loads(cli("audit", "empty", "--all-instances", "--format", "sarif").out)["runs"]
    assert [run["invocations"][0]["executionSuccessful"] for run in runs] == [True, False]


def test_offline_needs_no_tokens(cli, demo, other, keyring):
    assert cli("who", "#1", "--all-instances", "-q").code == 0  # and both crawls are saved
    keyring(x="y")
    before = len(demo.log.paths), len(other.log.paths)
    result = cli("who", "#1", "--all-instances", "--offline", "--format", "csv")
    assert result.code == 0
    assert {row["instance"] for row in rows(result)} == {demo.url, other.url}
    assert (len(demo.log.paths), len(other.log.paths)) == before


def test_baseline_of_all_instances_is_a_time(cli):
    assert cli("audit", "empty", "--all-instances", "--baseline", "#1").code == 2
    assert cli("audit", "empty", "--all-instances", "--baseline", "7d").code == 3


@pytest.mark.parametrize(
    "options", [("--instance", "acme"), ("--demo",), ("--token-stdin",), ("--token-file", "x")]
)
def test_options_of_one_instance_are_refused(cli, options):
    result = cli("who", "#1", "--all-instances", *options)
    assert (result.code, result.out) == (2, "")
    assert f"--all-instances cannot be used with {options[0]}" in result.err


def test_token_variable_alone_is_refused(demo, other, cli, environ):
    environ["TESTMO_TOKEN"] = demo.token
    result = cli("who", "#1", "--all-instances")
    assert (result.code, result.out) == (2, "")
    assert not other.log.paths


def test_token_variable_is_for_its_instance_only(demo, other, cli, environ, keyring):
    environ.update(TESTMO_TOKEN=demo.token, TESTMO_INSTANCE=demo.url)
    keyring(**{other.url: other.token})
    assert cli("who", "#1", "--all-instances", "-q").code == 0


@pytest.mark.parametrize(
    ("when", "message"),
    [
        ("#1", "--at needs a time with --all-instances, as ids of snapshots differ"),
        ("soon", "“soon” is not a valid time. "),
        ("2999-01-01", "“2999-01-01” is in the future"),
    ],
)
def test_invalid_time_is_reported_once(cli, when, message):
    result = cli("who", "#1", "--all-instances", "--at", when)
    assert (result.code, result.out) == (2, "")
    assert result.err.startswith(f"groupstui: {message}")
    assert result.err.count("\n") == 1


def test_token_variable_does_not_replace_the_token_of_another_instance(demo, other, cli, environ, keyring):
    environ.update(TESTMO_TOKEN=demo.token, TESTMO_INSTANCE=demo.url)
    keyring(x="y")
    result = cli("who", "#1", "--all-instances", "-q")
    assert result.code == 3
    name = other.instance.name
    assert f"{name}: no token for {name}. Run groupstui auth login --instance {name}.\n" in result.err
    assert not other.log.paths


def test_no_instance_is_a_usage_error(cli, capsys):
    default_path().unlink()
    assert main(["who", "#1", "--all-instances"], {}) == 2
    assert "no instance: sign in" in capsys.readouterr().err
