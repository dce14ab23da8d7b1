"""Every fault of the test site, as a client sees it over TCP."""

from __future__ import annotations

import gzip
import json
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from time import monotonic

import httpx
import pytest

from groupstui.demo.seed import make_site

from ..support.faults import KINDS, Faults
from ..support.site_app import TOKEN, SiteApp
from ..support.site_server import SiteServer

HEADERS = {"Authorization": f"Bearer {TOKEN}"}


@pytest.fixture(scope="module")
def app() -> SiteApp:
    return SiteApp(make_site(20, 50, 30))


@pytest.fixture(scope="module")
def server(app: SiteApp) -> Iterator[SiteServer]:
    with SiteServer(app) as server:
        yield server


@pytest.fixture
def faults(app: SiteApp) -> Iterator[Faults]:
    app.faults.retry_after, app.faults.seconds = 7, 0.2
    yield app.faults
    app.faults.clear()


@pytest.fixture
async def client(server: SiteServer) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(
        base_url=f"{server.url}/api/v1", headers=HEADERS, trust_env=False, timeout=60
    ) as client:
        yield client


async def status(client: httpx.AsyncClient) -> int:
    return (await client.get("/user")).status_code


@pytest.mark.parametrize("code", [400, 401, 403, 404, 405, 422, 429, 500])
async def test_api_error_has_a_json_message(client: httpx.AsyncClient, faults: Faults, code: int) -> None:
    faults.next(str(code))
    response = await client.get("/groups")
    assert response.status_code == code
    assert response.json()["message"]
    assert ("errors" in response.json()) is (code == 422)
    assert parsedate_to_datetime(response.headers["date"])


@pytest.mark.parametrize("code", [502, 503])
async def test_proxy_error_is_a_web_page(client: httpx.AsyncClient, faults: Faults, code: int) -> None:
    faults.next(str(code))
    response = await client.get("/groups")
    assert response.status_code == code
    assert response.headers["content-type"].startswith("text/html")


async def test_429_has_retry_after_in_seconds(client: httpx.AsyncClient, faults: Faults) -> None:
    faults.next("429")
    assert (await client.get("/groups")).headers["retry-after"] == "7"


async def test_429_date_has_retry_after_as_date(client: httpx.AsyncClient, faults: Faults) -> None:
    faults.next("429-date")
    response = await client.get("/groups")
    until = parsedate_to_datetime(response.headers["retry-after"])
    assert response.status_code == 429
    assert timedelta(seconds=4) < until - datetime.now(UTC) <= timedelta(seconds=7)


async def test_429_bare_has_no_retry_after(client: httpx.AsyncClient, faults: Faults) -> None:
    faults.next("429-bare")
    response = await client.get("/groups")
    assert response.status_code == 429
    assert "retry-after" not in response.headers


async def test_html_is_a_web_page_with_status_200(client: httpx.AsyncClient, faults: Faults) -> None:
    faults.next("html")
    response = await client.get("/groups")
    assert response.status_code == 200
    assert response.headers["content-type"].startswith("text/html")


async def test_cut_json_is_complete_http(client: httpx.AsyncClient, faults: Faults) -> None:
    faults.next("cut-json")
    response = await client.get("/groups")
    assert response.headers["content-length"] == str(len(response.content))
    with pytest.raises(json.JSONDecodeError):
        response.json()


async def test_empty_has_no_body(client: httpx.AsyncClient, faults: Faults) -> None:
    faults.next("empty")
    response = await client.get("/groups")
    assert (response.status_code, response.content) == (200, b"")


async def test_gzip_is_the_valid_body_compressed(client: httpx.AsyncClient, faults: Faults) -> None:
    plain = await client.get("/groups")
    faults.next("gzip")
    async with client.stream("GET", "/groups") as response:
        raw = b"".join([chunk async for chunk in response.aiter_raw()])
    assert response.headers["content-encoding"] == "gzip"
    assert gzip.decompress(raw) == plain.content
    faults.next("gzip")
    assert (await client.get("/groups")).json() == plain.json()


async def test_redirect_names_another_origin(client: httpx.AsyncClient, faults: Faults) -> None:
    faults.next("redirect")
    response = await client.get("/groups")
    assert response.status_code == 302
    assert response.headers["location"] == "https://elsewhere.example/login"


async def test_slow_ends_with_the_whole_body(client: httpx.AsyncClient, faults: Faults) -> None:
    plain = await client.get("/groups")
    faults.next("slow")
    start = monotonic()
    assert (await client.get("/groups")).json() == plain.json()
    assert monotonic() - start >= 0.2


async def test_slow_exceeds_a_short_timeout(client: httpx.AsyncClient, faults: Faults) -> None:
    faults.seconds = 60
    faults.next("slow")
    with pytest.raises(httpx.ReadTimeout):
        await client.get("/groups", timeout=0.1)


async def test_drop_is_a_protocol_error_without_output(
    client: httpx.AsyncClient, faults: Faults, capfd: pytest.CaptureFixture[str]
) -> None:
    faults.next("drop")
    with pytest.raises(httpx.RemoteProtocolError, match="without sending complete message body"):
        await client.get("/groups")
    assert await status(client) == 200
    assert capfd.readouterr() == ("", "")


async def test_drop_is_a_reset_in_process(app: SiteApp, faults: Faults) -> None:
    faults.next("drop")
    async with httpx.AsyncClient(transport=httpx.MockTransport(app), headers=HEADERS) as client:
        with pytest.raises(ConnectionResetError):
            await client.get("http://demo.example/api/v1/groups")


async def test_faults_keep_their_order(client: httpx.AsyncClient, faults: Faults) -> None:
    faults.next("500", "429")
    faults.next("403", after=1)
    assert [await status(client) for _ in range(5)] == [500, 429, 200, 403, 200]


async def test_permanent_fault_lasts_until_cleared(client: httpx.AsyncClient, faults: Faults) -> None:
    faults.always("500", after=2)
    faults.next("404")
    assert [await status(client) for _ in range(5)] == [200, 200, 404, 500, 500]
    faults.clear()
    assert await status(client) == 200


ENDLESS = ("trickle", "endless")


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind not in ENDLESS])
async def test_fault_affects_one_response(client: httpx.AsyncClient, faults: Faults, kind: str) -> None:
    faults.next(kind)
    try:
        await client.get("/groups")
    except httpx.RemoteProtocolError:
        assert kind == "drop"
    assert await status(client) == 200


def test_unknown_fault_is_rejected_with_known_ones() -> None:
    with pytest.raises(ValueError, match=r"'504'.*cut-json"):
        Faults().next("500", "504")
    with pytest.raises(ValueError, match="'504'"):
        Faults().always("504")
