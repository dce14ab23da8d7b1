"""Every fault, as a client meets it over TCP."""

from __future__ import annotations

import gzip
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from time import monotonic

import httpx
import pytest
from starlette.applications import Starlette

from groupstui.demo import DEMO_TOKEN, KINDS, Faults, create_app, make_site
from groupstui.demo.server import DemoServer

HEADERS = {"Authorization": f"Bearer {DEMO_TOKEN}"}


@pytest.fixture(scope="module")
def app() -> Starlette:
    return create_app(make_site(20, 50, 30), token=DEMO_TOKEN)


@pytest.fixture(scope="module")
def server(app: Starlette) -> Iterator[DemoServer]:
    with DemoServer(app) as server:
        yield server


@pytest.fixture
def faults(app: Starlette) -> Iterator[Faults]:
    faults: Faults = app.state.faults
    faults.retry_after, faults.seconds = 7, 0.2
    yield faults
    faults.clear()


@pytest.fixture
async def client(server: DemoServer) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=f"{server.url}/api/v1", headers=HEADERS, trust_env=False) as client:
        yield client


async def status(client: httpx.AsyncClient) -> int:
    return (await client.get("/user")).status_code


@pytest.mark.parametrize("code", [400, 401, 403, 404, 405, 422, 429, 500])
async def test_an_error_of_testmo_has_a_message_in_json(
    client: httpx.AsyncClient, faults: Faults, code: int
) -> None:
    faults.next(str(code))
    response = await client.get("/groups")
    assert response.status_code == code
    assert response.json()["message"]
    assert ("errors" in response.json()) is (code == 422)


@pytest.mark.parametrize("code", [502, 503])
async def test_an_error_of_a_proxy_is_a_page(client: httpx.AsyncClient, faults: Faults, code: int) -> None:
    faults.next(str(code))
    response = await client.get("/groups")
    assert response.status_code == code
    assert response.headers["content-type"].startswith("text/html")


async def test_a_rate_limit_says_how_many_seconds_to_wait(client: httpx.AsyncClient, faults: Faults) -> None:
    faults.next("429")
    assert (await client.get("/groups")).headers["retry-after"] == "7"


async def test_a_rate_limit_says_until_when_to_wait(client: httpx.AsyncClient, faults: Faults) -> None:
    faults.next("429-date")
    response = await client.get("/groups")
    until = parsedate_to_datetime(response.headers["retry-after"])
    assert response.status_code == 429
    assert timedelta(seconds=4) < until - datetime.now(UTC) <= timedelta(seconds=7)


async def test_a_rate_limit_may_say_nothing_of_waiting(client: httpx.AsyncClient, faults: Faults) -> None:
    faults.next("429-bare")
    response = await client.get("/groups")
    assert response.status_code == 429
    assert "retry-after" not in response.headers


async def test_a_wrong_host_answers_a_page_with_200(client: httpx.AsyncClient, faults: Faults) -> None:
    faults.next("html")
    response = await client.get("/groups")
    assert response.status_code == 200
    assert response.text.startswith("<!DOCTYPE html>")


async def test_json_may_be_cut_off_without_the_connection_noticing(
    client: httpx.AsyncClient, faults: Faults
) -> None:
    whole = (await client.get("/groups")).content
    faults.next("cut-json")
    response = await client.get("/groups")
    assert response.content == whole[: len(whole) // 2]
    assert response.headers["content-length"] == str(len(response.content))


async def test_an_answer_may_have_no_body(client: httpx.AsyncClient, faults: Faults) -> None:
    faults.next("empty")
    response = await client.get("/groups")
    assert (response.status_code, response.content) == (200, b"")


async def test_a_compressed_answer_is_as_good_as_any(client: httpx.AsyncClient, faults: Faults) -> None:
    plain = await client.get("/groups")
    faults.next("gzip")
    async with client.stream("GET", "/groups") as response:
        raw = b"".join([chunk async for chunk in response.aiter_raw()])
    assert response.headers["content-encoding"] == "gzip"
    assert gzip.decompress(raw) == plain.content
    faults.next("gzip")
    assert (await client.get("/groups")).json() == plain.json()


async def test_a_redirect_leads_to_another_origin(client: httpx.AsyncClient, faults: Faults) -> None:
    faults.next("redirect")
    response = await client.get("/groups")
    assert response.status_code == 302
    assert response.headers["location"] == "https://elsewhere.example/login"


async def test_a_slow_answer_is_whole_in_the_end(client: httpx.AsyncClient, faults: Faults) -> None:
    plain = await client.get("/groups")
    faults.next("slow")
    start = monotonic()
    assert (await client.get("/groups")).json() == plain.json()
    assert monotonic() - start >= 0.2


async def test_a_slow_answer_outlasts_an_impatient_client(client: httpx.AsyncClient, faults: Faults) -> None:
    faults.seconds = 60
    faults.next("slow")
    with pytest.raises(httpx.ReadTimeout):
        await client.get("/groups", timeout=0.1)


async def test_a_dropped_connection_is_a_protocol_error_and_no_noise(
    client: httpx.AsyncClient, faults: Faults, capfd: pytest.CaptureFixture[str]
) -> None:
    faults.next("drop")
    with pytest.raises(httpx.RemoteProtocolError, match="without sending complete message body"):
        await client.get("/groups")
    assert await status(client) == 200
    assert capfd.readouterr() == ("", "")


async def test_a_dropped_connection_is_a_reset_in_the_same_process(app: Starlette, faults: Faults) -> None:
    faults.next("drop")
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), headers=HEADERS) as client:
        with pytest.raises(ConnectionResetError):
            await client.get("http://demo.example/api/v1/groups")


async def test_faults_come_in_the_order_of_asking(client: httpx.AsyncClient, faults: Faults) -> None:
    faults.next("500", "429")
    faults.next("403", after=1)
    assert [await status(client) for _ in range(5)] == [500, 429, 200, 403, 200]


async def test_a_permanent_fault_lasts_until_it_is_cleared(client: httpx.AsyncClient, faults: Faults) -> None:
    faults.always("500", after=2)
    faults.next("404")
    assert [await status(client) for _ in range(5)] == [200, 200, 404, 500, 500]
    faults.clear()
    assert await status(client) == 200


WITHOUT_END = ("trickle", "endless")


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind not in WITHOUT_END])
async def test_every_fault_is_over_with_its_answer(
    client: httpx.AsyncClient, faults: Faults, kind: str
) -> None:
    faults.next(kind)
    try:
        await client.get("/groups")
    except httpx.RemoteProtocolError:
        assert kind == "drop"
    assert await status(client) == 200


def test_an_unknown_fault_is_refused_with_those_there_are() -> None:
    with pytest.raises(ValueError, match=r"'504'.*cut-json"):
        Faults().next("500", "504")
    with pytest.raises(ValueError, match="'504'"):
        Faults().always("504")
