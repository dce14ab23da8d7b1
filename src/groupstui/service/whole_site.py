"""Reads all of a site into a directory: its groups, and what `/users` tells of its users."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import TYPE_CHECKING, Protocol, TypeVar

from ..directory.directory import Directory
from ..errors import Forbidden, InvalidResponse, NotFound
from .crawl import PER_PAGE, Crawl, Page, crawl, together

if TYPE_CHECKING:
    from .answers import Endpoints

R = TypeVar("R")


class Ask(Protocol):
    """Sends one request, as politely as can be."""

    async def __call__(self, request: Callable[[Endpoints], Awaitable[R]]) -> R:
        """Return what the request brings."""


class WholeSite:
    """Reads page after page, and lets the directory grow with each."""

    def __init__(
        self,
        ask: Ask,
        directory: Directory,
        *,
        server_time: Callable[[], datetime | None],
        grown: Callable[[], None],
    ) -> None:
        """Prepare; nothing is asked yet.

        Args:
            ask: Sends one request.
            directory: What takes in what is read.
            server_time: Gives the server's clock as of its last answer.
            grown: Called after each page of groups.
        """
        self._ask = ask
        self._directory = directory
        self._server_time = server_time
        self._grown = grown

    async def groups(self) -> Crawl:
        """Read every group: see `crawl`.

        Raises:
            TestmoError: What asking raises.
        """
        self._directory.being_read = True
        self._directory.arrived = 0
        try:
            return await crawl(self._groups_page, self._server_time)
        finally:
            self._directory.being_read = False

    async def users(self) -> bool:
        """Read what `/users` tells of users; False where it tells nothing.

        The endpoint is not for every token, and not on every site: a refusal is an answer, not a failure.

        Raises:
            TestmoError: What else asking raises.
        """
        try:
            last_page = await self._users_page(1)
            await together(self._users_page, range(2, last_page + 1))
        except (Forbidden, NotFound, InvalidResponse):
            return False
        await asyncio.to_thread(self._directory.prepare)
        return True

    async def _groups_page(self, page: int) -> Page:
        read, names = await self._ask(lambda site: site.groups(page, PER_PAGE))
        self._directory.total = read.total
        self._directory.arrived = min(self._directory.arrived + len(read.groups), read.total or 0)
        self._directory.add(read.groups, names, first=(page - 1) * PER_PAGE)
        await self._keep_up()
        self._grown()
        return read

    async def _users_page(self, page: int) -> int:
        profiles, last_page = await self._ask(lambda site: site.users(page, PER_PAGE))
        self._directory.add_profiles(profiles)
        await self._keep_up()
        return last_page

    async def _keep_up(self) -> None:
        if self._directory.outdated:
            await asyncio.to_thread(self._directory.prepare)
