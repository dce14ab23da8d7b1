"""One request to one site: the only place that speaks HTTP.

httpx follows an absolute address anywhere, has no total time limit and no limit of size; each is bounded
here. Every failure, of httpx, of JSON or of a shape, leaves as a `TestmoError`.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from time import monotonic
from typing import TypeVar

import httpx

from .. import __version__
from ..redaction import Secret, hide
from ..text import clean
from .auth import BearerAuth
from .body import NotUnderstood, error_message, is_web_page, read_bounded
from .errors import (
    AdminRequired,
    BadAnswer,
    NotFound,
    RateLimited,
    SignInRequired,
    TestmoError,
    Unreachable,
    WrongAddress,
)
from .instance import Instance
from .network import Network
from .pacing import Gate

R = TypeVar("R")

log = logging.getLogger(__name__)


class Client:
    """Sends requests to one site with one token."""

    def __init__(
        self,
        instance: Instance,
        token: Secret,
        *,
        transport: httpx.AsyncBaseTransport | None = None,
        timeout: float,
        network: Network,
        gate: Gate,
    ) -> None:
        self.instance = instance
        self.server_time: datetime | None = None
        """The server's clock, as its last answer has told it."""
        self._timeout = timeout
        self._gate = gate
        hide(token.reveal())
        try:
            self._http = httpx.AsyncClient(
                base_url=f"{instance.origin}/api/v1/",
                auth=BearerAuth(instance.origin, token),
                headers={
                    "User-Agent": f"groupstui/{__version__}",
                    "Accept": "application/json",
                    # Only what `read_bounded` can decode with a bound.
                    "Accept-Encoding": "gzip",
                },
                timeout=timeout,
                transport=transport,
                proxy=network.proxy or None,
                verify=network.trust() if instance.origin.startswith("https") else False,
                follow_redirects=False,
            )
        except (ValueError, ImportError, OSError) as error:
            # A proxy that needs a package that is missing fails here, with errors that are not httpx's own.
            raise Unreachable(
                f"cannot set up the connection: {clean(str(error))}",
                advice="Check the proxy variables (HTTPS_PROXY, ALL_PROXY, NO_PROXY).",
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
            read: Turns the JSON into what is wanted; raises `NotUnderstood` where it can't.

        Raises:
            TestmoError: One of its kinds, by what the user must do.
        """
        began = monotonic()
        try:
            async with self._gate:
                began = monotonic()
                response, body = await self._fetch(path, params)
        except TestmoError as error:
            log.debug("GET %s %s: %s, after %.3f s", path, dict(params or {}), error, monotonic() - began)
            raise
        log.debug(
            "GET %s %s: %d, %d bytes, %.3f s",
            path,
            dict(params or {}),
            response.status_code,
            len(body),
            monotonic() - began,
        )
        self.server_time = _date(response)
        if response.status_code != 200:
            raise self._refusal(response, body)
        try:
            return await read(body)
        except NotUnderstood as error:
            raise self._nonsense(response, body, error) from None

    async def _fetch(self, path: str, params: Mapping[str, str | int] | None) -> tuple[httpx.Response, bytes]:
        host = self.instance.name
        try:
            async with (
                asyncio.timeout(self._timeout),
                self._http.stream("GET", path, params=params) as response,
            ):
                return response, await read_bounded(response)
        except (TimeoutError, httpx.TimeoutException):
            raise Unreachable(f"{host} did not answer within {self._timeout:g} s") from None
        except httpx.ConnectError as error:
            raise _not_connected(host, error) from None
        except httpx.ProxyError as error:
            raise Unreachable(
                f"the proxy refused: {clean(str(error))}", advice="Check HTTPS_PROXY and NO_PROXY."
            ) from None
        except (httpx.InvalidURL, UnicodeError):
            raise WrongAddress(f"{host} is not an address that can be asked") from None
        except (httpx.HTTPError, OSError) as error:
            raise Unreachable(f"the connection to {host} broke: {_why(error)}", momentary=True) from None

    def _refusal(self, response: httpx.Response, body: bytes) -> TestmoError:
        """Turn a status other than 200 into the error that says what to do."""
        status = response.status_code
        because = f": {said}" if (said := error_message(body)) else ""
        if 300 <= status < 400:
            target = clean(response.headers.get("location", "nowhere"))
            return WrongAddress(f"the site redirects to {target} ({status}); the token was not sent there")
        if status == 429:
            return RateLimited(
                f"the site asks for a pause (429{because})", retry_after=_retry_after(response)
            )
        if status >= 500:
            return Unreachable(
                f"the site is in trouble ({status}{because})", advice="Try again in a minute.", momentary=True
            )
        if is_web_page(response, body):
            return self._web_page(response)
        match status:
            case 401:
                return SignInRequired(f"the site does not accept the token (401{because})")
            case 403:
                return AdminRequired(f"the token's user may not read this (403{because})")
            case 404:
                return NotFound(f"not found (404{because})")
            case 422 if response.url.path.rpartition("/")[2].isdecimal():
                # So Testmo answers for some ids that were deleted.
                return NotFound(f"not found (422{because})")
            case _:
                return BadAnswer(f"the site refused the request ({status}{because})")

    def _web_page(self, response: httpx.Response) -> TestmoError:
        return WrongAddress(
            f"{self.instance.name} answered with a web page, not with Testmo's API ({response.status_code})"
        )

    def _nonsense(self, response: httpx.Response, body: bytes, error: NotUnderstood) -> TestmoError:
        if is_web_page(response, body):
            return self._web_page(response)
        if not body.strip():
            return BadAnswer(f"{self.instance.name} answered with nothing")
        return BadAnswer(f"{self.instance.name} answered with {clean(str(error))}")


def _retry_after(response: httpx.Response) -> float | None:
    """Read `Retry-After`, as seconds or as a date; a date is held against the server's own clock."""
    value = response.headers.get("retry-after", "").strip()
    if value.isascii() and value.isdigit():
        return float(value[:9])
    try:
        until = parsedate_to_datetime(value)
        return max(0.0, (until - (_date(response) or datetime.now(UTC))).total_seconds())
    except (ValueError, TypeError, OverflowError):
        return None


def _date(response: httpx.Response) -> datetime | None:
    """Read the server's clock; it is exact to the second."""
    try:
        return parsedate_to_datetime(response.headers.get("date", "")).astimezone(UTC)
    except (ValueError, TypeError, OverflowError):
        return None


def _why(error: BaseException) -> str:
    """Give what an error says; one that says nothing was caused by one that does."""
    cause: BaseException | None = error
    while cause is not None:
        if said := clean((isinstance(cause, OSError) and cause.strerror) or str(cause)):
            return said
        cause = cause.__cause__ or cause.__context__
    return type(error).__name__


def _not_connected(host: str, error: httpx.ConnectError) -> TestmoError:
    why = clean(str(error))
    lowered = why.lower()
    if "expired" in lowered or "not yet valid" in lowered:
        return Unreachable(
            f"no trusted connection to {host}: {why}",
            advice="Check this machine's clock: a certificate is valid for a time.",
        )
    if "certificate" in lowered or "ssl" in lowered or "tls" in lowered:
        return Unreachable(
            f"no trusted connection to {host}: {why}",
            advice="Check the address; where TLS is inspected, name the inspector's file with --ca-bundle.",
        )
    if "name" in lowered or "address associated" in lowered or "getaddrinfo" in lowered:
        return WrongAddress(f"there is no host {host}", advice="Check the instance's name and the network.")
    return Unreachable(f"cannot connect to {host}: {why}")
