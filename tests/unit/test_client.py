"""The client, with responses of misbehaving servers."""

from __future__ import annotations

import asyncio
import gzip
import tracemalloc
import zlib
from collections.abc import AsyncIterator
from contextlib import suppress

import httpx
import pytest

from groupstui import __version__
from groupstui.errors import InvalidResponse, TestmoError, Unreachable, WrongAddress
from groupstui.testmo.client import TestmoClient
from groupstui.testmo.http import MAX_BODY_BYTES, MAX_GZIP_MEMBERS, HttpClient
from groupstui.testmo.http_options import HttpOptions
from groupstui.testmo.instance import Instance
from groupstui.testmo.rate_limit import Clock, Cooldown
from groupstui.token import Token

from ..support.cancellation import cancel_everywhere
from ..support.fake_servers import http

INSTANCE = Instance("https://acme.testmo.net")


USER = b'{"id": 1, "name": "Ada"}'


def client_for(answer, instance: Instance = INSTANCE) -> TestmoClient:
    clock = Clock()
    return TestmoClient(
        instance,
        Token.parse("canary"),
        options=HttpOptions(timeout=5),
        transport=httpx.MockTransport(answer),
        cooldown=Cooldown(clock),
        concurrency=4,
        clock=clock,
    )


def reply(content: bytes, status: int = 200, **headers: str) -> httpx.Response:
    """Return a response whose body is read from a stream, as from a network."""

    async def body() -> AsyncIterator[bytes]:
        yield content

    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return httpx.Response(status, content=body(), headers=named)


async def ask(answer) -> TestmoError | object:
    client = client_for(answer)
    try:
        return await client.user()
    except TestmoError as error:
        return error
    finally:
        await client.close()


async def test_request_headers():
    seen: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return reply(USER)

    await ask(answer)
    headers = seen[0].headers
    assert headers["user-agent"] == f"groupstui/{__version__}"
    assert headers["authorization"] == "Bearer canary"
    assert headers["accept-encoding"] == "gzip, deflate"
    assert str(seen[0].url) == "https://acme.testmo.net/api/v1/user"


async def test_gzip_bomb_is_refused_in_little_memory():
    bomb = gzip.compress(b" " * (4 * MAX_BODY_BYTES))
    tracemalloc.start()
    outcome = await ask(lambda request: reply(bomb, content_encoding="gzip"))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert isinstance(outcome, InvalidResponse)
    assert "larger than 32 MB" in str(outcome)
    assert peak < 3 * MAX_BODY_BYTES


async def test_endless_body_is_refused():
    async def endless() -> AsyncIterator[bytes]:
        while True:
            yield b" " * 1024 * 1024

    outcome = await ask(lambda request: httpx.Response(200, content=endless()))
    assert isinstance(outcome, InvalidResponse)


async def test_cut_gzip_stream_is_transient():
    half = gzip.compress(b'{"a": "' + bytes(range(48, 58)) * 100 + b'"}')[:-12]
    outcome = await ask(lambda request: reply(half, content_encoding="gzip"))
    assert isinstance(outcome, Unreachable)
    assert outcome.transient


@pytest.mark.parametrize(
    ("headers", "content"),
    [({"content_encoding": "br"}, b"{}"), ({"content_encoding": "gzip"}, b"no gzip"), ({}, b"\xff\xfe{}")],
)
async def test_unexpected_encoding_is_invalid(headers, content):
    outcome = await ask(lambda request: reply(content, **headers))
    assert isinstance(outcome, InvalidResponse)


async def test_redirect_is_not_followed():
    asked: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request.url.host)
        return reply(b"", 302, location="https://evil.example/login")

    outcome = await ask(answer)
    assert isinstance(outcome, WrongAddress)
    assert "evil.example" in str(outcome)
    assert "\x1b" not in str(outcome)
    assert asked == ["acme.testmo.net"]


async def test_error_message_is_sanitized():
    outcome = await ask(lambda request: reply(b'{"message": "bad\\u001b]0;title\\u0007 page"}', 422))
    assert isinstance(outcome, InvalidResponse)
    assert "\x1b" not in str(outcome)
    assert "bad" in str(outcome)


@pytest.mark.parametrize(
    "failure",
    [
        httpx.ReadError("canary-free"),
        httpx.RemoteProtocolError("peer closed"),
        httpx.ProxyError("403 Forbidden"),
        httpx.ConnectError("[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed"),
        httpx.ConnectError("[Errno -2] Name or service not known"),
        httpx.ConnectTimeout("slow"),
        httpx.DecodingError("broken"),
    ],
    ids=lambda failure: f"{type(failure).__name__} {failure}",
)
async def test_httpx_errors_become_testmo_errors(failure):
    def answer(request: httpx.Request) -> httpx.Response:
        raise failure

    outcome = await ask(answer)
    assert isinstance(outcome, TestmoError)
    assert outcome.hint


@pytest.mark.parametrize(
    "path", ["http://localhost:1/groups", "//localhost:1/groups", "../../groups", "@localhost"]
)
async def test_request_cannot_leave_the_origin(path):
    sent: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        sent.append(request)
        return reply(USER)

    client = HttpClient(
        INSTANCE, Token.parse("canary"), options=HttpOptions(), transport=httpx.MockTransport(answer)
    )
    await client.get(f"/api/v1/{path}")
    await client.close()
    assert (sent[0].url.scheme, sent[0].url.netloc) == ("https", b"acme.testmo.net")
    assert sent[0].headers["host"] == "acme.testmo.net"


@pytest.mark.parametrize(
    "failure",
    [
        httpx.ReadError("gone"),
        httpx.ReadTimeout("slow"),
        httpx.RemoteProtocolError("cut"),
        httpx.DecodingError("?"),
    ],
    ids=lambda failure: type(failure).__name__,
)
async def test_httpx_errors_in_a_body_become_unreachable(failure):
    async def body() -> AsyncIterator[bytes]:
        yield b"{"
        raise failure

    assert isinstance(await ask(lambda request: httpx.Response(200, content=body())), Unreachable)


async def test_repeated_encoding_header_is_invalid():
    async def body() -> AsyncIterator[bytes]:
        yield b"{}"

    twice = [("content-encoding", "identity"), ("content-encoding", "gzip")]
    outcome = await ask(lambda request: httpx.Response(200, content=body(), headers=twice))
    assert isinstance(outcome, InvalidResponse)
    assert "the encoding identity, gzip, which was not requested" in str(outcome)


async def test_request_to_an_ipv6_address():
    asked: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(str(request.url))
        return reply(USER)

    client = client_for(answer, Instance("http://[::1]:8080"))
    await client.user()
    await client.close()
    assert asked == ["http://[::1]:8080/api/v1/user"]


def deflated(content: bytes, wbits: int) -> bytes:
    compressor = zlib.compressobj(wbits=wbits)
    return compressor.compress(content) + compressor.flush()


@pytest.mark.parametrize(
    ("encoding", "content"),
    [
        ("gzip", gzip.compress(USER)),
        ("gzip", gzip.compress(USER[:9]) + gzip.compress(USER[9:])),
        ("gzip", gzip.compress(USER) + bytes(64)),
        ("x-gzip", gzip.compress(USER)),
        ("deflate", deflated(USER, 15)),
        ("deflate", deflated(USER, -15)),
    ],
    ids=["one member", "two members", "padded", "x-gzip", "zlib", "raw deflate"],
)
@pytest.mark.parametrize("chunk_bytes", [1, 1_000])
async def test_compressed_bodies_are_decoded(encoding, content, chunk_bytes):
    async def body() -> AsyncIterator[bytes]:
        for start in range(0, len(content), chunk_bytes):
            yield content[start : start + chunk_bytes]

    headers = {"content-encoding": encoding}
    user = await ask(lambda request: httpx.Response(200, content=body(), headers=headers))
    assert user.name == "Ada"


async def test_an_empty_body_may_have_an_encoding():
    outcome = await ask(lambda request: reply(b"", content_encoding="gzip"))
    assert isinstance(outcome, InvalidResponse)
    assert "sent an empty response" in str(outcome)


async def test_many_gzip_members_are_refused():
    content = gzip.compress(b"") * (MAX_GZIP_MEMBERS + 1)
    outcome = await ask(lambda request: reply(content, content_encoding="gzip"))
    assert "compressed streams" in str(outcome)


async def test_cookies_are_neither_kept_nor_sent():
    seen: list[httpx.Headers] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request.headers)
        return reply(USER, set_cookie="session=1; Path=/")

    client = client_for(answer)
    await client.user()
    await client.user()
    await client.close()
    assert [headers.get("cookie") for headers in seen] == [None, None]


async def test_messages_of_the_site_contain_no_token():
    def answer(request: httpx.Request) -> httpx.Response:
        token = request.headers["authorization"]
        return httpx.Response(302, headers={"location": f"https://evil.example/?token={token}"})

    outcome = await ask(answer)
    assert isinstance(outcome, WrongAddress)
    assert "canary" not in outcome.full


# Cancelled requests


async def test_request_can_be_cancelled_at_every_step():
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(asyncio.IncompleteReadError, ConnectionError):
            await reader.readuntil(b"\r\n\r\n")
            writer.write(http("200 OK", USER.decode()))
        writer.close()

    async def request() -> None:
        client = HttpClient(Instance(url), Token.parse("canary"), options=HttpOptions(timeout=5))
        try:
            assert (await client.get("/api/v1/user")).body == USER
        finally:
            await client.close()

    # In the same event loop, so that the request takes the same steps each time.
    async with await asyncio.start_server(answer, "127.0.0.1", 0) as server:
        url = "http://{}:{}".format(*server.sockets[0].getsockname())
        assert await cancel_everywhere(request) > 5
