"""Read every group of an instance, and find out whether the result is consistent.

Testmo's pages are numbered, not anchored to an id: a group deleted between two requests moves all later
groups up by one, and one of them falls between two pages. The order of groups is not documented. So:

- the last page is requested right after the first, and once more at the end. If groups are in the order of
  ids, new ones come last, so every group that is added or deleted in between changes the last page. The other
  pages are requested at the same time: a change before the response of the last page shows in the totals, or
  as a new group on it;
- a group on the last page that is newer than the first response was added during the crawl;
- all totals must agree, with each other and with the number of distinct groups.

If one of these fails, or if groups are not in the order of their ids, the instance is read once more. If both
passes are equal, nothing has moved; if not, the result is incomplete. A crawl needs one request more than
there are pages, and a single one if one page holds all groups.
"""

from __future__ import annotations

import asyncio
import math
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, TypeVar

from ..directory.models import Group
from ..errors import InvalidResponse

if TYPE_CHECKING:  # imported where the service connects
    from ..testmo.responses import GroupsResponse

    FetchPage = Callable[[int], Awaitable[GroupsResponse]]
    """Requests one page of `CRAWL_PAGE_SIZE` groups."""

CRAWL_PAGE_SIZE = 100
"""The largest page that the API returns."""

MAX_PAGES = 10_000
"""A million groups or users; a response that reports more is invalid."""

MAX_PASSES = 2

MAX_PENDING_PAGES = 8
"""Pages that are requested or wait to be parsed. Without a limit, responses that arrive faster than they are
parsed would pile up in memory."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class CrawlPass:
    """All pages of an instance, as they were read one after another."""

    pages: tuple[GroupsResponse, ...]
    stable: bool
    """Whether the last page stayed the same, and no group on it is new."""

    @property
    def groups(self) -> list[Group]:
        """Every group once, in the instance's order; of a group that was read twice, the later version."""
        return list({group.id: group for page in self.pages for group in page.groups}.values())

    @property
    def order(self) -> list[int]:
        """The ids as they were sent, with repetitions."""
        return [group.id for page in self.pages for group in page.groups]

    @property
    def totals_agree(self) -> bool:
        """Whether all totals are equal to the number of distinct groups."""
        totals = {page.total for page in self.pages} - {None}
        return len(totals) <= 1 and all(total == len(self.groups) for total in totals)

    @property
    def is_complete(self) -> bool:
        """Whether no group can be missing."""
        in_order = self.order == sorted(set(self.order))
        return self.totals_agree and (len(self.pages) == 1 or (self.stable and in_order))


@dataclass(frozen=True, slots=True)
class Crawl:
    """The groups of a whole instance."""

    groups: list[Group]
    complete: bool


async def crawl(fetch: FetchPage, server_time: Callable[[], datetime | None]) -> Crawl:
    """Read every page of an instance; twice if the first pass is not consistent.

    Args:
        fetch: Requests one page; several are requested at once, and it limits how many are in flight.
        server_time: Returns the server's clock as of its last response.

    Raises:
        TestmoError: What `fetch` raises.
    """
    before: CrawlPass | None = None
    for _ in range(MAX_PASSES):
        known = {group.id for group in before.groups} if before is not None else set[int]()
        result = await _read_all(fetch, server_time, known)
        if result.is_complete or (
            before is not None and result.totals_agree and result.order == before.order
        ):
            return Crawl(result.groups, complete=True)
        before = result
    return Crawl(result.groups, complete=False)


async def _read_all(
    fetch: FetchPage, server_time: Callable[[], datetime | None], known: set[int]
) -> CrawlPass:
    """Read every page once; `known` are the ids of the groups of an earlier pass."""
    first = await fetch(1)
    started = server_time()
    count = _page_count(first)
    if count == 1:
        return CrawlPass((first,), stable=True)
    last, *between = await gather_pages(fetch, (count, *range(2, count)))
    again = await fetch(count)
    stable = (
        [group.id for group in last.groups] == [group.id for group in again.groups]
        and (last.total, again.next_page) == (again.total, None)
        and not any(_may_be_new(group, started) for group in last.groups if group.id not in known)
    )
    return CrawlPass((first, *between, again), stable)


async def gather_pages(fetch: Callable[[int], Awaitable[T]], pages: Iterable[int]) -> list[T]:
    """Return pages in the given order; if one fails, the others are cancelled."""
    pending = asyncio.Semaphore(MAX_PENDING_PAGES)

    async def fetch_in_turn(page: int) -> T:
        async with pending:
            return await fetch(page)

    tasks = [asyncio.create_task(fetch_in_turn(page)) for page in pages]
    try:
        return await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()


def _page_count(first: GroupsResponse) -> int:
    """Return the number of pages that the instance reports, or that its total implies."""
    by_total = math.ceil((first.total or len(first.groups)) / CRAWL_PAGE_SIZE)
    count = max(1, by_total if first.last_page is None else first.last_page)
    if first.next_page is None and count > 1 and first.last_page is None:
        count = 1
    if count > MAX_PAGES:
        raise InvalidResponse(f"the instance reports {count:,} pages of groups, more than {MAX_PAGES:,}")
    return count


def _may_be_new(group: Group, started: datetime | None) -> bool:
    """Return whether a group may have been added after the first response; if in doubt, it may."""
    created = group.created_at
    return started is None or not isinstance(created, datetime) or created >= started
