"""A token that is typed at the login shows up nowhere, whatever goes wrong afterwards."""

from __future__ import annotations

import sys
from pathlib import Path
from stat import S_IMODE

import pytest

from .terminal import PROMPT
from .test_app import CANARY, command_lines, files_with, sign_in, terminal, url

__all__ = ["terminal", "url"]

pytestmark = pytest.mark.real

CRASHING = Path(__file__).with_name("crashing.py")


@pytest.fixture
def bug(tmp_path: Path) -> Path:
    """Where the bug finds the token that it tells: outside the home that is searched afterwards."""
    path = tmp_path / "canary"
    path.write_text(CANARY)
    return path


def begin(terminal, environment, url, where, bug):
    """Sign in by typing, with a log being written."""
    pane = terminal(environment, columns=100, lines=30)
    pane.run(f"clear; {sys.executable} {CRASHING} '{where}' {bug} --debug; echo \"ended with $?\"")
    sign_in(pane, url)
    pane.wait_for("The token is kept for this run only")
    return pane


def hidden(pane, home) -> None:
    assert CANARY not in pane.everything
    assert CANARY not in command_lines()
    assert files_with(CANARY, home) == []
    (log,) = home.rglob("groupstui.log")
    assert S_IMODE(log.stat().st_mode) == 0o600
    assert "GET /api/v1/groups?page=1&" in log.read_text()


@pytest.mark.parametrize(
    ("where", "keys"), [("worker", ("Tab", "u")), ("handler", ("n",)), ("renderer", ("End", "Down"))]
)
def test_a_crash_ends_the_program_with_a_report_and_without_the_token(
    terminal, environment, home, url, bug, where, keys
):
    pane = begin(terminal, environment, url, where, bug)
    pane.press(*keys)
    said = pane.wait_for("ended with 3", PROMPT).replace("\n", "")
    assert "internal error: RuntimeError: a bug with •••" in said
    hidden(pane, home)
    (report,) = home.rglob("crash-*.txt")
    assert report.name in said
    assert S_IMODE(report.stat().st_mode) == 0o600
    text = report.read_text()
    assert "crashing.py" in text
    assert "ValueError: {'Authorization': 'Bearer •••'}" in text


def test_a_bug_that_the_program_outlives_tells_no_token(terminal, environment, home, url, bug):
    pane = begin(terminal, environment, url, "quiet worker", bug)
    pane.press("Tab", "r")
    said = pane.wait_for("RuntimeError in", "This is a bug in groupstui")
    assert CANARY not in said
    pane.press("q")
    pane.wait_for("ended with 0", PROMPT)
    hidden(pane, home)
