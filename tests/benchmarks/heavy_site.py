"""Serves 100 pages of 100 groups of 5,000 members each: `python heavy_site.py` prints its address."""

from __future__ import annotations

import json
from typing import Any

import uvicorn

PAGES, PER_PAGE, MEMBERS, USERS = 100, 100, 5_000, 20_000

IDS = json.dumps(list(range(1, MEMBERS + 1)))
NAMES = json.dumps({"users": [{"id": id, "name": f"User number {id}"} for id in range(1, USERS + 1)]})


def page(number: int) -> bytes:
    """Return one page as the API does."""
    first = (number - 1) * PER_PAGE + 1
    groups = ",".join(
        f'{{"id":{id},"name":"Group {id}","members":{IDS},"created_at":"2021-01-05T18:01:00Z"}}'
        for id in range(first, first + PER_PAGE)
    )
    following = "null" if number == PAGES else number + 1
    return (
        f'{{"page":{number},"next_page":{following},"last_page":{PAGES},"per_page":{PER_PAGE},'
        f'"total":{PAGES * PER_PAGE},"result":[{groups}],"expands":{NAMES}}}'
    ).encode()


async def app(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """Answer every request with the page that it names."""
    if scope["type"] != "http":
        return
    query = dict(pair.split("=") for pair in scope["query_string"].decode().split("&") if pair)
    headers = [(b"content-type", b"application/json"), (b"date", b"Mon, 23 Nov 2026 14:02:11 GMT")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": page(int(query.get("page", 1)))})


class Server(uvicorn.Server):
    """Says where it is once it serves."""

    async def startup(self, sockets: Any = None) -> None:
        """Start to serve."""
        await super().startup(sockets)
        port = self.servers[0].sockets[0].getsockname()[1]
        print(f"http://127.0.0.1:{port} token", flush=True)


if __name__ == "__main__":
    Server(uvicorn.Config(app, port=0, log_level="warning", date_header=False)).run()
