"""Compare groups."""

from __future__ import annotations

import csv
import io
import json
import shlex

import pytest

from groupstui.set_operation import Operation
from groupstui.settings import SavedList, SettingsFile, default_path
from groupstui.text import sanitize


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
    assert result["pairs"][0]["text"] == "QA is a subset of Everyone: its 5 members are 1 % of Everyone"
    assert result["pairs"][0]["overlap_percent"] == 1
    assert result["in_all"] == 5
    assert len(result["users"]) == 500


def test_compare_differ_omits_common_users(cli):
    everybody = cli("compare", "QA", "Everyone").out.splitlines()
    differ = cli("compare", "QA", "Everyone", "--differ").out.splitlines()
    assert len(everybody) - len(differ) == 5


def test_compare_lists_a_part_and_reports_which(cli):
    def ids(*arguments: str) -> set[str]:
        return {line.split("\t")[0] for line in cli("compare", "QA", "2", *arguments).out.splitlines()}

    everyone, differ, both = ids(), ids("--differ"), ids("--all")
    assert both == everyone - differ
    assert ids("--only", "QA") | ids("--only", "2") == differ
    assert ids("--only", "QA", "--only", "2") == both
    result = cli("compare", "QA", "2", "--only", "QA")
    assert "3 users in QA, not in Release managers" in result.err
    assert cli("compare", "QA", "2", "--only", "QA", "--exit-code").code == 1


@pytest.mark.parametrize("command", ["compare QA 2 --only Everyone", "diff-users #1 #2 --only #3"])
def test_part_needs_something_that_is_compared(cli, command):
    result = cli(*command.split())
    assert result.code == 2
    assert result.out == ""
    assert "is not compared" in result.err


@pytest.mark.parametrize("command", ["compare QA 2", "diff-users #1 #2"])
def test_parts_exclude_each_other(cli, demo, command):
    for first, second in (("--all", "--differ"), ("--all", "--only=1"), ("--differ", "--only=1")):
        result = cli(*command.split(), first, second)
        assert result.code == 2
        assert "not allowed with argument" in result.err
    assert demo.log.requests == []


def test_compare_exit_code(cli, demo):
    assert cli("compare", "QA", "Everyone", "--exit-code").code == 1
    demo.site.add_group("QA twin", demo.site.groups[1].members)
    assert cli("compare", "#1", "QA twin", "--exit-code").code == 0


@pytest.mark.parametrize(
    "names", [("QA", "QA", "QA #{1}"), ("", "#{0}", ""), ("id", "User", "groups"), ("A", "A\u034f", "'A")]
)
def test_compare_keeps_groups_apart_whatever_their_names(cli, demo, names):
    ids = [demo.site.last_group_id + number for number in (1, 2, 3)]
    names = [name.format(*ids) for name in names]
    for name, members in zip(names, ([1], [2], [1, 3]), strict=True):
        demo.site.add_group(name, members)
    first, second, third = ids
    arguments = ("compare", *(f"#{id}" for id in ids))
    rows = list(csv.reader(io.StringIO(cli(*arguments, "--format", "csv").out)))
    head = [cell.replace("'", "") for cell in rows[0]]
    assert len({sanitize(cell) for cell in head}) == len(head) == 5
    assert {row[0]: row[2:] for row in rows[1:]} == {
        "1": ["yes", "no", "yes"],
        "2": ["no", "yes", "no"],
        "3": ["no", "no", "yes"],
    }
    answer = json.loads(cli(*arguments, "--format", "json").out)
    assert {row["id"]: row["groups"] for row in answer["users"]} == {
        1: [first, third],
        2: [second],
        3: [third],
    }
    assert [(group["id"], group["name"]) for group in answer["groups"]] == list(zip(ids, names, strict=True))
    for pair in answer["pairs"]:
        texts = [row for row in answer["pairs"] if row["text"] == pair["text"]]
        assert texts == [pair]


def test_compare_verdict_is_part_of_a_table(cli):
    verdict = "QA and Night shift have no members in common"
    table = cli("compare", "QA", "Night shift", "--format", "table", "-q")
    assert table.out.splitlines()[:2] == [verdict, ""]
    assert table.err == ""
    assert cli("compare", "QA", "Night shift", "--format", "markdown", "-q").out.startswith(
        f"{verdict}\n\n| ID"
    )
    rows = cli("compare", "QA", "Night shift")
    assert verdict in rows.err
    assert verdict not in rows.out


def test_compare_groups_that_look_the_same_names_their_ids(cli, demo):
    twin = demo.site.add_group("QA", (1,))
    assert f"QA #{twin.id} is a subset of QA #1" in cli("compare", "#1", f"#{twin.id}").err
    nameless = demo.site.add_group("", (1,))
    assert f"#{nameless.id} is a subset of QA:" in cli("compare", "#1", f"#{nameless.id}").err


def test_compare_needs_two_different_groups(cli, demo):
    assert cli("compare", "QA").code == 2
    assert demo.log.requests == []
    result = cli("compare", "QA", "#1")
    assert result.code == 2
    assert "itself" in result.err


# Users


def test_diff_users_lists_groups(cli):
    ada = {line.split("\t")[0] for line in cli("who", "Ada Lovelace").out.splitlines()}
    grace = {line.split("\t")[0] for line in cli("who", "Grace Hopper").out.splitlines()}

    def ids(*arguments: str) -> set[str]:
        result = cli("diff-users", "Ada Lovelace", "Grace Hopper", *arguments)
        assert result.code == 0
        return {line.split("\t")[0] for line in result.out.splitlines()}

    assert ids() == ada | grace
    assert ids("--all") == ada & grace
    assert ids("--differ") == ada ^ grace
    assert ids("--only", "#1") == ada - grace
    assert ids("--only", "Grace Hopper") == grace - ada


def test_only_names_what_is_compared_before_anything_else(cli, demo):
    grace = cli("diff-users", "#1", "#2", "--only", "#2")
    assert cli("diff-users", "Ada Lovelace", "Grace Hopper", "--only", "grace").out == grace.out
    assert cli("diff-users", "#1", "#2", "--only", "e").code == 6  # in both names
    demo.site.add_group("Release managers abroad", (1,))
    part = cli("compare", "QA", "#2", "--only", "release")
    assert (part.code, part.out) == (0, cli("compare", "QA", "#2", "--only", "#2").out)


@pytest.mark.parametrize("command", ["compare", "diff-users"])
def test_examples_of_the_help_work_in_the_demo(cli, command):
    examples = cli("help", command).out.partition("examples:")[2].splitlines()
    commands = [shlex.split(line)[1:] for line in examples if f"groupstui {command}" in line]
    plain = [each for each in commands if not {">", "&&", "--saved"} & {*each}]
    assert plain
    for each in plain:
        assert cli(*each).code == 0, each


def test_diff_users_has_a_column_for_each_user(cli):
    result = cli("diff-users", "#1", "#2", "--format", "csv")
    lines = result.out.splitlines()
    assert lines[0] == "id,name,Ada Lovelace,Grace Hopper"
    assert "1,QA,yes,yes" in lines
    assert "Ada Lovelace (#1) is in 25 groups" in result.err
    assert "Ada Lovelace and Grace Hopper have 13 groups in common; Ada Lovelace is in 12 more" in result.err


def test_diff_users_json_has_both_users(cli):
    answer = json.loads(cli("diff-users", "#1", "#2", "--format", "json").out)
    assert answer["users"] == [{"id": 1, "name": "Ada Lovelace"}, {"id": 2, "name": "Grace Hopper"}]
    assert answer["users_complete"] is True
    assert {"id": 1, "name": "QA", "users": [1, 2]} in answer["groups"]
    assert answer["in_all"] == sum(len(group["users"]) == 2 for group in answer["groups"])
    only = json.loads(cli("diff-users", "#1", "#2", "--json", "id,Grace Hopper").out)
    assert [row["users"] for row in only] == [
        [each for each in row["users"] if each == 2] for row in answer["groups"]
    ]


def test_diff_users_exit_code(cli, demo):
    assert cli("diff-users", "#1", "#2", "--exit-code").code == 1
    twin = demo.site.add_user("Ada Lovelace")
    assert cli("diff-users", f"#{twin.id}", "#1", "--exit-code").code == 1
    for group in [*demo.site.groups.values()]:
        if 1 in group.members:
            demo.site.add_member(group.id, twin.id)
    assert cli("diff-users", f"#{twin.id}", "#1", "--exit-code").code == 0


def test_diff_users_does_not_guess(cli, demo):
    assert cli("diff-users", "ada", "nobody at all").code == 6
    assert cli("diff-users", "#1", "grace").code == 6
    assert cli("diff-users", "#1", "Ada Lovelace").code == 2
    assert cli("diff-users", "#1").code == 2


def test_diff_users_is_uncertain_if_users_were_not_read(cli, demo):
    cli("groups")  # saves a snapshot without the users in no group
    result = cli("diff-users", "Ada Lovelace", "#2", "--offline")
    assert result.code == 3
    assert "users in no group were not considered" in result.err
    assert result.out == cli("diff-users", "#1", "#2", "--offline").out
    assert cli("diff-users", "#1", "#2", "--offline").code == 0


# Saved lists


@pytest.fixture
def save(demo):
    """Save a list of the demo site in the settings."""

    def save(name: str, *groups: int, show: Operation = "any", only: tuple[int, ...] = ()) -> None:
        saved = SavedList(name, demo.url, groups, show, only)
        SettingsFile(default_path()).update(lambda settings: settings.with_list(saved))

    return save


def test_saved_list_is_that_of_its_definition(cli, demo, save):
    save("QA only", 1, 2, show="only", only=(1,))
    save("both", 1, 2, show="all")
    save("differ", 1, 2, show="differ")
    save("any", 1, 2)
    parts = {"QA only": ["--only=#1"], "both": ["--all"], "differ": ["--differ"], "any": []}
    for name, options in parts.items():
        saved = cli("compare", "--saved", name)
        assert (saved.code, saved.out) == (0, cli("compare", "#1", "#2", *options).out)
        assert f"list “{name}”: " in saved.err
    assert "list “QA only”: 3 users in QA, not in Release managers" in cli("compare", "--saved=QA only").err
    demo.site.add_member(2, 2)
    assert "2\tGrace Hopper" not in cli("compare", "--saved", "QA only").out


def test_saved_list_without_one_of_its_groups_is_not_another_list(cli, demo, save):
    save("three", 1, 2, 7)
    demo.site.delete_group(7)
    result = cli("compare", "--saved", "three")
    assert (result.code, result.out) == (6, "")
    assert "the list “three” needs #7, which does not exist" in result.err


def test_saved_list_names_a_group_that_was_deleted(cli, demo, save):
    save("three", 1, 2, 7)
    cli("snapshot", "save")
    demo.site.rename_group(7, "Night watch")
    cli("snapshot", "save")
    demo.site.delete_group(7)
    for option in ("--fresh", "--offline"):  # the first one also saves a snapshot
        result = cli("compare", "--saved", "three", option)
        assert (result.code, result.out) == (6, "")
        assert "the list “three” needs #7 (Night watch), which does not exist" in result.err


def test_saved_list_names_a_group_that_did_not_exist_yet(cli, demo, save):
    cli("snapshot", "save")
    group = demo.site.add_group("Night watch", [1])
    cli("snapshot", "save")
    save("later", 1, group.id)
    result = cli("compare", "--saved", "later", "--at", "#1")
    assert (result.code, result.out) == (6, "")
    assert f"the list “later” needs #{group.id} (Night watch), which did not exist on 20" in result.err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--saved", "other"], "there is no list “other” for 127.0.0.1"),
        (["--saved", "QA only", "QA"], "--saved already names the groups"),
        (["--saved", "QA only", "--all"], "not allowed with argument"),
        ([], "2 to 6 groups can be compared, not 0"),
    ],
)
def test_saved_list_needs_its_name_alone(cli, demo, save, arguments, message):
    save("QA only", 1, 2, show="only", only=(1,))
    result = cli("compare", *arguments)
    assert result.code == 2
    assert message in result.err
    assert demo.log.requests == []
