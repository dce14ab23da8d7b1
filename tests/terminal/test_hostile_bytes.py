"""Nothing that a site says reaches the terminal as a command."""

from __future__ import annotations

import re

from ..support.site_app import SiteApp
from ..support.site_server import SiteServer
from ..support.untrusted_text import HOSTILE, control_characters, site_with_names
from .bare_terminal import BareTerminal

OWN = re.compile(r"\x1b\[[0-9;:?<>=$ ]*[@-~]|\x1b\]22;[a-z]+\x07")
"""What a program sends of its own: what draws, and what names the pointer's shape."""


def test_names_reach_the_terminal_without_what_it_would_obey(environment):
    with SiteServer(SiteApp(site_with_names(HOSTILE), token="t0ken")) as server:
        given = {"TESTMO_TOKEN": "t0ken", "TESTMO_INSTANCE": server.url}
        with BareTerminal(environment | given, columns=160, lines=40) as terminal:
            terminal.read_until("page 1 of 1")
            sent = terminal.read_all()
            for keys in ("\t", "u", "\x1b", ":e", "\x1b", "Y"):
                terminal.press(keys)
                sent += terminal.read_all()
    assert control_characters(OWN.sub("", sent.decode())) == set()
