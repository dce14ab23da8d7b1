"""HTTP requests to one instance: fixed origin, no redirects, a total time limit, bounded bodies.

httpx has no limit for the size of a body (204 kB of gzip can become 209 MB) and none for the total time, so
both are set here. Every failure is raised as a `TestmoError`.
"""

from __future__ import annotations

import asyncio
import os
import re
import socket
import ssl
import sys
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import cache
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import Any

import httpx
import truststore
from socksio.exceptions import SOCKSError

from ..diagnostics import redact
from ..errors import InvalidResponse, TestmoError, Unreachable, WrongAddress, shown_path
from ..redaction import mask_data
from ..text import sanitize
from ..token import Token
from ..version import __version__
from .http_options import HttpOptions
from .instance import Instance

MAX_BODY_BYTES = 32 * 1024 * 1024
"""Size of the largest body, raw or decoded: five times a page of 100 groups of 5,000 members."""

MAX_GZIP_MEMBERS = 100
"""A gzip stream with more members is rejected: each member copies the rest of its chunk."""

IDLE_CONNECTION_S = 60.0
"""Seconds after which an idle connection is closed; a new TLS connection costs three round trips."""

LOOPBACK_ADDRESSES = ("127.0.0.1", "::1")
"""What `localhost` stands for (RFC 6761, section 6.3)."""

_DETAILS_OF_LIBRARIES = re.compile(r"^\[[^]]*\] | \(_ssl\.c:\d+\)|: bytearray\(.*")
"""Numbers of errors, places in C code, and representations of Python objects in the texts of errors."""

_HASHED_NAME = re.compile(r"[0-9a-f]{8}\.[0-9]")


@dataclass(frozen=True, slots=True)
class Response:
    """A response whose body has been read and decoded."""

    status: int
    headers: httpx.Headers
    body: bytes

    @property
    def date(self) -> datetime | None:
        """The server's clock in UTC, to the second; None if the response has no valid `Date` header."""
        try:
            return parsedate_to_datetime(self.headers.get("date", "")).astimezone(UTC)
        except (ValueError, TypeError, OverflowError):
            return None

    @property
    def retry_after(self) -> float | None:
        """Seconds to wait, from `Retry-After` as seconds or as a date; None if it is missing or invalid."""
        value = self.headers.get("retry-after", "").strip()
        if value.isascii() and value.isdigit():
            return float(value[:9])
        try:
            until = parsedate_to_datetime(value).astimezone(UTC)
            return max(0.0, (until - (self.date or datetime.now(UTC))).total_seconds())
        except (ValueError, TypeError, OverflowError):
            return None

    @property
    def is_web_page(self) -> bool:
        """Whether a web page came in place of the API's JSON, as from a proxy or a wrong host."""
        return "html" in self.headers.get("content-type", "").lower() or self.body.lstrip()[:1] == b"<"


class HttpClient:
    """Sends GET requests to one instance with one token."""

    def __init__(
        self,
        instance: Instance,
        token: Token,
        *,
        options: HttpOptions,
        transport: httpx.AsyncBaseTransport | None = None,
        on_connect: Callable[[], object] = lambda: None,
    ) -> None:
        """Set up the client; nothing is sent yet.

        Args:
            instance: The instance; requests go only to its origin.
            token: Sent with every request.
            options: Time limit, proxy and certificates.
            transport: Carries the requests instead of the network.
            on_connect: Called when a TCP connection is established, before its TLS handshake is complete.

        Raises:
            Unreachable: If the proxy or a file of certificates cannot be used.
        """
        self._timeout = options.timeout
        self._token = token  # exists, and is masked in errors, as long as the client
        self._on_connect = on_connect
        proxy = options.proxy_for(instance, os.environ)
        self._through_proxy = proxy is not None
        self._name = f"{instance.name} through the proxy" if self._through_proxy else instance.name
        self._origins = [httpx.URL(instance.origin)]
        """Where the instance may answer: the first that accepts a connection is kept."""
        self._extensions: dict[str, Any] = {"trace": self._trace}
        if proxy is None and self._origins[0].raw_host == b"localhost":
            # The name is not resolved: a DNS server may answer with the address of another machine.
            self._origins = [self._origins[0].copy_with(host=address) for address in LOOPBACK_ADDRESSES]
            self._extensions["sni_hostname"] = "localhost"
        needs_tls = instance.origin.startswith("https") or (proxy or "").startswith("https")
        needs_tls = needs_tls or bool(options.ca_bundle)  # a wrong file is an error in any case
        context = tls_context(options.ca_bundle, os.environ.get("SSL_CERT_FILE", "")) if needs_tls else None
        try:
            self._client = httpx.AsyncClient(
                headers={
                    "Host": instance.name,
                    "Authorization": f"Bearer {token.reveal()}",
                    "User-Agent": f"groupstui/{__version__}",
                    "Accept": "application/json",
                    "Accept-Encoding": "gzip, deflate",  # only what `_Decoder` can decode with a bound
                },
                cookies=CookieJar(DefaultCookiePolicy(allowed_domains=())),  # none is kept or sent
                timeout=options.timeout,
                limits=httpx.Limits(keepalive_expiry=IDLE_CONNECTION_S),
                transport=transport,
                proxy=None if proxy is None else _proxy(proxy, context),
                verify=context or False,
                trust_env=False,  # `HttpOptions` reads the proxies, `tls_context` the certificates
            )
        except (ValueError, OSError, httpx.InvalidURL):  # the text of these may contain a password
            raise Unreachable(
                "the proxy cannot be used", hint="Check --proxy, HTTPS_PROXY, ALL_PROXY and NO_PROXY."
            ) from None

    async def close(self) -> None:
        await self._client.aclose()

    async def get(self, target: str) -> Response:
        """Send a GET request and read its whole response, whatever its status.

        Args:
            target: Path and query, as in `/api/v1/groups?page=2`. It cannot leave the origin.

        Raises:
            TestmoError: If there is no complete response.
        """
        try:
            async with asyncio.timeout(self._timeout):
                return await self._get_from_any_origin(target)
        except (TimeoutError, httpx.TimeoutException):
            raise Unreachable(f"{self._name} did not answer within {self._timeout:g} s") from None
        except httpx.ConnectError as error:
            raise self._connect_error(error) from None
        except (httpx.ProxyError, SOCKSError) as error:
            raise Unreachable(
                f"the proxy refused the connection: {_reason(error)}",
                hint="Check --proxy, HTTPS_PROXY and NO_PROXY.",
            ) from None
        except (httpx.InvalidURL, UnicodeError):
            raise WrongAddress(f"{self._name} is not a valid address") from None
        except (httpx.HTTPError, OSError) as error:
            raise Unreachable(
                f"the connection to {self._name} was lost: {_reason(error)}", transient=True
            ) from None

    async def _get_from_any_origin(self, target: str) -> Response:
        """Send a request to the first origin that accepts a connection, and to no other from then on.

        If there is none, the error is that of the first origin.
        """
        first_error: httpx.ConnectError | None = None
        for origin in self._origins:
            url = origin.copy_with(raw_path=target.encode())
            try:
                async with self._client.stream("GET", url, extensions=self._extensions) as response:
                    self._origins = [origin]
                    body = mask_data(await _read_body(response))
                    return Response(response.status_code, response.headers, body)
            except httpx.ConnectError as error:
                first_error = first_error or error
        assert first_error is not None
        raise first_error

    async def _trace(self, event: str, info: object) -> None:
        if event == "connection.connect_tcp.complete":
            self._on_connect()

    def _connect_error(self, error: httpx.ConnectError) -> TestmoError:
        """Return the error for a connection that could not be made, by its cause."""
        reason, causes = _reason(error), list(_causes(error))
        if any(isinstance(cause, ssl.SSLError) for cause in causes) or "ssl" in reason.lower():
            if "certificate" not in reason.lower():
                return Unreachable(
                    f"no TLS connection to {self._name}: {reason}", hint="Check the addresses."
                )
            message = f"cannot verify the TLS certificate of {self._name}: {reason}"
            if "expired" in reason.lower() or "not yet valid" in reason.lower():
                return Unreachable(
                    message,
                    hint="Check the clock of this machine; if it is right, the certificate must be renewed.",
                )
            return Unreachable(
                message,
                hint="Check the address; if a proxy inspects TLS, pass its certificate with --ca-bundle.",
            )
        if self._through_proxy:
            return Unreachable(
                f"cannot connect to the proxy: {reason}", hint="Check --proxy, HTTPS_PROXY and ALL_PROXY."
            )
        if any(isinstance(cause, socket.gaierror) for cause in causes):
            return WrongAddress(
                f"the host name {self._name} cannot be resolved",
                hint="Check the address of the instance, and the network.",
            )
        return Unreachable(f"cannot connect to {self._name}: {reason}")


def _causes(error: BaseException) -> Iterator[BaseException]:
    """Yield an exception and what caused it, the innermost last."""
    cause: BaseException | None = error
    while cause is not None:
        yield cause
        cause = cause.__cause__ or cause.__context__


def _reason(error: BaseException) -> str:
    """Return the text of the innermost error of the system, or the first text in a chain of exceptions.

    The libraries wrap the former in texts such as “All connection attempts failed”, and some without a text.
    """
    causes = list(_causes(error))
    texts = [_system_text(cause) for cause in reversed(causes) if isinstance(cause, OSError)]
    text = next(filter(None, [*texts, *map(str, causes)]), type(error).__name__)
    return _DETAILS_OF_LIBRARIES.sub("", sanitize(redact(text))).rstrip(".")


def _system_text(error: OSError) -> str | None:
    """Return what an error of the system means; asyncio replaces its text by the address."""
    if error.errno and not isinstance(error, (ssl.SSLError, socket.gaierror)):
        return os.strerror(error.errno)
    return error.strerror


def _proxy(address: str, context: ssl.SSLContext | None) -> httpx.Proxy:
    """Return the proxy; one with an https address is verified with the same certificates as the instance."""
    return httpx.Proxy(address, ssl_context=context if address.startswith("https") else None)


# Bodies


async def _read_body(response: httpx.Response) -> bytes:
    """Return the decoded body, at most `MAX_BODY_BYTES` of it."""
    decoder = _Decoder(response.headers.get("content-encoding", "identity"))
    body = bytearray()
    received = 0
    # Not `aiter_raw`, which refuses the ready-made responses of an `httpx.MockTransport`.
    assert isinstance(response.stream, httpx.AsyncByteStream)
    async for chunk in response.stream:
        received += len(chunk)
        body += decoder.decode(chunk, MAX_BODY_BYTES + 1 - len(body))
        if max(received, len(body)) > MAX_BODY_BYTES:
            raise InvalidResponse(f"the response is larger than {MAX_BODY_BYTES // 1024**2} MB")
    if received and not decoder.is_complete:
        raise Unreachable("the connection ended in the middle of a response", transient=True)
    return bytes(body)


class _Decoder:
    """Decodes gzip and deflate, returning at most as much as requested."""

    def __init__(self, encoding: str) -> None:
        self._encoding = encoding.strip().lower().removeprefix("x-") or "identity"
        if self._encoding not in ("identity", "gzip", "deflate"):
            raise InvalidResponse(
                f"the response has the encoding {sanitize(encoding)}, which was not requested"
            )
        self._stream: zlib._Decompress | None = None
        self._members = 0

    @property
    def is_complete(self) -> bool:
        return self._encoding == "identity" or (self._stream is not None and self._stream.eof)

    def decode(self, chunk: bytes, limit: int) -> bytes:
        if self._encoding == "identity":
            return chunk
        decoded = bytearray()
        try:
            while chunk and len(decoded) < limit:
                if self._stream is None or self._stream.eof:
                    if self._stream is not None and not chunk.strip(b"\0"):
                        break  # zeros may pad a stream
                    self._stream = self._next_member(chunk)
                decoded += self._stream.decompress(chunk, limit - len(decoded))
                chunk = self._stream.unconsumed_tail or self._stream.unused_data
        except zlib.error:
            raise InvalidResponse(f"the {self._encoding} encoding of the response is broken") from None
        return bytes(decoded)

    def _next_member(self, start: bytes) -> zlib._Decompress:
        self._members += 1
        if self._members > (MAX_GZIP_MEMBERS if self._encoding == "gzip" else 1):
            raise InvalidResponse(f"the response has more than {self._members - 1} compressed streams")
        if self._encoding == "gzip":
            return zlib.decompressobj(wbits=31)
        has_zlib_header = start[0] & 0x0F == 8  # some servers send deflate without it
        return zlib.decompressobj(wbits=15 if has_zlib_header else -15)


# Certificates


@cache
def tls_context(ca_bundle: str, cert_file: str) -> ssl.SSLContext:
    """Return the TLS context for the whole program, which trusts what the operating system trusts.

    Companies that inspect TLS put their certificate into the system's store, not into Python's. OpenSSL
    ignores an `SSL_CERT_FILE` that it cannot read, and then trusts no server, so the file is checked here.

    Args:
        ca_bundle: Path of a file with further certificates, or nothing.
        cert_file: Value of `SSL_CERT_FILE`, or nothing.

    Raises:
        Unreachable: If one of the files contains no certificates.
    """
    if cert_file:
        _load_certificates(ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT), "SSL_CERT_FILE", cert_file)
    context = _system_context(cert_file)
    if ca_bundle:
        _load_certificates(context, "--ca-bundle", ca_bundle)
    return context


def _system_context(cert_file: str) -> ssl.SSLContext:
    """Return a context with the system's trust store.

    truststore reads the whole file of certificates for each connection, which blocks the event loop; in a
    folder with hashed names OpenSSL reads only the one certificate that it needs.
    """
    paths = ssl.get_default_verify_paths()
    folder = paths.capath or ""
    if sys.platform == "linux" and not cert_file and folder and _has_hashed_names(folder):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        # One may lack what the other has, except if the file is in the folder: there Debian's tools write the
        # same certificates to both, and reading the file takes 22 ms (benchmark `who, one page, TLS`).
        file = None if _is_in(paths.cafile, folder) else paths.cafile
        context.load_verify_locations(cafile=file, capath=folder)
        return context
    return truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


def _has_hashed_names(folder: str) -> bool:
    try:
        with os.scandir(folder) as entries:
            return any(_HASHED_NAME.fullmatch(entry.name) for entry in entries)
    except OSError:
        return False


def _is_in(file: str | None, folder: str) -> bool:
    return file is not None and os.path.dirname(os.path.realpath(file)) == os.path.realpath(folder)


def _load_certificates(context: ssl.SSLContext, name: str, path: str) -> None:
    try:
        context.load_verify_locations(path)
    except OSError as error:  # an SSLError is one, too
        is_missing = error.errno and not isinstance(error, ssl.SSLError)
        why = error.strerror if is_missing else "it contains no certificates"
        raise Unreachable(
            f"{name} cannot be used: {why}: {shown_path(path)}",
            hint="Pass a file of certificates in PEM format.",
        ) from None
