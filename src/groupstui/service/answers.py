"""Asks for each thing that the API has, and gives it as the directory keeps it.

Imported when the first thing is asked for: HTTP takes longer to load than the first screen takes to be drawn.
"""

import asyncio
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from ..api.client import Client
from ..directory import Group, Member, Profile
from . import reading
from .crawl import Page
from .reading import Names

R = TypeVar("R")


class Answers:
    """What one site answers."""

    def __init__(self, client: Client) -> None:
        self.client = client
        # One thread: several would keep the interpreter from the event loop for longer.
        self._reader = ThreadPoolExecutor(1, "read an answer")

    async def close(self) -> None:
        """End what is being read, and close the connections."""
        self._reader.shutdown(wait=False, cancel_futures=True)
        await self.client.close()

    async def user(self) -> Member:
        """Ask whose token it is."""
        return await self._get("user", {}, reading.user)

    async def groups(self, page: int, per_page: int) -> tuple[Page, Names]:
        """Ask for one page of groups and the names of their members."""
        return await self._get(
            "groups", {"page": page, "per_page": per_page, "expands": "users"}, reading.page
        )

    async def group(self, group_id: int) -> tuple[Group, Names]:
        """Ask for one group and the names of its members."""
        return await self._get(f"groups/{group_id}", {"expands": "users"}, reading.group)

    async def users(self, page: int, per_page: int) -> tuple[list[Profile], int]:
        """Ask for one page of people, and give how many pages there are."""
        return await self._get("users", {"page": page, "per_page": per_page}, reading.users)

    async def _get(self, path: str, query: Mapping[str, str | int], read: Callable[[bytes], R]) -> R:
        async def in_turn(body: bytes) -> R:
            return await asyncio.get_running_loop().run_in_executor(self._reader, read, body)

        return await self.client.get(path, query, read=in_turn)
