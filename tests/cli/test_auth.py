"""The auth command, and the sources of tokens."""

from __future__ import annotations

import io

import pytest

from groupstui.cli.main import main


@pytest.mark.parametrize("way", ["stdin", "file"])
def test_token_from_stdin_or_file(cli, demo, environ, tmp_path, way):
    del environ["TESTMO_TOKEN"]
    if way == "stdin":
        result = cli("auth", "status", "--token-stdin", stdin=f"{demo.token}\n")
    else:
        file = tmp_path / "token"
        file.write_text(f"{demo.token}\n")
        result = cli("auth", "status", "--token-file", str(file))
    assert result.code == 0
    assert "Ada Lovelace" in result.out
    assert demo.token not in result.out + result.err


def test_auth_status_shows_no_token(cli, demo):
    result = cli("auth", "status")
    assert demo.url in result.out
    assert "Ada Lovelace" in result.out
    assert "TESTMO_TOKEN" in result.out
    assert demo.token not in result.out


def test_auth_status_of_non_admin(cli, demo, environ):
    environ["TESTMO_TOKEN"] = demo.member_token
    result = cli("auth", "status")
    assert result.code == 5
    assert "site admin" in result.out + result.err


def test_login_without_keyring_fails(cli, environ, demo):
    del environ["TESTMO_TOKEN"]
    result = cli("auth", "login", "--token-stdin", stdin=f"{demo.token}\n")
    assert result.code != 0
    assert "keyring" in result.err
    assert demo.token not in result.out + result.err


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_login_without_a_typed_token_exits_2(environ, capsys, monkeypatch):
    def end_of_input(prompt: str) -> str:
        raise EOFError

    monkeypatch.setattr("getpass.getpass", end_of_input)
    monkeypatch.setattr("sys.stdin", Terminal())
    assert main(["auth", "login"], environ) == 2
    assert capsys.readouterr().err.endswith("groupstui: no token was typed\n")


@pytest.mark.parametrize("action", ["login", "logout", "status"])
def test_auth_refuses_demo(cli, action):
    result = cli("auth", action, "--demo")
    assert (result.code, result.out) == (2, "")
    assert "--demo" in result.err
