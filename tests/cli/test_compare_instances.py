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
    del other.site.users[5]
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
        "unknown_1": "",
        "unknown_2": "",
    }
    assert (found["Here"]["status"], found["Here"]["members_2"]) == ("only in 1", "")
    assert (found["There"]["status"], found["There"]["members_2"]) == ("only in 2", "0")


def test_several_groups_of_one_name_are_not_compared(compared, demo, other):
    make_equal(demo, other)
    for site in (demo.site, other.site):
        site.add_group("Twice", [1])
        site.add_group("twice", [1])
    result = compared("--exit-code", "-q")
    row = rows(result)["Twice"]
    assert (row["status"], row["members_1"], row["only_1"]) == ("several", "", "")
    assert result.code == 3
    assert "not compared: 1 name of several groups in one instance" in result.err


def make_equal(demo, other):
    """Give both instances the same users, with an address each, and the same groups."""
    for site in (demo.site, other.site):
        site.users = {id: replace(user, email=f"{id}@acme.example") for id, user in demo.site.users.items()}
        site.groups = {2: replace(demo.site.groups[2], members=[3])}


def without_address(site):
    site.users[6] = replace(site.users[6], email=None)


def address_of_another(site):
    site.users[7] = replace(site.users[7], email=site.users[6].email)


def deleted(site):
    site.delete_user(6)


@pytest.mark.parametrize("change", [without_address, address_of_another, deleted])
@pytest.mark.parametrize("changed", [{1}, {2}, {1, 2}])
def test_members_who_cannot_be_identified_are_unknown(compared, demo, other, change, changed):
    make_equal(demo, other)
    for number, site in enumerate((demo.site, other.site), 1):
        site.add_group("Unknown", [6])
        site.add_group("Known", [4, 5])
        if number in changed:
            change(site)
    result = compared("-q")
    assert result.code == 3
    assert "not compared in 1 group: members without an e-mail address, or with that of" in result.err
    found = rows(result)
    assert {group: row["status"] for group, row in found.items()} == {
        "Unknown": "unknown",
        "Known": "same",
        "Release managers": "same",
    }
    for number in changed:
        assert found["Unknown"][f"unknown_{number}"]


def test_certain_difference_outweighs_what_is_unknown(cli, compared, demo, other):
    make_equal(demo, other)
    for site in (demo.site, other.site):
        without_address(site)
        site.add_group("Unknown", [6])
    assert compared("--exit-code", "-q").code == 3
    assert "no difference is known" in compared("--exit-code").err
    demo.site.add_group("Different size", [1, 4])
    other.site.add_group("Different size", [1])
    found = compared("--differ", "--exit-code", "-q")
    assert {row["group"]: row["status"] for row in rows(found).values()} == {
        "Unknown": "unknown",
        "Different size": "differ",
    }
    assert found.code == 1
    assert compared("-q").code == 3


def test_groups_without_a_name_are_unknown(compared, demo, other):
    make_equal(demo, other)
    here, there = demo.site.add_group("", [1]).id, other.site.add_group("", [1]).id
    other.site.add_group(f"#{here}", [1])
    result = compared("--exit-code", "-q")
    found = list(csv.DictReader(io.StringIO(result.out)))
    assert sorted((row["group"], row["status"], row["members_1"], row["members_2"]) for row in found) == [
        (f"#{there}", "unknown", "", "1"),
        (f"#{here}", "only in 2", "", "1"),
        (f"#{here}", "unknown", "1", ""),
        ("Release managers", "same", "1", "1"),
    ]
    assert result.code == 3
    assert "the instance sent groups without a name" in result.err


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
    make_equal(demo, other)
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
