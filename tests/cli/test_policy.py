"""Audits with a policy."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from groupstui.cli.policy_file import read_policy
from groupstui.directory.builder import crawled_directory
from groupstui.directory.models import Group
from groupstui.directory.policy import POLICY_CHECKS, GroupRule
from groupstui.errors import UsageError
from groupstui.history import History, default_folder


@pytest.fixture
def policy(tmp_path: Path):
    """Write a policy, and return its path."""

    def write(text: str) -> str:
        path = tmp_path / "policy.toml"
        path.write_text(text, encoding="utf-8")
        return str(path)

    return write


HOLDS = """
[[group]]
name = "QA"
owners = ["Grace Hopper"]
only = ["Ada Lovelace", "Margaret Hamilton", "Barbara Liskov", "Alan Turing"]

[[accept]]
check = "empty"
group = "Contractors 2027"
until = 9999-01-31
reason = "for next year"
"""


def test_policy_that_holds_exits_0(cli, policy):
    result = cli("audit", *POLICY_CHECKS, "--policy", policy(HOLDS))
    assert (result.code, result.out) == (0, "")
    assert "0 findings in 5 checks" in result.err


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_policy_in_utf_16_is_named_as_such(cli, policy, encoding):
    path = policy("")
    Path(path).write_bytes(HOLDS.encode(encoding))
    result = cli("audit", "--policy", path)
    assert (result.code, result.out) == (2, "")
    assert result.err == (
        f"groupstui: cannot read {path}: it is UTF-16 or binary, not UTF-8. Save it again as UTF-8.\n"
    )


def test_policy_that_is_broken_exits_1(cli, demo, policy):
    path = policy(HOLDS)
    demo.site.remove_member(1, 2)
    result = cli("audit", "policy-owners", "--policy", path, "--columns", "finding", "-q")
    assert result.code == 1
    assert result.out == "Grace Hopper is not a member of QA, but an owner by the policy\n"


def test_deleted_group_breaks_the_policy(cli, demo, policy):
    path = policy(HOLDS)
    demo.site.delete_group(1)
    result = cli("audit", "policy-groups", "--policy", path, "--columns", "check", "-q")
    assert (result.code, result.out) == (1, "policy-groups\n")


BROKEN = """
[[group]]
name = "Gone"
[[group]]
name = "QA"
owners = ["#40"]
only = ["Ada Lovelace"]

[[accept]]
check = "empty"
group = "Contractors 2027"
until = 2026-01-31
reason = "for last year"

[[accept]]
check = "empty"
group = "Nothing"
until = 9999-01-31
reason = "for a group that does not exist"
"""


@pytest.mark.parametrize("check", POLICY_CHECKS)
def test_each_check_of_a_policy_runs_alone(cli, policy, check):
    path = policy(BROKEN)
    result = cli("audit", check, "--policy", path, "--columns", "check", "-q")
    assert (result.code, set(result.out.split())) == (1, {check})
    assert "not checked" not in result.err
    found = json.loads(cli("audit", check, "--policy", path, "--format", "json").out)
    assert [each["check"] for each in found["checks"]] == [check]


def test_policy_is_compared_unless_one_of_its_checks_is_named(cli, policy):
    path = policy(BROKEN)
    for named, run in {
        ("empty",): ["empty", *POLICY_CHECKS],
        ("empty", "policy-owners"): ["empty", "policy-owners"],
        ("empty", "--fail-on", "policy-names"): ["empty", "policy-names"],
    }.items():
        found = json.loads(cli("audit", *named, "--policy", path, "--format", "json").out)
        assert [each["check"] for each in found["checks"]] == run


UNMATCHED = {
    "policy-owners": "[[group]]\nname = 'Gone'\nowners = ['#1']\n",
    "policy-members": "[[group]]\nname = 'Gone'\nonly = ['#1']\n",
    "policy-expired": "[[accept]]\ncheck = 'empty'\ngroup = 'Gone'\nuntil = 2026-01-31\nreason = 'r'\n",
}


@pytest.mark.parametrize("check", UNMATCHED)
def test_rule_about_a_name_that_does_not_match_is_unknown(cli, policy, check):
    path = policy(UNMATCHED[check])
    result = cli("audit", check, "--policy", path, "-q")
    assert (result.code, result.out) == (3, "")
    assert "names that match nothing, or several: “Gone”" in result.err
    result = cli("audit", check, "policy-groups", "policy-names", "--policy", path, "-q")
    assert (result.code, "not checked" in result.err) == (1, False)


def test_owner_who_does_not_match_is_unknown(cli, policy):
    path = policy("[[group]]\nname = 'QA'\nowners = ['Nobody', '#40']\n")
    result = cli("audit", "policy-owners", "--policy", path)
    assert "“Nobody”" in result.err
    assert result.code == 1, "another owner is missing for certain"
    assert (
        cli("audit", "policy-owners", "--policy", policy("[[group]]\nid = 1\nowners = ['Nobody']\n")).code
        == 3
    )


def test_findings_of_other_checks_do_not_fail(cli, policy):
    result = cli("audit", "single-member", "--policy", policy(HOLDS), "-q")
    assert "single-member" in result.out
    assert result.code == 0


def test_policy_accepts_findings(cli, policy):
    path = policy(HOLDS)
    result = cli("audit", "empty", "--fail-on", "empty", "--policy", path)
    assert (result.code, result.out) == (0, "")
    assert "1 more finding accepted" in result.err
    listed = cli("audit", "empty", "--policy", path, "--accepted", "--columns", "accepted", "-q")
    assert listed.out == "until 9999-01-31: for next year\n"
    found = json.loads(cli("audit", "empty", "--policy", path, "--accepted", "--format", "json").out)
    assert found["findings"][0]["accepted"] == {"until": "9999-01-31", "reason": "for next year"}
    assert [check["check"] for check in found["checks"]] == ["empty", *POLICY_CHECKS]


def test_expired_acceptance_fails(cli, policy):
    path = policy(HOLDS.replace("9999", "2026"))
    result = cli("audit", "empty", "--policy", path, "--columns", "finding", "-q")
    assert result.code == 1
    assert result.out.splitlines() == [
        "Contractors 2027 has no members",
        "Contractors 2027 has no members; accepted until 2026-01-31 (empty)",
    ]


def test_acceptance_expires_by_the_time_that_is_audited(cli, demo, policy):
    known = History(demo.url, default_folder())
    for day in (10, 20):
        known.save(
            crawled_directory(
                [Group(7, "Contractors 2027")], {}, as_of=datetime(2020, 2, day, 12, tzinfo=UTC)
            )
        )
    path = policy("[[accept]]" + HOLDS.partition("[[accept]]")[2].replace("9999-01-31", "2020-02-15"))
    for at, expired in {
        "#1": False,
        "2020-02-14": False,
        "2020-02-15": True,
        "2020-02-15 00:00": True,
        "#2": True,
        "today": True,
    }.items():
        result = cli("audit", "empty", "--policy", path, "--at", at, "--columns", "check", "-q")
        assert result.out.split() == ["empty", "policy-expired"] * expired
        assert result.code == int(expired)


def test_unused_acceptance_is_reported(cli, policy):
    result = cli("audit", "empty", "--policy", policy(HOLDS.replace('"Contractors 2027"', '"QA"')))
    assert "the policy accepts what was not found: empty: QA" in result.err


def test_policy_is_unknown_without_users(cli, policy):
    cli("groups", "-q")
    result = cli("audit", *POLICY_CHECKS, "--policy", policy(HOLDS), "--offline", "-q")
    assert result.code == 3
    assert "not checked: owners who are not members, " in result.err


def test_policy_without_users_needs_no_users(cli, demo, policy):
    path = policy('[[group]]\nid = 1\n[[group]]\nname = "Release managers"\n')
    assert cli("audit", "policy-groups", "--policy", path).code == 0
    assert not any("/users" in request for request in demo.log.paths)
    assert cli("audit", "policy-groups", "--policy", path, "--offline").code == 0


@pytest.mark.parametrize("format", ["junit", "sarif", "csv", "ndjson"])
def test_policy_findings_in_every_format(cli, policy, format):
    path = policy('[[group]]\nname = "Gone"\n')
    result = cli("audit", "policy-groups", "--policy", path, "--format", format, "-q")
    assert result.code == 1
    assert "policy-groups" in result.out


def test_policy_checks_need_a_policy(cli, policy):
    assert cli("audit", "policy-groups").code == 2
    assert cli("audit", "--fail-on", "policy-owners").code == 2
    assert cli("audit", "empty", "--fail-on", "policy-owners", "--policy", policy(HOLDS)).code == 0


WRONG = {
    "": "the policy is empty",
    "[[group]]\n": "group 1: “name” or “id” is needed",
    "[[group]]\nname = 'QA'\nid = 1\n": "group 1: “name” or “id” is needed, and not both",
    "[[group]]\nid = 'QA'\n": "group 1: “id” must be an id",
    "[[group]]\nname = true\n": "group 1: “name” must be a name or an id",
    "[[group]]\nname = ' '\n": "group 1: “name” must be a name or an id",
    "[[group]]\nid = 0\n": "group 1: “id” must be a name or an id",
    "[[group]]\nname = 'QA'\nowners = 'Ada'\n": "group 1: “owners” must be a list of names and ids",
    "[[group]]\nname = 'QA'\nonly = [1.5]\n": "group 1: “only” must be a list of names and ids",
    "[[group]]\nname = 'QA'\nowner = []\n": "group 1: “owner” is not a known key: use name, id, owners, only",
    "[group]\nname = 'QA'\n": "“group” must be tables: write [[group]]",
    "groups = []\n": "“groups” is not a known key: use group, accept",
    "group = 1\n": "“group” must be tables",
    "[[accept]]\ncheck = 'nothing'\n": "accept 1: “check” must be one of empty, ",
    "[[accept]]\ncheck = 'policy-expired'\n": "accept 1: “check” must be one of empty, ",
    "[[accept]]\n": "accept 1: “check” is missing",
    "[[accept]]\ncheck = 'empty'\nuntil = 2027-01-01\nreason = 'r'\n": "“group” or “user” is needed",
    "[[accept]]\ncheck = 'empty'\ngroup = 'QA'\nreason = 'r'\n": "accept 1: “until” is missing",
    "[[accept]]\ncheck = 'empty'\ngroup = 'QA'\nuntil = '2027-01-01'\n": "accept 1: “until” must be a day",
    "[[accept]]\ncheck = 'empty'\ngroup = 'QA'\nuntil = 2027-01-01T00:00:00Z\n": "“until” must be a day",
    "[[accept]]\ncheck = 'empty'\ngroup = 'QA'\nuntil = 2027-01-01\n": "accept 1: “reason” is missing",
    "[[group]]\nname = 'QA'\n[[group]]\nnaem = 'QA'\n": "group 2: “naem” is not a known key",
    "group = [": "not valid TOML",
    "\x00": "it is UTF-16 or binary, not UTF-8",
    "[" * 5_000: "policy",
}


@pytest.mark.parametrize("text", WRONG, ids=lambda text: repr(text[:60]))
def test_wrong_policy_is_a_usage_error(cli, demo, policy, text):
    path = policy(text)
    result = cli("audit", "--policy", path)
    assert (result.code, result.out) == (2, "")
    assert "policy.toml: " in result.err
    assert WRONG[text] in result.err
    assert not demo.log.paths


def test_unreadable_policy_is_a_usage_error(cli, tmp_path):
    (tmp_path / "latin.toml").write_bytes(b"[[group]]\nname = '\xe9'\n")
    (tmp_path / "large.toml").write_bytes(b"#" * 1_000_001)
    for name in ("missing.toml", "latin.toml", "large.toml", ""):
        result = cli("audit", "--policy", str(tmp_path / name))
        assert result.code == 2
        assert "cannot read " in result.err
    assert cli("audit", "--policy", "a\0b").code == 2


def test_ids_and_names(policy):
    text = '[[group]]\nid = 17\nowners = [1, "#2", "3", "Ada <ada@example.org>"]\n'
    assert read_policy(policy(text)).groups == (
        GroupRule("#17", ("#1", "#2", "3", "Ada <ada@example.org>"), None),
    )
    with pytest.raises(UsageError):
        read_policy(policy("[[group]]\nid = -1\n"))


def test_example_in_documentation_is_valid(policy):
    page = Path(__file__).parents[2] / "docs" / "pipelines.md"
    example = page.read_text("utf-8").partition("```toml\n")[2].partition("```")[0]
    found = read_policy(policy(example))
    assert len(found.groups) == len(found.acceptances) == 1
