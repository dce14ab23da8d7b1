"""An idle app sends nothing to the terminal."""

from __future__ import annotations

import pytest

from groupstui.demo.seed import make_site

from ..support.faults import Faults
from ..support.site_app import SiteApp
from ..support.site_server import SiteServer
from .bare_terminal import BareTerminal

IDLE_S = 1.5
"""Seconds in which a blinking cursor or a spinner would send something."""

SCREENS = {
    "the browser": ("", "Release managers"),
    "the filter": ("/be", "filter"),
    "help": ("?", "Move"),
    "the palette": (":ada", "Ada Lovelace"),
    "a user": ("\tu", "Groups of Ada Lovelace"),
    "instances": ("i", "a add"),
    "the export": ("e", "groups.csv"),
    "the copy dialog": ("Y", "all 15 groups as CSV"),
}


@pytest.mark.parametrize(("keys", "text"), SCREENS.values(), ids=SCREENS)
def test_idle_screen_sends_nothing(environment, keys, text):
    with BareTerminal(environment, "--demo") as terminal:
        terminal.read_until("page 1 of 16")
        terminal.read_all()
        terminal.press(keys)
        terminal.read_until(text)
        terminal.read_all()
        assert terminal.read_all(IDLE_S) == b""


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
