"""The app over a real SSH connection."""

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

EXIT_WITHIN_S = 1.0
"""Seconds to exit after a disconnect."""

FORCED_EXIT_WITHIN_S = 3.0
"""Seconds to exit if the client accepts no output."""

TOLERANCE_S = 0.5
"""Seconds until sshd notices a dead client, and the test a dead process."""


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
    """A remote shell with the instance and the token in its environment."""
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
    """Start the app in the remote shell, and return its process id."""
    program = f"echo $$ > {home}/pid; {before} exec {sys.executable} -m groupstui"
    pane.run(f"clear; sh -c '{program}'; echo \"ended with $?\"")
    pane.wait_for("page 1 of 16", "Ada Lovelace")
    return int((home / "pid").read_text())


def wait_for_exit(pid: int, limit: float) -> float:
    """Wait until a process has exited, and return the seconds it took."""
    began = monotonic()
    while alive(pid):
        if monotonic() - began > limit + TOLERANCE_S:
            raise AssertionError(f"the process is still running after {limit + TOLERANCE_S:g} s")
        sleep(0.01)
    return monotonic() - began


def alive(pid: int) -> bool:
    try:
        return "Z" not in Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False


def client_of(pane: Terminal) -> int:
    """Return the process id of the ssh client in the pane."""
    tty = pane.tty.removeprefix("/dev/")
    found = subprocess.run(["ps", "-t", tty, "-o", "pid=,comm="], capture_output=True, text=True, check=True)
    return next(int(line.split()[0]) for line in found.stdout.splitlines() if line.split()[1] == "ssh")


def test_browse_and_quit_over_ssh(pane, home):
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


def test_sign_in_without_keyring_over_ssh(pane, home, url):
    pane.run("unset TESTMO_TOKEN TESTMO_INSTANCE; clear")
    pane.run(f"{sys.executable} -m groupstui --instance {url}")
    pane.wait_for("Sign in to Testmo")
    pane.paste(TOKEN)
    pane.press("Enter")
    pane.wait_for("page 1 of 16", "The token is kept for this run only")
    assert TOKEN not in pane.text


def test_copy_sets_the_clipboard_over_ssh(pane, home):
    start(pane, home)
    pane.press("Down", "y")
    pane.wait_for("Copied “Release managers” to the terminal's")
    assert pane.clipboard == "Release managers"


def test_disconnect_exits(pane, home):
    pid = start(pane, home)
    os.kill(client_of(pane), signal.SIGKILL)
    wait_for_exit(pid, EXIT_WITHIN_S)


def test_disconnect_exits_under_nohup(pane, home):
    pid = start(pane, home, before='trap "" HUP;')
    os.kill(client_of(pane), signal.SIGKILL)
    wait_for_exit(pid, EXIT_WITHIN_S)


def test_signal_exits_if_the_client_is_frozen(pane, home):
    pid = start(pane, home)
    client = client_of(pane)
    os.kill(client, signal.SIGSTOP)
    os.kill(pid, signal.SIGTERM)
    wait_for_exit(pid, FORCED_EXIT_WITHIN_S)
    with suppress(ProcessLookupError):
        os.kill(client, signal.SIGKILL)


def test_suspended_app_is_redrawn(pane, home):
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


def test_mouse_is_off_over_ssh(pane, home):
    start(pane, home)
    assert pane.has_mouse is False
