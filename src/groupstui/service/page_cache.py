"""Pages of groups: remembered, requested once for all callers, and prefetched."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import replace

from ..directory.models import Group, GroupPage

Key = tuple[int, int]
"""The number of a page, and its size."""


class PageCache:
    """The pages of one instance that were read, and those that are being read."""

    def __init__(self, fetch: Callable[[int, int], Awaitable[GroupPage]]) -> None:
        """Start with an empty cache; `fetch` requests a page by its number and size."""
        self._fetch = fetch
        self._pages: dict[Key, GroupPage] = {}
        self._pending: dict[Key, asyncio.Task[GroupPage]] = {}
        self._waiting: Counter[asyncio.Task[GroupPage]] = Counter()
        """How many callers wait for each request; it is cancelled with the last one."""

    async def close(self) -> None:
        """Cancel all requests."""
        tasks = list(self._pending.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def fetch(self, page: int, per_page: int, *, fresh: bool = False) -> GroupPage:
        """Return a page from a new request, or from one in progress unless the page must be fresh."""
        key = (page, per_page)
        if fresh or key not in self._pending:
            self._start(key)
        task = self._pending[key]
        self._waiting[task] += 1
        try:
            await asyncio.wait((task,))  # unlike `await task`, it leaves the request to the other callers
        finally:
            self._waiting[task] -= 1
            if not self._waiting[task]:
                del self._waiting[task]
                if not task.done():
                    task.cancel()
                    self._remove(key, task)
        return task.result()

    def prefetch(self, page: int, per_page: int) -> None:
        """Request a page that will probably be needed next. An error is raised only when it is needed."""
        key = (page, per_page)
        if key not in self._pages and key not in self._pending:
            self._start(key)

    def get(self, page: int, per_page: int) -> GroupPage | None:
        """Return a page that was read, or None."""
        return self._pages.get((page, per_page))

    def put(self, page: GroupPage) -> None:
        """Remember a page that was read elsewhere."""
        self._pages[page.page, page.per_page] = page

    def update_group(self, group: Group) -> None:
        """Update the group in every remembered page; `as_of` is unchanged."""
        for key, page in self._pages.items():
            if any(known.id == group.id for known in page.groups):
                groups = tuple(group if known.id == group.id else known for known in page.groups)
                self._pages[key] = replace(page, groups=groups)

    def clear(self) -> None:
        self._pages.clear()

    def _start(self, key: Key) -> None:
        task = asyncio.create_task(self._read(key), name=f"page {key[0]} of {key[1]}")
        self._pending[key] = task

        def done(task: asyncio.Task[GroupPage]) -> None:
            self._remove(key, task)
            if not task.cancelled():
                task.exception()  # nobody may be waiting for a prefetched page

        task.add_done_callback(done)

    def _remove(self, key: Key, task: asyncio.Task[GroupPage]) -> None:
        if self._pending.get(key) is task:
            del self._pending[key]

    async def _read(self, key: Key) -> GroupPage:
        page = await self._fetch(*key)
        self._pages[key] = page
        return page
