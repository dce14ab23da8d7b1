"""Reads every group of a site, and finds out whether what it read holds together.

Testmo's pages are counted, not anchored: a group deleted between two requests moves all later groups one
place up, and one of them falls between two pages. The order of groups is not documented. So:

- the last page is asked for right after the first, and once more at the end. In the order of the ids, in
  which new groups come last, every group that is added or deleted in between changes it. The other pages
  are asked for beside it: what changes before it is answered shows in the totals, or as a young group on it;
- a group that is on the last page but younger than the first answer was added before that: suspicious, too;
- all totals have to agree, with each other and with the number of distinct groups.

Where that fails, or where groups are not in the order of their ids, the site is read once more. If both
readings are alike, nothing has moved; if not, the result is said to be incomplete. A crawl costs one request
more than the site has pages, and just one where one page holds all.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from ..directory.directory import Group
from ..errors import InvalidResponse

PER_PAGE = 100
"""The largest page that the API gives."""

MOST_PAGES = 10_000
"""A million groups. A site that claims more is not believed."""

ATTEMPTS = 2

UNREAD = 8
"""Pages that are on their way or wait to be read: where answers come faster than they are read, all of them
would lie in memory."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Page:
    """One page of groups, as it was read; what the site did not tell is None."""

    groups: tuple[Group, ...]
    """As they came, repeats included."""
    page: int | None
    next_page: int | None
    last_page: int | None
    total: int | None


Read = Callable[[int], Awaitable[Page]]
"""Asks for one page of `PER_PAGE` groups."""


@dataclass(frozen=True, slots=True)
class Reading:
    """All pages of a site, as they were read one after another."""

    pages: tuple[Page, ...]
    steady: bool
    """Whether the last page stayed as it was, and nothing on it is new."""

    @property
    def groups(self) -> list[Group]:
        """Every group once, in the site's order; where one was read twice, as it was read last."""
        return list({group.id: group for page in self.pages for group in page.groups}.values())

    @property
    def order(self) -> list[int]:
        """The ids as they came, repeats included."""
        return [group.id for page in self.pages for group in page.groups]

    @property
    def consistent(self) -> bool:
        """Whether the totals agree with each other, and with the number of distinct groups."""
        totals = {page.total for page in self.pages} - {None}
        return len(totals) <= 1 and all(total == len(self.groups) for total in totals)

    @property
    def sound(self) -> bool:
        """Whether nothing can have been missed."""
        in_order = self.order == sorted(set(self.order))
        return self.consistent and (len(self.pages) == 1 or (self.steady and in_order))


@dataclass(frozen=True, slots=True)
class Crawl:
    """What came of reading a whole site."""

    groups: list[Group]
    complete: bool


async def crawl(read: Read, server_time: Callable[[], datetime | None]) -> Crawl:
    """Read every page of a site; twice, where the first time does not hold together.

    Args:
        read: Asks for one page; several are asked for at once, and it keeps them to what is polite.
        server_time: Gives the server's clock as of its last answer.

    Raises:
        TestmoError: What `read` raises.
    """
    before: Reading | None = None
    for _ in range(ATTEMPTS):
        known = {group.id for group in before.groups} if before is not None else set[int]()
        reading = await _read_all(read, server_time, known)
        if reading.sound or (before is not None and reading.consistent and reading.order == before.order):
            return Crawl(reading.groups, complete=True)
        before = reading
    return Crawl(reading.groups, complete=False)


async def _read_all(read: Read, server_time: Callable[[], datetime | None], known: set[int]) -> Reading:
    """Read every page once.

    Args:
        read: Asks for one page.
        server_time: Gives the server's clock as of its last answer.
        known: The groups that were there before.
    """
    first = await read(1)
    began = server_time()
    count = _page_count(first)
    if count == 1:
        return Reading((first,), steady=True)
    last, *between = await together(read, (count, *range(2, count)))
    again = await read(count)
    steady = (
        [group.id for group in last.groups] == [group.id for group in again.groups]
        and (last.total, again.next_page) == (again.total, None)
        and not any(_may_be_new(group, began) for group in last.groups if group.id not in known)
    )
    return Reading((first, *between, again), steady)


async def together(read: Callable[[int], Awaitable[T]], pages: Iterable[int]) -> list[T]:
    """Read pages, and give them in their order; where one fails, the others are not waited for."""
    places = asyncio.Semaphore(UNREAD)

    async def in_turn(page: int) -> T:
        async with places:
            return await read(page)

    tasks = [asyncio.create_task(in_turn(page)) for page in pages]
    try:
        return await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()


def _page_count(first: Page) -> int:
    """Return the number of pages: what the site says, where that fits its total."""
    by_total = -(-(first.total or len(first.groups)) // PER_PAGE)
    count = max(1, by_total if first.last_page is None else first.last_page)
    if first.next_page is None and count > 1 and first.last_page is None:
        count = 1
    if count > MOST_PAGES:
        raise InvalidResponse(f"the site claims to have {count:,} pages of groups")
    return count


def _may_be_new(group: Group, began: datetime | None) -> bool:
    """Return whether a group may have been added after the first answer; where nobody can tell, it may."""
    made = group.created_at
    return began is None or not isinstance(made, datetime) or made >= began
