"""Carries requests to one site: the only place that speaks HTTP.

It stands on httpcore, the part of httpx that does. What httpx adds to it would be turned off here (redirects,
cookies, addresses that lead elsewhere) or bounded (decoding), and takes as long to load as a site to answer.

No request can leave the site: only the way below the site's own origin is given. There is no total time limit
and no limit of size in httpcore; both are set here. What fails leaves as a `TestmoError`.
"""

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import NamedTuple, Protocol
from urllib.parse import urlsplit

import httpcore

from .. import __version__
from ..redaction import Secret, hide
from ..text import clean
from .body import read_bounded
from .errors import TestmoError, Unreachable, WrongAddress
from .instance import Instance

BROKEN = (
    httpcore.NetworkError,
    httpcore.ProtocolError,
    httpcore.ConnectionNotAvailable,
    httpcore.UnsupportedProtocol,
    OSError,
)
"""What httpcore raises where a connection ends too soon, or says something that is no HTTP."""


class Answer(NamedTuple):
    """What came back."""

    status: int
    headers: Mapping[str, str]
    """By their names in small letters."""
    body: bytes
    """Decoded."""

    @property
    def date(self) -> datetime | None:
        """The server's clock, exact to the second, in UTC; None where it does not tell."""
        try:
            return parsedate_to_datetime(self.headers.get("date", "")).astimezone(UTC)
        except (ValueError, TypeError, OverflowError):
            return None


class Carrier(Protocol):
    """What sends one request and gives the beginning of its answer: httpcore's pools of connections."""

    async def handle_async_request(self, request: httpcore.Request) -> httpcore.Response:
        """Send a request."""

    async def aclose(self) -> None:
        """Close every connection."""


class Wire:
    """The way to one site, with one token."""

    def __init__(self, instance: Instance, token: Secret, carrier: Carrier, timeout: float) -> None:
        """Prepare; nothing is sent yet.

        Args:
            instance: The site.
            token: What it is shown with every request.
            carrier: What the requests go through.
            timeout: Seconds that one request may take in all, from the look-up of the name to the last byte.
        """
        hide(token.reveal())
        parts = urlsplit(instance.origin)
        self._name = instance.name
        self._scheme, self._host, self._port = parts.scheme, parts.hostname or "", parts.port
        self._token = token
        self._carrier = carrier
        self._timeout = timeout

    async def close(self) -> None:
        """Close the connections."""
        await self._carrier.aclose()

    async def get(self, target: str) -> Answer:
        """Ask for one thing.

        Args:
            target: The path and the query, as in `/api/v1/groups?page=2`.

        Raises:
            TestmoError: If no whole answer came.
        """
        try:
            async with asyncio.timeout(self._timeout):
                return await self._fetch(target)
        except (TimeoutError, httpcore.TimeoutException):
            raise Unreachable(f"{self._name} did not answer within {self._timeout:g} s") from None
        except httpcore.ConnectError as error:
            raise _not_connected(self._name, error) from None
        except httpcore.ProxyError as error:
            raise Unreachable(
                f"the proxy refused: {clean(str(error))}", advice="Check HTTPS_PROXY and NO_PROXY."
            ) from None
        except UnicodeError:
            raise WrongAddress(f"{self._name} is not an address that can be asked") from None
        except BROKEN as error:
            raise Unreachable(
                f"the connection to {self._name} broke: {_why(error)}", momentary=True
            ) from None

    async def _fetch(self, target: str) -> Answer:
        response = await self._carrier.handle_async_request(self._request(target))
        try:
            headers = _headers(response)
            return Answer(response.status, headers, await read_bounded(response, headers))
        finally:
            await response.aclose()

    def _request(self, target: str) -> httpcore.Request:
        seconds = dict.fromkeys(("connect", "read", "write", "pool"), self._timeout)
        return httpcore.Request(
            "GET",
            httpcore.URL(
                scheme=self._scheme.encode(),
                host=self._host.encode(),
                port=self._port,
                target=target.encode(),
            ),
            headers=[
                ("Host", self._name),
                ("User-Agent", f"groupstui/{__version__}"),
                ("Accept", "application/json"),
                ("Accept-Encoding", "gzip"),  # only what `read_bounded` can decode with a bound
                ("Authorization", f"Bearer {self._token.reveal()}"),
            ],
            extensions={"timeout": seconds},
        )


def _headers(response: httpcore.Response) -> dict[str, str]:
    """Give the headers by their names in small letters; what comes twice is joined, as HTTP has it."""
    found: dict[str, str] = {}
    for name, value in response.headers:
        key, text = name.decode("latin-1").lower(), _text(value)
        found[key] = f"{found[key]}, {text}" if key in found else text
    return found


def _text(value: bytes) -> str:
    try:
        return value.decode()
    except UnicodeDecodeError:
        return value.decode("latin-1")


def _why(error: BaseException) -> str:
    """Give what an error says; one that says nothing was caused by one that does."""
    cause: BaseException | None = error
    while cause is not None:
        if said := clean((isinstance(cause, OSError) and cause.strerror) or str(cause)):
            return said
        cause = cause.__cause__ or cause.__context__
    return type(error).__name__


def _not_connected(host: str, error: httpcore.ConnectError) -> TestmoError:
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
