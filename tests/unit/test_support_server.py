"""The TCP server of the tests and its command line."""

from __future__ import annotations

import socket
import ssl
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from signal import SIGINT, SIGTERM, Signals

import httpx
import pytest

from groupstui.demo.seed import make_site

from ..support.faults import Faults
from ..support.site import main
from ..support.site_app import TOKEN, SiteApp
from ..support.site_server import SiteServer


@contextmanager
def site_process(*arguments: str) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.support.site", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    with process:
        try:
            yield process
        finally:
            process.kill()


def get(url: str, path: str, token: str = TOKEN, verify: ssl.SSLContext | bool = True) -> httpx.Response:
    headers = {"Authorization": f"Bearer {token}"}
    return httpx.get(f"{url}/api/v1{path}", headers=headers, trust_env=False, verify=verify)


def test_server_answers_at_once_and_closes_its_port() -> None:
    with SiteServer(SiteApp(make_site(3, 3))) as server:
        assert get(server.url, "/user").json()["name"] == "Ada Lovelace"
    with pytest.raises(httpx.ConnectError):
        get(server.url, "/user")


def test_server_stops_without_requests() -> None:
    with SiteServer(SiteApp(make_site(3, 3))):
        pass


def test_server_stops_within_a_response() -> None:
    faults = Faults(seconds=600)
    faults.always("slow")
    with (
        SiteServer(SiteApp(make_site(3, 3), faults=faults)) as server,
        httpx.Client(headers={"Authorization": f"Bearer {TOKEN}"}, trust_env=False) as client,
        client.stream("GET", f"{server.url}/api/v1/groups") as response,
    ):
        assert response.status_code == 200
        server.stop()
        with pytest.raises(httpx.TransportError):
            response.read()


def test_two_servers_run_at_once() -> None:
    with (
        SiteServer(SiteApp(make_site(3, 3), token="one")) as one,
        SiteServer(SiteApp(make_site(4, 3), token="two")) as two,
    ):
        assert get(one.url, "/groups", "one").json()["total"] == 3
        assert get(two.url, "/groups", "two").json()["total"] == 4


def test_connection_is_reused_until_invalid_http() -> None:
    with (
        SiteServer(SiteApp(make_site(3, 3))) as server,
        socket.create_connection(("127.0.0.1", server.port), timeout=10) as client,
    ):
        reader = client.makefile("rb")
        for _ in range(2):
            client.sendall(b"GET /api/v1/user HTTP/1.1\r\nHost: x\r\n\r\n")
            assert reader.readline() == b"HTTP/1.1 401 Unauthorized\r\n"
            while reader.readline().strip():
                pass
            assert reader.read(len(b'{"message":"Unauthenticated."}')) == b'{"message":"Unauthenticated."}'
        client.sendall(b"no HTTP\r\n\r\n")
        assert reader.read().startswith(b"HTTP/1.1 400 ")


@pytest.mark.parametrize("signal", [SIGINT, SIGTERM])
def test_command_prints_url_and_token_and_exits_on_signal(signal: Signals) -> None:
    with site_process("--groups", "40", "--users", "10", "--token", "secret") as process:
        assert process.stdout is not None
        url, token = process.stdout.readline().split()
        assert token == "secret"
        assert get(url, "/groups", token).json()["total"] == 40
        process.send_signal(signal)
        assert process.communicate(timeout=20) == ("", "")
        assert process.returncode == 0


def test_command_with_fault_spoils_every_response() -> None:
    with site_process("--groups", "3", "--fault", "429") as process:
        assert process.stdout is not None
        url, token = process.stdout.readline().split()
        assert [get(url, "/groups", token).status_code for _ in range(2)] == [429, 429]


def test_command_with_tls_prints_the_ca_file() -> None:
    with site_process("--groups", "3", "--tls") as process:
        assert process.stdout is not None
        url, token = process.stdout.readline().split()
        context = ssl.create_default_context(cafile=process.stdout.readline().strip())
        assert url.startswith("https://")
        assert get(url, "/groups", token, context).json()["total"] == 3
        with pytest.raises(httpx.ConnectError, match="CERTIFICATE_VERIFY_FAILED"):
            get(url, "/groups", token)


def test_command_reports_port_in_use() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with site_process("--port", str(port)) as process:
            output, errors = process.communicate(timeout=20)
    assert process.returncode == 2
    assert (output, errors) == ("", f"tests.support.site: cannot listen on port {port}: in use\n")


@pytest.mark.parametrize(
    ("arguments", "message"),
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
def test_command_rejects_wrong_option(
    arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as exit:
        main(arguments)
    assert exit.value.code == 2
    assert message in capsys.readouterr().err


def test_command_help_has_examples(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as exit:
        main(["--help"])
    assert exit.value.code == 0
    assert "python -m tests.support.site --port 8765" in capsys.readouterr().out
