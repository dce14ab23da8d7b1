"""The app exits quickly, with the right exit code, and restores the terminal."""

from __future__ import annotations

import os
import pty
import signal
import sys
import threading

import pytest

from groupstui.terminal import shutdown

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
        terminal.read_until("page 1 of")
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
        terminal.read_until("page 1 of")
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


def test_hangup_is_noticed_without_poll(monkeypatch):
    monkeypatch.setattr(shutdown, "HANGUP_CHECK_S", 0.01)
    master, terminal = pty.openpty()
    finished = threading.Event()
    with os.fdopen(terminal) as stdin:
        monkeypatch.setattr(sys, "stdin", stdin)
        checking = threading.Thread(target=shutdown.check_for_hangup, args=(finished,))
        checking.start()
        checking.join(0.05)
        assert checking.is_alive()
        os.close(master)
        checking.join()


def test_check_for_hangup_ends_with_the_app(monkeypatch):
    master, terminal = pty.openpty()
    with os.fdopen(master), os.fdopen(terminal) as stdin:
        monkeypatch.setattr(sys, "stdin", stdin)
        finished = threading.Event()
        finished.set()
        shutdown.check_for_hangup(finished)
