"""Proxies and certificates, with real servers on loopback."""

from __future__ import annotations

import asyncio
import base64
import gc
import json
import socket
import ssl
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import trustme

from groupstui.errors import TestmoError, Unreachable
from groupstui.service.service import GroupsService
from groupstui.testmo.http import tls_context
from groupstui.testmo.http_options import HttpOptions, proxy_without_credentials
from groupstui.testmo.instance import Instance


class AnswersUser(BaseHTTPRequestHandler):
    """Answers every request with a user, also those to a proxy."""

    protocol_version = "HTTP/1.1"

    def setup(self) -> None:
        super().setup()
        self.server.connections += 1

    def do_GET(self) -> None:
        self.server.requests.append(dict(self.headers))
        body = json.dumps({"id": 1, "name": "Through the proxy"}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


class Server(ThreadingHTTPServer):
    """Records its requests and counts its connections."""

    def __init__(self, address: tuple[str, int] = ("127.0.0.1", 0)) -> None:
        self.connections = 0
        self.requests: list[dict[str, str]] = []
        super().__init__(address, AnswersUser)


class Server6(Server):
    """The same over IPv6."""

    address_family = socket.AF_INET6


@contextmanager
def serving(tls: ssl.SSLContext | None = None, server: Server | None = None) -> Iterator[int]:
    """Run a server; yield its port."""
    with server or Server() as server:
        if tls is not None:
            server.socket = tls.wrap_socket(server.socket, server_side=True)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server.server_port
        server.shutdown()
        thread.join()


ACME = "https://acme.testmo.net"


async def name_of_user(url: str, options: HttpOptions | None = None) -> str:
    async with GroupsService(url, "demo-admin-token", http=options or HttpOptions(timeout=5)) as service:
        return (await service.current_user()).name


# Connections


async def test_connection_is_reused():
    with serving(server=(site := Server())) as port:
        async with GroupsService(f"http://127.0.0.1:{port}", "demo-admin-token") as service:
            for _ in range(3):
                await service.current_user()
    assert (len(site.requests), site.connections) == (3, 1)


async def test_host_header_contains_the_port():
    with serving(server=(site := Server())) as port:
        await name_of_user(f"http://localhost:{port}")
    assert site.requests[0]["Host"] == f"localhost:{port}"


async def test_instance_may_be_an_ipv6_address():
    try:
        site = Server6(("::1", 0))
    except OSError:
        pytest.skip("this machine has no IPv6")
    with serving(server=site) as port:
        assert await name_of_user(f"http://[::1]:{port}") == "Through the proxy"
    assert site.requests[0]["Host"] == f"[::1]:{port}"


# Proxies


async def test_proxy_option_is_used():
    with refusing_proxy() as (port, requests), pytest.raises(Unreachable):
        await name_of_user(ACME, HttpOptions(proxy=f"http://127.0.0.1:{port}", timeout=2))
    assert requests[0] == "CONNECT acme.testmo.net:443 HTTP/1.1"
    assert "demo-admin-token" not in str(requests)


async def test_https_proxy_variable_is_used(monkeypatch):
    with refusing_proxy() as (port, requests):
        monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{port}")
        with pytest.raises(Unreachable):
            await name_of_user(ACME)
    assert requests[0] == "CONNECT acme.testmo.net:443 HTTP/1.1"
    assert "demo-admin-token" not in str(requests)


@pytest.mark.parametrize(
    ("credentials", "sent"),
    [("ada:l%40ve", "ada:l@ve"), ("ad%C3%A9:s%C3%A9cret", "adé:sécret"), (":secret", ":secret")],
)
async def test_proxy_needs_no_scheme_and_gets_credentials(credentials, sent):
    with refusing_proxy() as (port, requests), pytest.raises(Unreachable):
        await name_of_user(ACME, HttpOptions(proxy=f"{credentials}@127.0.0.1:{port}"))
    basic = base64.b64encode(sent.encode()).decode()
    assert f"Proxy-Authorization: Basic {basic}" in requests


async def test_all_proxy_variable_is_used(monkeypatch):
    with refusing_proxy() as (port, requests):
        monkeypatch.setenv("ALL_PROXY", f"127.0.0.1:{port}")
        with pytest.raises(Unreachable):
            await name_of_user(ACME)
    assert requests[0] == "CONNECT acme.testmo.net:443 HTTP/1.1"
    assert "demo-admin-token" not in str(requests)


@contextmanager
def refusing_proxy() -> Iterator[tuple[int, list[str]]]:
    """Run a proxy that refuses one request; yield its port and the lines that it received."""
    requests: list[str] = []
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve() -> None:
            connection, _ = listening.accept()
            with connection:
                requests.extend(connection.recv(4096).decode().splitlines())
                connection.sendall(b"HTTP/1.1 403 Forbidden\r\n\r\n")

        thread = threading.Thread(target=serve)
        thread.start()
        yield listening.getsockname()[1], requests
        thread.join()


@contextmanager
def replying(answer: bytes) -> Iterator[int]:
    """Run a server that sends a few bytes and closes the connection; yield its port."""
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve() -> None:
            connection, _ = listening.accept()
            with connection:
                connection.recv(100)
                connection.sendall(answer)

        thread = threading.Thread(target=serve)
        thread.start()
        yield listening.getsockname()[1]
        thread.join()


# httpcore leaves the connection to such a proxy to the garbage collector.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning")
@pytest.mark.parametrize("answer", [b"", b"\x04", b"\x05\xff", b"HTTP/1.1 400 Bad Request\r\n\r\n"])
async def test_socks_proxy_that_fails_is_reported(answer):
    with replying(answer) as port, pytest.raises(Unreachable, match="the proxy refused the connection"):
        await name_of_user(ACME, HttpOptions(proxy=f"socks5://127.0.0.1:{port}"))
    gc.collect()


@pytest.mark.parametrize("answer", [b"HTTP/1.1 407 Proxy Authentication Required\r\n\r\n", b""])
async def test_proxy_that_refuses_connect_is_reported(answer):
    with replying(answer) as port, pytest.raises(Unreachable):
        await name_of_user(ACME, HttpOptions(proxy=f"http://127.0.0.1:{port}", timeout=2))


async def test_proxy_with_an_invalid_host_is_reported():
    with pytest.raises(TestmoError):
        await name_of_user(ACME, HttpOptions(proxy="http://prøxy.invalid:3128"))


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
@pytest.mark.parametrize("name", ["--proxy", "http_proxy", "HTTPS_PROXY", "ALL_PROXY"])
async def test_plain_http_never_uses_a_proxy(monkeypatch, name, host):
    with serving(server=(proxy := Server())) as proxy_port, serving() as port:
        address = f"http://127.0.0.1:{proxy_port}"
        monkeypatch.setenv(name, address)
        options = HttpOptions(proxy=address if name == "--proxy" else "", timeout=5)
        assert await name_of_user(f"http://{host}:{port}", options) == "Through the proxy"
    assert proxy.requests == []


async def test_https_on_loopback_ignores_proxy_variables(monkeypatch, secure_site, bundle):
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:1")
    assert await name_of_user(secure_site, HttpOptions(ca_bundle=str(bundle))) == "Through the proxy"


async def test_localhost_is_not_resolved(monkeypatch):
    def resolve(host: str, *_: object, **__: object) -> list[object]:
        raise AssertionError(f"{host} was resolved")

    with serving() as port:
        monkeypatch.setattr("socket.getaddrinfo", resolve)
        assert await name_of_user(f"http://localhost:{port}") == "Through the proxy"


async def test_localhost_may_answer_over_ipv6_only():
    try:
        site = Server6(("::1", 0))
    except OSError:
        pytest.skip("this machine has no IPv6")
    with serving(server=site) as port:
        assert await name_of_user(f"http://localhost:{port}") == "Through the proxy"
    assert site.requests[0]["Host"] == f"localhost:{port}"


@pytest.mark.parametrize(
    ("no_proxy", "direct"),
    [
        ("", False),
        ("*", True),
        ("acme.testmo.net", True),
        ("testmo.net", True),
        (".testmo.net", True),
        ("example.com, testmo.net", True),
        ("acme.testmo.net:443", True),
        ("acme.testmo.net:8443", False),
        ("mo.net", False),
        ("10.0.0.0/8", False),
        ("[nonsense", False),
    ],
)
def test_no_proxy_lists_hosts_domains_and_ports(no_proxy, direct):
    environ = {"HTTPS_PROXY": "http://proxy:3128", "NO_PROXY": no_proxy}
    proxy = HttpOptions().proxy_for(Instance.parse("acme"), environ)
    assert proxy == (None if direct else "http://proxy:3128")


@pytest.mark.parametrize(
    ("no_proxy", "direct"),
    [("10.0.0.0/8", True), ("10.1.2.3", True), ("10.1.2.4/32", False), ("fd00::/8", False)],
)
def test_no_proxy_lists_networks(no_proxy, direct):
    environ = {"https_proxy": "http://proxy:3128", "no_proxy": no_proxy}
    assert (HttpOptions().proxy_for(Instance.parse("https://10.1.2.3"), environ) is None) == direct


async def test_unreachable_proxy_is_reported():
    with pytest.raises(Unreachable, match="cannot connect to the proxy"):
        await name_of_user(ACME, HttpOptions(proxy="http://127.0.0.1:1"))


INVALID_PROXIES = [
    *("nonsense://proxy", "http://", "http://[bad", "http://host:port"),
    *("http://bob:s3#cret@proxy:1", "http://bob:80/cret@proxy:1", "http://bob:80?cret@proxy:1"),
]


@pytest.mark.parametrize("address", INVALID_PROXIES)
@pytest.mark.parametrize("name", ["--proxy", "HTTPS_PROXY", "ALL_PROXY", "https_proxy"])
def test_invalid_proxy_is_reported_by_name(name, address, monkeypatch):
    if name != "--proxy":
        monkeypatch.setenv(name, address)
    with pytest.raises(Unreachable) as caught:
        GroupsService("acme", "t0ken", http=HttpOptions(proxy=address if name == "--proxy" else ""))
    assert str(caught.value) == f"{name if name == '--proxy' else name.upper()} is not the address of a proxy"


def test_invalid_proxy_matters_only_if_used(monkeypatch):
    monkeypatch.setenv("ALL_PROXY", "nonsense")
    monkeypatch.setenv("HTTP_PROXY", "[nonsense")
    monkeypatch.setenv("HTTPS_PROXY", "[nonsense")
    GroupsService("http://localhost:1", "t0ken")
    GroupsService("acme", "t0ken", http=HttpOptions(proxy="proxy:3128"))
    monkeypatch.setenv("NO_PROXY", "testmo.net")
    GroupsService("acme", "t0ken")


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("http://bob:pa55@proxy:3128", "http://***@proxy:3128"),
        ("bob:pa55@proxy:3128", "http://***@proxy:3128"),
        ("pa55@proxy", "http://***@proxy"),
        ("socks5://bob:p@55@proxy:1", "socks5://***@proxy:1"),
        ("proxy:3128", "http://proxy:3128"),
    ],
)
def test_shown_proxy_has_no_credentials(address, shown):
    assert proxy_without_credentials(address) == shown


@pytest.mark.parametrize("address", INVALID_PROXIES)
def test_invalid_proxy_is_not_shown(address):
    assert proxy_without_credentials(address) == "set, but not the address of a proxy"


def test_proxy_password_is_not_in_the_error(monkeypatch):
    monkeypatch.setenv("HTTPS_PROXY", "nonsense://me:pa55@proxy")
    with pytest.raises(Unreachable) as caught:
        GroupsService("acme", "t0ken")
    assert "pa55" not in f"{caught.value} {caught.value.hint}"


# Certificates


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def bundle(authority, tmp_path) -> Path:
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    return tmp_path / "ca.pem"


@pytest.fixture
def secure_site(authority) -> Iterator[str]:
    """A site over TLS whose certificate authority is not trusted by the system."""
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(tls)
    with serving(tls) as port:
        yield f"https://localhost:{port}"


async def test_unknown_ca_is_not_trusted(secure_site):
    with pytest.raises(Unreachable, match="cannot verify the TLS certificate of localhost") as caught:
        await name_of_user(secure_site)
    assert "--ca-bundle" in caught.value.hint


async def test_expired_certificate_hints_at_the_clock(authority, bundle):
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost", not_after=datetime(2020, 1, 1, tzinfo=UTC)).configure_cert(tls)
    with (
        serving(tls) as port,
        pytest.raises(Unreachable, match="cannot verify the TLS certificate") as caught,
    ):
        await name_of_user(f"https://localhost:{port}", HttpOptions(ca_bundle=str(bundle)))
    assert "Check the clock of this machine" in caught.value.hint


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have their own trust stores")
@pytest.mark.parametrize(("place", "count"), [("all.pem", 1), ("certs/all.pem", 0)])
def test_system_file_outside_its_folder_is_trusted(monkeypatch, tmp_path, authority, place, count):
    folder = tmp_path / "certs"
    folder.mkdir()
    (folder / "0123abcd.0").touch()
    authority.cert_pem.write_to_path(str(tmp_path / place))
    paths = ssl.get_default_verify_paths()._replace(cafile=str(tmp_path / place), capath=str(folder))
    monkeypatch.setattr("ssl.get_default_verify_paths", lambda: paths)
    tls_context.cache_clear()
    try:
        assert len(tls_context("", "").get_ca_certs()) == count
    finally:
        tls_context.cache_clear()


async def test_ca_bundle_is_trusted(secure_site, bundle):
    assert await name_of_user(secure_site, HttpOptions(ca_bundle=str(bundle))) == "Through the proxy"


async def test_ssl_cert_file_is_trusted(secure_site, bundle, monkeypatch):
    monkeypatch.setenv("SSL_CERT_FILE", str(bundle))
    assert await name_of_user(secure_site) == "Through the proxy"


@pytest.mark.parametrize("content", [None, "nothing of use"])
@pytest.mark.parametrize("name", ["--ca-bundle", "SSL_CERT_FILE"])
async def test_ca_file_without_certificates_is_reported(name, content, monkeypatch, tmp_path):
    file = tmp_path / "ca.pem"
    if content is not None:
        file.write_text(content)
    if name == "SSL_CERT_FILE":
        monkeypatch.setenv("SSL_CERT_FILE", str(file))
    why = "No such file or directory" if content is None else "it contains no certificates"
    network = HttpOptions(ca_bundle=str(file) if name != "SSL_CERT_FILE" else "")
    with pytest.raises(Unreachable) as caught:
        await name_of_user(ACME, network)
    assert str(caught.value) == f"{name} cannot be used: {why}: {file}"


@pytest.mark.parametrize(
    ("proxy", "message"),
    [
        ("http://127.0.0.1:1", "cannot connect to the proxy: Connection refused"),
        ("http://nohost.invalid:1", "cannot connect to the proxy: "),
        ("http://HOST", "the connection to acme.testmo.net through the proxy was lost: "),
        ("https://HOST", "no TLS connection to acme.testmo.net through the proxy: "),
    ],
)
async def test_failure_of_a_proxy_names_it(proxy, message):
    async def close(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.close()

    server = await asyncio.start_server(close, "127.0.0.1", 0)
    host = "{}:{}".format(*server.sockets[0].getsockname())
    options = HttpOptions(proxy=proxy.replace("HOST", host), timeout=20)
    async with server, GroupsService("acme", "token", http=options) as service:
        with pytest.raises(TestmoError) as caught:
            await service.current_user()
    assert str(caught.value).startswith(message)
    assert ".." not in caught.value.full
    assert ": ." not in caught.value.full
