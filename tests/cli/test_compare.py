"""Compare groups."""

from __future__ import annotations

import json


def test_compare_lists_users(cli):
    result = cli("compare", "QA", "Night shift", "--format", "csv")
    lines = result.out.splitlines()
    assert lines[0] == "id,name,QA,Night shift"
    assert "1,Ada Lovelace,yes,no" in lines
    assert "QA and Night shift have no members in common" in result.err
    assert result.code == 0


def test_compare_json_contains_pairs(cli):
    result = json.loads(cli("compare", "QA", "Everyone", "--format", "json").out)
    assert [group["name"] for group in result["groups"]] == ["QA", "Everyone"]
    assert result["pairs"][0]["text"] == "QA is a subset of Everyone"
    assert result["in_all"] == 5
    assert len(result["users"]) == 500


def test_compare_differ_omits_common_users(cli):
    everybody = cli("compare", "QA", "Everyone").out.splitlines()
    differ = cli("compare", "QA", "Everyone", "--differ").out.splitlines()
    assert len(everybody) - len(differ) == 5


def test_compare_exit_code(cli, demo):
    assert cli("compare", "QA", "Everyone", "--exit-code").code == 1
    demo.site.add_group("QA twin", demo.site.groups[1].members)
    assert cli("compare", "#1", "QA twin", "--exit-code").code == 0


def test_compare_groups_with_same_name(cli, demo):
    twin = demo.site.add_group("QA", (1,))
    head = cli("compare", "#1", f"#{twin.id}", "--format", "csv").out.splitlines()[0]
    assert head == f"id,name,QA #1,QA #{twin.id}"


def test_compare_needs_two_different_groups(cli):
    assert cli("compare", "QA").code == 2
    result = cli("compare", "QA", "#1")
    assert result.code == 2
    assert "itself" in result.err
