"""Commands that tell what changed, and that answer from what was kept."""

from __future__ import annotations

import json
import stat
from datetime import datetime, timedelta

import pytest

from groupstui.history import History, default_folder
from groupstui.settings import default_path


@pytest.fixture
def changed(cli, demo) -> None:
    """Two readings of the site, with edits between them."""
    cli("groups", "-q")
    demo.site.add_member(1, 30)
    demo.site.remove_member(1, 4)
    demo.site.rename_group(2, "Release users")
    demo.site.add_group("Auditors", (1,))
    cli("groups", "-q")


TOLD = [
    ["group created", "Auditors", ""],
    ["joined", "Auditors", "Ada Lovelace"],
    ["joined", "QA", "Guido van Rossum"],
    ["left", "QA", "Margaret Hamilton"],
    ["group renamed", "Release users", ""],
]


def rows(out: str) -> list[list[str]]:
    return [line.split("\t") for line in out.splitlines()]


def test_what_changed_is_told_in_rows(cli, changed):
    told = cli("changes", "--columns", "change,group,user")
    assert rows(told.out) == TOLD
    assert "5 changes from " in told.err
    assert "the history begins on " in told.err
    assert told.code == 0


def test_changes_of_this_moment_are_read_first(cli, demo):
    cli("groups", "-q")
    demo.site.rename_group(1, "Quality")
    assert rows(cli("changes", "--columns", "change,before,group").out) == [
        ["group renamed", "QA", "Quality"]
    ]


def test_offline_asks_nothing_and_needs_no_token(cli, demo, environ, changed):
    del environ["TESTMO_TOKEN"]
    before = len(demo.log.requests)
    assert rows(cli("changes", "--offline", "--columns", "change,group,user").out) == TOLD
    assert "Release users" in cli("groups", "--offline").out
    assert "1\tQA" in cli("who", "guido", "--offline", "--columns", "id,name").out
    assert len(demo.log.requests) == before


def test_changes_since_a_snapshot_and_until_another(cli, demo, changed):
    demo.site.rename_group(1, "Quality")
    cli("groups", "-q")
    snapshots = rows(cli("snapshot", "list").out)
    assert [row[0] for row in snapshots] == ["1", "2", "3"]
    assert [row[-1] for row in snapshots] == ["0", "5", "1"]
    told = cli("changes", "--offline", "--since", "#2", "--columns", "change,group")
    assert rows(told.out) == [["group renamed", "Quality"]]
    until = cli("changes", "--offline", "--since", "1", "--until", "2", "--columns", "change,group,user")
    assert rows(until.out) == TOLD
    assert cli("changes", "--offline", "--since", "3").out == ""


def test_json_tells_both_snapshots(cli, changed):
    told = json.loads(cli("changes", "--offline", "--format", "json").out)
    assert (told["since"]["id"], told["until"]["id"]) == (1, 2)
    assert told["changes"][0]["group"] == "Auditors"
    assert told["changes"][0]["seen"] == told["until"]["taken_at"]


def test_the_exit_code_tells_whether_anything_changed(cli, changed):
    assert cli("changes", "--offline", "--exit-code").code == 1
    assert cli("changes", "--offline", "--exit-code", "--since", "2").code == 0


@pytest.mark.parametrize("since", ["yesterday", "#99", "0d"])
def test_a_moment_that_makes_no_sense_is_wrong_usage(cli, changed, since):
    outcome = cli("changes", "--offline", "--since", since)
    assert (outcome.code, outcome.out) == (2, "")


def test_offline_without_a_reading_says_so(cli, demo):
    outcome = cli("who", "ada", "--offline")
    assert outcome.code == 3
    assert "there is no snapshot yet" in outcome.err
    assert demo.log.requests == []
    assert not default_folder().exists()


def test_an_address_is_looked_for_where_addresses_are(cli, demo):
    cli("groups", "-q")
    address = next(user.email for user in demo.site.users.values() if user.id == 1)
    assert cli("check", address, "QA", "--max-age", "10m", "-q").code == 0
    offline = cli("check", address, "QA", "--offline", "-q")
    assert offline.code == 3
    assert "e-mail addresses are not known" in offline.err
    assert cli("lookup", "-", "--offline", stdin=f"{address}\nGrace Hopper\n").code == 3


@pytest.mark.parametrize(
    ("moments", "says"),
    [
        (("--since", "1m", "--until", "10m"), "--until is before --since"),
        (("--since", "#2", "--until", "#1"), "--until is before --since"),
        (("--since", "2199-01-01"), "“2199-01-01” is in the future"),
    ],
)
def test_moments_in_the_wrong_order_are_wrong_usage(cli, changed, moments, says):
    outcome = cli("changes", "--offline", "--exit-code", *moments)
    assert (outcome.code, outcome.out) == (2, "")
    assert says in outcome.err


def test_nothing_is_told_of_a_time_before_the_history(cli, changed):
    outcome = cli("changes", "--offline", "--exit-code", "--since", "2020-01-01", "--until", "2020-02-01")
    assert (outcome.code, outcome.out) == (3, "")
    assert "the history begins on " in outcome.err


def test_until_a_date_means_its_end(cli, changed):
    today = f"{datetime.now():%Y-%m-%d}"  # noqa: DTZ005  # dates are local
    assert cli("changes", "--offline", "--exit-code", "--since", today, "--until", today).code == 1


def test_there_may_be_no_readings_yet(cli):
    outcome = cli("snapshot", "list")
    assert (outcome.code, outcome.out) == (0, "")
    assert "there is no snapshot of " in outcome.err


def test_signing_out_purges_the_history_whatever_the_keyring_says(cli, demo, changed):
    outcome = cli("auth", "logout", "--purge")
    assert outcome.code == 4
    assert "deleted its history" in outcome.err
    assert list(default_folder().iterdir()) == []


def test_a_history_that_others_may_read_becomes_its_owner_s(cli, demo, changed):
    (file,) = default_folder().glob("*.sqlite3")
    file.chmod(0o644)
    cli("changes", "--offline")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_a_young_reading_spares_the_requests(cli, demo):
    cli("groups", "-q")
    before = len(demo.log.requests)
    outcome = cli("members", "QA", "--max-age", "10m")
    assert "Ada Lovelace" in outcome.out
    assert "from the snapshot of " in outcome.err
    assert len(demo.log.requests) == before


def test_an_old_reading_is_read_anew(cli, demo):
    demo.site.rename_group(1, "Old")
    cli("groups", "-q")
    demo.site.rename_group(1, "Quality")
    known = History(demo.url, default_folder())
    directory = known.latest()
    directory.settle(directory.groups, complete=True, as_of=directory.as_of + timedelta(days=-1))
    known.purge()
    known.save(directory)
    assert "Quality" in cli("groups", "--max-age", "12h").out


def test_an_age_that_makes_no_sense_is_wrong_usage(cli):
    outcome = cli("groups", "--max-age", "soon")
    assert outcome.code == 2
    assert "use 10m, 12h, 7d or 2w" in outcome.err


def test_a_snapshot_is_saved_and_pruned(cli, demo):
    assert "saved snapshot #1: 230 groups" in cli("snapshot", "save").err
    assert "saved snapshot #2: 230 groups, 0 changes" in cli("snapshot", "save").err
    assert "deleted 0 snapshots" in cli("snapshot", "prune", "--older-than", "1d").err
    assert cli("snapshot", "prune").code == 2


def test_an_incomplete_reading_never_becomes_history(cli, demo):
    demo.faults.always("wrong-total")
    cli("groups", "-q")
    assert not History(demo.url, default_folder()).exists


def test_the_history_can_be_off(cli, demo):
    default_path().parent.mkdir(parents=True)
    default_path().write_text("history = false\n")
    assert "QA" in cli("groups").out
    assert not History(demo.url, default_folder()).exists
    outcome = cli("changes")
    assert outcome.code == 2
    assert "history = false" in outcome.err


def test_a_history_that_can_t_be_written_is_no_reason_to_withhold_the_answer(cli, demo):
    path = History(demo.url, default_folder()).path
    path.mkdir(parents=True)
    outcome = cli("members", "QA")
    assert outcome.code == 0
    assert "Ada Lovelace" in outcome.out
    assert "no history: " in outcome.err
    assert cli("changes").code == 3


def test_a_damaged_history_is_told_once_and_begun_anew(cli, demo):
    path = History(demo.url, default_folder()).path
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"no database" * 1000)
    assert "the history was damaged" in cli("groups").err
    assert "damaged" not in cli("groups").err


def test_doctor_tells_where_the_history_is_and_what_is_wrong_with_it(cli, demo, environ):
    path = History(demo.url, default_folder()).path
    assert f"no snapshot yet; the file will be {path}" in cli("doctor").out
    assert not path.exists()
    cli("groups", "-q")
    assert f"1 snapshot in {path}, " in cli("doctor").out
    path.chmod(0o600)
    path.unlink()
    path.mkdir()
    assert "no history: " in cli("doctor").out


def test_the_demo_site_has_a_past_before_it_is_asked_anything(cli, environ):
    environ.clear()
    assert rows(cli("snapshot", "list", "--demo").out)[0][2] == "229"
    assert "1\tQA" in cli("who", "guido", "--demo", "--offline", "--columns", "id,name").out
