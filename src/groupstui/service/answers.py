"""Asks for each thing that the API has, and gives it as the directory keeps it.

Imported when the first thing is asked for: HTTP takes longer to load than the first screen takes to be drawn.
What reads the answers is loaded while the first of them is on its way.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from types import ModuleType
from typing import TYPE_CHECKING, TypeVar

from ..directory.directory import Group, User, UserProfile
from ..testmo.client import Client
from .crawl import Page

if TYPE_CHECKING:
    from .reading import Names

R = TypeVar("R")


class Endpoints:
    """What one site answers."""

    def __init__(self, client: Client) -> None:
        self.client = client
        # One thread: several would keep the interpreter from the event loop for longer.
        self._reader = ThreadPoolExecutor(1, "read an answer")
        client.connected = self._load

    def _load(self) -> None:
        """Load what reads answers while the first of them is on its way."""
        self.client.connected = lambda: None
        self._reader.submit(_reading)

    async def close(self) -> None:
        """End what is being read, and close the connections."""
        self._reader.shutdown(wait=False, cancel_futures=True)
        await self.client.close()

    async def user(self) -> User:
        """Ask whose token it is."""
        return await self._get("user", {}, lambda body: _reading().user(body))

    async def groups(self, page: int, per_page: int) -> tuple[Page, Names]:
        """Ask for one page of groups and the names of their members."""
        query: dict[str, str | int] = {"page": page, "per_page": per_page, "expands": "users"}
        return await self._get("groups", query, lambda body: _reading().page(body))

    async def group(self, group_id: int) -> tuple[Group, Names]:
        """Ask for one group and the names of its members."""
        return await self._get(
            f"groups/{group_id}", {"expands": "users"}, lambda body: _reading().group(body)
        )

    async def users(self, page: int, per_page: int) -> tuple[list[UserProfile], int]:
        """Ask for one page of users, and give how many pages there are."""
        return await self._get(
            "users", {"page": page, "per_page": per_page}, lambda body: _reading().users(body)
        )

    async def _get(self, path: str, query: Mapping[str, str | int], read: Callable[[bytes], R]) -> R:
        async def in_turn(body: bytes) -> R:
            return await asyncio.get_running_loop().run_in_executor(self._reader, read, body)

        return await self.client.get(path, query, read=in_turn)


def _reading() -> ModuleType:
    """Return what reads answers; checking them takes longer to load than many a site takes to answer."""
    from . import reading

    return reading
