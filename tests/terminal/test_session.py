"""A session of an admin on a bastion host, key by key: how many keys it takes, and how many bytes."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from groupstui.demo.seed import make_site

from ..support.site_app import SiteApp
from ..support.site_server import SiteServer
from .conftest import need
from .ssh_server import SSHD, SshServer
from .terminal import Terminal

pytestmark = pytest.mark.real

TOKEN = "c4nary-in-a-session"

MAX_KEYS = 25
"""Keys from the shell back to the place where the session began; a paste counts as one."""

MAX_BYTES = 60_000
"""Bytes that the session may send."""


class Session:
    """Presses keys in a terminal, and counts them and what the program sends."""

    def __init__(self, pane: Terminal, log: Path) -> None:
        self.pane = pane
        self.keys = 0
        self._log = log
        pane.log_output(log)

    @property
    def sent(self) -> int:
        """The bytes that the terminal has received."""
        return self._log.stat().st_size

    def press(self, *keys: str) -> None:
        """Press keys by their tmux names."""
        self.keys += len(keys)
        self.pane.press(*keys)

    def paste(self, text: str) -> None:
        """Paste a text."""
        self.keys += 1
        self.pane.paste(text)


@pytest.fixture
def url() -> Iterator[str]:
    with SiteServer(SiteApp(make_site(), token=TOKEN)) as server:
        yield server.url


@pytest.fixture
def pane(secret_service, home) -> Iterator[Terminal]:
    """A remote shell at 80x24, with a keyring."""
    need("ssh", "tmux", SSHD)
    with (
        tempfile.TemporaryDirectory(prefix="groupstui-ssh-") as folder,
        SshServer(Path(folder), secret_service.environment) as server,
        Terminal(secret_service.environment, home, columns=80, lines=24) as pane,
    ):
        pane.run(server.command)
        pane.run("PS1='there''> '; clear")
        pane.wait_for("there>")
        yield pane


def test_session_of_an_admin_is_short(pane, home, url):
    session = Session(pane, home / "sent")
    pane.run(f'{sys.executable} -m groupstui; echo "ended with $?"')
    pane.wait_for("Sign in to Testmo")

    # Sign in.
    session.paste(url)
    session.press("Tab")
    session.paste(TOKEN)
    session.press("Enter")
    pane.wait_for("page 1 of 16", "Ada Lovelace")

    # Find a user by a part of the name, see the groups, and open one.
    session.press(*":hopp")
    pane.wait_for("Grace Hopper")
    session.press("Enter")
    pane.wait_for("─ Groups of Grace Hopper")
    session.press("Enter")
    pane.wait_for("› Grace Hopper")

    # See who is inactive.
    pane.wait_for("State", "inactive")

    # Compare the group with another, and copy the addresses.
    session.press("1", "Space", "c")
    pane.wait_for("Comparison of 2 groups")
    session.press("Y")
    pane.wait_for("e-mail addresses")
    session.press(*["Down"] * 5, "Enter")
    pane.wait_for("Copied 51 e-mail addresses")
    assert "@" in pane.clipboard

    # Return to where the session began.
    session.press("Escape")
    pane.wait(lambda screen: "Comparison" not in screen, "the browser")
    session.press("Escape")
    pane.wait_for("─ Groups of Grace Hopper")
    session.press("Escape")
    pane.wait_for("page 1 of 16", "▸  1 QA")
    assert session.keys <= MAX_KEYS, session.keys
    assert session.sent <= MAX_BYTES, session.sent
    print(f"{session.keys} keys, {session.sent:,} bytes")

    pane.press("q")
    pane.wait_for("ended with 0")
    assert TOKEN not in pane.everything
