"""The demo site over TCP: the server that tests use, and the command."""

from __future__ import annotations

import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from signal import SIGINT, SIGTERM, Signals

import httpx
import pytest

from groupstui.demo import DEMO_TOKEN, Faults, create_app, make_site
from groupstui.demo.__main__ import main
from groupstui.demo.server import DemoServer


@contextmanager
def command(*arguments: str) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        [sys.executable, "-m", "groupstui.demo", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    with process:
        try:
            yield process
        finally:
            process.kill()


def ask(url: str, token: str, path: str) -> httpx.Response:
    return httpx.get(f"{url}/api/v1{path}", headers={"Authorization": f"Bearer {token}"}, trust_env=False)


def test_a_server_has_its_address_at_once_and_leaves_nothing_behind() -> None:
    with DemoServer(create_app(make_site(3, 3), token=DEMO_TOKEN)) as server:
        assert ask(server.url, DEMO_TOKEN, "/user").json()["name"] == "Ada Lovelace"
    with pytest.raises(httpx.ConnectError):
        ask(server.url, DEMO_TOKEN, "/user")


def test_a_server_that_nobody_asks_stops_at_once() -> None:
    with DemoServer(create_app(make_site(3, 3), token=DEMO_TOKEN)):
        pass


def test_a_server_stops_in_the_middle_of_an_answer() -> None:
    faults = Faults(seconds=600)
    faults.always("slow")
    with (
        DemoServer(create_app(make_site(3, 3), token=DEMO_TOKEN, faults=faults)) as server,
        httpx.Client(headers={"Authorization": f"Bearer {DEMO_TOKEN}"}, trust_env=False) as client,
        client.stream("GET", f"{server.url}/api/v1/groups") as response,
    ):
        assert response.status_code == 200
        server.stop()
        with pytest.raises(httpx.RemoteProtocolError):
            response.read()


def test_two_servers_run_side_by_side() -> None:
    with (
        DemoServer(create_app(make_site(3, 3), token="one")) as one,
        DemoServer(create_app(make_site(4, 3), token="two")) as two,
    ):
        assert ask(one.url, "one", "/groups").json()["total"] == 3
        assert ask(two.url, "two", "/groups").json()["total"] == 4


@pytest.mark.parametrize("signal", [SIGINT, SIGTERM])
def test_the_command_prints_address_and_token_and_ends_quietly(signal: Signals) -> None:
    with command("--port", "0", "--groups", "40", "--users", "10", "--token", "secret") as process:
        assert process.stdout is not None
        url, token = process.stdout.readline().split()
        assert token == "secret"
        assert ask(url, token, "/groups").json()["total"] == 40
        process.send_signal(signal)
        assert process.communicate(timeout=20) == ("", "")
        assert process.returncode == 0


def test_the_command_spoils_every_answer_when_asked_to() -> None:
    with command("--port", "0", "--groups", "3", "--fault", "429") as process:
        assert process.stdout is not None
        url, token = process.stdout.readline().split()
        assert token == DEMO_TOKEN
        assert [ask(url, token, "/groups").status_code for _ in range(2)] == [429, 429]


def test_a_port_that_is_taken_is_one_clear_line() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with command("--port", str(port)) as process:
            output, errors = process.communicate(timeout=20)
    assert process.returncode == 2
    assert (output, errors) == ("", f"groupstui.demo: port {port} is taken\n")


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["--port", "70000"], "'70000' is not a whole number from 0 to 65535"),
        (["--groups", "many"], "'many' is not a whole number"),
        (["--users", "0"], "'0' is not a whole number from 1"),
        (["--latency-ms", "1.5"], "'1.5' is not a whole number"),
        (["--seed", "-1"], "'-1' is not a whole number"),
        (["--fault", "418"], "invalid choice: '418'"),
        (["--token", "a b"], "a token is printable ASCII without spaces"),
    ],
)
def test_a_wrong_option_is_named(
    arguments: list[str], complaint: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as exit:
        main(arguments)
    assert exit.value.code == 2
    assert complaint in capsys.readouterr().err


def test_help_shows_examples(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as exit:
        main(["--help"])
    assert exit.value.code == 0
    assert "python -m groupstui.demo --port 8765" in capsys.readouterr().out
