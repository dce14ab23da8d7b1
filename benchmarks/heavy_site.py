"""Serve 100 pages of 100 groups with 5,000 members each: `python -m benchmarks.heavy_site`."""

from __future__ import annotations

import json
import threading

import httpx
from tests.support.site_server import SiteServer

PAGES, PER_PAGE, MEMBERS, USERS = 100, 100, 5_000, 20_000

MEMBER_IDS = json.dumps(list(range(1, MEMBERS + 1)))
EXPANDS = json.dumps({"users": [{"id": id, "name": f"User number {id}"} for id in range(1, USERS + 1)]})


def page(number: int) -> bytes:
    """Return a page of groups in the API's format."""
    first = (number - 1) * PER_PAGE + 1
    groups = ",".join(
        f'{{"id":{id},"name":"Group {id}","members":{MEMBER_IDS},"created_at":"2021-01-05T18:01:00Z"}}'
        for id in range(first, first + PER_PAGE)
    )
    next_page = "null" if number == PAGES else number + 1
    return (
        f'{{"page":{number},"next_page":{next_page},"last_page":{PAGES},"per_page":{PER_PAGE},'
        f'"total":{PAGES * PER_PAGE},"result":[{groups}],"expands":{EXPANDS}}}'
    ).encode()


async def app(request: httpx.Request) -> httpx.Response:
    """Answer every request with the page of its query."""
    body = page(int(request.url.params.get("page", "1")))
    headers = {
        "Content-Type": "application/json",
        "Content-Length": str(len(body)),
        "Date": "Mon, 23 Nov 2026 14:02:11 GMT",
    }
    return httpx.Response(200, headers=headers, stream=httpx.ByteStream(body))


if __name__ == "__main__":
    with SiteServer(app) as server:
        print(server.url, "token", flush=True)
        threading.Event().wait()
