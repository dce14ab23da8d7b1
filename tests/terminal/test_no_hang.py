"""Nothing that hangs delays the end: a name server, a keyring, a prompt."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from .bare_terminal import BareTerminal

END_WITHIN_S = 6.0
"""Seconds to exit, on a busy machine; idle, it takes less than one. What hangs does so for a minute."""

PROJECT = Path(__file__).parents[2]
SLOW_RESOLVER = str(Path(__file__).with_name("slow_resolver.py"))

FROZEN_KEYRING = """
import time
from keyring.backend import KeyringBackend
class Keyring(KeyringBackend):
    priority = 5
    def get_password(self, service, username):
        time.sleep(60)
"""


@pytest.fixture
def online(environment):
    """The environment of a signed-in program."""
    more = {"TESTMO_TOKEN": "t0ken", "PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring"}
    return environment | more | {"TESTMO_INSTANCE": "acme"}


@pytest.mark.parametrize(
    ("key", "number", "code"),
    [("q", None, 0), ("\x11", None, 0), ("", signal.SIGTERM, 143), ("", signal.SIGINT, 130)],
)
def test_app_ends_while_a_name_is_resolved(online, key, number, code):
    with BareTerminal(online, program=[SLOW_RESOLVER]) as terminal:
        terminal.read_until("acme.testmo.net")
        terminal.press(key)
        if number is not None:
            terminal.signal(number)
        terminal.read_all()
        assert terminal.exit_code(END_WITHIN_S) == code


def test_timeout_covers_the_resolver(online):
    command = [sys.executable, SLOW_RESOLVER, "who", "ada", "--timeout", "0.5"]
    done = subprocess.run(command, env=online, capture_output=True, text=True, timeout=0.5 + END_WITHIN_S)
    assert done.returncode == 8
    assert "acme.testmo.net did not answer within 0.5 s" in done.stderr


PROMPTS = {
    "who ada": "",
    "browse --plain --demo": "> ",
    "auth login --instance acme": "Token for acme.testmo.net:",
    "auth logout": "[y/N]",
    "lookup - --demo": "",
    "who ada --token-stdin": "Token:",
}
"""Commands that wait for the network or for input, and the last text that they print before."""


@pytest.mark.parametrize("command", PROMPTS)
def test_ctrl_c_ends_a_waiting_command(online, command):
    if "login" in command:  # which needs a keyring to ask for a token
        del online["TESTMO_TOKEN"]
        online["PYTHON_KEYRING_BACKEND"] = "tests.support.keyrings.FakeKeyring"
        online["PYTHONPATH"] += f":{PROJECT}"
    with BareTerminal(online, *command.split(), program=[SLOW_RESOLVER]) as terminal:
        terminal.read_until(PROMPTS[command])
        terminal.read_all()
        terminal.press("\x03")
        output = terminal.read_all()
        assert terminal.exit_code(END_WITHIN_S) == 130
        assert b"Traceback" not in output
        assert b"exception" not in output


@pytest.mark.parametrize("key", ["q", "\x11"])
def test_quit_while_the_keyring_is_frozen(environment, tmp_path, key):
    (tmp_path / "frozen_keyring.py").write_text(FROZEN_KEYRING)
    environment["PYTHONPATH"] += f":{tmp_path}"
    environment |= {"PYTHON_KEYRING_BACKEND": "frozen_keyring.Keyring", "TESTMO_INSTANCE": "acme"}
    with BareTerminal(environment) as terminal:
        terminal.read_until("Reading the token from the keyring")
        terminal.press(key)
        terminal.read_all()
        assert terminal.exit_code(END_WITHIN_S) == 0
