"""A token typed at the login appears nowhere, not even after a crash."""

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
    """A file with the token that the bug reports, outside of the home that is searched later."""
    path = tmp_path / "canary"
    path.write_text(CANARY)
    return path


def signed_in(terminal, environment, url, where, bug):
    """Sign in with a typed token and --debug."""
    pane = terminal(environment, columns=100, lines=30)
    pane.run(f"clear; {sys.executable} {CRASHING} '{where}' {bug} --debug; echo \"ended with $?\"")
    sign_in(pane, url)
    pane.wait_for("The token is kept for this run only")
    return pane


def assert_token_is_hidden(pane, home) -> None:
    assert CANARY not in pane.everything
    assert CANARY not in command_lines()
    assert files_with(CANARY, home) == []
    (log,) = home.rglob("groupstui.log")
    assert S_IMODE(log.stat().st_mode) == 0o600
    assert "GET /api/v1/groups?page=1&" in log.read_text()


@pytest.mark.parametrize(
    ("where", "keys"), [("worker", ("Tab", "u")), ("handler", ("n",)), ("renderer", ("End", "Down"))]
)
def test_crash_report_has_no_token(terminal, environment, home, url, bug, where, keys):
    pane = signed_in(terminal, environment, url, where, bug)
    pane.press(*keys)
    message = pane.wait_for("ended with 3", PROMPT).replace("\n", "")
    assert "internal error: RuntimeError: a bug with •••" in message
    assert_token_is_hidden(pane, home)
    (report,) = home.rglob("crash-*.txt")
    assert report.name in message
    assert S_IMODE(report.stat().st_mode) == 0o600
    text = report.read_text()
    assert "crashing.py" in text
    assert "ValueError: {'Authorization': 'Bearer •••'}" in text


def test_failed_worker_shows_no_token(terminal, environment, home, url, bug):
    pane = signed_in(terminal, environment, url, "quiet worker", bug)
    pane.press("Tab", "r")
    message = pane.wait_for("RuntimeError in", "This is a bug in groupstui")
    assert CANARY not in message
    pane.press("q")
    pane.wait_for("ended with 0", PROMPT)
    assert_token_is_hidden(pane, home)
