"""Carries requests through a SOCKS proxy."""

import httpcore
from socksio.exceptions import SOCKSError


class OverSocks:
    """A `Carrier`. Where the proxy hangs up or speaks nonsense, that is raised as httpcore's `ProxyError`."""

    def __init__(self, pool: httpcore.AsyncConnectionPool) -> None:
        self._pool = pool

    async def handle_async_request(self, request: httpcore.Request) -> httpcore.Response:
        """Send a request."""
        try:
            return await self._pool.handle_async_request(request)
        except SOCKSError as error:
            raise httpcore.ProxyError(str(error)) from error

    async def aclose(self) -> None:
        """Close every connection."""
        await self._pool.aclose()
