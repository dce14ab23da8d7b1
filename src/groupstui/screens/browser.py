"""The main screen: pages of groups on the left, the members of one on the right."""

from dataclasses import dataclass
from typing import ClassVar

from textual import events, on, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal
from textual.reactive import var
from textual.screen import Screen
from textual.timer import Timer
from textual.widgets import Static
from textual.worker import Worker, WorkerState

from ..api.errors import AdminRequired, NotFound, SignInRequired, TestmoError
from ..api.models import Group
from ..directory import GroupDetail, Listing
from ..messages import ChooseSite, PageSizeChosen, SignInAgain, SignOut
from ..resources import stylesheet
from ..service import GroupsService
from ..settings import PAGE_SIZES, PageSize
from ..widgets.filter_input import FilterInput
from ..widgets.filtered_table import FilteredTable
from ..widgets.group_list import GroupList
from ..widgets.hint_bar import HintBar
from ..widgets.member_pane import MemberPane
from ..widgets.message_line import MessageLine, Notice
from ..widgets.status_bar import StatusBar
from .commands import Extra, bind
from .page_number import PageNumberDialog
from .person import PersonDialog

SETTLE = 0.04
"""Seconds that the cursor has to rest, while a key is held, until the detail follows."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where the person was, to come back to."""

    page: int
    group_id: int
    member_id: int | None


class BrowserScreen(Screen[None]):
    """Browses the groups of one site."""

    CSS_PATH = stylesheet("browser.tcss")

    BINDINGS: ClassVar[list[BindingType]] = [
        bind("slash", "filter", "show.filter", "Filter the list as you type", hint="filter"),
        bind("n,right_square_bracket", "turn('next')", "page.next", "Next page", hint="next"),
        bind(
            "p,left_square_bracket",
            "turn('previous')",
            "page.previous",
            "Previous page of groups",
            hint="prev",
        ),
        bind(
            "u",
            "person",
            "show.person",
            "The groups of the person under the cursor",
            hint="groups of user",
        ),
        bind("l,right", "enter", "move.in", "Go into the group under the cursor"),
        bind("h,left,backspace", "back", "move.back", "Go back to where you were"),
        bind("escape", "escape", "move.escape", "Stop loading, clear the filter, or go back"),
        bind("tab,shift+tab", "other_pane", "move.pane", "Go to the other pane"),
        bind("1", "pane('list')", "move.list", "Go to the list of groups"),
        bind("2", "pane('members')", "move.members", "Go to the members"),
        bind("r", "refresh", "load.refresh", "Read this page, or this group, again"),
        bind("R,f5", "refresh_all", "load.refresh_all", "Forget every page and read this one again"),
        bind("x", "stop", "load.stop", "Stop what is loading", hint="stop"),
        bind("i", "sites", "site.choose", "Choose a site, sign in to another, sign out"),
        bind("colon,ctrl+p", "app.palette", "app.palette", "Find a command by its name", hint="commands"),
        bind("question_mark,f1", "app.help", "app.help", "Show what the keys do", hint="help"),
        bind("q,ctrl+q", "app.quit", "app.quit", "Leave groupstui", hint="quit"),
    ]

    EXTRAS: ClassVar[tuple[Extra, ...]] = (
        Extra("page.first", "First page of groups", "turn('first')"),
        Extra("page.last", "Last page of groups", "turn('last')"),
        Extra("page.go_to", "Go to a page by its number", "go_to_page"),
        *(Extra("page.size", f"Show {size} groups a page", f"page_size({size})") for size in PAGE_SIZES),
        Extra("site.sign_in", "Sign in again, with another token", "sign_in_again"),
        Extra("site.sign_out", "Sign out: delete this site's token", "sign_out"),
    )

    # State is in `var`s: a `reactive` of a screen or a pane repaints all of it, 10 kB for a cursor step.

    listing: var[Listing | None] = var(None)
    """The page on the screen: the last that could be read."""

    detail: var[GroupDetail | None] = var(None)
    """The group under the cursor."""

    activity: var[str] = var("", bindings=True)
    """What is being loaded, in words."""

    notice: var[Notice | None] = var(None)
    """What the person should know; an error stays until something works again."""

    stale: var[bool] = var(False)
    """Whether what is on the screen could not be read again."""

    person: var[str] = var("")
    """The name of the token's user."""

    per_page: var[int] = var(15)
    """Groups on a page."""

    def __init__(self, service: GroupsService, *, per_page: int = 15, notice: Notice | None = None) -> None:
        """Make the screen.

        Args:
            service: Where groups come from. Whoever made it closes it.
            per_page: Groups on a page.
            notice: What to say at first.
        """
        super().__init__()
        self._service = service
        self.set_reactive(BrowserScreen.per_page, per_page)
        self.set_reactive(BrowserScreen.notice, notice)
        self._been: list[Place] = []
        self._rows: dict[int, int] = {}
        """The group under the cursor of each page, to come back to."""
        self._settling: Timer | None = None

    @property
    def service(self) -> GroupsService:
        """What this screen reads from."""
        return self._service

    def compose(self) -> ComposeResult:
        """Show both panes between the status and the hints."""
        status = StatusBar().data_bind(BrowserScreen.person, BrowserScreen.stale)
        status.site = self._service.instance.name
        yield status
        with Horizontal(id="panes"):
            yield GroupList(id="list").data_bind(BrowserScreen.listing, BrowserScreen.activity)
            yield MemberPane(id="members").data_bind(BrowserScreen.detail)
        yield MessageLine().data_bind(BrowserScreen.notice)
        yield HintBar()
        yield Static("groupstui needs 40 columns and 12 lines: make the window larger.", classes="too-small")

    def on_mount(self) -> None:
        """Read the first page, and who is asking."""
        self._service.pause.changed = self._pause_changed
        self.groups.table.focus()
        if self._service.user is None:
            self._find_out_who()
        else:
            self.person = self._service.user.name
        self.go_to(1)

    @property
    def following(self) -> bool:
        """Whether the detail is still to follow the cursor."""
        return self._settling is not None

    @property
    def groups(self) -> GroupList:
        """The left pane."""
        return self.query_one(GroupList)

    @property
    def members(self) -> MemberPane:
        """The right pane."""
        return self.query_one(MemberPane)

    @property
    def pane(self) -> FilteredTable[Group] | MemberPane:
        """The pane that has the keys."""
        return self.members if self.members.has_focus_within else self.groups

    def watch_listing(self, listing: Listing | None) -> None:
        """Tell the status line how old the page is."""
        self.query_one(StatusBar).as_of = None if listing is None else listing.as_of
        self.refresh_bindings()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Say what can be done now."""
        listing = self.listing
        match action, parameters:
            case "turn", ("next",):
                return listing is not None and listing.page < listing.last_page
            case "turn", ("previous",):
                return listing is not None and listing.page > 1
            case "stop", _:
                return bool(self.activity)
            case "filter", _:
                return not isinstance(self.focused, FilterInput)
            case "person", _:
                return self.members.has_focus_within and self.members.table.current is not None
            case _:
                return True

    # Pages

    def go_to(self, page: int, *, group_id: int | None = None, member_id: int | None = None) -> None:
        """Show a page; at once where it is known.

        Args:
            page: Counted from 1.
            group_id: Where to put the cursor; where it was on that page, if not given.
            member_id: The member to go to in that group.
        """
        if (known := self._service.known_page(page, self.per_page)) is not None:
            self.workers.cancel_group(self, "page")
            self._show(known, group_id, member_id)
        else:
            self._load(page, group_id, member_id)

    @work(name="load page", group="page", exclusive=True, exit_on_error=False)
    async def _load(
        self, page: int, group_id: int | None = None, member_id: int | None = None, *, fresh: bool = False
    ) -> None:
        self.activity = f"loading page {page:,}…"
        try:
            listing = await self._service.groups_page(page, self.per_page, fresh=fresh)
        except TestmoError as error:
            self._failed(error, stale=fresh)
        else:
            self._show(listing, group_id, member_id)
        finally:
            self.activity = ""

    def _show(self, listing: Listing, group_id: int | None, member_id: int | None) -> None:
        same = self.listing is not None and self.listing.page == listing.page
        if not same:
            self.groups.clear_filter()
        self.stale = False
        if self.notice is not None and self.notice.kind == "error":
            self.notice = None
        self.listing = listing
        if group_id is None and not same:
            group_id = self._rows.get(listing.page)
        if group_id is not None and not self.groups.table.move_to(group_id):
            self.notice = Notice("that group is no longer on this page", "Press R to read everything again.")
        self._show_detail()
        if member_id is not None and self.members.table.move_to(member_id):
            self.members.table.focus()
        for neighbour in (listing.page + 1, listing.page - 1):
            if 1 <= neighbour <= listing.last_page:
                self._service.fetch_ahead(neighbour, self.per_page)

    def action_turn(self, where: str) -> None:
        """Turn to the next, previous, first or last page."""
        if (listing := self.listing) is None:
            return
        page = {
            "next": min(listing.page + 1, listing.last_page),
            "previous": max(listing.page - 1, 1),
            "first": 1,
            "last": listing.last_page,
        }[where]
        if page != listing.page:
            self.go_to(page)

    @work(name="go to page", group="dialog", exclusive=True)
    async def action_go_to_page(self) -> None:
        """Ask for a page's number and go there."""
        if self.listing is not None:
            page = await self.app.push_screen_wait(PageNumberDialog(self.listing.last_page))
            if page is not None:
                self.go_to(page)

    def action_page_size(self, per_page: PageSize) -> None:
        """Show pages of another size; the cursor stays on its group."""
        group = self.groups.table.current
        first = 0 if self.listing is None else self.listing.first
        place = first if group is None else self._service.directory.place(group.id) or first
        self.per_page = per_page
        self._rows.clear()
        self._been.clear()
        self.post_message(PageSizeChosen(per_page))
        self.go_to(place // per_page + 1, group_id=None if group is None else group.id)

    # Groups and members

    @on(GroupList.Highlighted)
    def _group_highlighted(self, event: GroupList.Highlighted) -> None:
        event.stop()
        if self.listing is not None and event.group is not None:
            self._rows[self.listing.page] = event.group.id
        # One step shows the detail at once. While a key is held only the list follows it: a slow link could
        # not carry both.
        if self._settling is not None:
            self._settling.reset()
        else:
            self._show_detail()
            self._settling = self.set_timer(SETTLE, self._settled)

    def _settled(self) -> None:
        self._settling = None
        self._show_detail()

    def _show_detail(self) -> None:
        group = self.groups.table.current
        if group is None or self.listing is None:
            self.detail = None
        elif self.detail is None or self.detail.group is not group:
            self.detail = self._service.detail(group, self.listing.as_of)
        self.refresh_bindings()

    @on(GroupList.Opened)
    def _group_opened(self, event: GroupList.Opened) -> None:
        event.stop()
        self.action_enter()

    @on(MemberPane.Opened)
    def _member_opened(self, event: MemberPane.Opened) -> None:
        event.stop()
        self.action_person()

    @work(name="groups of a person", group="dialog", exclusive=True)
    async def action_person(self) -> None:
        """Show the groups of the member under the cursor; jump to the one that is chosen."""
        member, group, listing = self.members.table.current, self.groups.table.current, self.listing
        if member is None or group is None or listing is None:
            return
        chosen = await self.app.push_screen_wait(PersonDialog(member, self._service.directory))
        if chosen is not None and chosen != group.id:
            self._been.append(Place(listing.page, group.id, member.id))
            self.jump_to(chosen, member.id)

    def jump_to(self, group_id: int, member_id: int | None = None) -> None:
        """Show a group that was seen, on the page it is on."""
        place = self._service.directory.place(group_id)
        if place is not None:
            self.go_to(place // self.per_page + 1, group_id=group_id, member_id=member_id)

    # Moving between the panes

    def action_pane(self, which: str) -> None:
        """Give the keys to a pane."""
        (self.groups if which == "list" else self.members).table.focus()

    def action_other_pane(self) -> None:
        """Give the keys to the pane that does not have them."""
        (self.groups if self.pane is self.members else self.members).table.focus()

    def action_enter(self) -> None:
        """Go from the group into its members, from a member to its groups."""
        if self.pane is self.groups:
            self._show_detail()
            self.members.table.focus()
        else:
            self.action_person()

    def action_back(self) -> None:
        """Go back: to where a jump came from, or from the members to the list."""
        if self._been:
            place = self._been.pop()
            self.go_to(place.page, group_id=place.group_id, member_id=place.member_id)
        elif self.pane is self.members:
            self.groups.table.focus()

    def action_escape(self) -> None:
        """Do the nearest of: stop loading, clear the filter, dismiss a notice, go back."""
        if self.activity:
            self.action_stop()
        elif self.pane.clear_filter():
            self.pane.table.focus()
        elif self.notice is not None:
            self.notice = None
        else:
            self.action_back()

    def action_filter(self) -> None:
        """Filter the pane that has the keys."""
        self.pane.open_filter()

    def on_resize(self, event: events.Resize) -> None:
        """Stack the panes where they do not fit beside each other."""
        self.set_class(event.size.width < 80, "-narrow")
        self.set_class(event.size.width >= 110, "-wide")
        self.set_class(event.size.width < 40 or event.size.height < 12, "-tiny")

    # Loading and failing

    def action_refresh(self) -> None:
        """Read the group again where its members have the keys, else the page."""
        group = self.groups.table.current
        if self.pane is self.members and group is not None:
            self._reload_group(group.id)
        elif self.listing is not None:
            self._load(self.listing.page, fresh=True)
        else:
            self._load(1)

    def action_refresh_all(self) -> None:
        """Forget every page, and read the one on the screen again."""
        self._service.forget_pages()
        self._load(1 if self.listing is None else self.listing.page, fresh=True)

    @work(name="load group", group="page", exclusive=True, exit_on_error=False)
    async def _reload_group(self, group_id: int) -> None:
        self.activity = f"loading group #{group_id}…"
        try:
            detail = await self._service.group(group_id)
        except NotFound:
            self._failed(
                NotFound(f"group #{group_id} is gone", advice="Press R to read the list again."), stale=True
            )
        except TestmoError as error:
            self._failed(error, stale=True)
        else:
            self._show_again(detail)
        finally:
            self.activity = ""

    def _show_again(self, detail: GroupDetail) -> None:
        self.stale = False
        self.notice = None
        if self.listing is not None:
            self.listing = self._service.known_page(self.listing.page, self.per_page) or self.listing
        current = self.groups.table.current
        if current is not None and current.id == detail.group.id:
            self.detail = detail

    def action_stop(self) -> None:
        """Stop what is loading; what is on the screen stays."""
        self.workers.cancel_group(self, "page")
        self.notice = Notice("stopped", "Press r to try again.")

    def _pause_changed(self) -> None:
        until = self._service.pause.until
        if until is None:
            self.notice = None
        else:
            self.notice = Notice(
                f"the site asks for a pause; going on at {until.astimezone():%H:%M:%S}", "x stops."
            )

    @work(name="who am I", group="who", exit_on_error=False)
    async def _find_out_who(self) -> None:
        try:
            self.person = (await self._service.who_am_i()).name
        except TestmoError:
            # The first page fails for the same reason, and says so; a name alone is not worth a line.
            return

    def _failed(self, error: TestmoError, *, stale: bool) -> None:
        self.stale = stale and self.listing is not None
        press = "i signs in again." if isinstance(error, SignInRequired | AdminRequired) else "r tries again."
        self.notice = Notice(str(error), f"{error.advice} {press}", "error")
        self.groups.nothing_to_show(str(error))

    @on(Worker.StateChanged)
    def _worker_changed(self, event: Worker.StateChanged) -> None:
        if event.state is WorkerState.ERROR:
            why = f"{type(event.worker.error).__name__} in “{event.worker.name}”"
            self.notice = Notice(why, "This is a bug in groupstui: please report it.", "error")

    # Sites

    def action_sites(self) -> None:
        """Choose a site; where the token is not taken, sign in again."""
        self.post_message(ChooseSite())

    def action_sign_in_again(self) -> None:
        """Use another token."""
        self.post_message(SignInAgain())

    def action_sign_out(self) -> None:
        """Have the token deleted."""
        self.post_message(SignOut())
