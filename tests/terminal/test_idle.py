"""An idle app sends nothing to the terminal."""

from __future__ import annotations

from pathlib import Path

import pytest

from groupstui.demo.seed import make_site
from groupstui.terminal.keyboard import IDLE_AFTER_S, IDLE_POLL_S

from ..support.faults import Faults
from ..support.site_app import SiteApp
from ..support.site_server import SiteServer
from .bare_terminal import BareTerminal

IDLE_S = 1.5
"""Seconds in which a blinking cursor or a spinner would send something."""

SCREENS = {
    "the browser": ("", "Release managers"),
    "the filter": ("/be", "filter"),
    "help": ("?", "Analyse"),
    "the palette": (":ada", "Ada Lovelace"),
    "a user": ("\tu", "Groups of Ada Lovelace"),
    "instances": ("i", "a add"),
    "the export": ("e", "-groups-"),
    "the copy dialog": ("Y", "groups on this page as CSV"),
}


@pytest.mark.parametrize(("keys", "text"), SCREENS.values(), ids=SCREENS)
def test_idle_screen_sends_nothing(environment, keys, text):
    with BareTerminal(environment, "--demo") as terminal:
        terminal.read_until("page 1 of")
        terminal.read_all()
        terminal.press(keys)
        terminal.read_until(text)
        terminal.read_all()
        assert terminal.read_all(IDLE_S) == b""


def test_idle_app_seldom_wakes_up(environment):
    with BareTerminal(environment, "--demo") as terminal:
        terminal.read_until("page 1 of")
        terminal.read_for(2 * IDLE_AFTER_S)
        terminal.read_all()
        before = wake_ups(terminal.pid)
        terminal.read_for(3 * IDLE_POLL_S)
        assert wake_ups(terminal.pid) - before <= 6
        terminal.press("n")  # and is read at once all the same
        terminal.read_until("page 2 of")


def wake_ups(pid: int) -> int:
    """Return how often the threads of a process have waited."""
    statuses = [path.read_text() for path in Path(f"/proc/{pid}/task").glob("*/status")]
    return sum(int(text.partition("\nvoluntary_ctxt_switches:")[2].split()[0]) for text in statuses)


def test_idle_login_sends_nothing(environment):
    with BareTerminal(environment) as terminal:
        terminal.read_until("Sign in to Testmo")
        terminal.press("acme\r")
        terminal.read_all()
        assert terminal.read_all(IDLE_S) == b""


def test_loading_page_sends_nothing(environment):
    faults = Faults(seconds=60)
    with SiteServer(SiteApp(make_site(), token="t0ken", faults=faults)) as server:
        faults.always("slow")
        given = {"TESTMO_TOKEN": "t0ken", "TESTMO_INSTANCE": server.url}
        with BareTerminal(environment | given) as terminal:
            terminal.read_until("loading page 1")
            terminal.read_all()
            assert terminal.read_all(IDLE_S) == b""
