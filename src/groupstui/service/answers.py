"""Asks for each thing that the API has, and gives it as the directory keeps it.

Imported when the first thing is asked for: HTTP takes longer to load than the first screen takes to be drawn.
What reads the answers is loaded while the first of them is on its way.
"""

import asyncio
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from importlib import import_module
from typing import TYPE_CHECKING, TypeVar

from ..api.client import Client
from ..directory import Group, Profile
from .crawl import Page

if TYPE_CHECKING:
    from ..api.models import CurrentUser
    from .reading import Names

R = TypeVar("R")


class Answers:
    """What one site answers."""

    def __init__(self, client: Client) -> None:
        self.client = client
        # One thread: several would keep the interpreter from the event loop for longer.
        self._reader = ThreadPoolExecutor(1, "read an answer")
        self._loading = False

    async def close(self) -> None:
        """End what is being read, and close the connections."""
        self._reader.shutdown(wait=False, cancel_futures=True)
        await self.client.close()

    async def user(self) -> "CurrentUser":
        """Ask whose token it is."""
        return await self._get("user", {}, _user)

    async def groups(self, page: int, per_page: int) -> "tuple[Page, Names]":
        """Ask for one page of groups and the names of their members."""
        return await self._get("groups", {"page": page, "per_page": per_page, "expands": "users"}, _page)

    async def group(self, group_id: int) -> "tuple[Group, Names]":
        """Ask for one group and the names of its members."""
        return await self._get(f"groups/{group_id}", {"expands": "users"}, _group)

    async def users(self, page: int, per_page: int) -> tuple[list[Profile], int]:
        """Ask for one page of people, and give how many pages there are."""
        return await self._get("users", {"page": page, "per_page": per_page}, _users)

    async def _get(self, path: str, query: Mapping[str, str | int], read: Callable[[bytes], R]) -> R:
        if not self._loading:
            self._loading = True
            self._reader.submit(import_module, "groupstui.service.reading")

        async def in_turn(body: bytes) -> R:
            return await asyncio.get_running_loop().run_in_executor(self._reader, read, body)

        return await self.client.get(path, query, read=in_turn)


# Each finds the reading loaded: the reader's thread does one thing after another.


def _user(body: bytes) -> "CurrentUser":
    from .reading import user

    return user(body)


def _page(body: bytes) -> "tuple[Page, Names]":
    from .reading import page

    return page(body)


def _group(body: bytes) -> "tuple[Group, Names]":
    from .reading import group

    return group(body)


def _users(body: bytes) -> tuple[list[Profile], int]:
    from .reading import users

    return users(body)
