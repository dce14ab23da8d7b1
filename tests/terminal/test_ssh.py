"""The program at the other end of a real SSH connection."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from time import monotonic, sleep

import pytest

from groupstui.demo.seed import make_site

from ..support.site_app import SiteApp
from ..support.site_server import SiteServer
from .conftest import need
from .ssh_server import SSHD, SshServer
from .terminal import Terminal

pytestmark = pytest.mark.real

TOKEN = "c4nary-over-ssh"

AT_ONCE = 1.0
"""Seconds after a disconnect in which the program has to be gone."""

FROZEN = 3.0
"""The same, with a client that took nothing any more."""

NOTICING = 0.5
"""Seconds that it may take sshd to see that its client has died, and these tests to see anything."""


@pytest.fixture
def url() -> Iterator[str]:
    with SiteServer(SiteApp(make_site(), token=TOKEN)) as server:
        yield server.url


@pytest.fixture
def keys() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="groupstui-ssh-") as folder:
        yield Path(folder)


@pytest.fixture
def pane(environment, home, url, keys) -> Iterator[Terminal]:
    """A shell at the other end, with the site and the token in its environment."""
    need("ssh", "tmux", SSHD)
    given = {"TESTMO_TOKEN": TOKEN, "TESTMO_INSTANCE": url}
    with (
        SshServer(keys, environment) as server,
        Terminal(environment | given, home, columns=80, lines=24) as pane,
    ):
        pane.run(server.command)
        pane.run("PS1='there''> '; clear")
        pane.wait_for("there>")
        yield pane


def start(pane: Terminal, home: Path, before: str = "") -> int:
    """Start the program in the shell there, and give the id of its process."""
    program = f"echo $$ > {home}/pid; {before} exec {sys.executable} -m groupstui"
    pane.run(f"clear; sh -c '{program}'; echo \"ended with $?\"")
    pane.wait_for("page 1 of 16", "Ada Lovelace")
    return int((home / "pid").read_text())


def gone_after(pid: int, limit: float) -> float:
    """Wait until a process is gone, and give the seconds that took."""
    began = monotonic()
    while alive(pid):
        if monotonic() - began > limit + NOTICING:
            raise AssertionError(f"the program is still there after {limit + NOTICING:g} s")
        sleep(0.01)
    return monotonic() - began


def alive(pid: int) -> bool:
    try:
        return "Z" not in Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False


def client_of(pane: Terminal) -> int:
    """Return the process id of the ssh that runs in the pane."""
    tty = pane.tty.removeprefix("/dev/")
    found = subprocess.run(["ps", "-t", tty, "-o", "pid=,comm="], capture_output=True, text=True, check=True)
    return next(int(line.split()[0]) for line in found.stdout.splitlines() if line.split()[1] == "ssh")


def test_groups_are_browsed_and_the_end_is_clean(pane, home):
    start(pane, home)
    pane.press("n")
    pane.wait_for("page 2 of 16")
    pane.press(*":love")
    pane.wait_for("Ada Lovelace")
    pane.press("Enter")
    pane.wait_for("Groups of Ada Lovelace")
    pane.press("Escape")
    pane.wait(lambda screen: "Groups of Ada" not in screen, "the groups")
    pane.press("q")
    pane.wait_for("ended with 0", "there>")
    assert TOKEN not in pane.everything


def test_signing_in_without_a_keyring_works_for_the_run(pane, home, url):
    pane.run("unset TESTMO_TOKEN TESTMO_INSTANCE; clear")
    pane.run(f"{sys.executable} -m groupstui --instance {url}")
    pane.wait_for("Sign in to Testmo")
    pane.paste(TOKEN)
    pane.press("Enter")
    pane.wait_for("page 1 of 16", "The token is kept for this run only")
    assert TOKEN not in pane.text


def test_a_copy_arrives_in_the_clipboard_of_the_terminal(pane, home):
    start(pane, home)
    pane.press("Down", "y")
    pane.wait_for("Sent the name to the terminal's clipboard")
    assert pane.clipboard == "Release managers"


def test_a_killed_client_ends_it_at_once(pane, home):
    pid = start(pane, home)
    os.kill(client_of(pane), signal.SIGKILL)
    gone_after(pid, AT_ONCE)


def test_a_killed_client_ends_it_though_hang_ups_are_ignored(pane, home):
    pid = start(pane, home, before='trap "" HUP;')
    os.kill(client_of(pane), signal.SIGKILL)
    gone_after(pid, AT_ONCE)


def test_a_frozen_client_does_not_keep_it(pane, home):
    pid = start(pane, home)
    client = client_of(pane)
    os.kill(client, signal.SIGSTOP)
    os.kill(pid, signal.SIGTERM)
    gone_after(pid, FROZEN)
    with suppress(ProcessLookupError):
        os.kill(client, signal.SIGKILL)


def test_it_is_suspended_and_comes_back_drawn(pane, home):
    pane.run("set -m; clear")
    pane.run(f"{sys.executable} -m groupstui")
    pane.wait_for("page 1 of 16", "Ada Lovelace")
    pane.press("C-z")
    pane.wait_for("there>")
    assert "page 1 of 16" not in pane.text
    pane.run("fg")
    pane.wait_for("page 1 of 16", "Release managers", "Grace Hopper")
    pane.press("n")
    pane.wait_for("page 2 of 16")
    pane.press("q")
    pane.wait_for("there>")


def test_the_mouse_stays_the_terminal_s(pane, home):
    start(pane, home)
    assert pane.takes_the_mouse is False
