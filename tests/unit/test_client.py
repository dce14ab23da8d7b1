"""The one request function, with answers that no well-meaning server gives."""

from __future__ import annotations

import gzip
import tracemalloc
from collections.abc import AsyncIterator

import httpx
import pytest

from groupstui import __version__
from groupstui.errors import InvalidResponse, TestmoError, Unreachable, WrongAddress
from groupstui.testmo import models
from groupstui.testmo.body import MOST_BYTES
from groupstui.testmo.client import Client
from groupstui.testmo.instance import Instance
from groupstui.testmo.network import Network
from groupstui.testmo.rate_limit import Clock, Cooldown, RequestLimiter
from groupstui.token import Token

INSTANCE = Instance("https://acme.testmo.net")


async def anything(body: bytes) -> object:
    return models.Expands.read(body)


def client_for(answer) -> Client:
    return client_to(INSTANCE, answer)


def client_to(instance, answer) -> Client:
    return Client(
        instance,
        Token.parse("canary"),
        transport=httpx.MockTransport(answer),
        network=Network(),
        timeout=5,
        gate=RequestLimiter(Cooldown(Clock()), 4),
    )


def reply(content: bytes, status: int = 200, **headers: str) -> httpx.Response:
    """An answer that is still to be read, as from a network: one made of bytes counts as read already."""

    async def body() -> AsyncIterator[bytes]:
        yield content

    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return httpx.Response(status, content=body(), headers=named)


async def ask(answer) -> TestmoError | object:
    client = client_for(answer)
    try:
        return await client.get("groups", read=anything)
    except TestmoError as error:
        return error
    finally:
        await client.close()


async def test_a_request_says_who_asks_and_takes_only_what_can_be_bounded() -> None:
    seen: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return reply(b"{}")

    await ask(answer)
    headers = seen[0].headers
    assert headers["user-agent"] == f"groupstui/{__version__}"
    assert headers["authorization"] == "Bearer canary"
    assert headers["accept-encoding"] == "gzip"
    assert str(seen[0].url) == "https://acme.testmo.net/api/v1/groups"


async def test_a_gzip_bomb_is_refused_before_it_fills_the_memory() -> None:
    bomb = gzip.compress(b" " * (4 * MOST_BYTES))
    tracemalloc.start()
    outcome = await ask(lambda request: reply(bomb, content_encoding="gzip"))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert isinstance(outcome, InvalidResponse)
    assert "larger than 32 MB" in str(outcome)
    assert peak < 3 * MOST_BYTES


async def test_an_endless_body_is_refused() -> None:
    async def endless() -> AsyncIterator[bytes]:
        while True:
            yield b" " * 1024 * 1024

    outcome = await ask(lambda request: httpx.Response(200, content=endless()))
    assert isinstance(outcome, InvalidResponse)


async def test_a_cut_gzip_stream_is_a_broken_connection() -> None:
    half = gzip.compress(b'{"a": "' + bytes(range(48, 58)) * 100 + b'"}')[:-12]
    outcome = await ask(lambda request: reply(half, content_encoding="gzip"))
    assert isinstance(outcome, Unreachable)
    assert outcome.transient


@pytest.mark.parametrize(
    ("headers", "content"),
    [({"content_encoding": "br"}, b"{}"), ({"content_encoding": "gzip"}, b"no gzip"), ({}, b"\xff\xfe{}")],
)
async def test_an_encoding_that_was_not_asked_for_is_told(headers, content) -> None:
    outcome = await ask(lambda request: reply(content, **headers))
    assert isinstance(outcome, InvalidResponse)


async def test_a_redirect_names_its_target_and_is_not_followed() -> None:
    asked: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request.url.host)
        return reply(b"", 302, location="https://evil.example/login")

    outcome = await ask(answer)
    assert isinstance(outcome, WrongAddress)
    assert "evil.example" in str(outcome)
    assert "\x1b" not in str(outcome)
    assert asked == ["acme.testmo.net"]


async def test_an_error_s_message_is_shown_without_what_a_terminal_would_obey() -> None:
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
async def test_every_failure_of_the_library_becomes_one_of_ours(failure) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        raise failure

    outcome = await ask(answer)
    assert isinstance(outcome, TestmoError)
    assert outcome.hint


@pytest.mark.parametrize(
    "path", ["http://localhost:1/groups", "//localhost:1/groups", "../../groups", "@localhost"]
)
async def test_the_token_goes_to_no_other_origin(path) -> None:
    sent: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        sent.append(request)
        return reply(b"{}")

    await client_for(answer).get(path, read=anything)
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
async def test_a_failure_in_the_middle_of_a_body_becomes_one_of_ours(failure) -> None:
    async def body() -> AsyncIterator[bytes]:
        yield b"{"
        raise failure

    assert isinstance(await ask(lambda request: httpx.Response(200, content=body())), Unreachable)


async def test_headers_that_come_twice_are_one() -> None:
    async def body() -> AsyncIterator[bytes]:
        yield b"{}"

    twice = [("content-encoding", "identity"), ("content-encoding", "gzip")]
    outcome = await ask(lambda request: httpx.Response(200, content=body(), headers=twice))
    assert isinstance(outcome, InvalidResponse)
    assert "encoded as identity, gzip, which was not asked for" in str(outcome)


async def test_a_transport_may_carry_to_an_address_of_the_new_kind() -> None:
    asked: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(str(request.url))
        return reply(b"{}")

    site = Instance("http://[::1]:8080")
    await client_to(site, answer).get("user", read=anything)
    assert asked == ["http://[::1]:8080/api/v1/user"]
