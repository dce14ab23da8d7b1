"""The auth command, and the sources of tokens."""

from __future__ import annotations

import io

import pytest

from groupstui.cli.main import main
from groupstui.settings import SettingsFile, default_path

from ..support.site_app import SiteApp
from ..support.site_server import SiteServer


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

    del environ["TESTMO_TOKEN"]
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "tests.support.keyrings.FakeKeyring")
    monkeypatch.setattr("getpass.getpass", end_of_input)
    monkeypatch.setattr("sys.stdin", Terminal())
    assert main(["auth", "login"], environ) == 2
    assert capsys.readouterr().err.endswith("groupstui: no token was typed\n")


def test_login_without_a_keyring_asks_for_no_token(environ, capsys, monkeypatch):
    del environ["TESTMO_TOKEN"]
    monkeypatch.setattr("sys.stdin", Terminal("typed-in-vain\n"))
    assert main(["auth", "login"], environ) == 4
    error = capsys.readouterr().err
    assert error.startswith("groupstui: a token cannot be saved: no keyring is available")
    assert "Create a token" not in error


@pytest.mark.parametrize("action", ["login", "logout", "status"])
def test_auth_refuses_demo(cli, action):
    result = cli("auth", action, "--demo")
    assert (result.code, result.out) == (2, "")
    assert "--demo" in result.err


# The token in the environment


@pytest.fixture
def staging(site):
    """Another instance, with a token of its own."""
    app = SiteApp(site, token="staging-token-of-its-own")
    received: list[str] = []

    async def recording(request):
        received.append(request.headers["authorization"])
        return await app(request)

    with SiteServer(recording) as server:
        yield server.url, received


@pytest.mark.parametrize("command", [["groups"], ["auth", "status"], ["auth", "login"], ["doctor"]])
def test_token_variable_is_not_sent_to_another_instance(cli, keyring, staging, command):
    url, received = staging
    result = cli(*command, "--instance", url)
    assert result.code == 2
    assert received == []
    if command == ["groups"]:
        assert "TESTMO_TOKEN is not for" in result.err
        assert "Set both variables, or run groupstui auth login." in result.err


def test_other_instance_gets_its_own_token_from_the_keyring(cli, keyring, staging):
    url, received = staging
    keyring(**{url: "staging-token-of-its-own"})
    assert cli("groups", "--instance", url).code == 0
    assert set(received) == {"Bearer staging-token-of-its-own"}


def test_token_variable_is_for_its_instance_in_any_form(cli, demo):
    assert cli("groups", "--instance", f"{demo.url}/admin/groups?page=2").code == 0


def test_token_variable_without_instance_is_for_the_option(cli, demo, environ):
    del environ["TESTMO_INSTANCE"]
    assert cli("groups", "--instance", demo.url).code == 0


def test_login_takes_the_token_variable(cli, keyring, demo):
    assert cli("auth", "login").code == 0
    assert keyring() == {demo.url: demo.token}


# Options


READING = [
    *(["groups"], ["members", "QA"], ["who", "ada"], ["check", "ada", "QA"], ["lookup", "-"]),
    *(["compare", "QA", "Everyone"], ["audit"], ["changes"], ["snapshot", "save"], ["browse", "--plain"]),
    *(["export", "groups", "-o", "-"], ["auth", "login"], ["auth", "status"], ["doctor"]),
]
"""Every command that sends requests; `watch` would try again for ever."""


@pytest.mark.parametrize("command", READING, ids=" ".join)
@pytest.mark.parametrize(
    ("option", "value", "message"),
    [
        ("--proxy", "http://127.0.0.1:1", "cannot connect to the proxy"),
        ("--ca-bundle", __file__, "--ca-bundle cannot be used: it contains no certificates"),
        ("--timeout", "0.000001", "did not answer within 1e-06 s"),
    ],
)
def test_connection_options_reach_every_command(cli, environ, command, option, value, message):
    environ["TESTMO_INSTANCE"] = "https://127.0.0.1:1"
    result = cli(*command, option, value)
    assert result.code == 8
    assert message in result.out + result.err


@pytest.mark.parametrize("option", [(), ("--demo",), ("--offline",)], ids=str)
@pytest.mark.parametrize("command", ["groups", "browse", "browse --plain"])
def test_missing_ca_bundle_is_an_error_in_every_case(cli, environ, demo, option, command):
    result = cli(*command.split(), *option, "--ca-bundle", "/no/such/file")
    assert (result.code, result.out) == (2, "")
    assert "argument --ca-bundle: the file cannot be read: No such file or directory" in result.err
    assert demo.log.paths == []


def test_ca_bundle_without_certificates_is_an_error_for_plain_http(cli, demo):
    assert cli("groups", "--ca-bundle", __file__).code == 8
    assert demo.log.paths == []


# Signing out


def test_logout_without_terminal_needs_yes(cli, keyring, demo):
    keyring(**{demo.url: demo.token})
    result = cli("auth", "logout")
    assert (result.code, result.out) == (2, "")
    assert "add --yes" in result.err
    assert keyring() == {demo.url: demo.token}
    assert cli("auth", "logout", "--yes").code == 0
    assert keyring() == {}


@pytest.mark.parametrize(("answer", "code", "left"), [("y\n", 0, 0), ("n\n", 1, 1), ("\n", 1, 1), ("", 1, 1)])
def test_logout_asks_on_a_terminal(keyring, demo, environ, capsys, monkeypatch, answer, code, left):
    keyring(**{demo.url: demo.token})
    monkeypatch.setattr("sys.stdin", Terminal(answer))
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    assert main(["auth", "logout"], environ) == code
    assert f"Delete the token of {demo.url}?" in capsys.readouterr().err
    assert len(keyring()) == left


def test_instance_used_before_is_next_after_logout(cli, keyring, demo, environ, staging):
    url, _ = staging
    keyring(**{demo.url: demo.token, url: "staging-token-of-its-own"})
    SettingsFile(default_path()).update(lambda settings: settings.remember(demo.url).remember(url))
    del environ["TESTMO_TOKEN"], environ["TESTMO_INSTANCE"]
    assert cli("auth", "logout", "--yes").code == 0
    result = cli("auth", "status")
    assert (result.code, demo.url in result.out) == (0, True)


# Tokens as arguments


@pytest.mark.parametrize(
    "arguments",
    [
        ["who", "ada", "--token", "s3cret-canary-0123456789-abc"],
        ["--token=s3cret-canary-0123456789-abc"],
        ["who", "ada", "--api-key", "s3cret-canary-0123456789-abc"],
        ["who", "ada", "--api-key=s3cret"],
        ["who", "ada", "-ts3cret"],
        ["auth", "login", "s3cret-canary-0123456789-abc"],
        ["auth", "s3cret-canary-0123456789-abc"],
        ["groups", "--instance", "s3cret-canary-0123456789-abc"],
        ["groups", "--format", "s3cret-canary-0123456789-abc"],
        ["groups", "--limit", "s3cret-canary-0123456789-abc"],
        ["groups", "--token-file", "s3cret-canary-0123456789-abc"],
        ["groups", "--columns", "s3cret-canary-0123456789-abc"],
        ["changes", "--since", "s3cret-canary-0123456789-abc"],
        ["audit", "s3cret-canary-0123456789-abc"],
    ],
    ids=" ".join,
)
def test_token_as_argument_is_refused_and_not_repeated(cli, demo, arguments):
    result = cli(*arguments)
    assert (result.code, result.out) == (2, "")
    assert "s3cret" not in result.err
    assert demo.log.paths == []
