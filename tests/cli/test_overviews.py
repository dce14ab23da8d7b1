"""Commands that look over a whole site."""

from __future__ import annotations

import json

from groupstui.directory.audit import CHECKS


def test_groups_are_compared_user_by_user(cli):
    outcome = cli("compare", "QA", "Night shift", "--format", "csv")
    lines = outcome.out.splitlines()
    assert lines[0] == "id,name,QA,Night shift"
    assert "1,Ada Lovelace,yes,no" in lines
    assert "QA and Night shift have no members in common" in outcome.err
    assert outcome.code == 0


def test_json_tells_the_pairs(cli):
    told = json.loads(cli("compare", "QA", "Everyone", "--format", "json").out)
    assert [group["name"] for group in told["groups"]] == ["QA", "Everyone"]
    assert told["pairs"][0]["text"] == "QA is a subset of Everyone"
    assert told["in_all"] == 5
    assert len(told["users"]) == 500


def test_only_who_differs_is_told_where_that_is_wanted(cli):
    everybody = cli("compare", "QA", "Everyone").out.splitlines()
    differ = cli("compare", "QA", "Everyone", "--differ").out.splitlines()
    assert len(everybody) - len(differ) == 5


def test_the_exit_code_tells_whether_the_groups_differ(cli, demo):
    assert cli("compare", "QA", "Everyone", "--exit-code").code == 1
    demo.site.add_group("QA twin", demo.site.groups[1].members)
    assert cli("compare", "#1", "QA twin", "--exit-code").code == 0


def test_groups_that_share_a_name_are_told_apart(cli, demo):
    twin = demo.site.add_group("QA", (1,))
    head = cli("compare", "#1", f"#{twin.id}", "--format", "csv").out.splitlines()[0]
    assert head == f"id,name,QA #1,QA #{twin.id}"


def test_one_group_alone_or_twice_is_wrong_usage(cli):
    assert cli("compare", "QA").code == 2
    outcome = cli("compare", "QA", "#1")
    assert outcome.code == 2
    assert "itself" in outcome.err


# Audit


def test_an_audit_tells_every_finding(cli):
    outcome = cli("audit", "empty", "single-member", "--columns", "check,finding")
    lines = outcome.out.splitlines()
    assert lines[0] == "empty\tContractors 2027 has no members"
    assert all(line.startswith(("empty\t", "single-member\t")) for line in lines)
    assert f"{len(lines)} findings in 2 checks" in outcome.err
    assert outcome.code == 0


def test_json_tells_the_checks_and_whom_they_found(cli):
    told = json.loads(cli("audit", "empty", "--format", "json").out)
    assert told["checks"][0]["findings"] == 1
    assert told["checks"][0]["why"]
    assert told["findings"][0]["group_ids"] == [5]


def test_a_script_can_fail_on_a_finding(cli, demo):
    assert cli("audit", "--fail-on", "empty").code == 1
    demo.site.delete_group(5)
    assert cli("audit", "--fail-on", "empty").code == 0


def test_what_can_t_be_checked_is_told_and_no_reason_to_pass(cli, demo, environ):
    cli("groups", "-q")
    outcome = cli("audit", "inactive", "--offline", "--fail-on", "inactive")
    assert outcome.code == 3
    assert "not checked: inactive users in groups: " in outcome.err
    assert "0 findings in 0 checks" in outcome.err


def test_a_check_that_is_named_twice_is_done_once(cli):
    assert cli("audit", "empty", "empty").out == cli("audit", "empty").out


def test_checks_of_groups_ask_for_no_users(cli, demo):
    cli("audit", "empty")
    assert not any("/users" in path for path in demo.log.paths)


def test_an_unknown_check_is_wrong_usage(cli):
    outcome = cli("audit", "everything")
    assert outcome.code == 2
    assert "near-identical" in outcome.err


def test_audit_help_lists_every_check(cli):
    listed = cli("audit", "--help").out.partition("\nchecks:\n")[2].partition("\n\n")[0]
    assert [line.split()[0] for line in listed.splitlines()] == [check.id for check in CHECKS]
