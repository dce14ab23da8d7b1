"""Reads an answer's body: decoded, bounded, and judged by what it is.

httpx has no limit of size: 204 kB of gzip can become 209 MB, so the encoding is undone here, with a bound.
"""

from __future__ import annotations

import json
import zlib

import httpx

from ..errors import InvalidResponse, Unreachable
from ..text import sanitize

MOST_BYTES = 32 * 1024 * 1024
"""The largest answer that is read, raw or decoded: a page of 100 groups of 5,000 members is a fifth of it."""


class InvalidPayload(ValueError):
    """A body is not what was asked for; `str()` says what it is, and repeats nothing of it."""


async def read_bounded(response: httpx.Response) -> bytes:
    """Return the body, decoded, and never more of it than `MOST_BYTES`.

    Raises:
        InvalidResponse: If it is too large, or encoded in a way that was not asked for.
        Unreachable: If it ends too soon.
    """
    decoder = _Decoder(response.headers.get("content-encoding", "identity"))
    body = bytearray()
    received = 0
    # Not `aiter_raw`, which refuses the ready-made responses of an `httpx.MockTransport`.
    assert isinstance(response.stream, httpx.AsyncByteStream)
    async for chunk in response.stream:
        received += len(chunk)
        body += decoder.decode(chunk, MOST_BYTES + 1 - len(body))
        if max(received, len(body)) > MOST_BYTES:
            raise InvalidResponse(f"the answer is larger than {MOST_BYTES // 1024**2} MB")
    if not decoder.complete:
        raise Unreachable("the connection ended in the middle of an answer", transient=True)
    return bytes(body)


class _Decoder:
    """Undoes a content encoding, giving at most as much as asked: a few bytes of gzip can hold a gigabyte."""

    def __init__(self, encoding: str) -> None:
        encoding = encoding.strip().lower()
        if encoding not in ("", "identity", "gzip", "x-gzip"):
            raise InvalidResponse(f"the answer is encoded as {sanitize(encoding)}, which was not asked for")
        self._gzip = zlib.decompressobj(wbits=31) if "gzip" in encoding else None

    @property
    def complete(self) -> bool:
        return self._gzip is None or self._gzip.eof

    def decode(self, chunk: bytes, most: int) -> bytes:
        if self._gzip is None:
            return chunk
        try:
            return self._gzip.decompress(chunk, max(most, 1))
        except zlib.error:
            raise InvalidResponse("the answer's gzip encoding is broken") from None


def is_web_page(content_type: str, body: bytes) -> bool:
    """Return whether a user's page came in place of the API's JSON, as a proxy or a wrong host sends it."""
    return "html" in content_type.lower() or body.lstrip()[:1] == b"<"


def error_message(body: bytes) -> str:
    """Return the `message` of an error's body, or nothing: a proxy's body is often a web page."""
    try:
        said = json.loads(body)["message"]
    except (ValueError, TypeError, LookupError, RecursionError):
        return ""
    return sanitize(said).rstrip(" .") if isinstance(said, str) else ""
