"""The one object behind every screen: asks a site, waits when it must, remembers what it saw.

Usable without the app:

    async with GroupsService("acme", os.environ["TESTMO_TOKEN"]) as service:
        detail = await service.group(1)
        for member in detail.members:
            print(member.id, member.label)
"""

import asyncio
import logging
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import datetime
from types import TracebackType
from typing import TYPE_CHECKING, Self, TypeVar

from ..api.errors import NotFound, Offline, RateLimited, TestmoError, Unreachable
from ..api.instance import Instance
from ..api.network import Network
from ..api.pacing import Clock, Gate, Pause
from ..directory import Directory, Group, GroupDetail, Listing, Member
from ..redaction import Secret
from .memory import give_back
from .past import Past

if TYPE_CHECKING:
    import httpx

    from ..history import History
    from .answers import Answers
    from .whole_site import WholeSite

R = TypeVar("R")

Token = Secret | Callable[[], Awaitable[Secret]]
"""A token, or what gives it when it is first needed; that may raise a `TestmoError`."""

Connect = Callable[[Instance, Token], "GroupsService"]
"""Makes the service for a site and a token."""

log = logging.getLogger(__name__)

TIMEOUT = 30.0
"""Seconds that a request may take in all, from the look-up of the name to the last byte."""

CONCURRENCY = 4
"""Requests in flight at once. Testmo publishes no limits, so few."""

TRIES = 3
"""How often one request is sent before a 429 is told."""

UNTOLD_PAUSE = 60.0
"""Seconds to wait after a 429 without `Retry-After`: the least that Testmo asks for."""

LONGEST_PAUSE = 600.0
"""Seconds; a site that asks for more is told to the user at once."""

MOMENT = 0.5
"""Seconds before the one repeat after a dropped connection or a 5xx."""

MANY_PEOPLE = 20_000
"""People whose reading leaves memory behind that is worth giving back."""


class GroupsService:
    """Reads the groups of one site. An async context manager; leaving it closes the connections.

    Every method that asks the site raises a `TestmoError`, by what the user must do.
    """

    def __init__(
        self,
        instance: Instance | str,
        token: Token | str,
        *,
        transport: "Callable[[], httpx.AsyncBaseTransport] | None" = None,
        timeout: float = TIMEOUT,
        concurrency: int = CONCURRENCY,
        network: Network | None = None,
        history: "History | None" = None,
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
            BadInstance: If the text names no site.
            Unreachable: If a proxy is named that can't be used.
        """
        self.instance = Instance.parse(instance) if isinstance(instance, str) else instance
        self.user: Member | None = None
        """Who the token belongs to, once `sign_in` or `who_am_i` was answered."""
        self.directory = Directory()
        """What was seen so far."""
        self.offline = offline
        """Whether the site is asked nothing."""
        self.fresh = False
        """Whether this service has read the whole site."""
        self._clock = clock or Clock()
        self.past = None if history is None else Past(history, self._clock)
        """What the site looked like before, where that is kept."""
        self.pause = Pause(self._clock)
        """The pause that the site asked for, if any."""
        self._token = Secret(token) if isinstance(token, str) else token
        self._transport = transport
        self._timeout = timeout
        self._network = network or Network()
        self._network.check(os.environ)
        self._connecting: asyncio.Task[Answers] | None = None
        self._answers: Answers | None = None
        self._gate = Gate(self.pause, concurrency)
        self.indexed: Callable[[], None] = lambda: None
        """Called as `index` gets on, after each page."""
        self._listings: dict[tuple[int, int], Listing] = {}
        self._under_way: dict[tuple[int, int], asyncio.Task[Listing]] = {}

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """End what is under way and close the connections."""
        tasks = list(self._under_way.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        if self._answers is not None:
            await self._answers.close()

    @property
    def server_time(self) -> datetime | None:
        """The site's clock, as its last answer has told it; exact to the second."""
        return None if self._answers is None else self._answers.client.server_time

    async def sign_in(self) -> Member:
        """Find out whose token it is and whether it may read groups.

        `/user` answers every valid token, so only `/groups` tells whether it is a site admin's.

        Raises:
            SignInRequired: The token is wrong or revoked.
            AdminRequired: The token is valid, but not a site admin's.
        """
        user = await self.who_am_i()
        await self.groups_page(1, 15, fresh=True)
        return user

    async def who_am_i(self) -> Member:
        """Give the token's own user."""
        self.user = await self._ask(lambda site: site.user())
        return self.user

    async def groups_page(self, page: int = 1, per_page: int = 15, *, fresh: bool = False) -> Listing:
        """Give one page of groups; their members' names go into the directory.

        A page that was seen, or was fetched ahead, costs no request.

        Args:
            page: Counted from 1.
            per_page: 15, 25, 50 or 100: the API takes no others.
            fresh: Ask again even where the page is known.
        """
        key = (page, per_page)
        if not fresh and (known := self.known_page(page, per_page)) is not None:
            return known
        if fresh or key not in self._under_way:
            self._start(key)
        return await self._under_way[key]

    def known_page(self, page: int, per_page: int) -> Listing | None:
        """Give a page that costs no request, or None."""
        return self._listings.get((page, per_page)) or self.directory.page(page, per_page)

    def fetch_ahead(self, page: int, per_page: int) -> None:
        """Start to fetch a page that will probably be wanted next. Its failure is told when it is wanted."""
        key = (page, per_page)
        if self.known_page(page, per_page) is None and key not in self._under_way:
            self._start(key)

    def forget_pages(self) -> None:
        """Let every page be asked for again when it is next wanted."""
        self._listings.clear()

    async def pages(self, per_page: int = 100) -> AsyncIterator[Listing]:
        """Give every page in turn, asked for now.

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
        """Ask for one group and give it with its people resolved.

        Raises:
            NotFound: The group is not there, or no longer.
        """
        try:
            group, names = await self._ask(lambda site: site.group(group_id))
        except NotFound:
            self.directory.discard(group_id)
            raise
        self.directory.add([group], names)
        self._renew(group)
        return self.detail(group, self._clock.now())

    def detail(self, group: Group, as_of: datetime) -> GroupDetail:
        """Give a group that was read with its people resolved as far as they are known; asks nothing."""

        def person(person_id: int | None) -> Member | None:
            return None if person_id is None else self.directory.person(person_id)

        return GroupDetail(
            group=group,
            members=self.directory.members(group),
            created_by=person(group.created_by),
            updated_by=person(group.updated_by),
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
        self._listings.clear()
        self.directory.settle(found.groups, complete=found.complete, as_of=as_of)
        self.fresh = True
        await asyncio.to_thread(self.directory.prepare)
        if found.complete and self.past is not None:
            await self.past.keep(self.directory)
        if len(self.directory.names) > MANY_PEOPLE:
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
            listing = Listing(tuple(groups), 1, last_page, per_page, last.groups, last.taken_at)
            self.directory.total = last.groups
            self.directory.add(groups, names, first=0)
            self._listings[1, per_page] = listing
        return found is not None

    async def recall(self) -> bool:
        """Show the site as it was last read, until it is read again; False where that was never kept."""
        known = None if self.past is None else await self.past.latest()
        if known is not None:
            self.directory.take_over(known)
            self._listings.clear()
        return known is not None

    async def index_users(self) -> bool:
        """Read what `/users` tells of people into the directory; False where it tells nothing."""
        return await self._whole_site().users()

    def _whole_site(self) -> "WholeSite":
        from .whole_site import WholeSite

        return WholeSite(
            self._ask,
            self.directory,
            server_time=lambda: self.server_time,
            grown=lambda: self.indexed(),
        )

    def _renew(self, group: Group) -> None:
        """Let the known pages hold a group as it is now; their age stays that of their other groups."""
        for key, listing in self._listings.items():
            if any(known.id == group.id for known in listing.groups):
                groups = tuple(group if known.id == group.id else known for known in listing.groups)
                self._listings[key] = listing._replace(groups=groups)

    def _start(self, key: tuple[int, int]) -> None:
        task = asyncio.create_task(self._fetch_page(*key), name=f"page {key[0]} of {key[1]}")
        self._under_way[key] = task

        def done(task: asyncio.Task[Listing]) -> None:
            if self._under_way.get(key) is task:
                del self._under_way[key]
            if not task.cancelled():
                task.exception()  # a page fetched ahead has nobody waiting who would take its failure

        task.add_done_callback(done)

    async def _fetch_page(self, page: int, per_page: int) -> Listing:
        read, names = await self._ask(lambda site: site.groups(page, per_page))
        groups = tuple({group.id: group for group in read.groups}.values())  # each once, in their order
        total = len(groups) if read.total is None else read.total
        listing = Listing(
            groups=groups,
            # `page` and `last_page` are null where the result is empty.
            page=read.page or page,
            last_page=max(read.last_page or 1, read.page or 1),
            per_page=per_page,
            total=total,
            as_of=self._clock.now(),
        )
        self.directory.total = total
        self.directory.add(groups, names, first=listing.first)
        self._listings[page, per_page] = listing
        return listing

    async def _connected(self) -> "Answers":
        """Give what asks the site; loading it, and reading the system's certificates, holds nobody up."""
        if self._connecting is None:
            self._connecting = asyncio.create_task(self._connect(), name="connect")
        try:
            self._answers = await asyncio.shield(self._connecting)
        except TestmoError:
            self._connecting = None
            raise
        return self._answers

    async def _connect(self) -> "Answers":
        token = await self._token() if callable(self._token) else self._token
        return await asyncio.to_thread(self._set_up, token)

    def _set_up(self, token: Secret) -> "Answers":
        from ..api.client import Client
        from ..api.wire import Wire
        from .answers import Answers

        if self._transport is None:
            carrier = self._network.carrier(self.instance.origin)
        else:
            from ..api.bridge import Bridge

            carrier = Bridge(self._transport())
        wire = Wire(self.instance, token, carrier, self._timeout)
        return Answers(Client(self.instance, wire, self._gate))

    async def _ask(self, request: "Callable[[Answers], Awaitable[R]]") -> R:
        """Send one request; again where the site asks to wait, or stumbles for a moment."""
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
                if repeated or not error.momentary:
                    raise
                repeated = True
                await self._clock.sleep(MOMENT)
