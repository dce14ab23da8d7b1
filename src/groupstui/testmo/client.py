"""The four endpoints of Testmo's API that groupstui reads."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from types import ModuleType
from typing import TypeVar
from urllib.parse import urlencode

import httpx

from ..diagnostics import redact
from ..directory.models import CurrentUser
from ..errors import (
    Forbidden,
    InvalidResponse,
    NotFound,
    RateLimited,
    TestmoError,
    Unauthorized,
    Unreachable,
    WrongAddress,
)
from ..text import sanitize
from ..token import Token
from .http import HttpClient, Response
from .http_options import HttpOptions
from .instance import Instance
from .rate_limit import Clock, Cooldown
from .responses import GroupResponse, GroupsResponse, InvalidPayload, Repairs, UsersResponse

MAX_ATTEMPTS = 3
"""How often one request is sent before a 429 is reported."""

DEFAULT_COOLDOWN_S = 60.0
"""Seconds to wait after a 429 without `Retry-After`: the minimum in Testmo's documentation."""

MAX_COOLDOWN_S = 600.0
"""Seconds; if the instance asks for a longer wait, the 429 is reported instead."""

RETRY_DELAY_S = 0.5
"""Seconds before the one retry after a dropped connection or a 5xx."""

R = TypeVar("R")

Query = Mapping[str, str | int]

log = logging.getLogger(__name__)


class TestmoClient:
    """Sends requests to one instance; limits their rate, and retries them if that can help.

    Every method raises a `TestmoError` whose hint is the remedy.
    """

    def __init__(
        self,
        instance: Instance,
        token: Token,
        *,
        options: HttpOptions,
        transport: httpx.AsyncBaseTransport | None,
        cooldown: Cooldown,
        concurrency: int,
        clock: Clock,
    ) -> None:
        """Set up the client; nothing is sent yet.

        At most `concurrency` requests are in flight; after a 429, the cooldown holds all of them back.

        Raises:
            Unreachable: If the proxy or a file of certificates cannot be used.
        """
        self.server_time: datetime | None = None
        """The server's clock as of its last response, in UTC, to the second."""
        self.repairs = Repairs()
        """Counts the values in all responses that were invalid and read as missing."""
        self._instance = instance
        self._cooldown = cooldown
        self._places = asyncio.Semaphore(concurrency)
        self._clock = clock
        self._closed = False
        # One thread: several would keep the interpreter from the event loop for longer.
        self._parser = ThreadPoolExecutor(1, "parse a response")
        self._http = HttpClient(
            instance,
            token,
            options=options,
            transport=transport,
            on_connect=lambda: self._parser.submit(_models),
        )

    async def close(self) -> None:
        """Cancel what is being parsed and close all connections."""
        self._closed = True
        self._parser.shutdown(wait=False, cancel_futures=True)
        await self._http.close()

    async def user(self) -> CurrentUser:
        """Return the token's own user."""
        return await self._get("user", {}, lambda body: _models().parse_user(body, self.repairs))

    async def groups(self, page: int, per_page: int) -> GroupsResponse:
        """Return one page of groups with the names of their members.

        Args:
            page: Counted from 1.
            per_page: 15, 25, 50 or 100: the API accepts no others.
        """
        query: Query = {"page": page, "per_page": per_page, "expands": "users"}
        return await self._get("groups", query, lambda body: _models().parse_groups(body, self.repairs))

    async def group(self, group_id: int) -> GroupResponse:
        """Return one group with the names of its members."""
        query = {"expands": "users"}
        return await self._get(
            f"groups/{group_id}", query, lambda body: _models().parse_group(body, self.repairs)
        )

    async def users(self, page: int, per_page: int) -> UsersResponse:
        """Return one page of users."""
        query = {"page": page, "per_page": per_page}
        return await self._get("users", query, lambda body: _models().parse_users(body, self.repairs))

    async def _get(self, path: str, query: Query, parse: Callable[[bytes], R]) -> R:
        """Send one request; repeat it after a 429, and once after a transient failure."""
        retried = False
        attempt = 1
        while True:
            try:
                return await self._get_once(path, query, parse)
            except RateLimited as error:
                seconds = DEFAULT_COOLDOWN_S if error.retry_after is None else error.retry_after
                if attempt >= MAX_ATTEMPTS or seconds > MAX_COOLDOWN_S:
                    raise
                attempt += 1
                log.debug("rate limited; no requests for %g s", seconds)
                self._cooldown.start(seconds)
            except Unreachable as error:
                if retried or not error.transient:
                    raise
                retried = True
                await self._clock.sleep(RETRY_DELAY_S)
            except RuntimeError:  # of httpx and of the parser's thread
                if not self._closed:
                    raise
                raise Unreachable(f"the connection to {self._instance.name} was closed") from None

    async def _get_once(self, path: str, query: Query, parse: Callable[[bytes], R]) -> R:
        """Send one request. The response is parsed in a thread, while the next request may be sent."""
        target = f"/api/v1/{path}" + (f"?{urlencode(query)}" if query else "")
        started = self._clock.monotonic()
        try:
            async with self._places:
                await self._cooldown.wait()
                started = self._clock.monotonic()
                response = await self._http.get(target)
        except TestmoError as error:
            log.debug("GET %s: %s, after %.3f s", target, error, self._clock.monotonic() - started)
            raise
        seconds, size = self._clock.monotonic() - started, len(response.body)
        log.debug("GET %s: %d, %d bytes, %.3f s", target, response.status, size, seconds)
        self.server_time = response.date
        if response.status != 200:
            raise self._status_error(response, path)
        loop = asyncio.get_running_loop()
        try:
            return await loop.run_in_executor(self._parser, parse, response.body)
        except InvalidPayload as error:
            raise self._payload_error(response, str(error)) from None

    def _status_error(self, response: Response, path: str) -> TestmoError:
        """Return the error for a status other than 200."""
        status = response.status
        detail = f": {message}" if (message := _error_message(response.body)) else ""
        if 300 <= status < 400:
            target = sanitize(redact(response.headers.get("location", "nowhere")))
            return WrongAddress(
                f"the instance redirects to {target} ({status}); the token was not sent there"
            )
        if status == 429:
            return RateLimited(
                f"rate limited by the instance (429{detail})", retry_after=response.retry_after
            )
        if status >= 500:
            return Unreachable(
                f"the instance failed ({status}{detail})", hint="Try again in a minute.", transient=True
            )
        if response.is_web_page:
            return self._web_page_error(response)
        match status:
            case 401:
                return Unauthorized(f"the instance does not accept the token (401{detail})")
            case 403:
                return Forbidden(f"the token's user may not read this (403{detail})")
            case 404 if path in ("groups", "user"):  # every instance has these
                return WrongAddress(f"{self._instance.name} has no Testmo API (404{detail})")
            case 404:
                return NotFound(f"not found (404{detail})")
            case 422 if path.rpartition("/")[2].isdecimal():  # Testmo's answer for some deleted ids
                return NotFound(f"not found (422{detail})")
            case _:
                return InvalidResponse(f"the instance refused the request ({status}{detail})")

    def _payload_error(self, response: Response, reason: str) -> TestmoError:
        if response.is_web_page:
            return self._web_page_error(response)
        if not response.body.strip():
            return InvalidResponse(f"{self._instance.name} sent an empty response")
        return InvalidResponse(f"{self._instance.name} sent {sanitize(reason)}")

    def _web_page_error(self, response: Response) -> TestmoError:
        return WrongAddress(
            f"{self._instance.name} sent a web page instead of Testmo's API ({response.status})"
        )


def _models() -> ModuleType:
    """Return the module that parses responses.

    Lazy boundary: pydantic often takes longer to import than the instance takes to answer, so it is imported
    in the parser's thread once the TCP connection is established (benchmark `who, one page, TLS`).
    """
    from . import models

    return models


def _error_message(body: bytes) -> str:
    """Return the `message` in the body of an error, or nothing; a proxy's body is often a web page."""
    try:
        message = json.loads(body)["message"]
    except (ValueError, TypeError, LookupError, RecursionError):
        return ""
    return sanitize(redact(message)).rstrip(" .") if isinstance(message, str) else ""
