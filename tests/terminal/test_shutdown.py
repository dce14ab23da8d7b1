"""The app exits quickly, with the right exit code, and restores the terminal."""

from __future__ import annotations

import signal

import pytest

from .bare_terminal import BareTerminal

EXIT_WITHIN_S = 1.0
"""Seconds to exit after a signal or a hang-up."""

FORCED_EXIT_WITHIN_S = 3.5
"""Seconds to exit if the terminal accepts no output."""

MANY_KEYS = "jjjjnnppGg?\x1b"

LEAVE_SCREEN = b"\x1b[?1049l"
"""Leaves the alternate screen."""


@pytest.fixture
def terminal(environment):
    with BareTerminal(environment, "--demo") as terminal:
        terminal.before = terminal.settings
        terminal.read_until("page 1 of 16")
        terminal.read_all()
        yield terminal


@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGTERM, 143), (signal.SIGHUP, 129), (signal.SIGINT, 130)]
)
def test_signal_exits_and_restores_the_terminal(terminal, number, code):
    terminal.signal(number)
    assert LEAVE_SCREEN in terminal.read_all()
    assert terminal.exit_code(EXIT_WITHIN_S) == code
    assert terminal.settings == terminal.before


def test_quit_exits_with_0(terminal):
    terminal.press("q")
    assert LEAVE_SCREEN in terminal.read_all()
    assert terminal.exit_code(EXIT_WITHIN_S) == 0
    assert terminal.settings == terminal.before


def test_hangup_exits(terminal):
    terminal.hang_up()
    assert terminal.exit_code(EXIT_WITHIN_S) == 129


def test_hangup_exits_under_nohup(environment):
    with BareTerminal(environment, "--demo", nohup=True) as terminal:
        terminal.read_until("page 1 of 16")
        terminal.hang_up()
        assert terminal.exit_code(EXIT_WITHIN_S) == 129


def test_signal_exits_if_the_terminal_is_frozen(terminal):
    terminal.press(MANY_KEYS * 60)
    terminal.signal(signal.SIGTERM)
    assert terminal.exit_code(FORCED_EXIT_WITHIN_S) == 143
    assert terminal.settings == terminal.before


def test_hangup_exits_if_the_terminal_is_frozen(terminal):
    terminal.press(MANY_KEYS * 60)
    terminal.hang_up()
    assert terminal.exit_code(EXIT_WITHIN_S) == 129
