"""The main screen: pages of groups on the left, the members of one on the right."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, ClassVar

from textual import events, on, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal
from textual.reactive import var
from textual.timer import Timer
from textual.widgets import Static

from ..dialogs.base import Dialog
from ..directory.models import Group, GroupDetail, GroupPage, User
from ..errors import MatchError
from ..service.service import GroupsService
from ..settings import PAGE_SIZES
from ..widgets.filter_input import FilterInput
from ..widgets.filterable_table import FilterableTable
from ..widgets.group_list import GroupList
from ..widgets.key_footer import KeyFooter
from ..widgets.member_list import MemberList
from ..widgets.notice_bar import Notice, NoticeBar
from ..widgets.status_bar import StatusBar
from .commands import Command, PaletteCommand, bind, commands_of
from .messages import ChooseSite, SignInAgain, SignOut
from .overlooking import AnalysisScreen
from .site import Place

if TYPE_CHECKING:
    from ..dialogs.copy import Copy
    from ..output.report import Report

# Dialogs are imported where they are opened: the first screen is there sooner.

SETTLE = 0.04
"""Seconds that the cursor has to rest, while a key is held, until the detail follows."""

TYPED = 0.3
"""Seconds after the last letter of a filter until the detail follows."""


class BrowserScreen(AnalysisScreen):
    """Browses the groups of one site."""

    AUTO_FOCUS = "Table"  # not the filter, which stands above it once it was opened

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
            "user",
            "show.user",
            "The groups of the user under the cursor",
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
        bind("x", "stop", "load.stop", "Stop what is loading"),
        bind("i", "sites", "site.choose", "Choose a site, sign in to another, sign out"),
        bind("colon,ctrl+p", "palette", "show.palette", "Go to any group, user or command", hint="go to"),
        bind("question_mark,f1", "app.help", "app.help", "Show what the keys do", hint="help"),
        bind("q,ctrl+q", "app.quit", "app.quit", "Leave groupstui", hint="quit"),
    ]

    PALETTE_COMMANDS: ClassVar[tuple[PaletteCommand, ...]] = (
        PaletteCommand("look.unmark", "Unmark all groups", "unmark"),
        PaletteCommand("page.first", "First page of groups", "turn('first')"),
        PaletteCommand("page.last", "Last page of groups", "turn('last')"),
        PaletteCommand("page.go_to", "Go to a page by its number", "go_to_page"),
        *(PaletteCommand("page.size", f"Page size {size}", f"page_size({size})") for size in PAGE_SIZES),
        PaletteCommand("site.sign_in", "Sign in again, with another token", "sign_in_again"),
        PaletteCommand("site.sign_out", "Sign out: delete this site's token", "sign_out"),
    )

    detail: var[GroupDetail | None] = var(None)
    """The group under the cursor."""

    def __init__(
        self,
        service: GroupsService,
        *,
        per_page: int = 15,
        place: Place | None = None,
        start_at: str = "",
    ) -> None:
        """Make the screen.

        Args:
            service: Where groups come from. Whoever made it closes it.
            per_page: Groups on a page.
            place: Where to begin.
            start_at: The name of a group or a user to go to first.
        """
        super().__init__(service, per_page=per_page, place=place)
        self._start_at = start_at
        self._settling: Timer | None = None

    def compose(self) -> ComposeResult:
        """Show both panes between the status and the hints."""
        status = StatusBar().data_bind(
            BrowserScreen.user, BrowserScreen.stale, BrowserScreen.progress, BrowserScreen.recalled
        )
        status.site = self.service.instance.name
        yield status
        with Horizontal(id="panes"):
            yield GroupList(id="list").data_bind(BrowserScreen.listing, BrowserScreen.activity)
            yield MemberList(id="members").data_bind(BrowserScreen.detail, BrowserScreen.recalled)
        yield NoticeBar().data_bind(BrowserScreen.notice)
        yield KeyFooter()
        yield Static("groupstui needs 40 columns and 12 lines: make the window larger.", classes="too-small")

    def on_mount(self) -> None:
        """Let the list look among all that is seen."""
        self.groups.directory = self.service.directory

    @property
    def following(self) -> bool:
        """Whether the detail is still to follow the cursor."""
        return self._settling is not None

    @property
    def groups(self) -> GroupList:
        """The left pane."""
        return self.query_one(GroupList)

    @property
    def members(self) -> MemberList:
        """The right pane."""
        return self.query_one(MemberList)

    @property
    def member(self) -> User | None:
        """The member under the cursor, where the members have the keys."""
        return self.members.table.current if self.pane is self.members else None

    @property
    def pane(self) -> FilterableTable[Group] | MemberList:
        """The pane that has the keys."""
        return self.members if self.members.has_focus_within else self.groups

    def watch_listing(self, listing: GroupPage | None) -> None:
        """Tell the status line how old the page is."""
        self.query_one(StatusBar).as_of = None if listing is None else listing.as_of
        self.refresh_bindings()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Say what can be done now; None keeps the rest among the keys that help explains."""
        return self._can_be_done(action, parameters) or None

    def _can_be_done(self, action: str, parameters: tuple[object, ...]) -> bool:
        listing = self.listing
        match action, parameters:
            case "turn", _ if self.groups.filtered:
                return False  # what fits is on no page; to turn one would take the filter away
            case "turn", ("next",):
                return listing is not None and listing.page < listing.last_page
            case "turn", ("previous",):
                return listing is not None and listing.page > 1
            case "stop", _:
                return bool(self.activity or self.progress)
            case "filter", _:
                return not isinstance(self.focused, FilterInput)
            case "user", _:
                return self.members.has_focus_within and self.members.table.current is not None
            case _:
                return True

    # Pages

    def show_page(self, listing: GroupPage, group_id: int | None, member_id: int | None) -> None:
        """Draw a page; the cursor goes to a group, or back to where it was on that page."""
        self.groups.directory = self.service.directory
        same = self.listing is not None and self.listing.page == listing.page
        if not same and self.listing is not None:  # a filter may have been typed before the first page came
            self.groups.clear_filter()
        self.listing = listing
        if group_id is None and not same:
            group_id = self.remembered(listing.page)
        if group_id is not None and not self.groups.table.move_to(group_id):
            self.notice = Notice("that group is no longer on this page", "Press R to read everything again.")
        self._show_detail()
        if member_id is not None and self.members.table.move_to(member_id):
            self.members.table.focus()

    def show_group(self, detail: GroupDetail) -> None:
        """Draw a group that was read again, and its page with it."""
        self.groups.directory = self.service.directory
        if self.listing is not None:
            self.listing = self.service.known_page(self.listing.page, self.per_page) or self.listing
        current = self.groups.table.current
        if current is not None and current.id == detail.group.id:
            self.detail = detail

    def nothing_to_show(self, why: str) -> None:
        """Say why the list is empty."""
        self.groups.nothing_to_show(why)

    def directory_grown(self) -> None:
        """Let the dialogs above show what is known by now."""
        self.groups.directory = self.service.directory
        for screen in self.app.screen_stack:
            if isinstance(screen, Dialog) and screen.is_mounted:
                screen.update_directory(self.service.directory)

    def index_ready(self) -> None:
        """Let a filter that is set find the whole site, and go where the user wanted to start."""
        self.groups.directory = self.service.directory
        self.groups.search_again()
        self.tell_news()
        self.directory_grown()
        if self.detail is not None:
            # More names may be known by now; the same detail draws nothing.
            self.detail = self.service.directory.detail(self.detail.group, self.detail.as_of)
        if self._start_at:
            wanted, self._start_at = self._start_at, ""
            self.find(wanted)

    # Groups and members

    @on(GroupList.Highlighted)
    def _group_highlighted(self, event: GroupList.Highlighted) -> None:
        event.stop()
        if event.group is not None and not self.groups.filtered:
            self.remember(event.group)
        # One step shows the detail at once. While a key is held, or a filter is typed, only the list follows:
        # a slow link could not carry both.
        typing = isinstance(self.focused, FilterInput)
        if self._settling is not None:
            self._settling.reset()
            return
        if not typing:
            self._show_detail()
        self._settling = self.set_timer(TYPED if typing else SETTLE, self._settled)

    def _settled(self) -> None:
        self._settling = None
        self._show_detail()

    def _show_detail(self) -> None:
        group = self.groups.table.current
        if group is None or self.listing is None:
            self.detail = None
        elif self.detail is None or self.detail.group is not group:
            as_of = self.service.directory.as_of if self.groups.filtered else None
            self.detail = self.service.directory.detail(group, as_of or self.listing.as_of)
        self.refresh_bindings()

    @on(GroupList.Opened)
    def _group_opened(self, event: GroupList.Opened) -> None:
        event.stop()
        self.action_enter()

    @on(GroupList.AddressTyped)
    def _address_typed(self, event: GroupList.AddressTyped) -> None:
        event.stop()
        self.want_users()

    @on(MemberList.Opened)
    def _member_opened(self, event: MemberList.Opened) -> None:
        event.stop()
        self.action_user()

    def action_user(self) -> None:
        """Show the groups of the member under the cursor."""
        if (member := self.members.table.current) is not None:
            self.show_user(member)

    @work(name="groups of a user", group="dialog", exclusive=True)
    async def show_user(self, user: User) -> None:
        """Show the groups of a user; jump to the one that is chosen."""
        from ..dialogs.user_groups import UserGroupsDialog

        chosen = await self.app.push_screen_wait(
            UserGroupsDialog(self.service.directory, self.service.instance.origin, user)
        )
        if chosen is not None:
            self.jump_to(chosen, user.id)

    @work(name="palette", group="palette", exclusive=True)
    async def action_palette(self, text: str = "") -> None:
        """Go to any group or user, or do anything, by its name."""
        from ..dialogs.palette import PaletteDialog

        commands = [c for c in commands_of(self) if c.enabled and c.section != "move"]
        dialog = PaletteDialog(commands, self.service.directory, text, address_typed=self.want_users)
        chosen = await self.app.push_screen_wait(dialog)
        match chosen:
            case Command():
                await self.app.run_action(chosen.action, chosen.node)
            case _:
                self.look_at(chosen)

    def find(self, text: str) -> None:
        """Go to the group or the user of a name; offer what fits where it is not clear which is meant."""
        directory = self.service.directory
        for index in (directory.group_index, directory.user_index):
            try:
                found = index.resolve(text)
            except MatchError:
                continue
            if isinstance(found, User):
                self.show_user(found)
            else:
                self.jump_to(found.id)
            return
        self.action_palette(text)

    # What can be taken along

    def report(self) -> Report:
        """Return the rows of the pane that has the keys, as they are filtered and sorted."""
        from ..output.records import GROUP_FIELDS, USER_FIELDS, group_records, user_record
        from ..output.report import Report

        directory = self.service.directory
        as_of = self.listing.as_of if self.listing is not None else datetime.now(UTC)
        whole = (self.service.instance.origin, as_of, directory.complete)
        if self.pane is self.members:
            users = [user_record(user) for user in self.members.table.rows]
            return Report("members", USER_FIELDS, users, *whole)
        return Report("groups", GROUP_FIELDS, group_records(directory, self.groups.table.rows), *whole)

    def copies(self) -> list[Copy]:
        """Return what can be copied of the row under the cursor and of its list."""
        from ..dialogs.copy import copies_of, copies_of_row

        group, member = self.groups.table.current, self.members.table.current
        if self.pane is self.members and member is not None:
            profile = self.service.directory.profile(member.id)
            row = copies_of_row(member.label, member.id, None if profile is None else profile.email)
            return [*row, *copies_of(self.report(), lambda: [each.label for each in self.members.table.rows])]
        if group is None:
            return []
        row = copies_of_row(group.name, group.id)
        return [*row, *copies_of(self.report(), lambda: [each.name for each in self.groups.table.rows])]

    # Moving between the panes

    def action_pane(self, which: str) -> None:
        """Return the keys to a pane."""
        (self.groups if which == "list" else self.members).table.focus()

    def action_other_pane(self) -> None:
        """Return the keys to the pane that does not have them."""
        (self.groups if self.pane is self.members else self.members).table.focus()

    def action_enter(self) -> None:
        """Go from the group into its members, from a member to its groups."""
        if self.pane is self.groups:
            self._show_detail()
            self.members.table.focus()
        else:
            self.action_user()

    def action_back(self) -> None:
        """Go back: to where a jump came from, or from the members to the list."""
        if not self.go_back() and self.pane is self.members:
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
        self.set_class(event.size.height < 20, "-low")
        self.set_class(event.size.width < 40 or event.size.height < 12, "-tiny")

    # Loading and failing

    def action_refresh(self) -> None:
        """Read the group again where its members have the keys, else the page."""
        group = self.groups.table.current
        if self.pane is self.members and group is not None:
            self.load_group(group.id)
        elif self.listing is not None:
            self.load_page(self.listing.page, fresh=True)
        else:
            self.load_page(1)

    def action_refresh_all(self) -> None:
        """Forget every page, and read the one on the screen again."""
        self.service.forget_pages()
        self.load_page(1 if self.listing is None else self.listing.page, fresh=True)
        self.index_site()

    # Sites

    def action_sites(self) -> None:
        """Choose a site; where the token is not taken, sign in again."""
        self.post_message(SignInAgain() if self.refused else ChooseSite())

    def action_sign_in_again(self) -> None:
        """Use another token."""
        self.post_message(SignInAgain())

    def action_sign_out(self) -> None:
        """Have the token deleted."""
        self.post_message(SignOut())
