"""Asks one site for one thing, and says what the user must do where it fails: the one place that speaks HTTP.

httpx has no total time limit and no limit of size; both are set here. No request can leave the site: only
what stands below its own origin is asked for, and no redirect is followed.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from time import monotonic
from typing import TypeVar
from urllib.parse import urlencode

import httpx
from socksio.exceptions import SOCKSError

from ..diagnostics import redact, register_secret
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
from ..version import __version__
from .body import InvalidPayload, error_message, is_web_page, read_bounded
from .instance import Instance
from .network import Network
from .rate_limit import RequestLimiter

R = TypeVar("R")

IDLE = 60.0
"""Seconds for which a connection is kept that nobody uses: to set up another costs three round trips."""

log = logging.getLogger(__name__)


class Client:
    """Sends requests to one site with one token."""

    def __init__(
        self,
        instance: Instance,
        token: Token,
        *,
        transport: httpx.AsyncBaseTransport | None,
        network: Network,
        timeout: float,
        gate: RequestLimiter,
    ) -> None:
        """Prepare; nothing is sent yet.

        Args:
            instance: The site.
            token: What it is shown with every request.
            transport: What carries the requests, in place of the network.
            network: The way to the site.
            timeout: Seconds that one request may take in all, from the look-up of the name to the last byte.
            gate: What every request has to pass.

        Raises:
            Unreachable: If the way can't be set up.
        """
        self.instance = instance
        self.server_time: datetime | None = None
        """The server's clock, as its last answer has told it."""
        self._timeout = timeout
        self._gate = gate
        self.connected: Callable[[], object] = lambda: None
        """Called when there is a connection: nothing is to be done but to wait for the site."""
        self._origin = httpx.URL(instance.origin)
        register_secret(token.reveal())
        try:
            self._http = httpx.AsyncClient(
                headers={
                    "Authorization": f"Bearer {token.reveal()}",
                    "User-Agent": f"groupstui/{__version__}",
                    "Accept": "application/json",
                    "Accept-Encoding": "gzip",  # only what `read_bounded` can decode with a bound
                },
                timeout=timeout,
                limits=httpx.Limits(keepalive_expiry=IDLE),
                transport=transport,
                proxy=network.httpx_proxy(),
                verify=network.trust() if instance.origin.startswith("https") else False,
            )
        except (ValueError, OSError) as error:  # the system's own settings were not checked before
            raise Unreachable(
                f"the proxy can't be used: {sanitize(str(error))}",
                hint="Check the proxy variables (HTTPS_PROXY, ALL_PROXY, NO_PROXY).",
            ) from None

    async def close(self) -> None:
        """Close the connections."""
        await self._http.aclose()

    async def get(
        self,
        path: str,
        params: Mapping[str, str | int] | None = None,
        *,
        read: Callable[[bytes], Awaitable[R]],
    ) -> R:
        """Ask for one thing and give what is read of the answer.

        The next request may go out while the answer is read.

        Args:
            path: Below `/api/v1/`, such as `groups/17`.
            params: The query.
            read: Turns the JSON into what is wanted; raises `InvalidPayload` where it can't.

        Raises:
            TestmoError: One of its kinds, by what the user must do.
        """
        target = f"/api/v1/{path}" + (f"?{urlencode(params)}" if params else "")
        began = monotonic()
        try:
            async with self._gate:
                began = monotonic()
                answer = await self._fetch(target)
        except TestmoError as error:
            log.debug("GET %s: %s, after %.3f s", target, error, monotonic() - began)
            raise
        log.debug(
            "GET %s: %d, %d bytes, %.3f s", target, answer.status, len(answer.body), monotonic() - began
        )
        self.server_time = answer.date
        if answer.status != 200:
            raise self._refusal(answer, path)
        try:
            return await read(answer.body)
        except InvalidPayload as error:
            raise self._nonsense(answer, error) from None

    async def _fetch(self, target: str) -> Answer:
        name = self.instance.name
        url = self._origin.copy_with(raw_path=target.encode())
        try:
            async with (
                asyncio.timeout(self._timeout),
                self._http.stream("GET", url, extensions={"trace": self._trace}) as response,
            ):
                return Answer(response.status_code, response.headers, await read_bounded(response))
        except (TimeoutError, httpx.TimeoutException):
            raise Unreachable(f"{name} did not answer within {self._timeout:g} s") from None
        except httpx.ConnectError as error:
            raise _not_connected(name, error) from None
        except (httpx.ProxyError, SOCKSError) as error:
            raise Unreachable(
                f"the proxy refused: {sanitize(str(error))}", hint="Check HTTPS_PROXY and NO_PROXY."
            ) from None
        except (httpx.InvalidURL, UnicodeError):
            raise WrongAddress(f"{name} is not an address that can be asked") from None
        except (httpx.HTTPError, OSError) as error:
            raise Unreachable(f"the connection to {name} broke: {_why(error)}", transient=True) from None

    async def _trace(self, event: str, info: object) -> None:
        if event == "connection.connect_tcp.complete":
            self.connected()

    def _refusal(self, answer: Answer, path: str) -> TestmoError:
        """Turn a status other than 200 into the error that says what to do."""
        status = answer.status
        because = f": {redact(said)}" if (said := error_message(answer.body)) else ""
        if 300 <= status < 400:
            target = redact(sanitize(answer.headers.get("location", "nowhere")))
            return WrongAddress(f"the site redirects to {target} ({status}); the token was not sent there")
        if status == 429:
            return RateLimited(f"the site asks for a pause (429{because})", retry_after=_retry_after(answer))
        if status >= 500:
            return Unreachable(
                f"the site is in trouble ({status}{because})", hint="Try again in a minute.", transient=True
            )
        if _is_web_page(answer):
            return self._web_page(answer)
        match status:
            case 401:
                return Unauthorized(f"the site does not accept the token (401{because})")
            case 403:
                return Forbidden(f"the token's user may not read this (403{because})")
            case 404:
                return NotFound(f"not found (404{because})")
            case 422 if path.rpartition("/")[2].isdecimal():
                # So Testmo answers for some ids that were deleted.
                return NotFound(f"not found (422{because})")
            case _:
                return InvalidResponse(f"the site refused the request ({status}{because})")

    def _web_page(self, answer: Answer) -> TestmoError:
        return WrongAddress(
            f"{self.instance.name} answered with a web page, not with Testmo's API ({answer.status})"
        )

    def _nonsense(self, answer: Answer, error: InvalidPayload) -> TestmoError:
        if _is_web_page(answer):
            return self._web_page(answer)
        if not answer.body.strip():
            return InvalidResponse(f"{self.instance.name} answered with nothing")
        return InvalidResponse(f"{self.instance.name} answered with {sanitize(str(error))}")


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back."""

    status: int
    headers: httpx.Headers
    body: bytes
    """Decoded."""

    @property
    def date(self) -> datetime | None:
        """The server's clock, exact to the second, in UTC; None where it does not tell."""
        try:
            return parsedate_to_datetime(self.headers.get("date", "")).astimezone(UTC)
        except (ValueError, TypeError, OverflowError):
            return None


def _is_web_page(answer: Answer) -> bool:
    return is_web_page(answer.headers.get("content-type", ""), answer.body)


def _retry_after(answer: Answer) -> float | None:
    """Read `Retry-After`, as seconds or as a date; a date is held against the server's own clock."""
    value = answer.headers.get("retry-after", "").strip()
    if value.isascii() and value.isdigit():
        return float(value[:9])
    try:
        until = parsedate_to_datetime(value)
        return max(0.0, (until - (answer.date or datetime.now(UTC))).total_seconds())
    except (ValueError, TypeError, OverflowError):
        return None


def _why(error: BaseException) -> str:
    """Return what an error says; one that says nothing was caused by one that does."""
    cause: BaseException | None = error
    while cause is not None:
        if said := sanitize((isinstance(cause, OSError) and cause.strerror) or str(cause)):
            return said
        cause = cause.__cause__ or cause.__context__
    return type(error).__name__


def _not_connected(host: str, error: httpx.ConnectError) -> TestmoError:
    why = sanitize(str(error))
    lowered = why.lower()
    if "expired" in lowered or "not yet valid" in lowered:
        return Unreachable(
            f"no trusted connection to {host}: {why}",
            hint="Check this machine's clock: a certificate is valid for a time.",
        )
    if "certificate" in lowered or "ssl" in lowered or "tls" in lowered:
        return Unreachable(
            f"no trusted connection to {host}: {why}",
            hint="Check the address; where TLS is inspected, name the inspector's file with --ca-bundle.",
        )
    if "name" in lowered or "address associated" in lowered or "getaddrinfo" in lowered:
        return WrongAddress(f"there is no host {host}", hint="Check the instance's name and the network.")
    return Unreachable(f"cannot connect to {host}: {why}")
