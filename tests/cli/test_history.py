"""Changes, snapshots, and answers from a snapshot."""

from __future__ import annotations

import json
import os
import sqlite3
import stat
import subprocess
import sys
from contextlib import closing
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from groupstui.history import History, default_folder
from groupstui.settings import SettingsFile, default_path

from ..support.commands import COMMAND_TIMEOUT, shell_environment


@pytest.fixture
def changed(cli, demo) -> None:
    """Two snapshots, with edits between them."""
    cli("groups", "-q")
    demo.site.add_member(1, 30)
    demo.site.remove_member(1, 4)
    demo.site.rename_group(2, "Release users")
    demo.site.add_group("Auditors", (1,))
    cli("groups", "-q")


CHANGES = [
    ["group created", "Auditors", ""],
    ["joined", "Auditors", "Ada Lovelace"],
    ["joined", "QA", "Guido van Rossum"],
    ["left", "QA", "Margaret Hamilton"],
    ["group renamed", "Release users", ""],
]


def rows(out: str) -> list[list[str]]:
    return [line.split("\t") for line in out.splitlines()]


def test_changes_prints_rows(cli, changed):
    result = cli("changes", "--columns", "change,group,user", "--since", "#1")
    assert rows(result.out) == CHANGES
    assert "5 net changes from " in result.err
    assert result.code == 0


def test_changes_that_were_undone_are_pointed_out(cli, demo):
    cli("groups", "-q")
    demo.site.remove_member(1, 4)
    cli("groups", "-q")
    neighbours = cli("changes", "--since", "#1", "--offline")
    assert "1 net change from " in neighbours.err
    assert "groupstui history" not in neighbours.err
    demo.site.add_member(1, 4)
    cli("groups", "-q")
    undone = cli("changes", "--since", "#1", "--offline")
    assert (undone.out, "0 net changes from " in undone.err) == ("", True)
    assert "groupstui history lists every change" in undone.err


def test_changes_includes_current_crawl(cli, demo):
    cli("groups", "-q")
    demo.site.rename_group(1, "Quality")
    assert rows(cli("changes", "--columns", "change,before,group").out) == [
        ["group renamed", "QA", "Quality"]
    ]


def test_offline_sends_no_request_and_needs_no_token(cli, demo, environ, changed):
    del environ["TESTMO_TOKEN"]
    before = len(demo.log.requests)
    assert rows(cli("changes", "--offline", "--columns", "change,group,user").out) == CHANGES
    assert "Release users" in cli("groups", "--offline").out
    assert "1\tQA" in cli("who", "guido", "--offline", "--columns", "id,name").out
    assert len(demo.log.requests) == before


def test_at_shows_the_instance_as_it_was(cli, demo, environ, changed):
    del environ["TESTMO_TOKEN"]
    before = len(demo.log.requests)
    result = cli("members", "QA", "--at", "#1", "--columns", "id")
    assert "4" in result.out.split()
    assert "30" not in result.out.split()
    assert "4" not in cli("members", "QA", "--at", "#2", "--columns", "id").out.split()
    taken_at = json.loads(cli("snapshot", "list", "--format", "json").out)["snapshots"][0]["taken_at"]
    assert json.loads(cli("groups", "--at", "#1", "--format", "json").out)["as_of"] == taken_at
    assert f"the history begins on {taken_at[:10]} " in result.err
    assert len(demo.log.requests) == before


def test_users_who_were_read_later_are_not_of_the_past(cli, demo):
    cli("groups", "-q")
    newcomer = demo.site.add_user("Later Than That").id
    cli("who", "Later Than That", "-q")  # reads all users
    for name in ("Later Than That", f"#{newcomer}"):
        result = cli("who", name, "--at", "#1")
        assert (result.code, result.out) == (3, "")
        assert "no user matches" in result.err
        assert cli("check", name, "QA", "--at", "#1").code == 3
        assert cli("who", name, "--at", "#2").code == 0


def test_as_of_given_back_to_at_means_the_same_snapshot(cli, demo):
    answer = cli("groups", "--format", "json").out
    demo.site.rename_group(1, "Quality")
    later = cli("groups", "--format", "json").out  # within the same second
    for each in (answer, later):
        assert cli("groups", "--format", "json", "--at", json.loads(each)["as_of"]).out == each


def test_at_before_the_history_exits_3(cli, changed):
    result = cli("groups", "--at", "2020-01-01")
    assert (result.code, result.out) == (3, "")
    assert "no data for that time: the history begins on " in result.err


def test_at_without_history_exits_3(cli, environ):
    result = cli("groups", "--at", "7d")
    assert (result.code, result.out) == (3, "")
    assert "there is no snapshot yet" in result.err


@pytest.mark.parametrize("when", ["2999-01-01", "#99", "soon", ""])
def test_invalid_at_exits_2(cli, changed, when):
    result = cli("groups", "--at", when)
    assert (result.code, result.out) == (2, "")


@pytest.mark.parametrize("command", [["groups"], ["members", "QA"], ["who", "#1"], ["audit", "empty"]])
def test_at_now_is_the_last_snapshot(cli, demo, changed, command):
    before = len(demo.log.requests)
    result = cli(*command, "--at", "now")
    assert result.code == 0
    assert result.out == cli(*command, "--offline").out
    assert "the data is from the snapshot of " in result.err
    assert len(demo.log.requests) == before


def test_until_now_includes_this_crawl(cli, demo, changed):
    demo.site.rename_group(1, "Named a moment ago")
    assert "Named a moment ago" in cli("changes", "--since", "#1", "--until", "now").out
    assert cli("changes", "--since", "now", "--until", "now").out == ""


@pytest.mark.parametrize("other", [["--offline"], ["--max-age", "1h"]])
def test_at_excludes_the_last_snapshot(cli, changed, other):
    result = cli("groups", "--at", "#1", *other)
    assert (result.code, result.out) == (2, "")


@pytest.mark.parametrize("command", [["changes"], ["snapshot", "list"], ["watch"], ["doctor"]])
def test_other_commands_have_no_at(cli, command):
    assert cli(*command, "--at", "#1").code == 2


def test_at_says_that_addresses_are_unknown(cli, changed):
    result = cli("who", "ada@example.com", "--at", "#1")
    assert result.code == 3
    assert "e-mail addresses are not known" in result.err
    result = cli("members", "QA", "--at", "#1", "--columns", "id,email")
    assert result.code == 3
    assert "snapshots contain no e-mail addresses or user details: omit --at" in result.err


def test_changes_between_snapshots(cli, demo, changed):
    demo.site.rename_group(1, "Quality")
    cli("groups", "-q")
    snapshots = rows(cli("snapshot", "list").out)
    assert [row[0] for row in snapshots] == ["1", "2", "3"]
    assert [row[-1] for row in snapshots] == ["0", "5", "1"]
    result = cli("changes", "--offline", "--since", "#2", "--columns", "change,group")
    assert rows(result.out) == [["group renamed", "Quality"]]
    until = cli("changes", "--offline", "--since", "1", "--until", "2", "--columns", "change,group,user")
    assert rows(until.out) == CHANGES
    assert cli("changes", "--offline", "--since", "3").out == ""


def test_changes_json_contains_both_snapshots(cli, changed):
    result = json.loads(cli("changes", "--offline", "--format", "json").out)
    assert (result["since"]["id"], result["until"]["id"]) == (1, 2)
    assert result["changes"][0]["group"] == "Auditors"
    assert result["changes"][0]["seen"] == result["until"]["taken_at"]


def test_changes_exit_code(cli, changed):
    assert cli("changes", "--offline", "--exit-code", "--since", "#1").code == 1
    assert cli("changes", "--offline", "--exit-code", "--since", "2").code == 0


@pytest.mark.parametrize("option", [[], ["--offline"], ["--exit-code"], ["--since", "2020-01-01"]])
def test_changes_since_before_the_history_exits_3(cli, changed, option):
    result = cli("changes", "-q", "--format", "json", *option)
    assert (result.code, json.loads(result.out)["complete"]) == (3, False)
    assert "the history begins on " in result.err
    assert "use --since '#1'" in result.err


@pytest.mark.parametrize("since", ["tomorrow", "#99", "0d", ""])
def test_invalid_since_exits_2(cli, changed, since):
    result = cli("changes", "--offline", "--since", since)
    assert (result.code, result.out) == (2, "")


def test_offline_without_snapshot_exits_3(cli, demo):
    result = cli("who", "ada", "--offline")
    assert result.code == 3
    assert "there is no snapshot yet" in result.err
    assert demo.log.requests == []
    assert not default_folder().exists()


def test_address_needs_a_request(cli, demo):
    cli("groups", "-q")
    address = next(user.email for user in demo.site.users.values() if user.id == 1)
    assert cli("check", address, "QA", "--max-age", "10m", "-q").code == 0
    offline = cli("check", address, "QA", "--offline", "-q")
    assert offline.code == 3
    assert "e-mail addresses are not known" in offline.err
    assert cli("lookup", "-", "--offline", stdin=f"{address}\nGrace Hopper\n").code == 3


@pytest.mark.parametrize(
    ("times", "message"),
    [
        (("--since", "1m", "--until", "10m"), "--until is before --since"),
        (("--since", "#2", "--until", "#1"), "--until is before --since"),
        (("--until", "8d"), "--until is before the start, which is 7d ago"),
        (("--since", "2199-01-01"), "“2199-01-01” is in the future"),
    ],
)
def test_until_before_since_exits_2(cli, changed, times, message):
    result = cli("changes", "--offline", "--exit-code", *times)
    assert (result.code, result.out) == (2, "")
    assert message in result.err


def test_changes_before_history_exits_3(cli, changed):
    result = cli("changes", "--offline", "--exit-code", "--since", "2020-01-01", "--until", "2020-02-01")
    assert (result.code, result.out) == (3, "")
    assert "the history begins on " in result.err


def test_until_date_includes_that_day(cli, changed):
    today = f"{datetime.now():%Y-%m-%d}"  # noqa: DTZ005  # dates are local
    assert (
        rows(cli("changes", "--since", today, "--until", today, "--columns", "change,group,user").out)
        == CHANGES
    )


def test_snapshot_list_may_be_empty(cli):
    result = cli("snapshot", "list")
    assert (result.code, result.out) == (0, "")
    assert "there is no snapshot yet" in result.err


@pytest.mark.parametrize(
    ("signed_in", "code", "message"),
    [
        (False, 0, "not signed in to {}, so no token was looked for: no keyring is available"),
        (True, 4, "the token was not deleted from the keyring: no keyring is available"),
    ],
)
def test_logout_purges_history_without_keyring(cli, demo, changed, signed_in, code, message):
    if signed_in:
        SettingsFile(default_path()).update(lambda settings: settings.remember(demo.url))
    result = cli("auth", "logout", "--purge", "--yes", "-q")
    assert (result.code, result.out) == (code, "")
    assert message.format(demo.url) in result.err
    assert list(default_folder().iterdir()) == []
    assert cli("auth", "logout", "--yes").code == 4


def test_logout_reports_that_neither_token_nor_history_is_deleted(cli, demo, changed):
    SettingsFile(default_path()).update(lambda settings: settings.remember(demo.url))
    path = History(demo.url, default_folder()).path
    path.unlink()
    path.mkdir()
    result = cli("auth", "logout", "--purge", "--yes", "-q")
    assert result.code == 4
    assert f"{path} cannot be deleted" in result.err
    assert "the token was not deleted" in result.err


def test_history_file_becomes_private(cli, demo, changed):
    (file,) = default_folder().glob("*.sqlite3")
    file.chmod(0o644)
    cli("changes", "--offline")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_max_age_uses_recent_snapshot(cli, demo):
    cli("groups", "-q")
    before = len(demo.log.requests)
    result = cli("members", "QA", "--max-age", "10m")
    assert "Ada Lovelace" in result.out
    assert "from the snapshot of " in result.err
    assert len(demo.log.requests) == before


def test_max_age_ignores_old_snapshot(cli, demo):
    demo.site.rename_group(1, "Old")
    cli("groups", "-q")
    demo.site.rename_group(1, "Quality")
    known = History(demo.url, default_folder())
    directory = known.latest()
    directory = replace(directory, as_of=directory.as_of + timedelta(days=-1))
    known.purge()
    known.save(directory)
    assert "Quality" in cli("groups", "--max-age", "12h").out


@pytest.fixture(params=["settings", "environment"])
def preferred_age(request, environ):
    """Let a snapshot that is an hour old answer by default."""
    if request.param == "environment":
        environ["GROUPSTUI_MAX_AGE"] = "1h"
    else:
        default_path().parent.mkdir(parents=True)
        default_path().write_text('max_age = "1h"\n')


@pytest.mark.parametrize("command", [["groups"], ["members", "QA"], ["who", "#1"], ["check", "#1", "QA"]])
def test_preferred_age_uses_recent_snapshot(cli, demo, preferred_age, command):
    assert "snapshot" not in cli("groups").err
    before = len(demo.log.requests)
    result = cli(*command)
    assert result.err.splitlines()[0].startswith("groupstui: the data is from the snapshot of ")
    assert result.err.splitlines()[0].endswith("; --fresh reads the instance")
    assert len(demo.log.requests) == before
    assert cli(*command, "--fresh").out == result.out
    assert len(demo.log.requests) > before


def test_preferred_age_does_not_hide_details_of_users(cli, demo, preferred_age):
    cli("groups", "-q")
    result = cli("members", "QA", "--columns", "name,email")
    assert result.code == 0
    assert "ada.lovelace@" in result.out


def test_max_age_precedes_preferred_age(cli, demo, preferred_age):
    cli("groups", "-q")
    demo.site.rename_group(1, "Quality")
    known = History(demo.url, default_folder())
    directory = known.latest()
    known.purge()
    known.save(replace(directory, as_of=directory.as_of - timedelta(minutes=30)))
    assert "Quality" not in cli("groups").out
    assert "Quality" in cli("groups", "--max-age", "10m").out


def test_invalid_max_age_exits_2(cli):
    result = cli("groups", "--max-age", "soon")
    assert result.code == 2
    assert "use 10m, 12h, 7d, 2w or 1y" in result.err


def test_snapshot_save_and_prune(cli, demo):
    assert "saved snapshot #1: 230 groups" in cli("snapshot", "save").err
    assert "saved snapshot #2: 230 groups, 0 changes" in cli("snapshot", "save").err
    assert "deleted 0 snapshots" in cli("snapshot", "prune", "--older-than", "1d", "--yes").err
    assert cli("snapshot", "prune").code == 2


def test_incomplete_crawl_is_not_saved(cli, demo):
    demo.faults.always("wrong-total")
    cli("groups", "-q")
    assert not History(demo.url, default_folder()).exists


def test_history_can_be_off(cli, demo):
    default_path().parent.mkdir(parents=True)
    default_path().write_text("history = false\n")
    assert "QA" in cli("groups").out
    assert not History(demo.url, default_folder()).exists
    result = cli("changes")
    assert result.code == 2
    assert "history = false" in result.err


def test_unwritable_history_does_not_prevent_answer(cli, demo):
    path = History(demo.url, default_folder()).path
    path.mkdir(parents=True)
    result = cli("members", "QA")
    assert result.code == 0
    assert "Ada Lovelace" in result.out
    assert "no history: " in result.err
    assert cli("changes").code == 3


def test_max_age_reads_the_instance_if_the_history_is_unreadable(cli, demo):
    History(demo.url, default_folder()).path.mkdir(parents=True)
    result = cli("members", "QA", "--max-age", "10m")
    assert result.code == 0
    assert "Ada Lovelace" in result.out
    assert "no history: " in result.err
    assert cli("members", "QA", "--offline").code == 3


def test_no_changes_are_uncertain_if_the_crawl_is_not_saved(cli, demo):
    cli("groups", "-q")
    assert cli("changes", "--exit-code", "--since", "#1").code == 0
    demo.faults.always("wrong-total")
    result = cli("changes", "--exit-code", "--since", "#1", "-q")
    assert (result.code, result.err.count("the changes end with the previous snapshot")) == (3, 1)
    demo.faults.clear()
    with closing(sqlite3.connect(History(demo.url, default_folder()).path)) as other:
        other.execute("BEGIN IMMEDIATE")
        locked = cli("changes", "--exit-code", "--since", "#1")
    assert locked.code == 3
    assert "waiting for the history, which is locked by another program" in locked.err
    assert "this crawl was not saved; the changes end with the previous snapshot" in locked.err
    assert cli("changes", "--exit-code", "--offline", "--since", "#1").code == 0


def test_prune_before_the_first_year_exits_2(cli):
    result = cli("snapshot", "prune", "--older-than", "999999w")
    assert (result.code, result.err) == (2, "groupstui: --older-than is too long ago\n")


@pytest.mark.parametrize(("user", "code"), [("ada lovelace", 0), ("no such user", 6)])
def test_history_is_saved_after_the_answer(cli, demo, environ, tmp_path, user, code):
    """While another program has locked the history, the answer is there already."""
    cli("groups", "-q")
    history = History(demo.url, default_folder())
    command = [sys.executable, "-m", "groupstui", "who", user, "--columns", "name"]
    environment = shell_environment(**environ, XDG_STATE_HOME=os.environ["XDG_STATE_HOME"])
    answer = tmp_path / "answer"
    with (
        closing(sqlite3.connect(history.path, isolation_level=None)) as other,
        open(answer, "w", encoding="utf-8") as out,
    ):
        other.execute("BEGIN IMMEDIATE")
        with subprocess.Popen(
            command, env=environment, stdout=out, stderr=subprocess.PIPE, text=True
        ) as program:
            assert any("waiting for the history" in line for line in iter(program.stderr.readline, ""))
            assert bool(answer.read_text()) == (code == 0)
            other.execute("ROLLBACK")
            assert program.wait(COMMAND_TIMEOUT) == code
    assert len(history.snapshots()) == 2


@pytest.mark.parametrize(
    ("line", "code"),
    [
        (["groups"], 0),
        (["who", "ada", "--max-age", "1h"], 0),
        (["who", "ada", "--offline"], 3),
        (["changes"], 3),
        (["changes", "--offline"], 3),
        (["snapshot", "list"], 3),
        (["snapshot", "save"], 0),
        (["snapshot", "prune", "--older-than", "1d", "--yes"], 3),
    ],
)
def test_damaged_history_is_reported_once(cli, demo, line, code):
    path = History(demo.url, default_folder()).path
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"no database" * 1000)
    result = cli(*line, "-q")
    assert (result.code, result.err.count("the history was damaged: it was moved to ")) == (code, 1)
    assert "there is no snapshot yet\n" not in result.err
    (copy,) = path.parent.glob("*.damaged-*")
    assert copy.read_bytes() == b"no database" * 1000
    again = cli(*line)
    assert "the history was damaged: it was moved to " not in again.err
    if code == 3 or "list" in line:
        assert (str(copy) in again.err) == (not History(demo.url, default_folder()).exists)


def test_snapshot_from_the_future_is_not_recent(cli, demo):
    cli("groups", "-q")
    known = History(demo.url, default_folder())
    directory = known.latest()
    known.save(replace(directory, as_of=directory.as_of + timedelta(hours=2)))
    demo.site.remove_member(1, 1)
    assert cli("check", "#1", "#1", "--max-age", "10m").code == 1
    demo.site.add_member(1, 30)
    assert "saved snapshot #4: 230 groups, 1 change" in cli("snapshot", "save").err
    demo.site.add_member(1, 31)
    result = cli("changes", "--since", "#4", "--exit-code")
    assert (result.code, len(result.out.splitlines())) == (1, 1)


def test_doctor_reports_history(cli, demo, environ):
    path = History(demo.url, default_folder()).path
    assert f"no snapshot yet; the file will be {path}" in cli("doctor").out
    assert not path.exists()
    cli("groups", "-q")
    assert f"1 snapshot in {path}, " in cli("doctor").out
    path.chmod(0o600)
    path.unlink()
    path.mkdir()
    assert "no history: " in cli("doctor").out


def test_demo_has_history_before_first_request(cli, environ):
    environ.clear()
    assert rows(cli("snapshot", "list", "--demo").out)[0][2] == "230"
    assert "1\tQA" in cli("who", "guido", "--demo", "--offline", "--columns", "id,name").out
