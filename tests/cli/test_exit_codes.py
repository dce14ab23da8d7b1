"""Every exit code, from a real answer over TCP."""

from __future__ import annotations

import signal
import subprocess
import sys

import pytest

from ..support.commands import run_program, shell_environment
from ..support.error_cases import ERROR_CASES, HARMLESS, INCOMPLETE, TIMEOUT, TIMEOUTS

TOO_SLOW_TO_TRY = ("429-bare",)
"""A minute of waiting, twice: the app is tried with a clock that jumps."""


def test_0_is_yes(cli):
    assert cli("check", "ada lovelace", "QA").code == 0


def test_0_is_done(cli):
    assert cli("members", "QA").code == 0


def test_1_is_no(cli):
    outcome = cli("check", "ada lovelace", "QA", "Night shift")
    assert outcome.code == 1
    assert "Night shift\tno" in outcome.out


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["members"], "the following arguments are required: GROUP"),
        (["groups", "--format", "xml"], "invalid choice: 'xml'"),
        (["groups", "--sort", "colour"], "there is no field “colour”"),
        (["groups", "--columns", "id,colour"], "there is no field “colour”"),
        (["groups", "--concurrency", "0"], "“0” is not a positive integer; see: groupstui groups --help"),
        (["who"], "arguments are required: USER; see: groupstui who --help"),
        (
            ["snapshot", "list", "--offline"],
            "--offline; see: groupstui snapshot --help",
        ),
        (["snapshot", "list", "--older-than", "3d"], "--older-than needs snapshot prune"),
        (["auth", "status", "--purge"], "--purge needs auth logout"),
        (["lookup", "/no/such/file"], "cannot read /no/such/file: No such file or directory"),
        (["groups", "--instance", "not a site"], "is not a valid Testmo address"),
        (["groups", "--token-file", "/no/such/file"], "No such file or directory"),
        (["export", "groups", "-o", "/no/such/folder/x.csv"], "No such file or directory"),
    ],
)
def test_2_is_wrong_usage(cli, arguments, says):
    outcome = cli(*arguments)
    assert outcome.code == 2
    assert says in outcome.err
    assert outcome.err.startswith("groupstui: ")
    assert outcome.err.count("\n") == 1
    assert outcome.out == ""


def test_2_is_no_site(cli, environ):
    environ.clear()
    outcome = cli("groups")
    assert (outcome.code, outcome.out) == (2, "")
    assert "no instance: add --instance, set TESTMO_INSTANCE, or run: groupstui auth login" in outcome.err


def test_2_is_no_terminal_for_the_app():
    outcome = run_program("--demo", environment=shell_environment())
    assert outcome.code == 2
    assert "stdin and stderr must be a terminal" in outcome.err


def test_3_is_a_no_that_cannot_be_believed(cli, demo):
    demo.faults.always("wrong-total")
    outcome = cli("check", "ada lovelace", "Night shift")
    assert outcome.code == 3
    assert "“no” is uncertain" in outcome.err


def test_a_yes_can_be_believed_of_incomplete_data(cli, demo):
    demo.faults.always("wrong-total")
    assert cli("check", "ada lovelace", "QA").code == 0


def test_4_is_no_token(cli, environ):
    del environ["TESTMO_TOKEN"]
    outcome = cli("groups")
    assert outcome.code == 4
    assert "no token: " in outcome.err


def test_5_is_a_token_of_no_admin(cli, environ, demo):
    environ["TESTMO_TOKEN"] = demo.member_token
    outcome = cli("groups")
    assert outcome.code == 5
    assert "site admin" in outcome.err


def test_6_is_nobody(cli):
    outcome = cli("who", "nobody at all")
    assert (outcome.code, outcome.out) == (6, "")
    assert "no user matches “nobody at all”" in outcome.err


def test_6_is_too_many(cli):
    outcome = cli("who", "a")
    assert (outcome.code, outcome.out) == (6, "")
    assert "“a” matches " in outcome.err
    assert "Ada Lovelace #1" in outcome.err


def test_8_is_nobody_at_the_address(cli, environ):
    environ["TESTMO_INSTANCE"] = "http://127.0.0.1:1"
    assert cli("groups").code == 8


def test_130_is_an_interruption(demo):
    demo.faults.always("hang")
    environment = shell_environment(TESTMO_INSTANCE=demo.url, TESTMO_TOKEN=demo.token)
    command = [sys.executable, "-m", "groupstui", "groups"]
    with subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True) as program:
        demo.log.wait_for_request()
        program.send_signal(signal.SIGINT)
        assert program.wait(30) == 130
        assert program.stderr is not None
        assert program.stderr.read() == ""


@pytest.mark.parametrize(
    "case", [case for case in ERROR_CASES if case.kind not in TOO_SLOW_TO_TRY], ids=lambda case: case.kind
)
def test_a_site_that_fails_is_told_with_its_own_code(cli, demo, case, record_property):
    demo.faults.always(case.kind)
    demo.faults.retry_after = 0
    timeout = TIMEOUT if case.kind in TIMEOUTS else 20
    outcome = cli("groups", "--timeout", str(timeout))
    record_property("saw", ("command", case.kind, f"exit {outcome.code}: {outcome.err.strip()}"))
    assert (outcome.code, outcome.out) == (case.exit_code, "")
    assert case.message in outcome.err
    assert case.hint in outcome.err


@pytest.mark.parametrize("kind", HARMLESS)
def test_a_site_that_answers_oddly_is_understood(cli, demo, kind):
    expected = cli("groups").out
    demo.faults.always(kind)
    outcome = cli("groups", "--columns", "id,name")
    assert outcome.code == 0
    assert outcome.out.splitlines() == ["\t".join(line.split("\t")[:2]) for line in expected.splitlines()]


@pytest.mark.parametrize("kind", INCOMPLETE)
def test_a_site_that_may_hide_something_is_not_believed(cli, demo, kind):
    demo.faults.always(kind)
    outcome = cli("groups", "--format", "json")
    assert '"complete": false' in outcome.out
