"""Spoils answers on request, so that a client can be tried against a bad day.

Every kind of fault is one entry of `KINDS`: a function that takes the valid answer and the settings, and
gives the app that answers in its place.
"""

from __future__ import annotations

import asyncio
import gzip
from collections import deque
from collections.abc import AsyncIterator, Callable, Mapping
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from math import ceil

from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response, StreamingResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from .lies import LIES

_PIECES = 10
"""In how many pieces `slow` sends its body."""


class Faults:
    """Which of the next answers are spoilt, and how. Change it whenever you like: each request asks anew.

    Args:
        retry_after: Seconds that a 429 asks to wait.
        seconds: How long `slow` takes to send its body.
        elsewhere: Where `redirect` leads.
    """

    def __init__(
        self,
        *,
        retry_after: int = 1,
        seconds: float = 1.0,
        elsewhere: str = "https://elsewhere.example/login",
    ) -> None:
        self.retry_after = retry_after
        self.seconds = seconds
        self.elsewhere = elsewhere
        self._permanent: str | None = None
        self._queue: deque[str | None] = deque()

    def next(self, *kinds: str, after: int = 0) -> None:
        """Spoil the next answers, one kind each, behind those that are queued already.

        Args:
            kinds: Names from `KINDS`.
            after: How many requests to answer well before.
        """
        self._queue.extend([None] * after + [_checked(kind) for kind in kinds])

    def always(self, kind: str, after: int = 0) -> None:
        """Spoil every answer once the queue is used up, until `clear`.

        Args:
            kind: A name from `KINDS`.
            after: How many requests to answer well before.
        """
        self._permanent = _checked(kind)
        self._queue.extend([None] * after)

    def clear(self) -> None:
        """Answer well from now on."""
        self._permanent = None
        self._queue.clear()

    def take(self) -> str | None:
        """Return the kind of fault of the request that is being answered, and count it as done."""
        return self._queue.popleft() if self._queue else self._permanent


Fault = Callable[[Response, Faults], ASGIApp]
"""Takes the valid answer and the settings, and gives the app that answers in its place."""


class FaultMiddleware:
    """Answers well, or lets a fault answer in place of the app it stands before."""

    def __init__(self, app: ASGIApp, faults: Faults) -> None:
        self._app = app
        self._faults = faults

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        kind = self._faults.take()
        answer = self._app
        if kind is not None:
            answer = KINDS[kind](await _answer_of(self._app, scope, receive), self._faults)
        await answer(scope, receive, send)


async def _answer_of(app: ASGIApp, scope: Scope, receive: Receive) -> Response:
    """Return the app's answer without sending it."""
    answer = Response()

    async def keep(message: Message) -> None:
        if message["type"] == "http.response.start":
            answer.status_code, answer.raw_headers = message["status"], list(message["headers"])
        else:
            answer.body = bytes(answer.body) + message.get("body", b"")

    await app(scope, receive, keep)
    return answer


def _checked(kind: str) -> str:
    if kind not in KINDS:
        raise ValueError(f"no fault is called {kind!r}: choose from {', '.join(KINDS)}")
    return kind


def _error(status: int, message: str, **more: object) -> Fault:
    """Return a fault that answers an error as Testmo words it."""
    return lambda valid, faults: JSONResponse({"message": message, **more}, status)


def _page(status: int, title: str) -> Fault:
    """Return a fault that answers a page for users: a proxy's error, or a wrong host."""
    html = f"<!DOCTYPE html>\n<html><head><title>{title}</title></head><body><h1>{title}</h1></body></html>\n"
    return lambda valid, faults: HTMLResponse(html, status)


def _too_many(headers: Mapping[str, str]) -> Response:
    return JSONResponse({"message": "Too Many Attempts."}, 429, headers)


def _wait_seconds(valid: Response, faults: Faults) -> ASGIApp:
    return _too_many({"Retry-After": str(faults.retry_after)})


def _wait_until(valid: Response, faults: Faults) -> ASGIApp:
    moment = datetime.now(UTC) + timedelta(seconds=faults.retry_after)
    return _too_many({"Retry-After": format_datetime(moment, usegmt=True)})


def _wait(valid: Response, faults: Faults) -> ASGIApp:
    return _too_many({})


def _cut_json(valid: Response, faults: Faults) -> ASGIApp:
    return Response(valid.body[: len(valid.body) // 2], valid.status_code, media_type="application/json")


def _empty(valid: Response, faults: Faults) -> ASGIApp:
    return Response(status_code=200)


def _gzip(valid: Response, faults: Faults) -> ASGIApp:
    headers = {"Content-Encoding": "gzip", "Content-Type": "application/json"}
    return Response(gzip.compress(valid.body), valid.status_code, headers)


def _redirect(valid: Response, faults: Faults) -> ASGIApp:
    return RedirectResponse(faults.elsewhere, 302)


def _slow(valid: Response, faults: Faults) -> ASGIApp:
    async def trickle() -> AsyncIterator[bytes]:
        size = max(1, ceil(len(valid.body) / _PIECES))
        for start in range(0, len(valid.body), size):
            await asyncio.sleep(faults.seconds / _PIECES)
            yield bytes(valid.body[start : start + size])

    return StreamingResponse(trickle(), valid.status_code, valid.headers)


def _drop(valid: Response, faults: Faults) -> ASGIApp:
    async def break_off(scope: Scope, receive: Receive, send: Send) -> None:
        # The headers promise the whole body, so over TCP the client knows that it has been cut off.
        await send({"type": "http.response.start", "status": valid.status_code, "headers": valid.raw_headers})
        half = valid.body[: len(valid.body) // 2]
        await send({"type": "http.response.body", "body": half, "more_body": True})
        raise ConnectionResetError("the demo site drops the connection in the middle of its answer")

    return break_off


def _hang(valid: Response, faults: Faults) -> ASGIApp:
    async def say_nothing(scope: Scope, receive: Receive, send: Send) -> None:
        await asyncio.sleep(faults.seconds)
        await valid(scope, receive, send)

    return say_nothing


KINDS: dict[str, Fault] = {
    "400": _error(400, "Bad Request"),
    "401": _error(401, "Unauthenticated."),
    "403": _error(403, "This action is unauthorized."),
    "404": _error(404, "The requested resource was not found."),
    "405": _error(405, "Method Not Allowed"),
    "422": _error(422, "The given data was invalid.", errors={"page": ["The page is invalid."]}),
    "429": _wait_seconds,
    "429-date": _wait_until,
    "429-bare": _wait,
    "500": _error(500, "Server Error"),
    "502": _page(502, "502 Bad Gateway"),
    "503": _page(503, "503 Service Unavailable"),
    "html": _page(200, "Sign in"),
    "cut-json": _cut_json,
    "empty": _empty,
    "gzip": _gzip,
    "redirect": _redirect,
    "slow": _slow,
    "hang": _hang,
    "drop": _drop,
    **LIES,
}
"""Every kind of fault by name. 502 and 503 come from the proxy before a site, so they are HTML."""
