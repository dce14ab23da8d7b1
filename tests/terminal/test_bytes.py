"""Nothing is sent to a terminal at which nobody types."""

from __future__ import annotations

import pytest

from groupstui.demo.seed import make_site

from ..support.faults import Faults
from ..support.site_app import SiteApp
from ..support.site_server import SiteServer
from .bare_terminal import BareTerminal

LONG = 1.5
"""Seconds in which a blinking cursor or a spinner would have shown itself."""

SCREENS = {
    "the browser": ("", "Release managers"),
    "the filter": ("/be", "filter"),
    "help": ("?", "Move"),
    "the palette": (":ada", "Ada Lovelace"),
    "a user": ("\tu", "Groups of Ada Lovelace"),
    "the sites": ("i", "add a site"),
    "a name for a file": ("e", "groups.csv"),
    "what can be copied": ("Y", "all 15 groups as CSV"),
}


@pytest.mark.parametrize(("keys", "there"), SCREENS.values(), ids=SCREENS)
def test_nothing_is_sent_while_a_screen_is_read(environment, keys, there):
    with BareTerminal(environment, "--demo") as terminal:
        terminal.read_until("page 1 of 16")
        terminal.read_all()
        terminal.press(keys)
        terminal.read_until(there)
        terminal.read_all()
        assert terminal.read_all(LONG) == b""


def test_nothing_is_sent_while_a_sign_in_is_typed(environment):
    with BareTerminal(environment) as terminal:
        terminal.read_until("Sign in to Testmo")
        terminal.press("acme\r")
        terminal.read_all()
        assert terminal.read_all(LONG) == b""


def test_nothing_is_sent_while_a_site_is_awaited(environment):
    faults = Faults(seconds=60)
    with SiteServer(SiteApp(make_site(), token="t0ken", faults=faults)) as server:
        faults.always("slow")
        given = {"TESTMO_TOKEN": "t0ken", "TESTMO_INSTANCE": server.url}
        with BareTerminal(environment | given) as terminal:
            terminal.read_until("loading page 1")
            terminal.read_all()
            assert terminal.read_all(LONG) == b""
