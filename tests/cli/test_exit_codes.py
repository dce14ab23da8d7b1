"""Exit codes."""

from __future__ import annotations

import signal
import subprocess
import sys

import pytest

from ..support.commands import CommandResult, run_program, shell_environment
from ..support.error_cases import ERROR_CASES, HARMLESS, INCOMPLETE, TIMEOUT, TIMEOUTS

TOO_SLOW_TO_TRY = ("429-bare",)
"""It waits for a minute, twice; the tests of the app cover it with a clock that jumps."""


def test_check_of_member_exits_0(cli):
    assert cli("check", "ada lovelace", "QA").code == 0


def test_quiet_check_prints_only_what_a_format_asks_for(cli):
    assert cli("check", "ada lovelace", "QA", "-q") == CommandResult(0, "", "")
    assert cli("check", "ada lovelace", "QA", "-q", "--format", "tsv").out.endswith("1\tQA\tyes\n")


def test_members_exits_0(cli):
    assert cli("members", "QA").code == 0


def test_check_of_non_member_exits_1(cli):
    result = cli("check", "ada lovelace", "QA", "Night shift")
    assert result.code == 1
    assert "Night shift\tno" in result.out


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["members"], "the following arguments are required: GROUP"),
        (["groups", "--format", "xml"], "invalid choice: 'xml'"),
        (["groups", "--sort", "colour"], "there is no field “colour”"),
        (["groups", "--sort", "-members"], "for descending order, write --sort=-FIELD"),
        (["QA", "\x1b[31m"], "unrecognized arguments: \ufffd[31m; see: groupstui browse --help"),
        (["groups", "--bogus"], "unrecognized arguments: --bogus; see: groupstui groups --help"),
        (["groups", "--columns", "id,colour"], "there is no field “colour”"),
        *(
            ([*line.split(), "--sort=-colour"], "there is no field “colour”: choose from ")
            for line in (
                *("members 1", "who 1", "check 1 1", "lookup -", "audit", "changes", "snapshot list"),
                *("export groups -o -", "export memberships -o -", "export users -o -"),
            )
        ),
        (["compare", "QA"], "2 to 6 groups can be compared, not 1"),
        (["audit", "nosuch"], "there is no check “nosuch”"),
        (["changes", "--since", "soon"], "“soon” is not a valid time"),
        (["changes", "--since", "1d", "--until", "2d"], "--until is before --since"),
        (["changes", "--since", "#2", "--until", "#1"], "--until is before --since"),
        (["changes", "--until", ""], "“” is not a valid time"),
        (["watch", "--since", "soon"], "“soon” is not a valid time"),
        (["watch", "--interval", "1s"], "--interval must be at least a minute"),
        (["snapshot", "prune"], "snapshot prune needs --older-than"),
        (["snapshot", "list", "--yes"], "--yes needs snapshot prune"),
        (["lookup", "--token-stdin"], "stdin cannot contain both users and the token"),
        (["groups", "--concurrency", "0"], "“0” is not a positive integer; see: groupstui groups --help"),
        (["who"], "; write -- before a name that begins with -; see: groupstui who --help"),
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
def test_usage_error_exits_2_before_anything_is_read(cli, demo, arguments, message):
    result = cli(*arguments)
    assert demo.log.requests == []
    assert result.code == 2
    assert message in result.err
    assert result.err.startswith("groupstui: ")
    assert result.err.count("\n") == 1
    assert result.out == ""


def test_missing_instance_exits_2(cli, environ):
    environ.clear()
    result = cli("groups")
    assert (result.code, result.out) == (2, "")
    assert "no instance: add --instance, set TESTMO_INSTANCE, or run: groupstui auth login" in result.err


def test_app_without_terminal_exits_2():
    result = run_program("--demo", environment=shell_environment())
    assert result.code == 2
    assert "stdin and stderr must be a terminal" in result.err


INCOMPLETE_DATA = "groupstui: the data is incomplete: the instance changed while it was read"


@pytest.mark.parametrize(
    "line",
    [
        ["groups"],
        ["members", "QA"],
        ["who", "ada lovelace"],
        ["check", "ada lovelace", "Night shift"],
        ["lookup", "-"],
        ["compare", "QA", "Night shift"],
        ["audit", "empty", "--fail-on", "empty"],
        ["changes"],
        *(["export", what, "-o", "-"] for what in ("groups", "memberships", "users", "matrix")),
        ["browse", "--plain"],
    ],
    ids=" ".join,
)
def test_incomplete_data_is_printed_and_exits_3(cli, demo, line):
    cli("groups", "-q")
    demo.faults.always("wrong-total")
    result = cli(*line, "-q", stdin="ada lovelace\n")
    assert result.code == 3
    assert result.err.splitlines()[-1].startswith(INCOMPLETE_DATA)
    assert result.out or line[0] in ("changes", "check")  # nothing changed; the exit code is the answer


def test_check_yes_of_incomplete_data_exits_0(cli, demo):
    demo.faults.always("wrong-total")
    result = cli("check", "#1", "#1", "-q")
    assert (result.code, result.err.splitlines()) == (0, [INCOMPLETE_DATA])


@pytest.mark.parametrize("line", [["members", "no such"], ["who", "no such"], ["check", "no such", "QA"]])
def test_no_match_in_incomplete_data_exits_3(cli, demo, line):
    demo.faults.always("wrong-total")
    result = cli(*line, "-q")
    assert (result.code, result.out) == (3, "")
    assert "matches “no such”, but the data is incomplete" in result.err


def test_incomplete_review_exits_3(cli, demo, tmp_path):
    demo.faults.always("wrong-total")
    assert cli("export", "review", "-o", str(tmp_path / "review"), "-q").code == 3
    assert (tmp_path / "review" / "index.md").exists()


def test_missing_token_exits_4(cli, environ):
    del environ["TESTMO_TOKEN"]
    result = cli("groups")
    assert result.code == 4
    assert "no token: " in result.err


def test_token_of_non_admin_exits_5(cli, environ, demo):
    environ["TESTMO_TOKEN"] = demo.member_token
    result = cli("groups")
    assert result.code == 5
    assert "site admin" in result.err


def test_unknown_user_exits_6(cli):
    result = cli("who", "nobody at all")
    assert (result.code, result.out) == (6, "")
    assert "no user matches “nobody at all”" in result.err


def test_ambiguous_user_exits_6(cli):
    result = cli("who", "a")
    assert (result.code, result.out) == (6, "")
    assert "“a” matches " in result.err
    assert "Ada Lovelace (#1)" in result.err


def test_unreachable_instance_exits_8(cli, environ):
    environ["TESTMO_INSTANCE"] = "http://127.0.0.1:1"
    assert cli("groups").code == 8


def test_sigint_exits_130(demo):
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
def test_fault_exit_code_and_message(cli, demo, case, record_property):
    demo.faults.always(case.kind)
    demo.faults.retry_after = 0
    timeout = TIMEOUT if case.kind in TIMEOUTS else 20
    result = cli("groups", "--timeout", str(timeout))
    record_property("saw", ("command", case.kind, f"exit {result.code}: {result.err.strip()}"))
    assert (result.code, result.out) == (case.exit_code, "")
    assert case.message in result.err
    assert case.hint in result.err


@pytest.mark.parametrize("kind", HARMLESS)
def test_odd_answers_are_accepted(cli, demo, kind):
    expected = cli("groups").out
    demo.faults.always(kind)
    result = cli("groups", "--columns", "id,name")
    assert result.code == 0
    assert result.out.splitlines() == ["\t".join(line.split("\t")[:2]) for line in expected.splitlines()]


def test_repaired_values_are_reported_once(cli, demo):
    demo.faults.always("odd-values")
    result = cli("members", "#1")
    assert (result.code, result.err.count("invalid values")) == (0, 1)
    assert len(result.out.splitlines()) == len(demo.site.groups[1].members)


@pytest.mark.parametrize("kind", INCOMPLETE)
def test_doubtful_answers_are_incomplete(cli, demo, kind):
    demo.faults.always(kind)
    result = cli("groups", "--format", "json")
    assert '"complete": false' in result.out
