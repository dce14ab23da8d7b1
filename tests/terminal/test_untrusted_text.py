"""Names from an instance never reach the terminal as control characters."""

from __future__ import annotations

import re

from ..support.site_app import SiteApp
from ..support.site_server import SiteServer
from ..support.untrusted_text import HOSTILE, control_characters, site_with_names
from .bare_terminal import BareTerminal

APP_SEQUENCES = re.compile(r"\x1b\[[0-9;:?<>=$ ]*[@-~]|\x1b\]22;[a-z]+\x07")
"""The sequences that Textual itself sends: drawing, and the shape of the pointer."""


def test_names_contain_no_control_characters(environment):
    with SiteServer(SiteApp(site_with_names(HOSTILE), token="t0ken")) as server:
        given = {"TESTMO_TOKEN": "t0ken", "TESTMO_INSTANCE": server.url}
        with BareTerminal(environment | given, columns=160, lines=40) as terminal:
            terminal.read_until("page 1 of 1")
            sent = terminal.read_all()
            for keys in ("\t", "u", "\x1b", ":e", "\x1b", "Y"):
                terminal.press(keys)
                sent += terminal.read_all()
    assert control_characters(APP_SEQUENCES.sub("", sent.decode())) == set()
