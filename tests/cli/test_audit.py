"""Audit groups and users."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest

from groupstui.directory.acceptance import Acceptance, fingerprint
from groupstui.directory.audit import CHECKS, audit, check_of
from groupstui.directory.builder import crawled_directory
from groupstui.directory.models import Group
from groupstui.history import History, history_of
from groupstui.settings import Settings

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)

ACCEPTANCE = Acceptance("for next year", NOON)


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


def test_checks_that_were_skipped_for_one_reason_are_one_message(cli):
    cli("groups", "-q")
    result = cli("audit", "inactive", "api-users", "--offline", "-q")
    assert result.code == 3
    (message,) = result.err.splitlines()
    assert "inactive users in groups, api users in groups: user details" in message


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


# Accepted findings


@pytest.fixture
def accepted(cli, demo) -> History:
    """The history of the site, with the findings of `empty` accepted."""
    groups = [Group(id, "Another name") for id in empty_groups(demo)]
    directory = crawled_directory(groups, {}, as_of=NOON)
    (result,) = audit(directory, [check_of("empty")])
    history = history_of(demo.url, Settings())
    history.accept([fingerprint(result.check, finding) for finding in result.findings], ACCEPTANCE)
    return history


@pytest.mark.usefixtures("accepted")
def test_accepted_findings_are_left_out_and_counted(cli):
    result = cli("audit", "empty", "--fail-on", "empty")
    assert (result.code, result.out) == (0, "")
    assert "0 findings in 1 check" in result.err
    assert "1 more finding accepted; --accepted lists them, too" in result.err
    assert "1 more finding accepted" in cli("audit", "empty", "-q").err


@pytest.mark.usefixtures("accepted")
def test_accepted_option_lists_date_and_reason(cli):
    result = cli("audit", "empty", "--accepted", "--fail-on", "empty", "--columns", "finding,accepted")
    assert result.out == "Contractors 2027 has no members\t2026-11-23T12:00:00.000Z: for next year\n"
    assert result.code == 0


@pytest.mark.usefixtures("accepted")
def test_json_contains_acceptances(cli):
    found = json.loads(cli("audit", "empty", "single-member", "--accepted", "--format", "json").out)
    assert found["findings"][0]["accepted"] == {"date": "2026-11-23T12:00:00.000Z", "reason": "for next year"}
    assert found["findings"][1]["accepted"] is None
    assert [found["checks"][0][name] for name in ("severity", "findings", "accepted")] == ["low", 0, 1]
    without = json.loads(cli("audit", "empty", "--format", "json").out)
    assert without["findings"] == []
    assert without["checks"] == found["checks"][:1]


def test_accepted_findings_are_sorted_by_date(cli, accepted):
    lines = cli("audit", "empty", "single-member", "--accepted", "--sort=-accepted").out.splitlines()
    assert "for next year" in lines[0]
    assert len(lines) > 1


def test_withdrawn_acceptance_counts_again(cli, accepted):
    accepted.withdraw(accepted.acceptances())
    result = cli("audit", "empty", "--fail-on", "empty")
    assert result.code == 1
    assert "accepted" not in result.err


def test_acceptances_of_the_past_are_those_in_force_then(cli, demo):
    history, first = history_of(demo.url, Settings()), datetime(2020, 10, 1, 12, tzinfo=UTC)
    history.save(crawled_directory([Group(1, "QA"), Group(2, "Ops")], {}, as_of=first), first)
    (result,) = audit(history.latest(), [check_of("empty")])
    keys = [fingerprint(result.check, finding) for finding in result.findings]
    history.accept(keys, Acceptance("by plan", first))
    history.withdraw(keys[:1], first + timedelta(hours=2))
    history.accept(keys[:1], Acceptance("again", first + timedelta(hours=4)))
    for hours, count in {0: 0, 1: 0, 2: 1, 3: 1, 4: 0}.items():
        at = (first + timedelta(hours=hours)).isoformat()
        result = cli("audit", "empty", "--fail-on", "empty", "--at", at)
        assert (result.code, len(result.out.splitlines())) == (min(count, 1), count)
    for at in ("#1", "2020-10-01"):
        assert cli("audit", "empty", "--fail-on", "empty", "--at", at).code == 0


def test_baseline_after_the_audited_time_is_refused(cli, demo):
    history, first = history_of(demo.url, Settings()), datetime(2020, 10, 1, tzinfo=UTC)
    for hour in range(2):
        history.save(crawled_directory([Group(1, "QA")], {}, as_of=first + timedelta(hours=hour)))
    assert cli("audit", "empty", "--at", "#2", "--baseline", "#1").code == 0
    result = cli("audit", "empty", "--at", "#1", "--baseline", "#2")
    assert (result.code, result.out) == (2, "")
    assert "--baseline is after --at" in result.err


def test_unreadable_acceptances_hide_no_finding(cli, accepted):
    accepted.path.unlink()
    accepted.path.mkdir()
    result = cli("audit", "empty", "--fail-on", "empty", "-q")
    assert result.code == 1
    assert "all findings count, as it is unknown which are accepted" in result.err


def test_deleting_the_history_deletes_acceptances(cli, accepted):
    accepted.purge()
    assert cli("audit", "empty", "--fail-on", "empty").code == 1
