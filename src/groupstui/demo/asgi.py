"""The site as a web application: the addresses, who stands at the door, and how it says no."""

from __future__ import annotations

import asyncio
from email.utils import formatdate

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from .answers import ADMIN_ID, MEMBER_ID, Endpoints
from .faults import FaultMiddleware, Faults
from .pagination import Refused
from .request_log import RequestLog
from .site import Site


def create_app(
    site: Site,
    *,
    token: str,
    member_token: str | None = None,
    latency: float = 0.0,
    faults: Faults | None = None,
    users_status: int | None = None,
) -> Starlette:
    """Return an app that answers for the site; edits of the site show in the next answer.

    Its `state` holds the `site`, the `faults` and the `log`, a `RequestLog`.

    Args:
        site: What the app answers from.
        token: The admin's token, that of user 1. A token of a user who is gone is refused.
        member_token: A valid token of someone who is not an admin, user 2.
        latency: Seconds before every answer.
        faults: What goes wrong; nothing by default.
        users_status: A status, such as 403 or 404, that `/users` answers to every valid token.
    """
    tokens = {token: ADMIN_ID}
    if member_token is not None:
        tokens[member_token] = MEMBER_ID
    answers = Endpoints(site, tokens, users_status)
    faults = faults or Faults()
    log = RequestLog()
    app = Starlette(
        routes=[
            Route("/api/v1/groups", answers.groups),
            Route("/api/v1/groups/{id:int}", answers.group),
            Route("/api/v1/user", answers.current_user),
            Route("/api/v1/users", answers.users),
            Route("/api/v1/users/{id:int}", answers.user),
        ],
        middleware=[
            Middleware(_Door, log=log, latency=latency),
            Middleware(FaultMiddleware, faults=faults),
        ],
        exception_handlers={HTTPException: _failed, Refused: _refused},
    )
    # No address of the API ends in a slash: one that does is as unknown as any other.
    app.router.redirect_slashes = False
    app.state.site, app.state.faults, app.state.log = site, faults, log
    return app


class _Door:
    """Notes every request that comes in, keeps it waiting, and dates the answer."""

    def __init__(self, app: ASGIApp, log: RequestLog, latency: float) -> None:
        self._app = app
        self._log = log
        self._latency = latency

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        query = scope["query_string"].decode("latin-1")
        with self._log.entry(scope["method"], f"{scope['path']}?{query}" if query else scope["path"]):
            await asyncio.sleep(self._latency)
            await self._app(scope, receive, _dated(send))


def _dated(send: Send) -> Send:
    """Add the `Date` that every answer of a site has; the server in front adds none."""

    async def send_dated(message: Message) -> None:
        if message["type"] == "http.response.start":
            message["headers"] = [*message["headers"], (b"date", formatdate(usegmt=True).encode())]
        await send(message)

    return send_dated


async def _failed(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    return JSONResponse({"message": error.detail}, error.status_code, error.headers)


async def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, Refused)
    return JSONResponse({"message": str(error), "errors": error.errors}, 422)
