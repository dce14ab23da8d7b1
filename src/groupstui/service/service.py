"""The service that all screens and commands use."""

from __future__ import annotations

import asyncio
import logging
import math
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import datetime
from types import TracebackType
from typing import TYPE_CHECKING, Self

from ..directory.builder import DirectoryBuilder
from ..directory.directory import Directory
from ..directory.models import CurrentUser, Group, GroupDetail, GroupPage, User, UserProfile
from ..errors import Forbidden, InvalidResponse, NotFound, Offline, Unreachable, WrongAddress
from ..history.history import History, PastState
from ..history.snapshots import Snapshot
from ..testmo.http_options import HttpOptions
from ..testmo.instance import Instance
from ..testmo.rate_limit import Clock, Cooldown
from ..text import sanitize
from ..token import Token
from .audit_memory import AuditMemory
from .crawl import CRAWL_PAGE_SIZE, MAX_PAGES, MAX_PASSES, MAX_PENDING_PAGES, crawl, gather_pages
from .history_reader import HistoryReader
from .page_cache import PageCache

if TYPE_CHECKING:  # httpx and pydantic are imported where the service connects
    import httpx

    from ..testmo.client import TestmoClient
    from ..testmo.responses import GroupsResponse

TokenSource = Token | Callable[[], Awaitable[Token]]
"""A token, or an async callable that returns it before the first request and may raise a `GroupstuiError`."""

ServiceFactory = Callable[[Instance, TokenSource], "GroupsService"]
"""Creates the service for an instance."""

MAX_CONCURRENT_REQUESTS = 4
"""Testmo publishes no limits, so only a few requests are in flight at the same time."""

PUBLISH_GROWTH = 4 / 3
"""During a crawl, a directory with new indexes is published each time the data has grown by this factor."""

USERS_UNAVAILABLE = "/users is not available with this token or instance"

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class CrawlProgress:
    """The progress of a crawl."""

    groups_read: int
    total: int | None
    """The number of groups that the instance reports."""
    directory: Directory
    """The groups and users that are known already."""


def forbidden_hint(user: User) -> str:
    """Return the hint for a token that may not read groups, with the name of its user."""
    return f"{Forbidden.hint} This token is that of {sanitize(user.label)}."


class GroupsService:
    """Reads the groups of one Testmo instance; an async context manager that closes its connections.

    Usable without the app::

        async with GroupsService("acme", os.environ["TESTMO_TOKEN"]) as service:
            detail = await service.group(1)
            for member in detail.members:
                print(member.id, member.label)

    Every method that sends a request raises a `TestmoError` whose hint is the remedy.
    """

    def __init__(
        self,
        instance: Instance | str,
        token: TokenSource | str,
        *,
        http: HttpOptions | None = None,
        transport: httpx.AsyncBaseTransport | Callable[[], httpx.AsyncBaseTransport] | None = None,
        history: History | None = None,
        offline: bool = False,
        concurrency: int = MAX_CONCURRENT_REQUESTS,
        clock: Clock | None = None,
        user: CurrentUser | None = None,
        past: PastState | None = None,
    ) -> None:
        """Set up the service; nothing is sent yet.

        Args:
            instance: The instance, or text that `Instance.parse` accepts, such as `acme`.
            token: A site admin's token, or an async callable that returns it.
            http: Time limit, proxy and certificates.
            transport: Carries the requests instead of the network, as for httpx; or a callable that returns
                it when it is first needed.
            history: Stores the snapshots.
            offline: Send no requests; only the history can be read.
            concurrency: Requests that may be in flight at the same time.
            clock: Used instead of the system's clock.
            user: The token's own user, if that is known already.
            past: Know only the instance as it was then, and send no requests.

        Raises:
            InvalidInstance: If the text is not an address.
            InvalidToken: If the text cannot be a token.
            Unreachable: If a proxy is named that cannot be used.
        """
        self.instance = Instance.parse(instance) if isinstance(instance, str) else instance
        self.offline = offline or past is not None
        """Whether no requests are sent."""
        self.user = user
        """The token's own user, once `current_user` or `sign_in` has returned."""
        self.directory = Directory() if past is None else past.directory
        """What is known now; replaced by a new one whenever more is known."""
        self.crawled = False
        """Whether this service has crawled the instance."""
        self.users_failure = ""
        """Why the users of the last crawl could not be read; empty if they were read, or not needed."""
        self.clock = clock or Clock()
        self.cooldown = Cooldown(self.clock)
        """The pause that the instance requested, if any."""
        until, at = (None, None) if past is None else (past.snapshot, past.time)
        self.history = None if history is None else HistoryReader(history, self.clock, until)
        """Earlier snapshots of the instance, if a history is kept."""
        self.audits = AuditMemory(history, self.clock, at)
        """Which findings of audits are accepted, and which ones are new."""
        self._history = history
        self._token = Token.parse(token) if isinstance(token, str) else token
        self._http = http or HttpOptions()
        self._http.check(self.instance, os.environ)
        self._transport = transport
        self._concurrency = concurrency
        self._client: TestmoClient | None = None
        self._connecting: asyncio.Task[TestmoClient] | None = None
        self._builder = DirectoryBuilder()
        self._pages = PageCache(self._fetch_page)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Cancel all requests and close the connections."""
        await self._pages.close()
        if self._connecting is not None:
            self._connecting.cancel()
            await asyncio.gather(self._connecting, return_exceptions=True)
        if self._client is not None:
            await self._client.close()

    @property
    def server_time(self) -> datetime | None:
        """The instance's clock as of its last response, in UTC, to the second."""
        return None if self._client is None else self._client.server_time

    @property
    def repaired_values(self) -> int:
        """Values in responses so far that were invalid and read as missing."""
        return 0 if self._client is None else self._client.repairs.count

    # Users

    async def current_user(self) -> CurrentUser:
        """Return the token's own user."""
        client = await self._connected()
        self.user = await client.user()
        return self.user

    async def sign_in(self) -> CurrentUser:
        """Return the token's own user, after checking that the token may read groups.

        `/user` accepts every valid token, so only `/groups` shows whether it is a site admin's.

        Raises:
            Unauthorized: If the token is wrong or revoked.
            Forbidden: If the token is valid, but not a site admin's.
        """
        user = await self.current_user()
        try:
            await self.groups_page(1, 15, fresh=True)
        except Forbidden as error:
            raise Forbidden(str(error), hint=forbidden_hint(user)) from None
        return user

    async def load_users(self) -> bool:
        """Read all users with their details from `/users`; return False if they are not available.

        The endpoint is not available for every token, or on every instance.
        """
        users = await self._read_users(None)
        if users is None:
            return False
        self._builder.add_profiles(users[0], complete=users[1])
        await self._publish_indexed()
        return True

    async def _read_users(self, max_users: int | None) -> tuple[list[UserProfile], bool] | None:
        """Return all users, and whether none can be missing; None if they are unavailable, or too many.

        If there is a limit, the groups can do without the users: a failure of `/users` is only noted.
        """
        self.users_failure = ""
        if max_users == 0:
            return None
        client = await self._connected()
        for _ in range(MAX_PASSES):
            try:
                first = await client.users(1, CRAWL_PAGE_SIZE)
                if first.last_page > MAX_PAGES:
                    raise InvalidResponse(f"the instance reports {first.last_page:,} pages of users")
                if max_users is not None and first.last_page > math.ceil(max_users / CRAWL_PAGE_SIZE):
                    return None
                pages = [first]
                users = {profile.id: profile for profile in first.profiles}
                known = 0
                while len(users) > known and len(pages) < first.last_page:  # until pages repeat or are empty
                    known = len(users)
                    following = range(len(pages) + 1, first.last_page + 1)[:MAX_PENDING_PAGES]
                    pages += await gather_pages(lambda page: client.users(page, CRAWL_PAGE_SIZE), following)
                    users = {profile.id: profile for page in pages for profile in page.profiles}
            except (Forbidden, NotFound, WrongAddress, InvalidResponse):
                self.users_failure = USERS_UNAVAILABLE
                return None
            except Unreachable as error:
                if max_users is None:
                    raise
                self.users_failure = f"/users cannot be read: {error}"
                return None
            complete = len(pages) == first.last_page and (
                {page.total for page in pages} <= {None, len(users)}
            )
            if complete:
                break
        return list(users.values()), complete

    # Groups

    async def groups_page(self, page: int = 1, per_page: int = 15, *, fresh: bool = False) -> GroupPage:
        """Return one page of groups, without a request if it was read or prefetched.

        Args:
            page: Counted from 1.
            per_page: 15, 25, 50 or 100: the API accepts no others.
            fresh: Request the page even if it was read already.
        """
        if not fresh and (known := self.known_page(page, per_page)) is not None:
            return known
        return await self._pages.fetch(page, per_page, fresh=fresh)

    def known_page(self, page: int, per_page: int) -> GroupPage | None:
        """Return a page if no request is needed for it, or None."""
        return self._pages.get(page, per_page) or self.directory.page(page, per_page)

    def prefetch(self, page: int, per_page: int) -> None:
        """Request a page that will probably be needed next. An error is raised only when it is needed."""
        if self.known_page(page, per_page) is None:
            self._pages.prefetch(page, per_page)

    def forget_pages(self) -> None:
        """Forget the pages that were read one by one."""
        self._pages.clear()

    async def groups(self, per_page: int = 100) -> AsyncIterator[Group]:
        """Yield every group, page by page, requested now.

        It ends after the last page, or if a page does not follow the one before: an instance that always
        returns the same page must not be read forever. A group may be missing or repeated if the instance
        changes meanwhile; `load` detects that.
        """
        page = 1
        while True:
            result = await self.groups_page(page, per_page, fresh=True)
            for group in result.groups:
                yield group
            if result.page != page or page >= result.last_page or not result.groups:
                return
            page += 1

    async def group(self, group_id: int) -> GroupDetail:
        """Return one group with its users resolved, requested now.

        Raises:
            NotFound: If the group does not exist, or no longer exists.
        """
        client = await self._connected()
        try:
            response = await client.group(group_id)
        except NotFound:
            self._builder.discard(group_id)
            self._publish()
            raise
        self._builder.add([response.group], response.names, response.unnamed)
        self._publish()
        self._pages.update_group(response.group)
        return self.directory.detail(response.group, self.clock.now())

    async def load(
        self,
        on_progress: Callable[[CrawlProgress], object] | None = None,
        *,
        max_users: int | None = 0,
    ) -> Directory:
        """Crawl the instance: read every group. See `crawl`.

        The directory's `complete` is whether the result is consistent. It is not saved in the history: see
        `save_history`.

        Args:
            on_progress: Called after each page. Without it, `directory` is replaced only at the end.
            max_users: If there are no more than so many users, read them at the same time; None reads any
                number of them.
        """
        client = await self._connected()
        started = self.clock.now()
        found = DirectoryBuilder()  # of this crawl alone: without users who left since the last one
        published, groups_read = len(self._builder), 0  # what the history knows is published already

        async def fetch(page: int) -> GroupsResponse:
            nonlocal published, groups_read
            response = await client.groups(page, CRAWL_PAGE_SIZE)
            groups_read = min(groups_read + len(response.groups), response.total or 0)
            found.total = response.total
            found.add(response.groups, response.names, response.unnamed, first=(page - 1) * CRAWL_PAGE_SIZE)
            if on_progress is not None:
                if len(found) > published * PUBLISH_GROWTH and groups_read != response.total:
                    published = len(found)
                    self._builder.include(found)
                    await self._publish_indexed()
                on_progress(CrawlProgress(groups_read, response.total, self.directory))
            # Every page names its users: all pages together name them as often as there are memberships.
            return replace(response, names={}, unnamed=frozenset())

        crawling = asyncio.create_task(crawl(fetch, lambda: client.server_time))
        reading_users = asyncio.create_task(self._read_users(max_users))
        try:
            result, users = await asyncio.gather(crawling, reading_users)
        finally:
            crawling.cancel()
            reading_users.cancel()
        log.debug("%d groups read, %s", len(result.groups), "complete" if result.complete else "incomplete")
        found.replace_groups(result.groups, complete=result.complete, as_of=started)
        found.keep_profiles(self.directory)
        if users is not None:
            found.add_profiles(users[0], complete=users[1])
        self._builder = found
        await self._publish_indexed()
        self._pages.clear()
        self.crawled = True
        return self.directory

    # History

    def as_it_was(self, past: PastState) -> GroupsService:
        """Return a service that knows only the instance as it was at a time, and sends no requests."""
        return GroupsService(
            self.instance,
            self._token,
            http=self._http,
            history=self._history,
            clock=self.clock,
            user=self.user,
            past=past,
        )

    async def save_history(self, on_wait: Callable[[], object] = lambda: None) -> Snapshot | None:
        """Store the directory as a snapshot, if it is complete and a history is kept.

        Args:
            on_wait: Called if another program uses the history.

        Returns:
            The snapshot, or that of a later crawl; None if there is none.
        """
        if self.history is None or not self.directory.complete:
            return None
        return await self.history.save(self.directory, on_wait)

    def first_page_from_history(self, per_page: int) -> bool:
        """Publish the first page of the last snapshot; return False before the first snapshot.

        It blocks on the disk, but only for as long as reading the page takes.
        """
        found = None if self.history is None else self.history.first_groups(per_page)
        if found is None:
            return False
        snapshot, groups, names = found
        last_page = max(1, math.ceil(snapshot.groups / per_page))
        self._builder.total = snapshot.groups
        self._builder.add(groups, names, first=0)
        self._publish()
        self._pages.put(GroupPage(tuple(groups), 1, last_page, per_page, snapshot.groups, snapshot.taken_at))
        return True

    async def load_from_history(self) -> bool:
        """Publish the directory of the last snapshot; return False before the first snapshot."""
        latest = None if self.history is None else await self.history.latest()
        if latest is None:
            return False
        self._builder.replace(latest)
        self._publish()
        self._pages.clear()
        return True

    # Requests

    async def _fetch_page(self, page: int, per_page: int) -> GroupPage:
        client = await self._connected()
        response = await client.groups(page, per_page)
        groups = tuple({group.id: group for group in response.groups}.values())
        result = GroupPage(
            groups=groups,
            page=response.page or page,  # null if the result is empty
            last_page=max(response.last_page or 1, response.page or 1),
            per_page=per_page,
            total=len(groups) if response.total is None else response.total,
            as_of=self.clock.now(),
        )
        self._builder.total = result.total
        self._builder.add(groups, response.names, response.unnamed, first=result.first)
        self._publish()
        return result

    def _publish(self) -> None:
        self.directory = self._builder.build()

    async def _publish_indexed(self) -> None:
        """Publish a directory with its indexes, built in a thread: for a large instance they take a while."""
        before, directory = self.directory, self._builder.build()
        await asyncio.to_thread(directory.build_indexes)
        if self.directory is before:  # otherwise a newer one was published meanwhile
            self.directory = directory

    async def _connected(self) -> TestmoClient:
        """Return the client. httpx is imported, and certificates are read, in a thread."""
        if self.offline:
            raise Offline("no requests are sent (--offline)")
        if self._client is None:
            if self._connecting is None:
                self._connecting = asyncio.create_task(self._connect(), name="connect")
            try:
                return await asyncio.shield(self._connecting)
            except Exception:
                self._connecting = None  # the next request tries again
                raise
        return self._client

    async def _connect(self) -> TestmoClient:
        token = self._token if isinstance(self._token, Token) else await self._token()
        self._client = await asyncio.to_thread(self._new_client, token)
        return self._client

    def _new_client(self, token: Token) -> TestmoClient:
        # Lazy boundary: httpx takes longer to import than the first screen takes to be drawn.
        from ..testmo.client import TestmoClient

        return TestmoClient(
            self.instance,
            token,
            options=self._http,
            transport=self._transport() if callable(self._transport) else self._transport,
            cooldown=self.cooldown,
            concurrency=self._concurrency,
            clock=self.clock,
        )
