"""Lets a transport of httpx carry requests: to an application in this process, or to what a test makes up."""

import httpcore
import httpx


class Bridge:
    """A `Carrier` that hands everything on to an httpx transport."""

    def __init__(self, transport: httpx.AsyncBaseTransport) -> None:
        self._transport = transport

    async def handle_async_request(self, request: httpcore.Request) -> httpcore.Response:
        """Send a request. What httpx raises is raised as httpcore names it."""
        asked = httpx.Request(request.method.decode(), bytes(request.url).decode(), headers=request.headers)
        try:
            response = await self._transport.handle_async_request(asked)
        except httpx.RequestError as error:
            kind = getattr(httpcore, type(error).__name__, httpcore.NetworkError)
            raise kind(str(error)) from error
        return httpcore.Response(response.status_code, headers=response.headers.raw, content=response.stream)

    async def aclose(self) -> None:
        """Close the transport."""
        await self._transport.aclose()
