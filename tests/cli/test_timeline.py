"""The timelines of groups and users."""

from __future__ import annotations

import csv
import io
import json
import re
from datetime import timedelta
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from groupstui.directory.builder import crawled_directory
from groupstui.directory.changes import ChangeKind
from groupstui.directory.models import Group
from groupstui.history import History, default_folder
from groupstui.output_format import FORMATS
from groupstui.times import utc_iso

from ..support.naive_history import naive_timeline
from ..support.random_history import FIRST, GROUP_IDS, USER_IDS, histories

COLUMNS = ("--columns", "change,user,group,before")


@pytest.fixture
def changed(cli, demo) -> None:
    """Three snapshots: edits of the group QA, and a group that is created and deleted."""
    cli("who", "#1", "-q")
    demo.site.add_member(1, 30)
    demo.site.remove_member(1, 4)
    demo.site.add_group("Auditors", (1, 2))
    cli("who", "#1", "-q")
    demo.site.rename_group(1, "Quality")
    demo.site.rename_user(30, "Guido")
    demo.site.delete_group(max(demo.site.groups))
    cli("who", "#1", "-q")


def rows(out: str) -> list[list[str]]:
    return [line.split("\t") for line in out.splitlines()]


def test_timeline_of_a_group(cli, changed):
    result = cli("history", "Quality", "--offline", *COLUMNS)
    assert rows(result.out) == [
        ["group renamed", "", "Quality", "QA"],
        ["joined", "Guido van Rossum", "QA", ""],
        ["left", "Margaret Hamilton", "QA", ""],
    ]
    assert " members on 20" in result.err  # the snapshot may be older than the instance
    assert "3 changes of group Quality (#1) from " in result.err
    assert result.code == 0


def test_timeline_of_a_user(cli, changed):
    result = cli("history", "#30", "--user", "--offline", *COLUMNS)
    assert rows(result.out) == [
        ["user renamed", "Guido", "", "Guido van Rossum"],
        ["joined", "Guido van Rossum", "QA", ""],
    ]
    assert " groups on 20" in result.err


def test_times_are_those_of_the_snapshots(cli, changed):
    taken = [row["taken_at"] for row in json.loads(cli("snapshot", "list", "--format=json").out)["snapshots"]]
    seen = [row["seen"] for row in json.loads(cli("history", "#1", "--group", "--json", "seen").out)]
    assert seen == [taken[2], taken[1], taken[1]]
    assert all(later >= earlier for later, earlier in pairwise(seen))


@pytest.mark.parametrize("name", ["Auditors", "audit", "auditors"])
def test_group_that_no_longer_exists_is_found(cli, changed, name):
    result = cli("history", name, "--offline", *COLUMNS)
    deleted, created = ["group deleted", "left", "left"], ["group created", "joined", "joined"]
    assert [row[0] for row in rows(result.out)] == [*deleted, *created]
    start, end = re.search("did not exist on (.+?), did not exist on (.+?)\n", result.err).groups()
    assert start != end  # within one day, or one second
    assert "does not exist now, did not exist on " in cli("history", name).err


def test_former_name_is_found_unless_a_group_has_it_now(cli, demo, changed):
    assert "group Quality (#1)" in cli("history", "QA", "--offline").err
    demo.site.add_group("QA", (1,))
    cli("groups", "-q")
    assert "group QA (#" in cli("history", "QA", "--offline").err
    assert "group Quality (#1)" not in cli("history", "QA", "--offline").err


def test_name_of_a_group_and_a_user_is_ambiguous(cli, demo, changed):
    demo.site.rename_group(2, "Ada Lovelace")
    result = cli("history", "Ada Lovelace")
    assert (result.code, result.out) == (6, "")
    assert "is a group and a user" in result.err
    assert "Add --group or --user." in result.err
    assert cli("history", "Ada Lovelace", "--group").code == 0
    assert cli("history", "Ada Lovelace", "--user").code == 0
    assert cli("history", "2").code == 6  # the id of both


@pytest.mark.parametrize(
    ("more", "now"), [((), "now, in "), (("--offline",), "on 20")], ids=["online", "offline"]
)
def test_deleted_user_does_not_exist_now(cli, demo, changed, more, now):
    for group in demo.site.groups_of([30])[30]:
        demo.site.remove_member(group, 30)
    cli("who", "#1", "-q")
    assert f"in 0 groups {now}" in cli("history", "#30", "--user", *more).err
    demo.site.delete_user(30)
    cli("who", "#1", "-q")
    assert f"not exist {now}" in cli("history", "#30", "--user", *more).err
    assert "not exist" not in cli("history", "#30", "--user", *more, "--until", "#2").err


def test_user_in_no_group_may_exist_if_not_all_users_were_read(cli, demo, changed):
    for group in demo.site.groups_of([30])[30]:
        demo.site.remove_member(group, 30)
    cli("groups", "-q")  # without the users in no group
    assert "in 0 groups on 20" in cli("history", "#30", "--user", "--offline").err


@pytest.mark.parametrize(
    ("arguments", "titles"),
    [
        (["#2", "--group"], "Seen Change User User ID"),
        (["#1", "--group"], "Seen Change User Group Before User ID"),
        (["#4", "--user"], "Seen Change Group Group ID"),
        (["#30", "--user"], "Seen Change User Group Before Group ID"),
        (["#2", "--group", "--columns", "group,before"], "Group Before"),
        (["#2", "--group", "--sort", "group"], "Seen Change User Group Before Group ID User ID"),
    ],
    ids=" ".join,
)
def test_table_does_not_repeat_what_it_is_about(cli, demo, changed, arguments, titles):
    demo.site.remove_member(2, min(demo.site.groups[2].members))
    cli("who", "#1", "-q")
    lines = cli("history", *arguments, "--offline", "--format", "table").out.splitlines()
    assert lines[lines.index("") + 1].split() == titles.split()


def test_timeline_without_changes_is_its_size(cli, demo):
    cli("who", "#1", "-q")
    demo.site.rename_group(2, "Other")
    cli("who", "#1", "-q")
    size, bars = cli("history", "#1", "--group", "--offline", "--format", "table").out.splitlines()
    assert " members on 20" in size
    assert " members, " in bars


def test_period_limits_the_timeline(cli, changed):
    since = cli("history", "#1", "--group", "--offline", "--since", "#2", *COLUMNS)
    assert rows(since.out) == [["group renamed", "", "Quality", "QA"]]
    until = cli("history", "#1", "--group", "--offline", "--until", "#2", *COLUMNS)
    assert [row[0] for row in rows(until.out)] == ["joined", "left"]


def test_times_of_a_period_differ_within_a_minute(cli, changed):
    for command in (["history", "#1", "--group"], ["changes", "--since", "#1"]):
        err = cli(*command, "--offline").err
        start, end = re.search(r"changes? .*from (\S.+) to (\S.+)\n", err).groups()
        assert start != end


def test_end_in_the_past_answers_with_the_names_of_then(cli, demo, environ, changed):
    del environ["TESTMO_TOKEN"]
    before = len(demo.log.requests)
    then = json.loads(cli("history", "#30", "--user", "--until", "#2", "--format", "json").out)
    assert then["user"] == {"id": 30, "name": "Guido van Rossum"}
    then = json.loads(cli("history", "#1", "--group", "--until", "#2", "--format", "json").out)
    assert then["group"]["name"] == "QA"
    assert len(demo.log.requests) == before


def test_end_in_the_past_knows_no_later_groups_and_names(cli, changed):
    assert cli("history", "Auditors", "--group", "--until", "#2").code == 0
    for name in ("Auditors", "Quality"):
        result = cli("history", name, "--group", "--until", "#1")
        assert (result.code, result.out) == (6, "")
    assert cli("history", "QA", "--group", "--until", "#1").code == 0
    assert cli("history", "Guido", "--user", "--exact", "--until", "#2").code != 0


def test_history_includes_the_current_crawl(cli, demo, changed):
    demo.site.rename_group(1, "Assurance")
    assert rows(cli("history", "Assurance", *COLUMNS).out)[0] == ["group renamed", "", "Assurance", "Quality"]


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["--since", "2020-01-01"], 3, "the history begins on "),
        (["--until", "2020-01-01"], 3, "no data for that time: the history begins on "),
        (["--since", "2999-01-01"], 2, "is in the future"),
        (["--since", "#3", "--until", "#2"], 2, "--until is before --since"),
        (["--since", "soon"], 2, "is not a valid time"),
        (["--until", "#99"], 2, "there is no snapshot #99"),
    ],
)
def test_period_that_is_not_known(cli, changed, arguments, code, message):
    result = cli("history", "Quality", "--offline", *arguments)
    assert result.code == code
    assert message in result.err


def test_unread_users_make_a_name_uncertain(cli, demo):
    cli("groups", "-q")  # without the users in no group
    assert cli("history", "ada lovelace", "--offline").code == 3
    assert cli("history", "#1", "--user", "--offline").code == 0
    assert cli("history", "ada@example.com", "--offline").code == 3


def test_history_that_is_off_is_a_usage_error(cli, tmp_path, monkeypatch):
    (tmp_path / "groupstui").mkdir()
    (tmp_path / "groupstui" / "settings.toml").write_text("history = false\n")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    assert cli("history", "QA").code == 2


def test_table_shows_the_size_over_time(cli, changed):
    lines = cli("history", "Quality", "--offline", "--format", "table").out.splitlines()
    assert " members on 20" in lines[0]
    assert " members, " in lines[1]
    assert set(lines[1].partition("  ")[0]) <= set("▁▂▃▄▅▆▇")
    lines = cli("history", "Quality", "--offline", "--format", "table", "--ascii").out.splitlines()
    assert lines[1].isascii()
    assert "▁" not in cli("history", "Quality", "--offline", "--format", "csv").out


def test_user_who_never_had_a_name_is_found_by_the_id(cli, environ):
    history = History(environ["TESTMO_INSTANCE"], default_folder())
    for day, members in enumerate([(7,), ()]):
        directory = crawled_directory([Group(1, "QA", members)], {}, as_of=FIRST + timedelta(days=day))
        history.save(directory, FIRST + timedelta(days=900))
    result = cli("history", "#7", "--user", "--offline", *COLUMNS)
    assert result.code == 0
    assert rows(result.out)[0][:1] == ["left"]
    for unknown in ("#8", "#", "007", "#9223372036854775808", "#99999999999999999999"):
        assert cli("history", unknown, "--user", "--offline").code == 3


# Random histories


def changes_in(out: str, format: str) -> list[tuple[str, ...]]:
    """Return when each change was seen, and its kind."""
    if format == "json":
        return [(each["seen"], each["change"]) for each in json.loads(out)["changes"]]
    if format == "ndjson":
        return [(each["seen"], each["change"]) for each in map(json.loads, out.splitlines())]
    if format in ("csv", "tsv"):
        read = csv.reader(io.StringIO(out), delimiter="," if format == "csv" else "\t")
        return [(*row,) for row in read][1:]
    return re.findall(r"^(?:\| `)?(\S+T\S+Z)`?[\t |]+([a-z ]+?)(?: \|)?$", out, re.MULTILINE)


# Not shrunk: with commands, that takes minutes.
@settings(
    max_examples=40,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    histories(max_size=5),
    st.sampled_from([("group", id) for id in GROUP_IDS] + [("user", id) for id in USER_IDS]),
    st.tuples(st.integers(0, 4), st.integers(0, 4)).map(sorted),
    st.sampled_from([*FORMATS, ""]),
)
def test_timelines_are_those_of_a_naive_model(cli, environ, directories, item, period, format):
    history = History(environ["TESTMO_INSTANCE"], default_folder())
    history.purge()
    for each in directories:
        history.save(each, FIRST + timedelta(days=900))
    (kind, id), (first, last) = item, [min(place, len(directories) - 1) for place in period]
    arguments = ["history", f"#{id}", f"--{kind}", "--since", f"#{first + 1}", "--until", f"#{last + 1}"]
    arguments += ["--offline", "--columns", "seen,change", *(["--format", format] if format else [])]
    result = cli(*arguments)
    expected = naive_timeline(directories[first : last + 1], kind, id)
    # It is unknown whether a user in no group is the one with this id.
    assert result.code in ((0, 6) if kind == "group" else (0, 3))
    if result.code and not result.out:  # a user who was in no group is not found
        assert expected == []
        return
    assert sorted(changes_in(result.out, format)) == sorted(
        (utc_iso(seen), [*ChangeKind][number].value) for seen, number, *_ in expected
    )
