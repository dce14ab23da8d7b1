"""The demo site's handler with a request log, latency and faults."""

from __future__ import annotations

import asyncio
from email.utils import formatdate
from inspect import isawaitable

import httpx

from groupstui.demo.handler import ADMIN_ID, DemoHandler
from groupstui.demo.site import Site

from .faults import KINDS, Faults
from .request_log import RequestLog

MEMBER_ID = 2
"""The user of the token without admin rights."""

TOKEN = "demo-admin-token"
"""The usual token of the site's admin, Ada Lovelace."""

MEMBER_TOKEN = "demo-member-token"
"""The usual token of a user without admin rights, Grace Hopper."""


class SiteApp:
    """Answer requests for tests: `httpx.MockTransport(app)` in the process, `SiteServer(app)` over TCP.

    Args:
        site: The data; edits show in the next response.
        token: The admin's token.
        member_token: A valid token without admin rights.
        latency: Seconds before every response.
        faults: The responses that are spoiled; none by default.
        users_status: A status, such as 403 or 404, that `/users` returns for every valid token.
    """

    def __init__(
        self,
        site: Site,
        *,
        token: str = TOKEN,
        member_token: str | None = None,
        latency: float = 0.0,
        faults: Faults | None = None,
        users_status: int | None = None,
    ) -> None:
        self.site = site
        self.faults = faults or Faults()
        self.log = RequestLog()
        self._latency = latency
        tokens = {token: ADMIN_ID} if member_token is None else {token: ADMIN_ID, member_token: MEMBER_ID}
        self._handler = DemoHandler(site, tokens)
        self._users_status = users_status

    async def __call__(self, request: httpx.Request) -> httpx.Response:
        """Return the response to a request, spoiled if a fault is due."""
        with self.log.entry(request.method, request.url.raw_path.decode()):
            await asyncio.sleep(self._latency)
            kind = self.faults.take()
            response = self._handler(request)
            is_refused = self._users_status and request.url.path.startswith("/api/v1/users")
            if is_refused and response.status_code == 200:
                response = httpx.Response(
                    self._users_status, json={"message": "This action is unauthorized."}
                )
            if kind is not None:
                spoiled = KINDS[kind](response, self.faults)
                response = await spoiled if isawaitable(spoiled) else spoiled
        response.headers.setdefault("Date", formatdate(usegmt=True))
        if (
            response.is_stream_consumed
        ):  # made with a body, which httpx has read: a client could not stream it
            stream = httpx.ByteStream(response.content)
            response = httpx.Response(response.status_code, headers=response.headers, stream=stream)
        return response
