"""Pages of groups: remembered, asked for once however many want them, and fetched ahead."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from ..directory.directory import Directory, Group, GroupPage
from ..testmo.rate_limit import Clock
from .connection import Connection

Key = tuple[int, int]
"""A page's number, and how many groups are on it."""


class Pages:
    """The pages of one site; what they hold goes into its directory."""

    def __init__(self, connection: Connection, directory: Directory, clock: Clock) -> None:
        """Begin without pages.

        Args:
            connection: The way to the site.
            directory: What takes in groups and names.
            clock: What tells when a page was read.
        """
        self._connection = connection
        self._directory = directory
        self._clock = clock
        self._listings: dict[Key, GroupPage] = {}
        self._under_way: dict[Key, asyncio.Task[GroupPage]] = {}

    async def close(self) -> None:
        """End what is under way."""
        tasks = list(self._under_way.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def get(self, page: int, per_page: int, *, fresh: bool) -> GroupPage:
        """Return a page: see `GroupsService.groups_page`."""
        key = (page, per_page)
        if not fresh and (known := self.known(page, per_page)) is not None:
            return known
        if fresh or key not in self._under_way:
            self._start(key)
        return await self._under_way[key]

    def known(self, page: int, per_page: int) -> GroupPage | None:
        """Return a page that costs no request, or None."""
        return self._listings.get((page, per_page)) or self._directory.page(page, per_page)

    def fetch_ahead(self, page: int, per_page: int) -> None:
        """Start to fetch a page. Its failure is told when it is wanted."""
        key = (page, per_page)
        if self.known(page, per_page) is None and key not in self._under_way:
            self._start(key)

    def forget(self) -> None:
        """Let every page be asked for again when it is next wanted."""
        self._listings.clear()

    def put(self, listing: GroupPage) -> None:
        """Remember a page that came from elsewhere."""
        self._listings[listing.page, listing.per_page] = listing

    def renew(self, group: Group) -> None:
        """Let the known pages hold a group as it is now; their age stays that of their other groups."""
        for key, listing in self._listings.items():
            if any(known.id == group.id for known in listing.groups):
                groups = tuple(group if known.id == group.id else known for known in listing.groups)
                self._listings[key] = replace(listing, groups=groups)

    def _start(self, key: Key) -> None:
        task = asyncio.create_task(self._fetch(*key), name=f"page {key[0]} of {key[1]}")
        self._under_way[key] = task

        def done(task: asyncio.Task[GroupPage]) -> None:
            if self._under_way.get(key) is task:
                del self._under_way[key]
            if not task.cancelled():
                task.exception()  # a page fetched ahead has nobody waiting who would take its failure

        task.add_done_callback(done)

    async def _fetch(self, page: int, per_page: int) -> GroupPage:
        read, names = await self._connection.ask(lambda site: site.groups(page, per_page))
        groups = tuple({group.id: group for group in read.groups}.values())  # each once, in their order
        total = len(groups) if read.total is None else read.total
        listing = GroupPage(
            groups=groups,
            # `page` and `last_page` are null where the result is empty.
            page=read.page or page,
            last_page=max(read.last_page or 1, read.page or 1),
            per_page=per_page,
            total=total,
            as_of=self._clock.now(),
        )
        self._directory.total = total
        self._directory.add(groups, names, first=listing.first)
        self._listings[page, per_page] = listing
        return listing
