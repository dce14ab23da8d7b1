"""Audit groups and users."""

from __future__ import annotations

import json

from groupstui.directory.audit import CHECKS


def test_audit_lists_findings(cli):
    result = cli("audit", "empty", "single-member", "--columns", "check,finding")
    lines = result.out.splitlines()
    assert lines[0] == "empty\tContractors 2027 has no members"
    assert all(line.startswith(("empty\t", "single-member\t")) for line in lines)
    assert f"{len(lines)} findings in 2 checks" in result.err
    assert result.code == 0


def empty_groups(demo) -> list[int]:
    return [group.id for group in demo.site.groups.values() if not group.members]


def test_audit_json_contains_checks(cli, demo):
    result = json.loads(cli("audit", "empty", "--format", "json").out)
    assert result["checks"][0]["findings"] == 1
    assert result["checks"][0]["why"]
    assert result["findings"][0]["group_ids"] == empty_groups(demo)


def test_audit_fail_on(cli, demo):
    assert cli("audit", "--fail-on", "empty").code == 1
    for group in empty_groups(demo):
        demo.site.delete_group(group)
    assert cli("audit", "--fail-on", "empty").code == 0


def test_skipped_check_exits_3(cli, demo, environ):
    cli("groups", "-q")
    result = cli("audit", "inactive", "--offline", "--fail-on", "inactive")
    assert result.code == 3
    assert "not checked: inactive users in groups: " in result.err
    assert "0 findings in 0 checks" in result.err


def test_skipped_check_exits_3_without_fail_on(cli, demo):
    cli("groups", "-q")
    result = cli("audit", "inactive", "--offline", "-q")
    assert (result.code, result.out) == (3, "")
    assert (
        result.err
        == "groupstui: not checked: inactive users in groups: user details (/users) are unavailable\n"
    )
    assert cli("audit", "--fail-on", "empty", "--offline", "-q").err == ""


def test_repeated_check_runs_once(cli):
    assert cli("audit", "empty", "empty").out == cli("audit", "empty").out


def test_group_checks_do_not_request_users(cli, demo):
    cli("audit", "empty")
    assert not any("/users" in path for path in demo.log.paths)


def test_unknown_check_exits_2(cli):
    result = cli("audit", "everything")
    assert result.code == 2
    assert "near-identical" in result.err


def test_audit_help_lists_every_check(cli):
    listed = cli("audit", "--help").out.partition("\nchecks:\n")[2].partition("\n\n")[0]
    assert [line.split()[0] for line in listed.splitlines()] == [check.id for check in CHECKS]
