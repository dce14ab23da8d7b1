"""Tables on a terminal: bold titles, colors, and the pager."""

from __future__ import annotations

import os
import re
import sys
from datetime import UTC, datetime

import pytest

from groupstui.output.formats import write
from groupstui.output.records import Report

from ..support.commands import CommandResult, run_program, shell_environment

if sys.platform == "win32":
    pytest.skip("needs pseudo-terminals", allow_module_level=True)

import pty
import subprocess
import termios

STYLE = re.compile(r"\x1b\[\d*m")
MEMBERS = ("members", "QA", "--columns", "id,name")


@pytest.fixture
def on_terminal(environ):
    """Run the program on a terminal, and return its exit code, and stdout and stderr together."""

    def run(*arguments: str, rows: int = 50, **variables: str) -> CommandResult:
        controller, terminal = pty.openpty()
        termios.tcsetwinsize(terminal, (rows, 80))
        process = subprocess.Popen(
            [sys.executable, "-m", "groupstui", *arguments, "-q"],
            env=shell_environment(**({"TERM": "xterm-256color"} | environ | variables)),
            stdin=terminal,
            stdout=terminal,
            stderr=terminal,
        )
        os.close(terminal)
        drawn = b""
        while True:
            try:
                piece = os.read(controller, 1 << 16)
            except OSError:  # the program has ended
                break
            if not piece:
                break
            drawn += piece
        os.close(controller)
        return CommandResult(process.wait(), drawn.decode().replace("\r\n", "\n"), "")

    return run


def test_titles_are_bold_on_a_terminal(on_terminal):
    lines = on_terminal(*MEMBERS).out.splitlines()
    assert lines[0] == "\x1b[1mID\x1b[0m  \x1b[1mName\x1b[0m"
    assert not STYLE.search("".join(lines[1:]))


@pytest.mark.parametrize(
    ("arguments", "variables"),
    [
        ((), {"NO_COLOR": "1"}),
        ((), {"NO_COLOR": "1", "CLICOLOR_FORCE": "1"}),
        (("--no-color",), {"CLICOLOR_FORCE": "1"}),
        ((), {"TERM": "dumb"}),
        (("--format", "csv"), {}),
        (("--format", "json"), {"CLICOLOR_FORCE": "1"}),
    ],
)
def test_no_styles_where_they_are_not_wanted(on_terminal, arguments, variables):
    result = on_terminal(*MEMBERS, *arguments, **variables)
    assert (result.code, STYLE.search(result.out)) == (0, None)


def test_styles_in_a_pipe_only_if_forced(environ):
    arguments = (*MEMBERS, "--format", "table")
    assert "\x1b" not in run_program(*arguments, environment=shell_environment(**environ)).out
    forced = shell_environment(CLICOLOR_FORCE="1", **environ)
    assert run_program(*arguments, environment=forced).out.startswith("\x1b[1mID\x1b[0m")


@pytest.mark.parametrize(("group", "color", "text"), [("QA", 32, "yes"), ("Night shift", 31, "no")])
def test_answers_have_colors(on_terminal, group, color, text):
    environment = {"CLICOLOR_FORCE": "1"}
    table = on_terminal("check", "#1", group, "--format", "table", **environment).out
    assert table.endswith(f"\x1b[{color}m{text}\x1b[0m\n")


def test_styles_change_no_width_and_no_text():
    hostile = "\x1b[31mred\x1b[2J 品質 \u202etxt"
    records = [{"change": "joined", "user": hostile}, {"change": "left", "user": "Ada"}]
    report = Report("changes", ("change", "user"), records, "https://x", datetime.now(UTC), complete=True)
    for width in (None, 40, 12):
        plain = write(report, "table", width=width)
        styled = write(report, "table", width=width, styled=True)
        assert "\x1b" not in plain
        assert re.sub(r"\x1b\[(?:0|1|31|32)m", "", styled) == plain


@pytest.fixture
def pager(tmp_path):
    """The environment with a pager that writes to a file, and what it was given."""
    path = tmp_path / "paged"
    return {"PAGER": f"sh -c 'cat > {path}'"}, lambda: path.read_text() if path.exists() else None


def test_long_table_is_shown_in_the_pager(on_terminal, pager):
    variables, paged = pager
    assert on_terminal(*MEMBERS, rows=6, **variables).out == ""
    assert paged().startswith("\x1b[1mID\x1b[0m  \x1b[1mName\x1b[0m\n 2  Grace Hopper\n")


@pytest.mark.parametrize(
    ("arguments", "rows", "more"),
    [
        ((), 7, {}),
        (("--no-pager",), 6, {}),
        (("--format", "csv"), 3, {}),
        ((), 6, {"TERM": "dumb"}),
        ((), 6, {"GROUPSTUI_PAGER": ""}),
        ((), 6, {"GROUPSTUI_PAGER": "cat"}),
        ((), 0, {}),
    ],
)
def test_no_pager_where_it_is_not_wanted(on_terminal, pager, arguments, rows, more):
    variables, paged = pager
    result = on_terminal(*MEMBERS, *arguments, rows=rows, **variables, **more)
    assert "Grace Hopper" in result.out
    assert paged() is None


def test_no_pager_in_a_pipe(environ, pager):
    variables, paged = pager
    result = run_program("groups", "--format", "table", environment=shell_environment(**environ, **variables))
    assert (result.code, paged()) == (0, None)
    assert len(result.out.splitlines()) > 200


@pytest.mark.parametrize(
    "command",
    ["true", "head -n 1", "sh -c 'exit 3'", "sh -c 'cat > /dev/null; kill -INT $PPID'"],
    ids=["reads nothing", "reads a line", "fails", "ctrl+c"],
)
def test_pager_does_not_change_the_exit_code(on_terminal, command):
    variables = {"GROUPSTUI_PAGER": command, "PAGER": "false"}
    assert on_terminal("groups", rows=6, **variables).code == 0
    assert on_terminal("changes", "--offline", rows=2, **variables).code == 3
    assert on_terminal("check", "#1", "Night shift", "--format", "table", rows=2, **variables).code == 1


@pytest.mark.parametrize("command", ["/nonexistent/pager", "less '"])
def test_missing_pager_is_reported(on_terminal, command):
    result = on_terminal(*MEMBERS, rows=6, GROUPSTUI_PAGER=command)
    assert result.code == 0
    assert "Grace Hopper" in result.out


def test_pager_does_not_get_the_token(on_terminal, tmp_path):
    path = tmp_path / "environment"
    on_terminal("groups", rows=6, PAGER=f"sh -c 'env > {path}'")
    assert "TESTMO_INSTANCE=" in path.read_text()
    assert "TESTMO_TOKEN" not in path.read_text()
