"""Faults that spoil responses on request.

Every kind of fault is an entry of `KINDS`: a function from the valid response to the one sent instead.
"""

from __future__ import annotations

import asyncio
import gzip
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from math import ceil

import httpx

from .malformed import MALFORMED, raw_response

SLOW_CHUNKS = 10
"""Chunks in which `slow` sends its body."""


class Faults:
    """The kinds of fault of the next responses. They can be changed at any time.

    Args:
        retry_after: Seconds in the `Retry-After` of a 429.
        seconds: How long `slow` takes to send its body, and `hang` to begin.
        location: The `Location` of `redirect`.
    """

    def __init__(
        self,
        *,
        retry_after: int = 1,
        seconds: float = 1.0,
        location: str = "https://elsewhere.example/login",
    ) -> None:
        self.retry_after = retry_after
        self.seconds = seconds
        self.location = location
        self._permanent: str | None = None
        self._queue: deque[str | None] = deque()

    def next(self, *kinds: str, after: int = 0) -> None:
        """Queue faults, one for each of the next requests.

        Args:
            kinds: Names from `KINDS`.
            after: Number of valid responses before them.
        """
        self._queue.extend([None] * after + [_checked(kind) for kind in kinds])

    def always(self, kind: str, after: int = 0) -> None:
        """Spoil every response after the queued ones, until `clear`.

        Args:
            kind: A name from `KINDS`.
            after: Number of valid responses before.
        """
        self._permanent = _checked(kind)
        self._queue.extend([None] * after)

    def clear(self) -> None:
        """Send valid responses from now on."""
        self._permanent = None
        self._queue.clear()

    def take(self) -> str | None:
        """Remove and return the fault of the current request, or None."""
        return self._queue.popleft() if self._queue else self._permanent


Fault = Callable[[httpx.Response, Faults], httpx.Response | Awaitable[httpx.Response]]
"""Return the response that is sent instead of the valid one."""


def _checked(kind: str) -> str:
    if kind not in KINDS:
        raise ValueError(f"unknown fault {kind!r}; choose from {', '.join(KINDS)}")
    return kind


def _error(status: int, message: str, **more: object) -> Fault:
    """Return a fault with an error in Testmo's format."""
    return lambda valid, faults: httpx.Response(status, json={"message": message, **more})


def _page(status: int, title: str) -> Fault:
    """Return a fault with an HTML page, as a proxy or a wrong host sends it."""
    html = f"<!DOCTYPE html>\n<html><head><title>{title}</title></head><body><h1>{title}</h1></body></html>\n"
    return lambda valid, faults: httpx.Response(status, html=html)


def _too_many_requests(**headers: str) -> httpx.Response:
    fields = {name.replace("_", "-"): value for name, value in headers.items()}
    return httpx.Response(429, json={"message": "Too Many Attempts."}, headers=fields)


def _retry_after_seconds(valid: httpx.Response, faults: Faults) -> httpx.Response:
    return _too_many_requests(Retry_After=str(faults.retry_after))


def _retry_after_date(valid: httpx.Response, faults: Faults) -> httpx.Response:
    time = datetime.now(UTC) + timedelta(seconds=faults.retry_after)
    return _too_many_requests(Retry_After=format_datetime(time, usegmt=True))


def _cut_json(valid: httpx.Response, faults: Faults) -> httpx.Response:
    body = valid.read()
    return raw_response(body[: len(body) // 2])


def _gzip(valid: httpx.Response, faults: Faults) -> httpx.Response:
    return raw_response(gzip.compress(valid.read()), encoding="gzip")


def _redirect(valid: httpx.Response, faults: Faults) -> httpx.Response:
    return httpx.Response(302, headers={"Location": faults.location}, content=b"")


def _slow(valid: httpx.Response, faults: Faults) -> httpx.Response:
    body = valid.read()

    async def chunks() -> AsyncIterator[bytes]:
        size = max(1, ceil(len(body) / SLOW_CHUNKS))
        for start in range(0, len(body), size):
            await asyncio.sleep(faults.seconds / SLOW_CHUNKS)
            yield body[start : start + size]

    return httpx.Response(valid.status_code, headers=valid.headers, content=chunks())


def _drop(valid: httpx.Response, faults: Faults) -> httpx.Response:
    body = valid.read()

    async def half() -> AsyncIterator[bytes]:
        yield body[: len(body) // 2]
        raise ConnectionResetError("the demo site drops the connection within the body")

    # The headers announce the whole body, so over TCP the client notices that it is cut off.
    return httpx.Response(valid.status_code, headers=valid.headers, content=half())


async def _hang(valid: httpx.Response, faults: Faults) -> httpx.Response:
    await asyncio.sleep(faults.seconds)
    return valid


KINDS: dict[str, Fault] = {
    "400": _error(400, "Bad Request"),
    "401": _error(401, "Unauthenticated."),
    "403": _error(403, "This action is unauthorized."),
    "404": _error(404, "The requested resource was not found."),
    "405": _error(405, "Method Not Allowed"),
    "422": _error(422, "The given data was invalid.", errors={"page": ["The page is invalid."]}),
    "429": _retry_after_seconds,
    "429-date": _retry_after_date,
    "429-bare": lambda valid, faults: _too_many_requests(),
    "500": _error(500, "Server Error"),
    "502": _page(502, "502 Bad Gateway"),
    "503": _page(503, "503 Service Unavailable"),
    "html": _page(200, "Sign in"),
    "cut-json": _cut_json,
    "empty": lambda valid, faults: httpx.Response(200, content=b""),
    "gzip": _gzip,
    "redirect": _redirect,
    "slow": _slow,
    "hang": _hang,
    "drop": _drop,
    **MALFORMED,
}
"""Every kind of fault by name. 502 and 503 come from a proxy in front of the site, so they are HTML."""
