"""A token in the place of any other value, by mistake: no output repeats it."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from itertools import cycle

import pytest

from groupstui.cli.parser import COMMANDS, build_parser

CANARY = "s3cret-canary-0123456789-abcdefghi"

TOKENS = (CANARY, f"12|{CANARY}", f"{CANARY}.{CANARY}", f"s3cret/{CANARY}")

WORDS = {
    **{"members": ["QA"], "who": ["ada"], "check": ["ada", "QA"], "compare": ["QA", "Admins"]},
    **{"snapshot": ["list"], "export": ["groups", "-o", "-"], "auth": ["status"]},
    **{"config": ["set", "theme", "nord"]},
    **{"completion": ["bash"], "browse": ["--plain"], "watch": ["--interval", "1s"], "audit": ["empty"]},
}
"""What each command needs. The interval is refused, because a watch does not end."""


def value_options(command: str) -> Iterator[str]:
    """Yield the options of a command that have a value."""
    (commands,) = (a for a in build_parser()._actions if isinstance(a, argparse._SubParsersAction))
    for action in commands.choices[command]._actions:
        if action.option_strings and action.nargs in (None, "?"):
            yield action.option_strings[-1]


def command_lines(command: str) -> Iterator[list[str]]:
    """Yield a command with a token in the place of each of its values, and as one more word."""
    words = WORDS.get(command, [])
    for option, token in zip(value_options(command), cycle(TOKENS), strict=False):
        yield [command, *words, option, token]
    for token in TOKENS:
        for place in range(len(words) + 1):
            yield [command, *words[:place], token, *words[place + 1 :]]
        if command == "export":
            for folder in ("/no/", "", ""):  # the second time, the file exists
                yield ["export", "groups", "--format", "csv", "-o", f"{folder}{token}"]
                yield ["export", "review", "-o", f"{folder}{token}"]


@pytest.mark.parametrize("command", COMMANDS)
def test_no_message_repeats_a_token_in_place_of_an_argument(cli, tmp_path, monkeypatch, command):
    monkeypatch.chdir(tmp_path)
    for arguments in command_lines(command):
        result = cli(*arguments)
        assert "s3cret" not in result.out + result.err, arguments


VARIABLES = (
    *("HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "SSL_CERT_FILE", "SSL_CERT_DIR", "TERM", "COLORTERM"),
    *("TESTMO_INSTANCE", "PYTHON_KEYRING_BACKEND"),
)


@pytest.mark.parametrize("name", VARIABLES)
@pytest.mark.parametrize("token", TOKENS)
def test_doctor_repeats_no_token_in_place_of_a_variable(cli, environ, monkeypatch, name, token):
    environ[name] = token
    monkeypatch.setenv(name, token)
    if name == "NO_PROXY":
        environ["HTTPS_PROXY"] = "proxy.example:3128"
    result = cli("doctor")
    assert "s3cret" not in result.out + result.err


def test_doctor_shows_ordinary_values(cli, environ):
    hosts = "localhost,10.0.0.0/8,.internal.services.corporation.example"
    environ |= {
        "HTTPS_PROXY": "http://ada:x@proxy-of-the-company-7.corporation.example:3128",
        "NO_PROXY": hosts,
        "SSL_CERT_FILE": "/etc/company/certificates-of-inspection.pem",
        "TERM": "xterm-256color",
    }
    lines = cli("doctor").out
    assert "HTTPS_PROXY=http://***@proxy-of-the-company-7.corporation.example:3128" in lines
    assert f"NO_PROXY={hosts}" in lines
    assert "SSL_CERT_FILE=/etc/company/certificates-of-inspection.pem" in lines


def test_messages_show_ordinary_names(cli, tmp_path):
    path = tmp_path / "memberships-of-all-users-2026-11-27.csv"
    path.touch()
    assert str(path) in cli("export", "groups", "-o", str(path)).err
    address = "wolfeschlegelsteinhausenbergerdorff@corporation.example"
    assert address in cli("who", address).err
