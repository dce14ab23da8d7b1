"""The one object behind every screen: asks a site, waits when it must, remembers what it saw.

Usable without the app:

    async with GroupsService("acme", os.environ["TESTMO_TOKEN"]) as service:
        detail = await service.group(1)
        for member in detail.members:
            print(member.id, member.label)
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from datetime import datetime
from types import TracebackType
from typing import TYPE_CHECKING, Self

from ..directory.directory import Directory, Group, GroupDetail, GroupPage, User
from ..errors import NotFound
from ..testmo.instance import Instance
from ..testmo.network import Network
from ..testmo.rate_limit import Clock, Cooldown
from ..token import Token
from .connection import Connection, TokenSource
from .history_reader import HistoryReader
from .memory import give_back
from .page_cache import Pages

if TYPE_CHECKING:
    import httpx

    from ..history import History
    from .whole_site import WholeSite

__all__ = ["GroupsService", "ServiceFactory", "TokenSource"]

ServiceFactory = Callable[[Instance, TokenSource], "GroupsService"]
"""Makes the service for a site and a token."""

log = logging.getLogger(__name__)

TIMEOUT = 30.0
"""Seconds that a request may take in all, from the look-up of the name to the last byte."""

CONCURRENCY = 4
"""Requests in flight at once. Testmo publishes no limits, so few."""

MANY_USERS = 20_000
"""Users whose reading leaves memory behind that is worth giving back."""


class GroupsService:
    """Reads the groups of one site. An async context manager; leaving it closes the connections.

    Every method that asks the site raises a `TestmoError`, by what the user must do.
    """

    def __init__(
        self,
        instance: Instance | str,
        token: TokenSource | str,
        *,
        transport: Callable[[], httpx.AsyncBaseTransport] | None = None,
        timeout: float = TIMEOUT,
        concurrency: int = CONCURRENCY,
        network: Network | None = None,
        history: History | None = None,
        offline: bool = False,
        clock: Clock | None = None,
    ) -> None:
        """Set up a service; nothing is sent yet.

        Args:
            instance: The site, or text that names one (see `Instance.parse`).
            token: A site admin's token, or what gives it; that is called before the first request, and again
                before the next where it has failed.
            transport: Makes what carries the requests, in place of the network.
            timeout: Seconds that one request may take in all.
            concurrency: Requests that may be in flight at once.
            network: The way to the site; the system's own, if not given.
            history: Where complete readings are kept; nowhere, if not given.
            offline: Ask the site nothing: only what `recall` finds can be seen.
            clock: What tells the time, in place of the system's clock.

        Raises:
            InvalidInstance: If the text names no site.
            Unreachable: If a proxy is named that can't be used.
        """
        self.instance = Instance.parse(instance) if isinstance(instance, str) else instance
        self._clock = clock or Clock()
        self._connection = Connection(
            self.instance,
            Token.parse(token) if isinstance(token, str) else token,
            transport=transport,
            network=network or Network(),
            timeout=timeout,
            concurrency=concurrency,
            offline=offline,
            clock=self._clock,
        )
        self.user: User | None = None
        """Who the token belongs to, once `sign_in` or `who_am_i` was answered."""
        self.directory = Directory()
        """What was seen so far."""
        self.fresh = False
        """Whether this service has read the whole site."""
        self.past = None if history is None else HistoryReader(history, self._clock)
        """What the site looked like before, where that is kept."""
        self.indexed: Callable[[], None] = lambda: None
        """Called as `index` gets on, after each page."""
        self._pages = Pages(self._connection, self.directory, self._clock)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """End what is under way and close the connections."""
        await self._pages.close()
        await self._connection.close()

    @property
    def offline(self) -> bool:
        """Whether the site is asked nothing."""
        return self._connection.offline

    @property
    def pause(self) -> Cooldown:
        """The pause that the site asked for, if any."""
        return self._connection.pause

    @property
    def server_time(self) -> datetime | None:
        """The site's clock, as its last answer has told it; exact to the second."""
        return self._connection.server_time

    async def sign_in(self) -> User:
        """Find out whose token it is and whether it may read groups.

        `/user` answers every valid token, so only `/groups` tells whether it is a site admin's.

        Raises:
            Unauthorized: The token is wrong or revoked.
            Forbidden: The token is valid, but not a site admin's.
        """
        user = await self.who_am_i()
        await self.groups_page(1, 15, fresh=True)
        return user

    async def who_am_i(self) -> User:
        """Return the token's own user."""
        self.user = await self._connection.ask(lambda site: site.user())
        return self.user

    async def groups_page(self, page: int = 1, per_page: int = 15, *, fresh: bool = False) -> GroupPage:
        """Return one page of groups; their members' names go into the directory.

        A page that was seen, or was fetched ahead, costs no request.

        Args:
            page: Counted from 1.
            per_page: 15, 25, 50 or 100: the API takes no others.
            fresh: Ask again even where the page is known.
        """
        return await self._pages.get(page, per_page, fresh=fresh)

    def known_page(self, page: int, per_page: int) -> GroupPage | None:
        """Return a page that costs no request, or None."""
        return self._pages.known(page, per_page)

    def fetch_ahead(self, page: int, per_page: int) -> None:
        """Start to fetch a page that will probably be wanted next. Its failure is told when it is wanted."""
        self._pages.fetch_ahead(page, per_page)

    def forget_pages(self) -> None:
        """Let every page be asked for again when it is next wanted."""
        self._pages.forget()

    async def pages(self, per_page: int = 100) -> AsyncIterator[GroupPage]:
        """Return every page in turn, asked for now.

        It ends where the site says so, and where the next page does not follow: a site that hands out the
        same page again must not be read for ever.
        """
        page = 1
        while True:
            listing = await self.groups_page(page, per_page, fresh=True)
            yield listing
            if listing.page >= listing.last_page or not listing.groups:
                return
            page = listing.page + 1

    async def group(self, group_id: int) -> GroupDetail:
        """Ask for one group and give it with its users resolved.

        Raises:
            NotFound: The group is not there, or no longer.
        """
        try:
            group, names = await self._connection.ask(lambda site: site.group(group_id))
        except NotFound:
            self.directory.discard(group_id)
            raise
        self.directory.add([group], names)
        self._pages.renew(group)
        return self.detail(group, self._clock.now())

    def detail(self, group: Group, as_of: datetime) -> GroupDetail:
        """Return a group that was read with its users resolved as far as they are known; asks nothing."""

        def user(user_id: int | None) -> User | None:
            return None if user_id is None else self.directory.user(user_id)

        return GroupDetail(
            group=group,
            members=self.directory.members(group),
            created_by=user(group.created_by),
            updated_by=user(group.updated_by),
            as_of=as_of,
        )

    async def index(self) -> Directory:
        """Read every group of the site into the directory, as politely as can be: see `crawl`.

        Gives the directory, whose `complete` tells whether what was read holds together. Pages that were seen
        before are taken over, so that one sees the same site everywhere.
        """
        as_of = self._clock.now()
        found = await self._whole_site().groups()
        log.debug("%d groups read, %s", len(found.groups), "complete" if found.complete else "incomplete")
        self._pages.forget()
        self.directory.settle(found.groups, complete=found.complete, as_of=as_of)
        self.fresh = True
        await asyncio.to_thread(self.directory.prepare)
        if found.complete and self.past is not None:
            await self.past.keep(self.directory)
        if len(self.directory.names) > MANY_USERS:
            await asyncio.to_thread(give_back)
        self.indexed()
        return self.directory

    def recall_beginning(self, per_page: int) -> bool:
        """Show the first page as it was last read; False where that was never kept.

        It waits for the disk, but for no longer than the page takes.
        """
        found = None if self.past is None else self.past.beginning(per_page)
        if found is not None:
            last, groups, names = found
            last_page = max(1, -(-last.groups // per_page))
            listing = GroupPage(tuple(groups), 1, last_page, per_page, last.groups, last.taken_at)
            self.directory.total = last.groups
            self.directory.add(groups, names, first=0)
            self._pages.put(listing)
        return found is not None

    async def recall(self) -> bool:
        """Show the site as it was last read, until it is read again; False where that was never kept."""
        known = None if self.past is None else await self.past.latest()
        if known is not None:
            self.directory.take_over(known)
            self._pages.forget()
        return known is not None

    async def index_users(self) -> bool:
        """Read what `/users` tells of users into the directory; False where it tells nothing."""
        return await self._whole_site().users()

    def _whole_site(self) -> WholeSite:
        from .whole_site import WholeSite

        return WholeSite(
            self._connection.ask,
            self.directory,
            server_time=lambda: self.server_time,
            grown=lambda: self.indexed(),
        )
