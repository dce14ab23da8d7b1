"""Reads a site for a screen: pages, groups, the whole of it; and says what is loading and what failed."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass

from textual import on, work
from textual.reactive import var
from textual.worker import Worker, WorkerState

from ..directory.models import GroupDetail, GroupPage
from ..errors import Forbidden, NotFound, Offline, TestmoError, Unauthorized
from ..service.service import CrawlProgress, GroupsService
from ..text import pluralize
from ..widgets.notice_bar import Notice, pause_notice
from .base import BaseScreen

MAX_USERS_READ_UNASKED = 2_000
"""Users of a site up to whom `/users` is read without anybody asking for it: 20 requests."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a user is on a site, to come back to."""

    page: int = 1
    group_id: int | None = None
    member_id: int | None = None
    """The member under the cursor, where the members had the keys."""


class SiteScreen(BaseScreen[None]):
    """A screen that reads from one site. What it shows is its subclass's to say."""

    # State is in `var`s: a `reactive` of a screen or a pane repaints all of it, 10 kB for a cursor step.

    listing: var[GroupPage | None] = var(None, init=False)
    """The page on the screen: the last that could be read."""

    activity: var[str] = var("", bindings=True)
    """What is being loaded, in words."""

    progress: var[str] = var("", bindings=True)
    """How far the reading of the whole site is, in words."""

    recalled: var[bool] = var(False)
    """Whether what is on the screen is what the history knows, and was not read by this run."""

    stale: var[bool] = var(False)
    """Whether what is on the screen could not be read again."""

    user: var[str] = var("")
    """The name of the token's user."""

    per_page: var[int] = var(15)
    """Groups on a page."""

    def __init__(self, service: GroupsService, *, per_page: int = 15, place: Place | None = None) -> None:
        """Make the screen.

        Args:
            service: Where groups come from. Whoever made it closes it.
            per_page: Groups on a page.
            place: Where to begin; at the first page, if not given.
        """
        super().__init__()
        self._begin_at = place or Place()
        self.refused = False
        """Whether the site does not take the token, or not any more."""
        self.service = service
        """What this screen reads from."""
        self._users_wanted = False
        self._reading_past: Worker[None] | None = None
        self.came_back = False
        """Whether this run has just read a site that an earlier one had read."""
        self.set_reactive(SiteScreen.per_page, per_page)

    def on_mount(self) -> None:
        """Read the first page, and who is asking."""
        self._follow_cooldown()
        past = self.service.history
        if past is not None and past.exists and self.service.first_page_from_history(self.per_page):
            self.recalled = True
            if self._begin_at == Place():
                self.go_to(1)
        self.call_after_refresh(self._begin)

    def _begin(self) -> None:
        """Ask, now that there is something to see: that loads much."""
        if self.service.user is not None:
            self.user = self.service.user.label
        if self.recalled:
            self._recalling()
        else:
            self._go_to_begin()

    def _go_to_begin(self) -> None:
        begin = self._begin_at
        self.go_to(begin.page, group_id=begin.group_id, member_id=begin.member_id)

    def _recalling(self) -> Worker[None]:
        """Read the history, if that is not under way already."""
        reading: Worker[None] = self._reading_past or self._recall()
        self._reading_past = reading
        return reading

    @work(name="read the history", group="history", exclusive=True, exit_on_error=False)
    async def _recall(self) -> None:
        """Show the whole site as it was last read, until it is read again."""
        self.recalled = await self.service.load_from_history()
        self._tell_of_the_past()
        if not self.recalled:
            self.load_page(1, fresh=True)
            return
        if self.listing is None:
            self._go_to_begin()
        self.index_ready()
        self.index_site()
        self._find_out_who()

    # What a subclass draws

    @abstractmethod
    def show_page(self, listing: GroupPage, group_id: int | None, member_id: int | None) -> None:
        """Draw a page that was read.

        Args:
            listing: The page.
            group_id: Where to put the cursor, if not where it was.
            member_id: The member to go to in that group.
        """

    @abstractmethod
    def show_group(self, detail: GroupDetail) -> None:
        """Draw a group that was read again."""

    @abstractmethod
    def nothing_to_show(self, why: str) -> None:
        """Say why there is no page, where there was none yet."""

    def directory_grown(self) -> None:
        """Called when more of the site is known."""

    def index_ready(self) -> None:
        """Called once the whole site was read, and again once more is known of its users."""

    # Reading

    def go_to(self, page: int, *, group_id: int | None = None, member_id: int | None = None) -> None:
        """Show a page; at once where it is known.

        Args:
            page: Counted from 1.
            group_id: Where to put the cursor; where it was on that page, if not given.
            member_id: The member to go to in that group.
        """
        if (known := self.service.known_page(page, self.per_page)) is not None:
            self.workers.cancel_group(self, "page")
            self._shown(known, group_id, member_id)
        else:
            self.load_page(page, group_id, member_id)

    @work(name="load page", group="page", exclusive=True, exit_on_error=False)
    async def load_page(
        self, page: int, group_id: int | None = None, member_id: int | None = None, *, fresh: bool = False
    ) -> None:
        """Read a page and show it.

        Args:
            page: Counted from 1.
            group_id: Where to put the cursor.
            member_id: The member to go to in that group.
            fresh: Read it again, though it is known.
        """
        self.activity = mine = f"loading page {page:,}…"
        try:
            if self.recalled and not fresh:
                await self._recalling().wait()  # a moment, and the page may be known
            listing = await self.service.groups_page(page, self.per_page, fresh=fresh)
        except TestmoError as error:
            self._failed(error, stale=fresh)
        else:
            self.stale = False
            self._shown(listing, group_id, member_id)
            if self.recalled:
                self.index_site()  # which has failed, if it is not under way: the site answers again
        finally:
            self._done(mine)

    def _worked(self) -> None:
        """Take back what was said of a failure: the site has answered."""
        self.stale = self.refused = False
        if self.notice is not None and self.notice.kind in ("error", "stopped"):
            self.notice = None

    def _shown(self, listing: GroupPage, group_id: int | None, member_id: int | None) -> None:
        if not self.stale:
            self._worked()  # a page that is known takes the place of one that could not be read
        self.show_page(listing, group_id, member_id)
        if not self.service.crawled and not self.recalled:
            self.call_after_refresh(self._look_ahead, listing)

    def _look_ahead(self, listing: GroupPage) -> None:
        """Read what will probably be wanted next, now that the page is on the screen."""
        self._find_out_who()
        self.index_site()
        for neighbour in (listing.page + 1, listing.page - 1):
            if 1 <= neighbour <= listing.last_page:
                self.service.prefetch(neighbour, self.per_page)

    @work(name="load group", group="page", exclusive=True, exit_on_error=False)
    async def load_group(self, group_id: int) -> None:
        """Read one group again and show it."""
        self.activity = mine = f"loading group #{group_id}…"
        try:
            detail = await self.service.group(group_id)
        except NotFound:
            self.stale = True
            self.notice = Notice(f"group #{group_id} is gone", "R reads the list again.", "error")
        except TestmoError as error:
            self._failed(error, stale=True)
        else:
            self.stale = False
            self.notice = None
            self.show_group(detail)
        finally:
            self._done(mine)

    def _done(self, activity: str) -> None:
        # A newer load has said by now what it does; that stays.
        if self.activity == activity:
            self.activity = ""

    def index_site(self) -> None:
        """Read the whole site in the background, if that is not under way already."""
        if not self.service.offline and not any(
            worker.group == "index" and worker.is_running for worker in self.workers
        ):
            self._index()

    @work(name="read the site", group="index", exclusive=True, exit_on_error=False)
    async def _index(self) -> None:
        self.progress = "indexing"
        try:
            directory = await self.service.load(self._crawl_progress)
        except TestmoError as error:
            if self.recalled:
                self._failed(error, stale=True)
            else:
                again = "R reads the site again."
                self.notice = Notice(f"only the pages seen can be searched: {error}", again)
            return
        finally:
            self.progress = ""
        if not directory.complete:
            self.notice = Notice(
                "some groups may be missing: the site changed meanwhile", "R reads it again."
            )
        await self.service.save_history()
        self._tell_of_the_past()
        if self.stale:
            self._worked()
        self._show_again()
        self.index_ready()
        if self._users_wanted or len(directory.names) <= MAX_USERS_READ_UNASKED:
            self._read_users()

    def _tell_of_the_past(self) -> None:
        if self.service.history is not None and self.service.history.notice:
            self.notice = Notice(self.service.history.notice)

    def _show_again(self) -> None:
        """Show the page on the screen as it is now; the last, where there is none of that number any more."""
        page = 1 if self.listing is None else self.listing.page
        page = max(1, min(page, -(-self.service.directory.group_count // self.per_page)))
        if self.recalled:
            self.recalled, self.came_back = False, True
            self.go_to(page)
        elif (known := self.service.known_page(page, self.per_page)) is not None:
            self.show_page(known, None, None)

    def want_users(self) -> None:
        """Read what `/users` tells of users, where that was not done unasked; it costs many requests."""
        if not self._users_wanted:
            self._users_wanted = True
            if self.service.crawled and not self.service.directory.has_profiles:
                self._read_users()

    @work(name="read users", group="users", exclusive=True, exit_on_error=False)
    async def _read_users(self) -> None:
        """Add what `/users` tells of users. Where it tells nothing, nothing is missing that was promised."""
        self.progress = "reading users"
        try:
            await self.service.load_users()
        except TestmoError:
            return
        finally:
            self.progress = ""
        self.index_ready()

    def _crawl_progress(self, progress: CrawlProgress) -> None:
        self.directory_grown()
        self.progress = f"indexing {progress.groups_read:,} of {pluralize(progress.total or 0, 'group')}"

    @work(name="who am I", group="who", exclusive=True, exit_on_error=False)
    async def _find_out_who(self) -> None:
        if self.service.user is not None or self.service.offline:
            return
        try:
            self.user = (await self.service.current_user()).label
        except TestmoError:
            # The first page fails for the same reason, and says so; a name alone is not worth a line.
            return

    def action_stop(self) -> None:
        """Stop what is loading; what is on the screen stays."""
        if self.activity:
            self.workers.cancel_group(self, "page")
            self.notice = Notice("stopped", "Press r to try again.", "stopped")
        else:
            self.workers.cancel_group(self, "index")
            self.workers.cancel_group(self, "users")
            self._users_wanted = False
            self.notice = Notice("only the pages seen can be searched", "R reads the whole site.")

    # Failing

    def _failed(self, error: TestmoError, *, stale: bool) -> None:
        if isinstance(error, Offline):
            self.notice = Notice(str(error), error.hint)
            return
        self.stale = stale and self.listing is not None
        self.refused = isinstance(error, Unauthorized | Forbidden)
        if isinstance(error, Forbidden):
            self._find_out_who()
        press = "i signs in again." if self.refused else "r tries again."
        self.notice = Notice(str(error), f"{error.hint} {press}", "error")
        self.nothing_to_show(str(error))

    @work(name="follow the cooldown", group="cooldown", exclusive=True, exit_on_error=False)
    async def _follow_cooldown(self) -> None:
        async for until in self.service.cooldown.changes():
            if until is not None:
                self.notice = pause_notice(until, "x stops.")
            elif self.notice is not None and self.notice.kind == "pause":
                self.notice = None

    @on(Worker.StateChanged)
    def _worker_changed(self, event: Worker.StateChanged) -> None:
        if event.state is WorkerState.ERROR:
            why = f"{type(event.worker.error).__name__} in “{event.worker.name}”"
            self.notice = Notice(why, "This is a bug in groupstui: please report it.", "error")
