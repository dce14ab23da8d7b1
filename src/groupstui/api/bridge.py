"""Lets a transport of httpx carry requests: to an application in this process, or to what a test makes up."""

from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager

import httpcore
import httpx


class Bridge:
    """A `Carrier` that hands everything on to an httpx transport. What that raises has httpcore's names."""

    def __init__(self, transport: httpx.AsyncBaseTransport) -> None:
        self._transport = transport

    async def handle_async_request(self, request: httpcore.Request) -> httpcore.Response:
        """Send a request."""
        url = request.url
        scheme, host = url.scheme.decode(), url.host.decode()
        asked = httpx.Request(
            request.method.decode(),
            httpx.URL(scheme=scheme, host=host, port=url.port, raw_path=url.target),
            headers=request.headers,
        )
        with _errors_renamed():
            response = await self._transport.handle_async_request(asked)
        return httpcore.Response(response.status_code, headers=response.headers.raw, content=_Body(response))

    async def aclose(self) -> None:
        """Close the transport."""
        await self._transport.aclose()


class _Body:
    """The body of an answer, piece by piece."""

    def __init__(self, response: httpx.Response) -> None:
        self._response = response

    async def __aiter__(self) -> AsyncIterator[bytes]:
        assert isinstance(self._response.stream, httpx.AsyncByteStream)
        with _errors_renamed():
            async for piece in self._response.stream:
                yield piece

    async def aclose(self) -> None:
        await self._response.aclose()


@contextmanager
def _errors_renamed() -> Iterator[None]:
    try:
        yield
    except httpx.RequestError as error:
        kind = getattr(httpcore, type(error).__name__, httpcore.NetworkError)
        raise kind(str(error)) from error
