"""Audits that only report what is new since a snapshot."""

from __future__ import annotations

import json

import pytest

from groupstui.directory.audit import CHECKS
from groupstui.directory.policy import POLICY_CHECKS

GROUP_CHECKS = [check.id for check in CHECKS if not check.needs_profiles]


@pytest.fixture
def saved(cli, demo) -> None:
    """A snapshot (#1) of the site as it is."""
    assert cli("groups", "-q").code == 0


@pytest.mark.usefixtures("saved")
def test_unchanged_instance_exits_0(cli):
    result = cli("audit", *GROUP_CHECKS, "--baseline", "#1")
    assert (result.code, result.out) == (0, "")
    assert "0 new findings in 5 checks" in result.err
    assert "more findings known since snapshot #1 of " in result.err


@pytest.mark.usefixtures("saved")
def test_new_finding_exits_1_and_is_listed_alone(cli, demo):
    demo.site.add_group("Brand new", [])
    result = cli("audit", *GROUP_CHECKS, "--baseline", "#1", "--columns", "finding")
    assert (result.code, result.out) == (1, "Brand new has no members\n")
    assert "1 new finding in" in result.err
    assert cli("audit", "empty", "--baseline", "#2").code == 0  # as the audit itself is a snapshot


@pytest.mark.usefixtures("saved")
def test_renamed_group_is_no_new_finding(cli, demo):
    (empty,) = [group.id for group in demo.site.groups.values() if not group.members]
    demo.site.rename_group(empty, "Other name")
    assert cli("audit", "empty", "--baseline", "#1").code == 0


@pytest.mark.usefixtures("saved")
def test_fail_on_limits_what_fails(cli, demo):
    demo.site.add_group("Brand new", [])
    result = cli("audit", "empty", "--baseline", "#1", "--fail-on", "identical")
    assert (result.code, "Brand new" in result.out) == (0, True)


@pytest.mark.usefixtures("saved")
def test_checks_with_user_details_have_no_baseline(cli):
    result = cli("audit", "inactive", "empty", "--baseline", "#1")
    assert (result.code, result.out) == (3, "")
    assert "not checked: inactive users in groups: a baseline contains no user details" in result.err
    assert cli("audit", "--baseline", "#1", "--fail-on", "empty").code == 0


@pytest.mark.usefixtures("saved")
def test_new_finding_outweighs_a_check_without_baseline(cli, demo):
    demo.site.add_group("Brand new", [])
    assert cli("audit", "--baseline", "#1").code == 1


@pytest.mark.usefixtures("saved")
def test_json_has_baseline_and_known_findings(cli, demo):
    demo.site.add_group("Brand new", [])
    found = json.loads(cli("audit", "empty", "--baseline", "#1", "--format", "json").out)
    assert found["baseline"]["id"] == 1
    assert [found["checks"][0][name] for name in ("findings", "accepted", "known")] == [1, 0, 1]
    assert [finding["finding"] for finding in found["findings"]] == ["Brand new has no members"]


@pytest.mark.usefixtures("saved")
@pytest.mark.parametrize("format", ["junit", "sarif"])
def test_formats_for_pipelines_have_exit_codes_of_the_baseline(cli, demo, format):
    assert cli("audit", "empty", "--baseline", "#1", "--format", format).code == 0
    demo.site.add_group("Brand new", [])
    assert cli("audit", "empty", "--baseline", "#1", "--format", format).code == 1


@pytest.mark.usefixtures("saved")
def test_policy_and_baseline(cli, demo, tmp_path):
    policy = tmp_path / "policy.toml"
    policy.write_text('[[group]]\nname = "Gone"\n[[group]]\nname = "QA"\nonly = [1]\n')
    arguments = ("audit", *POLICY_CHECKS, "--policy", str(policy), "--columns", "finding", "-q")
    assert cli(*arguments).code == 1
    assert cli(*arguments, "--baseline", "#1").code == 0
    demo.site.add_member(1, 40)
    result = cli(*arguments, "--baseline", "#1")
    assert result.code == 1
    assert len(result.out.splitlines()) == 1


@pytest.mark.usefixtures("saved")
def test_expired_acceptance_is_never_known(cli, tmp_path):
    policy = tmp_path / "policy.toml"
    policy.write_text(
        '[[accept]]\ncheck = "empty"\ngroup = "Contractors 2027"\nuntil = 2026-01-31\nreason = "r"\n'
    )
    result = cli("audit", "empty", "--policy", str(policy), "--baseline", "#1", "--columns", "check", "-q")
    assert (result.code, result.out) == (1, "policy-expired\n")


@pytest.mark.parametrize("when", ["7d", "#1"])
def test_no_history_has_no_baseline(cli, demo, when):
    result = cli("audit", "empty", "--baseline", when)
    assert (result.code, result.out) == (3, "")
    assert "there is no baseline" in result.err
    assert not demo.log.paths


@pytest.mark.usefixtures("saved")
@pytest.mark.parametrize(
    ("when", "code", "message"),
    [
        ("7d", 3, "there is no baseline for that time: the history begins on "),
        ("#9", 2, "there is no snapshot #9. groupstui snapshot list shows all of them."),
        ("9999-01-01", 2, "is in the future"),
        ("soon", 2, "is not a valid time"),
    ],
)
def test_wrong_baselines(cli, when, code, message):
    result = cli("audit", "empty", "--baseline", when)
    assert (result.code, result.out) == (code, "")
    assert message in result.err
