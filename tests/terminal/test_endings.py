"""However the program ends, it ends soon, with a true exit code, and leaves the terminal as it was."""

from __future__ import annotations

import signal

import pytest

from .bare_terminal import BareTerminal

AT_ONCE = 1.0
"""Seconds that the program may take to end when its terminal has gone."""

SOON = 3.5
"""Seconds that it may take where a frozen terminal does not even take the end of it."""

BUSY = "jjjjnnppGg?\x1b"

LEFT = b"\x1b[?1049l"
"""Leaves the second screen."""


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
def test_a_signal_ends_it_and_the_terminal_is_restored(terminal, number, code):
    terminal.signal(number)
    assert LEFT in terminal.read_all()
    assert terminal.exit_code(AT_ONCE) == code
    assert terminal.settings == terminal.before


def test_quitting_is_success(terminal):
    terminal.press("q")
    assert LEFT in terminal.read_all()
    assert terminal.exit_code(AT_ONCE) == 0
    assert terminal.settings == terminal.before


def test_it_ends_with_its_terminal(terminal):
    terminal.hang_up()
    assert terminal.exit_code(AT_ONCE) == 129


def test_it_ends_with_its_terminal_though_hang_ups_are_ignored(environment):
    with BareTerminal(environment, "--demo", nohup=True) as terminal:
        terminal.read_until("page 1 of 16")
        terminal.hang_up()
        assert terminal.exit_code(AT_ONCE) == 129


def test_it_ends_while_a_frozen_terminal_takes_nothing(terminal):
    terminal.press(BUSY * 60)
    terminal.signal(signal.SIGTERM)
    assert terminal.exit_code(SOON) == 143
    assert terminal.settings == terminal.before


def test_it_ends_with_a_frozen_terminal(terminal):
    terminal.press(BUSY * 60)
    terminal.hang_up()
    assert terminal.exit_code(AT_ONCE) == 129
