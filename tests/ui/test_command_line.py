"""Starting the program: what it answers before it draws anything, as a process of its own."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest

import groupstui
from groupstui import __version__

DEADLINE = 30.0
"""Seconds after which a program that should only say something is hanging."""

CANARY = "c4nary-t0ken"
HEAVY = {"textual", "rich", "httpcore", "httpx", "pydantic", "keyring", "tomlkit"}


class Ended(NamedTuple):
    """What a program that has ended leaves."""

    code: int
    out: str
    err: str

    @property
    def lines(self) -> list[str]:
        return self.err.splitlines()


@pytest.fixture
def home(tmp_path):
    return tmp_path


@pytest.fixture
def start(home):
    """Start the program without a terminal, and wait for its end."""

    def start(*arguments: str, **environ: str) -> Ended:
        done = subprocess.run(
            command(arguments),
            env=environment(home, environ),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=DEADLINE,
        )
        return Ended(done.returncode, done.stdout, done.stderr)

    return start


@pytest.fixture
def start_on_terminal(home):
    """Start the program on a terminal, and wait for its end: only for what ends before it draws."""

    def start(*arguments: str, **environ: str) -> Ended:
        ours, theirs = pty.openpty()
        try:
            done = subprocess.run(
                command(arguments),
                env=environment(home, environ),
                stdin=theirs,
                stdout=subprocess.PIPE,
                stderr=theirs,
                text=True,
                timeout=DEADLINE,
            )
            os.write(theirs, b"\0")  # so that there is something to read in any case
            said = os.read(ours, 100_000).decode().rstrip("\0").replace("\r\n", "\n")
        finally:
            os.close(ours)
            os.close(theirs)
        return Ended(done.returncode, done.stdout, said)

    return start


def command(arguments):
    return [sys.executable, "-m", "groupstui", *arguments]


def environment(home, more):
    """Return the whole environment of a program at home there."""
    return {
        "HOME": str(home),
        "LANG": "C.UTF-8",
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(Path(groupstui.__file__).parents[1]),
        "TERM": "xterm-256color",
        "XDG_CONFIG_HOME": str(home),
        **more,
    }


def write_settings(home, text):
    home.joinpath("groupstui").mkdir()
    home.joinpath("groupstui", "settings.toml").write_text(text)


# What it says about itself


def test_version(start):
    assert start("--version") == (0, f"groupstui {__version__}\n", "")


def test_help_has_examples_variables_and_exit_codes(start):
    code, text, err = start("--help")
    assert (code, err) == (0, "")
    examples, _, rest = text.partition("examples:\n")[2].partition("environment:\n")
    variables, _, exit_codes = rest.partition("exit codes:\n")
    assert "groupstui --demo" in examples
    assert "groupstui --instance acme" in examples
    assert "TESTMO_INSTANCE" in variables
    assert "TESTMO_TOKEN" in variables
    codes = [line.split()[0] for line in exit_codes.strip().splitlines()]
    assert codes == ["0", "1", "2", "3", "4", "5", "6", "7", "8", "130", "141"]


def test_help_fits_80_columns(start):
    assert max(map(len, start("--help", COLUMNS="80").out.splitlines())) <= 80


@pytest.mark.parametrize("option", ["--help", "--version"])
def test_help_and_version_import_nothing_heavy(home, option):
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "groupstui", option],
        env=environment(home, {}),
        capture_output=True,
        text=True,
        timeout=DEADLINE,
        check=True,
    )
    imported = {line.rpartition("|")[2].strip().partition(".")[0] for line in done.stderr.splitlines()}
    assert "groupstui" in imported
    assert not imported & HEAVY


# What it refuses


@pytest.mark.parametrize(
    "arguments",
    [["--nosuch"], ["--instance"], ["--demo", "--instance", "acme"], ["--dem"], ["QA", "Beta testers"]],
    ids=" ".join,
)
def test_wrong_usage_returns_2(start_on_terminal, arguments):
    ended = start_on_terminal(*arguments)
    assert (ended.code, ended.out) == (2, "")
    assert len(ended.lines) == 1
    assert ended.lines[0].startswith("groupstui: ")
    assert ended.lines[0].endswith("; see: groupstui browse --help")


@pytest.mark.parametrize(
    ("named", "why"),
    [
        ("not a site", "an address contains no spaces"),
        ("http://acme.testmo.net", "plain http would send your token unencrypted"),
        ("https://ada:secret@acme.testmo.net", "an address must not contain a user name or password"),
    ],
)
def test_invalid_instance_returns_2(start_on_terminal, named, why):
    for ended in (start_on_terminal("--instance", named), start_on_terminal(TESTMO_INSTANCE=named)):
        assert (ended.code, ended.out, len(ended.lines)) == (2, "", 1)
        assert ended.err.startswith("groupstui: ")
        assert why in ended.err


def test_empty_instance_returns_2(start_on_terminal):
    ended = start_on_terminal("--instance", "", TESTMO_TOKEN=CANARY)
    assert (ended.code, len(ended.lines)) == (2, 1)


def test_token_without_an_instance_returns_2(home, start_on_terminal):
    write_settings(home, 'current = "https://acme.testmo.net"\n')
    ended = start_on_terminal(TESTMO_TOKEN=CANARY)
    assert (ended.code, ended.out, len(ended.lines)) == (2, "", 1)
    assert "TESTMO_TOKEN is set: name its instance with --instance or TESTMO_INSTANCE" in ended.err
    assert CANARY not in ended.err


@pytest.mark.parametrize("rest", [" and more", "\nand more", "\x1b[31m", "é", "x" * 5000])
def test_invalid_token_is_not_repeated(start_on_terminal, rest):
    ended = start_on_terminal("--instance", "acme", TESTMO_TOKEN=CANARY + rest)
    assert (ended.code, ended.out, len(ended.lines)) == (2, "", 1)
    assert ended.err.startswith("groupstui: no token from TESTMO_TOKEN: the token ")
    assert CANARY not in ended.err


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("page_size = 'many", "settings.toml, line 1: the file is not valid TOML"),
        ("\npage_size = 17\n", "settings.toml, line 2: page_size must be 'auto' or one of 15, 25, 50, 100"),
    ],
)
def test_invalid_settings_are_reported_with_their_line(home, start_on_terminal, text, why):
    write_settings(home, text)
    for arguments in ([], ["--instance", "acme"]):
        ended = start_on_terminal(*arguments)
        assert (ended.code, ended.out, len(ended.lines)) == (2, "", 1)
        assert why in ended.err


@pytest.mark.parametrize("arguments", [[], ["--demo"], ["--instance", "acme"]])
def test_app_needs_a_terminal(start, arguments):
    ended = start(*arguments)
    assert (ended.code, ended.out, len(ended.lines)) == (2, "", 1)
    assert "stdin and stderr must be a terminal" in ended.err


@pytest.mark.parametrize("redirected", ["stdin", "stderr"])
def test_app_needs_stdin_and_stderr(home, redirected):
    ours, theirs = pty.openpty()
    try:
        streams = {"stdin": theirs, "stderr": theirs, redirected: subprocess.DEVNULL}
        done = subprocess.run(
            command(["--demo"]),
            env=environment(home, {}),
            stdout=subprocess.PIPE,
            timeout=DEADLINE,
            **streams,
        )
    finally:
        os.close(ours)
        os.close(theirs)
    assert (done.returncode, done.stdout) == (2, b"")
