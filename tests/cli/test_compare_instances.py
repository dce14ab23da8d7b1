"""Compare two instances."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace

import pytest

from groupstui.directory.compare_instances import NamePair
from groupstui.directory.directory import Directory
from groupstui.directory.models import Group, User
from groupstui.output.comparison_records import instance_comparison_report
from groupstui.output.table import table
from groupstui.settings import default_path

from ..support.commands import CommandResult

pytestmark = pytest.mark.usefixtures("two_instances")


def rows(result: CommandResult) -> dict[str, dict[str, str]]:
    return {row["group"]: row for row in csv.DictReader(io.StringIO(result.out))}


@pytest.fixture
def compared(cli, demo, other):
    """Compare both instances as CSV, with more arguments."""
    return lambda *more: cli("compare-instances", demo.url, other.url, "--format", "csv", *more)


def test_groups_are_matched_by_name_and_members_by_address(compared, demo, other):
    for site in (demo.site, other.site):
        site.add_group("Only the same", [1, 2])
    demo.site.add_group("Different", [1, 2])
    other.site.add_group("DIFFERENT", [2, 3])
    demo.site.add_group("Here", [1])
    other.site.add_group("There", [])
    moved = other.site.add_user("Somebody else")
    other.site.users[moved.id] = replace(moved, email=demo.site.users[5].email)
    demo.site.add_group("Renamed user", [5])
    other.site.add_group("Renamed user", [moved.id])
    found = rows(compared())
    assert found["Only the same"]["status"] == found["Renamed user"]["status"] == "same"
    names = {user_id: user.name for user_id, user in demo.site.users.items()}
    assert found["Different"] == {
        "group": "Different",
        "status": "differ",
        "members_1": "2",
        "members_2": "2",
        "only_1": names[1],
        "only_2": other.site.users[3].name,
    }
    assert (found["Here"]["status"], found["Here"]["members_2"]) == ("only in 1", "")
    assert (found["There"]["status"], found["There"]["members_2"]) == ("only in 2", "0")


def test_several_groups_of_one_name_are_not_compared(compared, demo):
    demo.site.add_group("Twice", [1])
    demo.site.add_group("twice", [2])
    row = rows(compared())["Twice"]
    assert (row["status"], row["members_1"], row["only_1"]) == ("several", "", "")


def test_differing_members_fit_a_narrow_table():
    directory = Directory((Group(1, "A group with a name that is long enough", (1,)),), {1: "Ada Lovelace"})
    pair = NamePair(
        "A group with a name that is long enough",
        "differ",
        (directory.groups, ()),
        ((User(1, "Ada Lovelace"),), ()),
    )
    report = instance_comparison_report((directory, Directory()), ["one", "two"], [pair])
    titles, row, *_ = table(report, 80)
    assert "Only 1" in titles
    assert "Only 2" in titles
    assert "Ada Lovelace" in row


def test_messages_have_the_names_of_the_settings(cli, demo, other):
    default_path().write_text(f'[sites]\nwork = "{other.url}"\n')
    work = f"work ({other.instance.name})"
    result = cli("compare-instances", demo.url, "work")
    assert f"1 is {demo.instance.name}, 2 is {work}: " in result.err
    other.faults.always("500")
    assert f"groupstui: {work}: " in cli("compare-instances", demo.url, "work").err


def test_differ_and_exit_code(cli, compared, demo, other):
    assert "same" not in {row["status"] for row in rows(compared("--differ")).values()}
    assert compared("--exit-code", "-q").code == 1
    assert compared("-q").code == 0
    other.site.groups = dict(demo.site.groups)
    other.site.users = dict(demo.site.users)
    result = compared("--differ", "--exit-code")
    assert (result.code, rows(result)) == (0, {})
    assert f"1 is {demo.instance.name}, 2 is {other.instance.name}: no group differs" in result.err


def test_without_addresses_the_answer_is_unknown(cli, compared, demo, other):
    compared()  # saves snapshots
    result = compared("--offline", "-q")
    assert result.code == 3
    assert "users are compared by name" in result.err
    answer = json.loads(cli("compare-instances", demo.url, other.url, "--offline", "--format", "json").out)
    assert answer["matched_by"] == "name"
    assert [each["instance"] for each in answer["instances"]] == [demo.url, other.url]


def test_failure_of_one_instance_is_the_exit_code(cli, demo, other, keyring):
    keyring(**{demo.url: demo.token, other.url: "not-the-token"})
    result = cli("compare-instances", demo.url, other.url)
    assert (result.code, result.out) == (4, "")
    assert result.err.startswith(f"groupstui: {other.instance.name}: ")


def test_wrong_use(cli, demo, other, environ):
    assert cli("compare-instances", demo.url, demo.url).code == 2
    assert cli("compare-instances", demo.url, other.url, "--instance", demo.url).code == 2
    result = cli("compare-instances", demo.url, other.url, "--at", "#1")
    assert (result.code, "--at needs a time with compare-instances" in result.err) == (2, True)
    environ["TESTMO_TOKEN"] = demo.token
    result = cli("compare-instances", demo.url, other.url)
    assert (result.code, "name its instance" in result.err) == (2, True)
    assert not demo.log.paths
