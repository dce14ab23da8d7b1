"""The one connection to a site: made when it is first needed, polite, and patient where that helps."""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import TYPE_CHECKING, TypeVar

from ..errors import Offline, RateLimited, Unreachable
from ..testmo.instance import Instance
from ..testmo.network import Network
from ..testmo.rate_limit import Clock, Cooldown, RequestLimiter
from ..token import Token

if TYPE_CHECKING:
    import httpx

    from .answers import Endpoints

R = TypeVar("R")

TokenSource = Token | Callable[[], Awaitable[Token]]
"""A token, or what gives it when it is first needed; that may raise a `TestmoError`."""

log = logging.getLogger(__name__)

TRIES = 3
"""How often one request is sent before a 429 is told."""

UNTOLD_PAUSE = 60.0
"""Seconds to wait after a 429 without `Retry-After`: the least that Testmo asks for."""

LONGEST_PAUSE = 600.0
"""Seconds; a site that asks for more is told to the user at once."""

MOMENT = 0.5
"""Seconds before the one repeat after a dropped connection or a 5xx."""


class Connection:
    """Sends requests to one site."""

    def __init__(
        self,
        instance: Instance,
        token: TokenSource,
        *,
        transport: Callable[[], httpx.AsyncBaseTransport] | None,
        network: Network,
        timeout: float,
        concurrency: int,
        offline: bool,
        clock: Clock,
    ) -> None:
        """Prepare; nothing is sent yet. The arguments are those of `GroupsService`.

        Raises:
            Unreachable: If a proxy is named that can't be used.
        """
        self.instance = instance
        self.offline = offline
        """Whether the site is asked nothing."""
        self.pause = Cooldown(clock)
        """The pause that the site asked for, if any."""
        self._token = token
        self._transport = transport
        self._network = network
        self._network.check(os.environ)
        self._timeout = timeout
        self._gate = RequestLimiter(self.pause, concurrency)
        self._clock = clock
        self._connecting: asyncio.Task[Endpoints] | None = None
        self._answers: Endpoints | None = None

    async def close(self) -> None:
        """Close it."""
        if self._answers is not None:
            await self._answers.close()

    @property
    def server_time(self) -> datetime | None:
        """The site's clock, as its last answer has told it; exact to the second."""
        return None if self._answers is None else self._answers.client.server_time

    async def ask(self, request: Callable[[Endpoints], Awaitable[R]]) -> R:
        """Send one request; again where the site asks to wait, or stumbles for a moment.

        Raises:
            TestmoError: What the request raises in the end.
        """
        if self.offline:
            raise Offline("offline: the site is not asked")
        site = self._answers or await self._connected()
        repeated = False
        attempt = 1
        while True:
            try:
                return await request(site)
            except RateLimited as error:
                seconds = UNTOLD_PAUSE if error.retry_after is None else error.retry_after
                if attempt >= TRIES or seconds > LONGEST_PAUSE:
                    raise
                log.debug("a pause of %g s, asked for by the site", seconds)
                self.pause.hold(seconds)
                attempt += 1
            except Unreachable as error:
                if repeated or not error.transient:
                    raise
                repeated = True
                await self._clock.sleep(MOMENT)

    async def _connected(self) -> Endpoints:
        """Return what asks the site; loading it, and reading the system's certificates, holds nobody up."""
        if self._connecting is None:
            self._connecting = asyncio.create_task(self._connect(), name="connect")
        try:
            self._answers = await asyncio.shield(self._connecting)
        except Exception:
            self._connecting = None  # the next request tries anew
            raise
        return self._answers

    async def _connect(self) -> Endpoints:
        token = await self._token() if callable(self._token) else self._token
        return await asyncio.to_thread(self._set_up, token)

    def _set_up(self, token: Token) -> Endpoints:
        from ..testmo.client import Client
        from .answers import Endpoints

        client = Client(
            self.instance,
            token,
            transport=None if self._transport is None else self._transport(),
            network=self._network,
            timeout=self._timeout,
            gate=self._gate,
        )
        return Endpoints(client)
