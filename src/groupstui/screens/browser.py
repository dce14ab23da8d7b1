"""The main screen: pages of groups on the left, the members of one group on the right."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from math import ceil
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from textual import events, getters, on, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal
from textual.geometry import Size
from textual.message import Message
from textual.reactive import var
from textual.timer import Timer
from textual.widget import Widget
from textual.widgets import Static
from textual.worker import Worker, WorkerCancelled

from .. import dialogs
from ..dialogs.base import (
    COMPARE_BINDING,
    TIMELINE_BINDING,
    Dialog,
    JumpScreen,
    JumpTarget,
    ListDeleted,
)
from ..dialogs.copy_export import (
    COPY_EXPORT_BINDINGS,
    RowSet,
    choose_copy,
    copy_row,
    counted,
    export,
    print_copied,
    row_sets,
)
from ..directory.changes import Change, RecentChanges, changes_between, changes_of_groups, summarize
from ..directory.compare import EVERYTHING, Selection, compare, saved_groups
from ..directory.directory import Directory
from ..directory.models import Group, GroupDetail, GroupPage, User
from ..durations import parse_duration
from ..errors import (
    Forbidden,
    InvalidTime,
    MatchError,
    NoMatch,
    NotFound,
    Offline,
    TestmoError,
    Unauthorized,
)
from ..history.snapshots import Snapshot
from ..history.time_spec import NOW, PointInTime
from ..output.records import GROUP_FIELDS, Report, group_records, member_report
from ..service.history_reader import HistoryReader
from ..service.service import CrawlProgress, GroupsService, forbidden_hint
from ..settings import GROUP_COLUMNS, PAGE_SIZES, GroupColumn, ListView, PageSize, SavedList
from ..text import pluralize, sanitize
from ..time_zones import zone_named
from ..times import local_clock, local_day, local_minute, show_times_in, zone_of
from ..widgets.commands import ALWAYS, PALETTE_ID, Command, PaletteCommand, bind, commands_of
from ..widgets.filter_input import FilterInput
from ..widgets.group_list import GroupList, Place
from ..widgets.key_footer import KeyFooter
from ..widgets.member_list import MemberList
from ..widgets.notice_bar import DISMISSIBLE, Notice, NoticeBar, cooldown_notice
from ..widgets.status_bar import StatusBar, age
from ..widgets.table import Table

if TYPE_CHECKING:  # dialogs are imported when they are first used
    from ..dialogs.copy import Copy
    from ..dialogs.palette import Choice
    from ..dialogs.paste import PastedText

CURSOR_SETTLE_SECONDS = 0.04
"""How long the cursor has to rest, while a key is held, until the members are shown."""

FILTER_SETTLE_SECONDS = 0.3
"""How long a filter has to rest until the members of the first match are shown."""

MAX_USERS_LOADED_UNASKED = 2_000
"""The number of users up to which their details are read without need: 20 requests."""

MIN_COLUMNS_SIDE_BY_SIDE = 80
"""In a narrower window, the panes are stacked."""

LINES_AROUND_ROWS = 6
"""Lines of a window that are not rows of the list: status, borders, header, notice and footer."""

DEFAULT_LIST_SHARE, MIN_LIST_SHARE, MAX_LIST_SHARE, SHARE_STEP = 50, 30, 80, 10
"""The part of the window that the list has, in percent, and by how much a key changes it."""

MAX_PATH_VISITS = 2
"""Visits in the path to where the user is."""

MAX_VISITS = 20
"""Visits to which the user can go back; each keeps its dialogs, and what they list."""

RELOAD_HINT = "Press R to reload all groups."

COLUMN_NAMES = {
    "id": "ID",
    "change": "joined and left",
    "members": "Members",
    "changed": "Changed",
    "created_by": "Created by",
}
"""The columns that the user can hide."""

REASONS = {
    "turn('next')": "This is the last page",
    "turn('previous')": "This is the first page",
    "turn('first')": "This is the first page",
    "turn('last')": "This is the last page",
    "user": "u shows the groups of a member: enter goes to the members",
    "stop": "Nothing is being loaded",
}
"""Why actions are not available."""

MAX_RECENT_PLACES = 10
"""The number of visited groups and users that the palette offers."""

LIVE_INTERVALS = ("1m", "2m", "5m", "10m", "15m", "30m", "1h")
"""Intervals that the palette offers; others can be typed."""

DEFAULT_LIVE_INTERVAL = "5m"

LIVE_OFF = "off"
"""What `:live` takes to end that everything is read again."""

MIN_LIVE_INTERVAL, MAX_LIVE_INTERVAL = timedelta(minutes=1), timedelta(days=1)
"""How often everything can be read again; more often would be a load for the instance."""

MAX_NAMED_CHANGES = 3
"""Changes that a notice names; of more, it has the number."""

MAX_OFFERED_DAYS = 8
"""Days with snapshots that `:at` offers, besides the oldest snapshot."""

RECENT = timedelta(days=7)
"""The period whose changes are shown in the list."""


@dataclass(frozen=True, slots=True)
class Visit:
    """Where the user was before a jump."""

    place: Place
    dialogs: tuple[Dialog[None], ...] = ()
    """The dialogs that were open there, the lowest first."""
    label: str = ""
    """What the place is called in the path."""
    filters: tuple[str, str] = ("", "")
    """The filters of the groups and of the members."""
    with_members: bool = False
    """Whether the filter of the groups also searches members."""


class BrowserScreen(JumpScreen):
    """Browses the groups of one instance."""

    AUTO_FOCUS = "Table"

    BINDINGS: ClassVar[list[BindingType]] = [
        bind("question_mark,f1", "app.help", "app.help", "Show the keys", "keys", hint="help", rank=ALWAYS),
        bind("q,ctrl+q", "app.quit", "app.quit", "Quit groupstui", "q, exit", hint="quit", rank=ALWAYS),
        bind("n,right_square_bracket", "turn('next')", "page.next", "Next page", hint="next", rank=13),
        bind(
            "p,left_square_bracket",
            "turn('previous')",
            "page.previous",
            "Previous page",
            "previous",
            hint="prev",
            rank=14,
        ),
        bind(
            "u",
            "user",
            "view.user",
            "List a user's groups",
            hint="groups of user",
            rank=15,
        ),
        bind("l,right", "enter", "move.in", "Go to the members, or to the groups of the member"),
        bind("h,left,backspace", "back", "move.back", "Go back", "back"),
        bind("escape", "leave_past", "move.present", "Return to the present", hint="present", rank=ALWAYS),
        bind("escape", "escape", "move.escape", "Stop loading, clear the filter, or go back"),
        bind("tab,shift+tab", "other_pane", "move.pane", "Go to the other pane"),
        bind("1", "pane('list')", "move.list", "Go to the groups", "list"),
        bind("2", "pane('members')", "move.members", "Go to the members", "members"),
        bind("z", "zoom", "view.zoom", "Show one pane or both"),
        bind("less_than_sign", "move_border(-1)", "view.narrower", "Narrow the list"),
        bind("greater_than_sign", "move_border(1)", "view.wider", "Widen the list"),
        COMPARE_BINDING,
        TIMELINE_BINDING,
        bind("M", "marked", "analyse.marked", "Show the marked groups", "marks, marked"),
        bind(
            "a",
            "audit",
            "analyse.audit",
            "Audit: groups and members that need attention",
            "empty, inactive, identical, similar",
            hint="audit",
            rank=6,
        ),
        bind(
            "d",
            "changes",
            "analyse.changes",
            "Show recent changes: joined, left, new groups",
            "history, recent",
            hint="changes",
            rank=7,
        ),
        bind(
            "v",
            "paste",
            "analyse.paste",
            "Paste a list of users",
            "paste, lookup, look up, paste list",
        ),
        *COPY_EXPORT_BINDINGS,
        bind(
            "r",
            "refresh",
            "load.refresh",
            "Reload this view",
            "refresh",
            hint="reload",
            rank=16,
        ),
        bind("R,f5", "refresh_all", "load.refresh_all", "Reload all groups", "reload all, refresh all"),
        bind("w", "live", "load.live", "Reload all groups every few minutes"),
        bind("x", "stop", "load.stop", "Stop loading", "stop, cancel"),
        bind(
            "i",
            "instances",
            "instance.choose",
            "Choose an instance, sign in, or sign out",
            "switch, ctx",
            hint="instances",
            rank=12,
        ),
        bind(
            "colon,ctrl+p",
            "palette",
            PALETTE_ID,
            "Go to any group, user or command",
            hint="go to",
            rank=3,
        ),
    ]

    PALETTE_COMMANDS: ClassVar[tuple[PaletteCommand, ...]] = (
        PaletteCommand("view.all", "Clear the filters", "show_all", "all, all groups, clear"),
        PaletteCommand(
            "view.at",
            "Show the past at TIME",
            "at",
            "at, as of",
            argument="TIME",
            values=lambda screen: offered_times(screen.snapshots),
            free_text=True,
            problem=lambda screen, text: screen.time_problem(text),
        ),
        PaletteCommand("view.now", "Return to the present", "now", "now, present"),
        PaletteCommand("view.find_user", "Find a user", "palette('@')", "users, user, find user"),
        PaletteCommand("view.find_group", "Find a group", "palette('#')", "groups, group, find group"),
        PaletteCommand(
            "compare.list",
            "Show list NAME",
            "saved_list",
            "list, saved list, lists",
            argument="NAME",
            values=lambda screen: screen.list_names,
        ),
        PaletteCommand(
            "compare.save_list",
            "Save marks as NAME",
            "save_list",
            "save list",
            argument="NAME",
            free_text=True,
        ),
        PaletteCommand(
            "compare.delete_list",
            "Delete list NAME",
            "delete_list",
            "delete list, remove list",
            argument="NAME",
            values=lambda screen: screen.list_names,
        ),
        PaletteCommand(
            "copy.review",
            "Write a review to PATH",
            "review",
            "review, access review",
            argument="PATH",
            free_text=True,
        ),
        PaletteCommand("analyse.unmark", "Unmark everything", "unmark", "unmark, unmark all"),
        PaletteCommand("page.first", "First page", "turn('first')", "first"),
        PaletteCommand("page.last", "Last page", "turn('last')", "last"),
        PaletteCommand("page.go_to", "Go to page N", "go_to_page", "page", argument="N"),
        PaletteCommand(
            "page.size",
            "Page size N",
            "page_size",
            "size, page size",
            argument="N",
            values=lambda screen: ("auto", *map(str, PAGE_SIZES)),
            current=lambda screen: str(screen.view.page_size),
        ),
        PaletteCommand(
            "table.sort_by",
            "Sort by COLUMN",
            "sort",
            "sort, sort by",
            argument="COLUMN",
            values=lambda screen: ("name", *COLUMN_NAMES),
            current=lambda screen: (screen.view.sort or "").removeprefix("-"),
        ),
        PaletteCommand(
            "table.largest", "Sort by members, largest groups first", "sort('members')", "largest, biggest"
        ),
        PaletteCommand(
            "table.column",
            "Show or hide the column COLUMN",
            "toggle_column",
            "column, columns",
            argument="COLUMN",
            values=lambda screen: tuple(COLUMN_NAMES),
        ),
        PaletteCommand(
            "view.timezone",
            "Show times in ZONE",
            "timezone",
            "timezone, time zone, times",
            argument="ZONE",
            values=lambda screen: ("local", "account", "UTC"),
            current=lambda screen: screen.view.timezone,
        ),
        PaletteCommand(
            "load.live_every",
            "Live: reload every TIME",
            "live_every",
            "live",
            argument="TIME",
            values=lambda screen: (*LIVE_INTERVALS, LIVE_OFF),
            current=lambda screen: screen.live or LIVE_OFF,
            free_text=True,
            problem=lambda screen, text: live_problem(text),
        ),
        PaletteCommand(
            "instance.sign_in", "Sign in again, with another token", "app.sign_in", "sign in, login"
        ),
        PaletteCommand(
            "instance.sign_out",
            "Sign out: delete the token of this instance",
            "app.sign_out",
            "sign out, logout",
        ),
    )

    class ViewChanged(Message):
        """Posted when the user has chosen another page size, other columns or another order."""

        def __init__(self, view: ListView) -> None:
            super().__init__()
            self.view = view

    directory: var[Directory] = var(Directory)
    """What is known of the instance."""
    detail: var[GroupDetail | None] = var(None)
    """The group under the cursor."""
    recent: var[RecentChanges | None] = var(None)
    """Who joined and left groups recently; None if that is not known."""
    user: var[str] = var("")
    """The name of the token's user; empty while unknown."""
    as_of: var[datetime | None] = var(None)
    """When the page on the screen was read."""
    activity: var[str] = var("", bindings=True)
    """What the user waits for; empty if nothing is being loaded."""
    progress: var[str] = var("", bindings=True)
    """What is being read in the background; empty if nothing is."""
    from_history: var[bool] = var(False)
    """Whether the data comes from a snapshot of an earlier run."""
    stale: var[bool] = var(False)
    """Whether the last attempt to read the data again has failed."""
    live: var[str] = var("")
    """How often everything is read again, such as `5m`; empty if it is not."""
    path: var[tuple[str, ...]] = var(())
    """Where the user is: the way here, the group and the member under the cursor."""
    zoomed: var[bool] = var(False, init=False)
    """Whether only the pane with the focus is shown."""
    list_share: var[int] = var(DEFAULT_LIST_SHARE, init=False)
    """The part of the window that the list has, in percent."""

    status = getters.query_one(StatusBar)
    groups = getters.query_one(GroupList)
    members = getters.query_one(MemberList)

    def __init__(
        self,
        service: GroupsService,
        *,
        view: ListView,
        place: Place | None = None,
        start_at: str = "",
        token_source: str = "",
        present: BrowserScreen | None = None,
        saved_lists: Sequence[SavedList] = (),
    ) -> None:
        super().__init__()
        self.saved_lists = saved_lists
        self.snapshots: Sequence[Snapshot] = ()
        """The snapshots of the history, the oldest first."""
        self.service = service
        """Reads the instance; its creator closes it."""
        self.set_reactive(BrowserScreen.directory, service.directory)
        self.set_reactive(BrowserScreen.as_of, service.directory.as_of)
        self.view = view
        """How the list looks."""
        self.present = present
        """The screen below if this shows the instance as it was; None if this is the present."""
        self._first_place = place or Place()
        self._start_at = start_at
        """The name or id of a group or a user to go to once everything is loaded."""
        self._token_source = token_source
        """What the token comes from, as in `TESTMO_TOKEN`; empty for the keyring or a sign-in."""
        self._refusal: Unauthorized | Forbidden | None = None
        """Why the instance has refused the token, if it has."""
        self._profiles_requested = False
        self._last_live = DEFAULT_LIVE_INTERVAL
        """The interval that was chosen last for reading everything again."""
        self._pasted = ""
        """The list of users that was pasted or typed last."""
        self._chosen_users: dict[str, int] = {}
        """The ids of the users who were chosen for entries of such lists."""
        self._recent: list[Group | User] = []
        """The groups and users that were visited, the last one first."""
        self._history_worker: Worker[None] | None = None
        self._settle_timer: Timer | None = None
        self._back_stack: list[Visit] = []
        self._focus_before_tiny: Widget | None = None
        """What had the focus before the window became too small."""

    def compose(self) -> ComposeResult:
        status = StatusBar().data_bind(
            BrowserScreen.user,
            BrowserScreen.as_of,
            BrowserScreen.stale,
            BrowserScreen.live,
            BrowserScreen.progress,
            BrowserScreen.from_history,
        )
        status.instance, status.is_past = self.service.instance.name, self.is_past
        yield status
        with Horizontal(id="panes"):
            view = self.view
            yield GroupList(
                per_page=self._per_page(self.app.size), columns=view.columns, sort=view.sort, id="list"
            ).data_bind(BrowserScreen.directory, BrowserScreen.activity, BrowserScreen.recent)
            yield MemberList(id="members").data_bind(
                BrowserScreen.directory, BrowserScreen.detail, BrowserScreen.recent, BrowserScreen.progress
            )
        yield NoticeBar().data_bind(BrowserScreen.notice, BrowserScreen.path)
        yield KeyFooter()
        yield Static("groupstui needs 40 columns and 12 lines: enlarge the window.", classes="too-small")

    def on_mount(self) -> None:
        self.watch(self.groups, "page", self._page_changed, init=False)
        self.watch(self.groups, "match_count", self._group_highlighted, init=False)
        self._follow_cooldown()
        history = self.service.history
        if (
            history is not None
            and history.exists
            and self.service.first_page_from_history(self.groups.per_page)
        ):
            self.from_history = True
            if self._first_place == Place():
                self.go_to(Place())
        elif self.is_past:
            self.go_to(Place())
        self.call_after_refresh(self._start)  # to show the screen before loading begins

    def _start(self) -> None:
        if self.service.user is not None:
            self.user = self.service.user.label
        self._use_zone()
        if self.is_past:
            self._read_history()
        if self.from_history:
            self._load_history_once()
        elif not self.is_past:
            self.go_to(self._first_place)

    def _per_page(self, size: Size) -> PageSize:
        """Return the page size; `auto` is the smallest that fills a window."""
        if self.view.page_size != "auto":
            return self.view.page_size
        lines = size.height - LINES_AROUND_ROWS
        if size.width < MIN_COLUMNS_SIDE_BY_SIDE:
            lines //= 2
        return next((each for each in PAGE_SIZES if each >= lines), PAGE_SIZES[-1])

    def on_resize(self, event: events.Resize) -> None:
        """Stack the panes if they do not fit side by side, and fill the window."""
        is_tiny = event.size.width < 40 or event.size.height < 12
        self._keep_focus(is_tiny)
        per_page = self._per_page(event.size)
        if (
            not is_tiny
            and per_page != self.groups.per_page
            and (self.directory.complete or self.groups.page is None)
        ):
            self.groups.set_page_size(per_page)
        self.set_class(event.size.width < MIN_COLUMNS_SIDE_BY_SIDE, "-narrow")
        if self.list_share != DEFAULT_LIST_SHARE:
            self.watch_list_share()
        self.set_class(event.size.height < 20, "-low")
        self.set_class(is_tiny, "-tiny")

    def _keep_focus(self, is_tiny: bool) -> None:
        """Restore the focus after a window that was too small to show what had it."""
        if is_tiny:
            self._focus_before_tiny = self._focus_before_tiny or self.focused
        elif (widget := self._focus_before_tiny) is not None:
            self._focus_before_tiny = None
            self.call_after_refresh(widget.focus)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        match action, parameters:
            case "turn", (to,):
                # Not dimmed while the first page is loading: the footer would be drawn once more.
                has_nothing = self.groups.table.is_known_empty
                is_loading = self.groups.page is None and self.notice is None and not has_nothing
                available = self.groups.can_turn(str(to)) or (to == "next" and is_loading)
            case "stop", _:
                available = bool(self.activity or self.progress)
            case "user", _:
                available = self.member is not None
            case "leave_past", _:
                return self._escape_leaves_past  # otherwise the key has its usual action
            case "move_border", _:
                available = not (self.zoomed or self.has_class("-narrow"))
            case _:
                available = True
        return available or None  # None keeps the key in the help

    def explain(self, action: str) -> None:
        """Show why the key of an action can do nothing now."""
        if action.startswith("turn") and self.groups.filtered:
            self.notice = Notice("A filter shows all matches on one page", "esc clears it.")
        elif action in REASONS:
            self.notice = Notice(REASONS[action])

    # The state of the panes

    @property
    def is_past(self) -> bool:
        """Whether this is the instance as it was, over the screen of the present."""
        return self.present is not None

    @property
    def list_names(self) -> dict[str, str]:
        """The names of the saved lists, displayed as they are."""
        return {each.name: each.name for each in self.saved_lists}

    @property
    def pane(self) -> GroupList | MemberList:
        """The pane with the focus."""
        return self.members if self.members.has_focus_within else self.groups

    @property
    def member(self) -> User | None:
        """The member under the cursor, if the members have the focus."""
        return self.members.table.current if self.pane is self.members else None

    @property
    def place(self) -> Place | None:
        """Where the user is; None before the first page."""
        place = self.groups.place
        if place is None or self.member is None:
            return place
        return replace(place, member_id=self.member.id)

    @on(Table.Highlighted)
    @on(events.DescendantFocus)
    def _show_path(self) -> None:
        group, member = self.groups.table.current, self.member
        names = [visit.label for visit in self._back_stack[-MAX_PATH_VISITS:]]
        names += [group.label] if group is not None else []
        names += [member.label] if member is not None else []
        self.path = ("groups", *names)

    @property
    def following(self) -> bool:
        """Whether the members are still to follow the cursor."""
        return self._settle_timer is not None

    def _page_changed(self, page: GroupPage | None) -> None:
        self.as_of = None if page is None else page.as_of
        self.refresh_bindings()

    def watch_activity(self) -> None:
        self._end_cooldown_notice()

    def watch_progress(self) -> None:
        self._end_cooldown_notice()

    def _end_cooldown_notice(self) -> None:
        """Remove the notice that requests will be repeated if none is waiting any more."""
        if not (self.activity or self.progress):
            self.end_notice("cooldown")

    def watch_directory(self, directory: Directory) -> None:
        """Update the dialogs above this screen, but not those above the screen of another time."""
        stack = self.app.screen_stack
        if any(isinstance(screen, BrowserScreen) and screen.is_past for screen in stack) and not self.is_past:
            return
        for screen in stack:
            if isinstance(screen, Dialog) and screen.is_mounted:
                screen.update_directory(directory)

    # Pages

    @on(GroupList.PageRequested)
    def _page_requested(self, event: GroupList.PageRequested) -> None:
        event.stop()
        self.go_to(event.place)

    def go_to(self, place: Place) -> None:
        """Show a page; at once if it is known."""
        page = self._known_page(place.page)
        if page is None:
            self.load_page(place)
        else:
            self.workers.cancel_group(self, "page")
            self._show_page(page, place)

    def _known_page(self, number: int) -> GroupPage | None:
        """Return a page of the list if no request is needed for it, or None."""
        return self.groups.page_in_order(number) or self.service.known_page(number, self.groups.per_page)

    @work(name="load page", group="page", exclusive=True, exit_on_error=False)
    async def load_page(self, place: Place, *, fresh: bool = False, announce: bool = False) -> None:
        """Load a page and show it.

        Args:
            place: The page, and the group on it.
            fresh: Load the page even if it is known.
            announce: Show a notice about the changes on the page.
        """
        before = self.groups.page
        with self._loading(f"loading page {place.page:,}…"):
            try:
                if self.from_history and not fresh:
                    await _end_of(self._load_history_once())
                page = await self.service.groups_page(place.page, self.groups.per_page, fresh=fresh)
            except TestmoError as error:
                self._show_error(error, stale=fresh)
                return
            self.stale = False
            self._show_page(page, place)
            if announce and before is not None:
                changes = summarize(changes_of_groups(before.groups, page.groups))
                self.notice = Notice(f"Page {page.page:,} was reloaded: {changes}")
            if self.from_history:
                self.crawl()  # unless it is running, it has failed; now the site answers again
                self._identify_user()

    @contextmanager
    def _loading(self, activity: str) -> Iterator[None]:
        self.activity = activity
        if (until := self.service.cooldown.until) is not None:
            self.notice = cooldown_notice(until, "x stops.")
        try:
            yield
        finally:
            if self.activity == activity:  # otherwise a newer worker has set its own
                self.activity = ""

    def _show_page(self, page: GroupPage, place: Place) -> None:
        self.directory = self.service.directory
        if not self.stale:
            self._clear_error()
        if not self.groups.show_page(page, place):
            self.notice = Notice("That group is no longer on this page", RELOAD_HINT)
        self._show_detail()
        if place.member_id is not None and self.members.table.move_to(place.member_id):
            self._focus(self.members)
        if not self.service.crawled and not self.from_history:
            self.call_after_refresh(self._read_ahead, page)

    def _read_ahead(self, page: GroupPage) -> None:
        """Read what the user will probably want next, now that the page is on the screen."""
        self._identify_user()
        self.crawl()
        for number in (page.page + 1, page.page - 1):
            if 1 <= number <= page.last_page:
                self.service.prefetch(number, self.groups.per_page)

    def action_turn(self, to: str) -> None:
        self.groups.turn(to)

    def action_go_to_page(self, number: int | None = None) -> None:
        """Go to a page, or to the last if there are fewer; without a number, ask for it."""
        if self.groups.page is None:
            return
        if number is not None:
            self.go_to(Place(min(max(1, number), self.groups.page.last_page)))
        else:
            dialog = dialogs.page_number.PageNumberDialog(self.groups.page.last_page)
            self.app.push_screen(dialog, lambda number: None if number is None else self.go_to(Place(number)))

    def action_page_size(self, page_size: PageSize | Literal["auto"]) -> None:
        """Change the page size; the cursor stays on its group."""
        self.view = replace(self.view, page_size=page_size)
        self.groups.set_page_size(self._per_page(self.app.size))
        self.post_message(self.ViewChanged(self.view))

    # The panes

    def action_zoom(self) -> None:
        """Show only the pane with the focus, or both."""
        self.zoomed = not self.zoomed

    def watch_zoomed(self) -> None:
        self.set_class(self.zoomed, "-zoomed")
        for pane in (self.groups, self.members):
            pane.display = not self.zoomed or pane is self.pane

    def action_move_border(self, step: int) -> None:
        """Make the list wider, or narrower with a negative step."""
        share = self.list_share + step * SHARE_STEP
        self.list_share = min(max(share, MIN_LIST_SHARE), MAX_LIST_SHARE)

    def watch_list_share(self) -> None:
        stacked = self.has_class("-narrow")
        for pane, share in ((self.groups, self.list_share), (self.members, 100 - self.list_share)):
            pane.styles.width, pane.styles.height = (
                ("1fr", f"{share}fr") if stacked else (f"{share}fr", "1fr")
            )

    def _focus(self, pane: GroupList | MemberList) -> None:
        """Move the focus to a pane; while the other one is zoomed, this one takes its place."""
        pane.display = True
        pane.table.focus()
        if self.zoomed:
            (self.groups if pane is self.members else self.members).display = False

    # Times, order and columns

    def action_timezone(self, name: str) -> None:
        """Show times in another zone."""
        self.view = replace(self.view, timezone=name)
        self._use_zone()
        self.post_message(self.ViewChanged(self.view))

    def _use_zone(self) -> None:
        name = self.view.timezone
        if name == "account":
            name = (self.service.user.timezone if self.service.user is not None else None) or "local"
        show_times_in(None if name == "local" else zone_named(name))
        self.status.refresh()
        if self.detail is not None:
            self.mutate_reactive(BrowserScreen.detail)

    def action_sort(self, key: GroupColumn) -> None:
        self.groups.sort_by(key)

    def action_toggle_column(self, key: GroupColumn) -> None:
        self.groups.toggle_column(key)

    @on(GroupList.ViewChanged)
    def _list_changed(self, event: GroupList.ViewChanged) -> None:
        event.stop()
        shown = set(self.groups.shown_columns)
        columns = tuple(column for column in GROUP_COLUMNS if column in shown)
        self.view = replace(self.view, columns=columns, sort=self.groups.sort)
        self.post_message(self.ViewChanged(self.view))

    # The group under the cursor

    @on(GroupList.Highlighted)
    def _group_highlighted(self) -> None:
        """Show the members: at once after one step, later while a key is held or a filter is typed."""
        if self._settle_timer is not None:
            self._settle_timer.reset()
            return
        typing = isinstance(self.focused, FilterInput)
        if not typing:
            self._show_detail()
        seconds = FILTER_SETTLE_SECONDS if typing else CURSOR_SETTLE_SECONDS
        self._settle_timer = self.set_timer(seconds, self._cursor_settled)

    def _cursor_settled(self) -> None:
        self._settle_timer = None
        self._show_detail()

    def _show_detail(self) -> None:
        group, page = self.groups.table.current, self.groups.page
        filtered_by_member = self.groups.filtered and self.groups.with_members
        self.members.seek(
            *(
                (self.groups.query_text, self.groups.found_user_ids)
                if filtered_by_member
                else ("", frozenset())
            )
        )
        if group is None or page is None:
            self.detail = None
        elif self.detail is None or self.detail.group is not group:
            as_of = self.directory.as_of if self.groups.filtered else None
            self.detail = self.directory.detail(group, as_of or page.as_of)
        self.refresh_bindings()

    @work(name="load group", group="page", exclusive=True, exit_on_error=False)
    async def load_group(self, group_id: int) -> None:
        with self._loading(f"loading group #{group_id}…"):
            before = self.directory.group(group_id)
            try:
                detail = await self.service.group(group_id)
            except NotFound:
                self.stale = True
                self.notice = Notice(f"Group #{group_id} does not exist", RELOAD_HINT, "error")
                return
            except TestmoError as error:
                self._show_error(error, stale=True)
                return
            self.directory = self.service.directory
            self._clear_error()
            changes = summarize(changes_of_groups([before] if before else [], [detail.group]))
            name = detail.group.label
            self.notice = Notice(f"“{name}” was reloaded: {changes}", detail=name)
            if (page := self.groups.page) is not None:
                self.groups.page = self._known_page(page.page) or page
            current = self.groups.table.current
            if current is not None and current.id == detail.group.id:
                self.detail = detail

    # The whole instance

    def _load_history_once(self) -> Worker[None]:
        worker: Worker[None] = self._history_worker or self._load_history()
        self._history_worker = worker
        return worker

    @work(name="load history", group="history", exclusive=True, exit_on_error=False)
    async def _load_history(self) -> None:
        """Show the last snapshot until the crawl is complete."""
        self.from_history = await self.service.load_from_history()
        self._show_history_notice()
        if not self.from_history:
            self.load_page(Place(), fresh=True)
            return
        if self.groups.page is None:
            self.go_to(self._first_place)
        self._directory_loaded()
        self.crawl()
        self._identify_user()

    def crawl(self, *, requested: bool = False) -> Worker[None] | None:
        """Read the whole instance in the background, unless that is already in progress.

        A notice summarizes what has changed since it was read before; if requested, also if nothing has.
        """
        running = any(worker.group == "crawl" and worker.is_running for worker in self.workers)
        if running or self.service.offline:
            return None
        worker: Worker[None] = self._crawl(requested)
        return worker

    @work(name="crawl", group="crawl", exclusive=True, exit_on_error=False)
    async def _crawl(self, requested: bool) -> None:
        before = self.directory
        self.progress = "reading groups"
        try:
            directory = await self.service.load(self._crawl_progressed)
        except TestmoError as error:
            if self.directory.complete:
                self._show_error(error, stale=True)
            else:
                text = f"Only the loaded pages can be searched: {error}"
                self.notice = Notice(text, RELOAD_HINT, "incomplete")
            return
        finally:
            self.progress = ""
        if directory.complete:
            self.end_notice("incomplete")
        else:
            text = "Some groups may be missing: they changed while they were read"
            self.notice = Notice(text, RELOAD_HINT, "incomplete")
        await self.service.save_history()
        for screen in self.app.screen_stack:
            if isinstance(screen, Dialog) and screen.is_mounted:
                screen.snapshot_saved()
        self._show_history_notice()
        if self.stale:
            self._clear_error()
        self._show_crawled_page()
        self._directory_loaded()
        await self._summarize_changes(before, directory, requested)
        if self._profiles_requested or len(directory.names) <= MAX_USERS_LOADED_UNASKED:
            self._load_profiles()

    async def _summarize_changes(self, before: Directory, after: Directory, requested: bool) -> None:
        """Show in one line what has changed between two crawls."""
        if not (before.complete and after.complete) or before.as_of is None:
            return
        changes = await asyncio.to_thread(changes_between, before, after)
        if changes or requested:
            text = f"{summarize(changes)} since {local_minute(before.as_of, weekday=True)}"
            if self.live and changes:
                text = _named(changes)
            hint = "d shows them." if changes and self.service.history is not None else ""
            self.notice = Notice(text[:1].upper() + text[1:], hint, "news")

    def _crawl_progressed(self, progress: CrawlProgress) -> None:
        self.directory = progress.directory
        self.progress = f"reading {progress.groups_read:,} of {pluralize(progress.total or 0, 'group')}"

    def _show_crawled_page(self) -> None:
        """Show the page on the screen with the new data, or the last page if there are fewer now."""
        per_page = self.groups.per_page
        last_page = max(1, ceil(self.service.directory.group_count / per_page))
        number = 1 if self.groups.page is None else min(self.groups.page.page, last_page)
        self.directory = self.service.directory
        if self.from_history:
            self.from_history = False
            self.go_to(Place(number))
        elif (page := self._known_page(number)) is not None:
            self.groups.show_page(page)
            self._show_detail()

    def _directory_loaded(self) -> None:
        """Use the directory, which is now whole: in the filter, the badges and the detail."""
        self.directory = self.service.directory
        self.groups.search_again()
        self._read_history()
        if self.detail is not None:
            self.detail = self.directory.detail(self.detail.group, self.detail.as_of)
        if self._start_at:
            text, self._start_at = self._start_at, ""
            self.find(text)

    def request_profiles(self) -> None:
        """Load the details of users, such as e-mail addresses, if that has not been done."""
        if not self._profiles_requested:
            self._profiles_requested = True
            if self.service.crawled and not self.directory.has_profiles:
                self._load_profiles()

    @work(name="load users", group="users", exclusive=True, exit_on_error=False)
    async def _load_profiles(self) -> None:
        self.progress = "reading users"
        try:
            if await self.service.load_users():
                await self.service.save_history()  # with the users in no group
        except TestmoError:
            return  # everything but the details is known
        finally:
            self.progress = ""
        self._directory_loaded()

    @work(name="identify user", group="user", exclusive=True, exit_on_error=False)
    async def _identify_user(self) -> None:
        if self.service.user is not None or self.service.offline:
            return
        try:
            self.user = (await self.service.current_user()).label
            self._use_zone()
        except TestmoError:
            return  # the request for the first page fails for the same reason, and shows it
        if isinstance(self._refusal, Forbidden):
            self._show_refusal(self._refusal)

    @work(name="read history", group="changes", exclusive=True, exit_on_error=False)
    async def _read_history(self) -> None:
        """Show badges for recent changes, and let `:at` offer the snapshots."""
        history = self.service.history
        if history is None or (summary := await history.changes_since(RECENT)) is None:
            return
        self.recent = RecentChanges.of(summary.changes, summary.since.taken_at, summary.read_at)
        self.snapshots = await history.snapshots()

    def action_refresh(self) -> None:
        """Load the group again if its members have the focus, otherwise the page."""
        if self._refuse_reload():
            return
        group, page = self.groups.table.current, self.groups.page
        if self.pane is self.members and group is not None:
            self.load_group(group.id)
        else:
            place = Place(1 if page is None else page.page)
            if self.groups.ordered is not None:  # the page consists of groups of many pages of the site
                self.action_refresh_all()
            else:
                self.load_page(place, fresh=page is not None, announce=True)

    def action_refresh_all(self) -> None:
        """Read the whole instance again, the page on the screen first."""
        if self._refuse_reload():
            return
        page = self.groups.page
        self.service.forget_pages()
        self.load_page(Place(1 if page is None else page.page), fresh=True)
        self.crawl(requested=True)

    def action_live(self) -> None:
        """Read everything again every few minutes, as often as the last time; or no longer."""
        self.action_live_every(LIVE_OFF if self.live else self._last_live)

    def action_live_every(self, interval: object) -> None:
        """Read everything again at an interval, such as `5m`; `off` ends that."""
        if self._refuse_reload():
            return
        if self.service.offline:
            self.notice = Notice("There is nothing to reload without a connection")
        elif interval == LIVE_OFF:
            self.workers.cancel_group(self, "live")
            self.live = ""
            self.notice = Notice("Live is off", "w turns it on again.")
        else:
            self._start_live(str(interval))

    def _start_live(self, interval: str) -> None:
        self.live = self._last_live = interval
        text = f"Live: all groups are reloaded every {interval}"
        self.notice = Notice(text, "w stops that, :live 2m changes it.")
        self._reload_every(parse_duration(interval).total_seconds())

    @work(name="live", group="live", exclusive=True, exit_on_error=False)
    async def _reload_every(self, seconds: float) -> None:
        """Read everything again and again, also after errors, until the instance refuses the token.

        Each time waits for the pause that the instance may have requested, as all requests do.
        """
        while True:
            await self.service.clock.sleep(seconds)
            if (crawl := self.crawl()) is None:
                continue  # it is being read
            await _end_of(crawl)  # even if the user stops it: the next turn reads everything again
            if self._refusal is not None:
                self.live = ""
                return
            if self.stale and self.notice is not None:
                again = local_clock(self.service.clock.now() + timedelta(seconds=seconds))
                self.notice = replace(self.notice, hint=f"Live tries again at {again}.")

    def _refuse_reload(self) -> bool:
        """Show why the past cannot be reloaded; return whether this is the past."""
        if self.is_past:
            self.notice = Notice("The past cannot be reloaded", ":now returns to the present.")
        return self.is_past

    # The past

    def action_at(self, when: object = None) -> None:
        """Show the instance as it was at a time, over this screen; `now` is the present."""
        if str(when).lower() == NOW:
            self.action_now()
        elif (history := self.service.history) is None:
            self.notice = Notice("There is no history", "The settings contain history = false.")
        elif when is None:
            self.notice = Notice("There is no earlier snapshot yet")
        else:
            self._show_past(history, str(when))

    def time_problem(self, text: str) -> str:
        """Return why `:at` cannot show a time, as far as that is known without the history."""
        if text.lower() != NOW:
            try:
                PointInTime.parse_past(text, self.service.clock.now())
            except InvalidTime as error:
                return error.full
        return ""

    @work(name="read the past", group="past", exclusive=True, exit_on_error=False)
    async def _show_past(self, history: HistoryReader, when: str) -> None:
        with self._loading("reading the history…"):
            try:
                past = await history.past(when)
            except InvalidTime as error:
                self.notice = Notice(str(error), error.hint)
                return
        if past is None:
            self.notice = Notice(history.notice or "There is no history yet")
        elif past.state is None:
            begins = f"{local_minute(past.begins)} {zone_of(past.begins)}"
            self.notice = Notice(f"The history begins on {begins}")
        else:
            service = self.service.as_it_was(past.state)
            present = self.present or self
            screen = BrowserScreen(service, view=self.view, saved_lists=self.saved_lists, present=present)
            if self.is_past:
                self.app.switch_screen(screen)
            else:
                self.app.push_screen(screen)

    @property
    def past_time(self) -> str:
        """The time that is shown instead of the present, in words; empty for the present."""
        as_of = self.directory.as_of
        return local_minute(as_of) if self.is_past and as_of is not None else ""

    def action_now(self) -> None:
        """Return from the past to the screen of the present, as the user left it."""
        if self.present is not None:
            self.app.pop_screen()
            self.present.notice = Notice("This is the present again")
        else:
            self.notice = Notice("This is the present", ":at 7d shows the instance as it was.")

    @property
    def _escape_leaves_past(self) -> bool:
        """Whether escape returns to the present: there is nothing else to stop, to clear or to leave."""
        filtered = bool(self.groups.query_text)
        return (
            self.is_past and self.pane is self.groups and not (filtered or self.activity or self._back_stack)
        )

    def action_leave_past(self) -> None:
        """Dismiss the notice; if there is none, return to the present."""
        if self.notice is not None:
            self.notice = None
        elif not self.notice_removed:
            self.action_now()

    def action_stop(self) -> None:
        """Stop loading; the data on the screen stays."""
        if self.workers.cancel_group(self, "past"):
            self.notice = Notice("Stopped")
        elif self.activity:
            self.workers.cancel_group(self, "page")
            self.groups.show_reason("Stopped: nothing was loaded. Press r to try again.")
            self.notice = Notice("Stopped", "Press r to try again.")
        else:
            crawling = bool(self.workers.cancel_group(self, "crawl"))
            self.workers.cancel_group(self, "users")
            self._profiles_requested = False
            if not self.directory.complete:
                self.notice = Notice("Stopped: only the loaded pages can be searched", RELOAD_HINT)
            elif crawling:
                self.notice = Notice(f"Stopped: groups {age(self.directory.as_of)}", RELOAD_HINT)
            else:
                self.notice = Notice("Stopped: all groups are known, but not all e-mail addresses")

    # Notices

    def _show_error(self, error: TestmoError, *, stale: bool) -> None:
        if isinstance(error, Offline):
            self.notice = Notice(str(error), error.hint)
            return
        self.stale = stale and self.groups.page is not None
        self._refusal = error if isinstance(error, Unauthorized | Forbidden) else None
        self.groups.show_reason("Nothing could be loaded.")
        if self._refusal is not None:
            self._show_refusal(self._refusal)
            if isinstance(error, Forbidden):
                self._identify_user()
        else:
            self.notice = Notice(str(error), f"{error.hint} Press r to try again.".lstrip(), "error")

    def _show_refusal(self, error: Unauthorized | Forbidden) -> None:
        """Show that the token was refused: whose it is, if known, and where it comes from."""
        user = self.service.user
        hint = forbidden_hint(user) if isinstance(error, Forbidden) and user is not None else error.hint
        if self._token_source:
            hint = f"{hint} The refused token is from {self._token_source}."
        self.notice = Notice(str(error), f"{hint} Press i to sign in again.".lstrip(), "error")

    def _clear_error(self) -> None:
        """Remove what was shown about a failed request: another one has succeeded."""
        self.stale, self._refusal = False, None
        self.end_notice("error")

    def _show_history_notice(self) -> None:
        if self.service.history is not None and self.service.history.notice:
            self.notice = Notice(self.service.history.notice, kind="warning")

    @work(name="follow cooldown", group="cooldown", exclusive=True, exit_on_error=False)
    async def _follow_cooldown(self) -> None:
        async for until in self.service.cooldown.changes():
            if until is not None:
                self.notice = cooldown_notice(until, "x stops.")
            else:
                self.end_notice("cooldown")

    # Focus

    def action_pane(self, name: str) -> None:
        self._focus(self.groups if name == "list" else self.members)

    def action_other_pane(self) -> None:
        self._focus(self.groups if self.pane is self.members else self.members)

    @on(Table.Selected)
    def action_enter(self) -> None:
        """Go from a group to its members, from a member to its groups."""
        if self.pane is self.groups:
            self._show_detail()
            self._remember_place(self.groups.table.current)
            self._focus(self.members)
        else:
            self.action_user()

    def action_back(self) -> None:
        """Go back to where the last jump began, or from the members to the list."""
        if self._back_stack:
            visit = self._back_stack.pop()
            place = visit.place
            self.groups.drop_filter()
            if place.member_id is None:
                self._focus(self.groups)
            known = None if place.group_id is None else self.groups.place_of(place.group_id, place.member_id)
            self.go_to(known or place)  # with another page size, the group is on another page
            self._restore_filters(visit)
            self._open_again(visit.dialogs)
        elif self.pane is self.members:
            self._focus(self.groups)

    def _restore_filters(self, visit: Visit) -> None:
        """Filter both panes as at a visit, with the cursors where they were."""
        of_groups, of_members = visit.filters
        if of_groups:
            self.groups.with_members = visit.with_members
            self.groups.restore_filter(of_groups)
            self._show_detail()
        if of_members:
            self.members.restore_filter(of_members)

    def _open_again(self, dialogs: Sequence[Dialog[None]]) -> None:
        """Open dialogs as the user left them."""
        for dialog in dialogs:
            dialog.update_directory(self.directory)
            self.app.push_screen(dialog)

    def action_escape(self) -> None:
        """Do the first that applies: stop loading, clear the filter, dismiss a lasting notice, go back.

        Loading goes on if the key has removed a notice, which the user probably meant.
        """
        if self.activity:
            if not self.notice_removed:
                self.action_stop()
        elif self.pane.clear_filter():
            self.pane.table.focus()
        elif self.notice is not None and self.notice.kind in DISMISSIBLE:
            self.end_notice(self.notice.kind)
        else:
            self.action_back()

    def action_show_all(self) -> None:
        """Clear the filters and go to the list."""
        for pane in (self.groups, self.members):
            pane.clear_filter()
        self.groups.table.focus()

    @on(GroupList.EmailTyped)
    @on(MemberList.ProfilesNeeded)
    def _profiles_needed(self, event: Message) -> None:
        event.stop()
        self.request_profiles()

    # Users and groups from anywhere

    def jump(self, target: JumpTarget) -> bool:
        """Show a group on its page; `back` returns here, and to the dialogs that the user comes from."""
        if (place := self.groups.place_of(target.group_id, target.member_id)) is None:
            return False
        self._remember_place(self.directory.group(target.group_id))
        here = self.place
        if here is not None and (target.dialogs or here.group_id != target.group_id):
            label = target.dialogs[-1].label if target.dialogs else self.path[-1]
            filters = (self.groups.query_text, self.members.query_text)
            self._back_stack.append(Visit(here, target.dialogs, label, filters, self.groups.with_members))
            if len(self._back_stack) > MAX_VISITS:
                self.run_worker(self.forget_visits(MAX_VISITS), name="forget visits", group="visits")
        self.groups.drop_filter()
        self.go_to(place)
        return True

    async def forget_visits(self, kept: int = 0) -> None:
        """Remove all but the last visits, with the dialogs to which the user cannot come back then."""
        count = max(0, len(self._back_stack) - kept)
        forgotten, self._back_stack = self._back_stack[:count], self._back_stack[count:]
        for visit in forgotten:
            for dialog in visit.dialogs:
                await dialog.discard()

    def action_user(self) -> None:
        if (member := self.members.table.current) is not None:
            self.show_user(member)

    def _remember_place(self, place: Group | User | None) -> None:
        """Remember the group or user as the last place."""
        if place is not None:
            others = [each for each in self._recent if (type(each), each.id) != (type(place), place.id)]
            self._recent = [place, *others][:MAX_RECENT_PLACES]

    def show_user(self, user: User) -> None:
        self._remember_place(user)
        origin = self.service.instance.origin
        dialog = dialogs.user_groups.UserGroupsDialog(self.directory, origin, user, self.recent)
        self.app.push_screen(dialog)

    def action_palette(self, text: str = "") -> None:
        commands = [
            each
            for each in commands_of(self)
            if each.enabled and each.id != PALETTE_ID and (each.section != "move" or each.aliases)
        ]
        dialog = dialogs.palette.PaletteDialog(
            commands, self.directory, text, recent=self._recent, on_email=self.request_profiles
        )
        self.app.push_screen(dialog, self._palette_chosen)

    async def _palette_chosen(self, choice: Choice | None) -> None:
        match choice:
            case Command():
                await self.app.run_action(choice.action, choice.node)
            case Group():
                self.jump(JumpTarget(choice.id))
            case User():
                self.show_user(choice)

    def find(self, text: str) -> None:
        """Go to the group or the user with a name or id; if it is ambiguous, let the user choose."""
        try:
            found = self.directory.find(text)
        except MatchError:
            self.action_palette(text)
            return
        if isinstance(found, User):
            self.show_user(found)
        else:
            self.jump(JumpTarget(found.id))

    # Analyse

    def action_unmark(self) -> None:
        self.groups.clear_marks()
        self.members.clear_marks()

    def action_marked(self) -> None:
        origin = self.service.instance.origin
        dialog = dialogs.marked_groups.MarkedGroupsDialog(self.directory, origin, self.groups)
        self.app.push_screen(dialog)

    def action_compare(self) -> None:
        """Compare the marked groups or, in the list of members, the marked users."""
        origin = self.service.instance.origin
        if self.pane is self.members:
            dialogs.compare.compare_marked_users(self, self.members, self.directory, origin)
        else:
            dialogs.compare.compare_marked(self, self.groups, self.directory, origin)

    def action_save_list(self, name: object = "") -> None:
        """Save all members of the marked groups as a list; without a name, ask for it."""
        comparison = dialogs.compare.marked_comparison(self, self.groups, self.directory)
        if comparison is not None:
            origin = self.service.instance.origin
            dialogs.compare.save_list(self, comparison, EVERYTHING, origin, str(name))

    def action_delete_list(self, name: object = None) -> None:
        """Ask whether to delete a saved list."""
        if (saved := self._saved_list(name)) is None:
            return

        def answered(delete: bool | None) -> None:
            if delete:
                self.post_message(ListDeleted(saved))
                self.notice = Notice(f"Deleted the list “{saved.name}”", detail=saved.name)

        self.app.push_screen(dialogs.delete_list.DeleteListDialog(saved.name), answered)

    def _saved_list(self, name: object) -> SavedList | None:
        """Return the saved list of a name; show a notice if there is none."""
        saved = next((each for each in self.saved_lists if each.name == str(name)), None)
        if saved is None:
            self.notice = Notice("There is no such list", "b in a comparison saves one.")
        return saved

    @work(name="show list", group="list", exclusive=True, exit_on_error=False)
    async def action_saved_list(self, name: object = None) -> None:
        """Show a saved list as it is now."""
        if (saved := self._saved_list(name)) is None:
            return
        names, history = dict[int, list[str]](), self.service.history
        if history is not None and not all(map(self.directory.group, saved.groups)):
            names = await history.group_names()
        try:
            groups = saved_groups(self.directory, saved.name, saved.groups, past=self.past_time, names=names)
        except NoMatch as error:
            text = str(error) if self.directory.complete else f"{error} among the loaded groups"
            self.notice = Notice(text[:1].upper() + text[1:], kind="caution")
            return
        comparison = compare(self.directory, groups)
        dialog = dialogs.compare.CompareDialog(comparison, self.directory, self.service.instance.origin)
        dialog.selection = Selection(saved.show, frozenset(saved.only))
        dialog.list_name = saved.name
        self.app.push_screen(dialog)

    def action_paste(self) -> None:
        """Ask for a list of users, beginning with what was typed before."""
        self.request_profiles()
        self.app.push_screen(dialogs.paste.PasteDialog(self._pasted), self._look_up_pasted)

    def _look_up_pasted(self, pasted: PastedText | None) -> None:
        if pasted is None:
            return
        self._pasted = pasted.text
        if pasted.is_complete:
            dialog = dialogs.pasted_users.PastedUsersDialog(
                self.directory,
                self.service.instance.origin,
                pasted.text,
                self.marked_groups,
                chosen=self._chosen_users,
                edit=self.action_paste,
            )
            dialog.recent = self.recent
            self.app.push_screen(dialog)

    def action_audit(self) -> None:
        self.request_profiles()
        dialog = dialogs.audit.AuditDialog(self.directory, self.service.instance.origin, self.service.audits)
        dialog.recent = self.recent
        self.app.push_screen(dialog)

    def action_changes(self) -> None:
        if (history := self.service.history) is None:
            self.notice = Notice("There is no history", "The settings contain history = false.")
            return
        dialog = dialogs.changes.ChangesDialog(
            self.directory,
            self.service.instance.origin,
            history.changes_since,
            self.directory.as_of if self.is_past else None,
        )
        dialog.recent = self.recent
        self.app.push_screen(dialog)

    def action_timeline(self) -> None:
        item = self.member or self.groups.table.current
        if item is not None:
            self.show_timeline(item)

    def show_timeline(self, item: Group | User) -> None:
        if (history := self.service.history) is None:
            self.notice = Notice("There is no history", "The settings contain history = false.")
            return
        origin = self.service.instance.origin
        as_of = self.directory.as_of if self.service.offline else None
        now = "now" if as_of is None else f"on {local_minute(as_of)}"
        dialog = dialogs.timeline.TimelineDialog(self.directory, origin, item, history.timeline, now)
        dialog.recent = self.recent
        self.app.push_screen(dialog)

    # Copy and export

    def row_sets(self) -> list[RowSet[Group]] | list[RowSet[User]]:
        """Return the rows of the focused pane that can be copied and exported."""
        return self._member_sets() if self.pane is self.members else self._group_sets()

    def _group_sets(self) -> list[RowSet[Group]]:
        """Return the marked groups, the visible ones, and all."""

        def report(groups: Sequence[Group]) -> Report:
            as_of = datetime.now(UTC) if page is None else page.as_of
            records = group_records(self.directory, groups)
            origin = self.service.instance.origin
            return Report("groups", GROUP_FIELDS, records, origin, as_of, self.directory.complete)

        page, shown, every = self.groups.page, self.groups.table.rows, self.directory.groups
        where = "matching" if self.groups.filtered else ""
        on_page = "" if self.groups.filtered else " on this page"
        named = {
            counted(self.marked_groups, "group", "marked"): self.marked_groups,
            counted(shown, "group", where) + on_page: () if len(shown) == len(every) else shown,
            counted(every, "group", "all" if self.directory.complete else "loaded"): every,
        }
        return [
            RowSet(name, rows, report, lambda group: group.label, lines="names")
            for name, rows in named.items()
            if rows
        ]

    def _members_of(self, group: Group) -> RowSet[User]:
        """Return the members of a group in the list."""
        users, page = self.directory.members(group), self.groups.page
        as_of = datetime.now(UTC) if page is None else page.as_of
        return RowSet(
            f"the {pluralize(len(users), 'member')} of {sanitize(group.label)}",
            users,
            lambda users: member_report(self.directory, self.service.instance.origin, group, users, as_of),
            lambda user: user.label,
        )

    def _member_sets(self) -> list[RowSet[User]]:
        """Return the marked members of the group, and the visible ones."""
        if (detail := self.detail) is None:
            return []
        group, as_of = detail.group, detail.as_of

        def report(users: Sequence[User]) -> Report:
            return member_report(self.directory, self.service.instance.origin, group, users, as_of)

        def make(name: str, users: Sequence[User]) -> RowSet[User]:
            return RowSet(name, users, report, lambda user: user.label, self._email, "names")

        return row_sets(self.members, "member", make, self.members.is_member)

    def _email(self, user: User) -> str | None:
        return self.directory.email(user.id)

    @property
    def marked_groups(self) -> list[Group]:
        """The marked groups of all pages, in the order in which they were marked."""
        return [group for group in map(self.directory.group, self.groups.marked_ids) if group is not None]

    def copies(self) -> list[Copy]:
        """Return what can be copied: of the row under the cursor, and of its list."""
        copies: list[Copy] = []
        if (member := self.member) is not None:
            copies += dialogs.copy.copies_of_row(member.label, member.id, self._email(member))
        elif self.pane is self.groups and (group := self.groups.table.current) is not None:
            copies += dialogs.copy.copies_of_row(group.label, group.id)
            copies += self._copies_of_members(self.marked_groups or [group])
            if group.members and not self.marked_groups:
                copies.append(dialogs.copy.copy_as_csv(self._members_of(group), "the members"))
        sets = self.row_sets() if copies else []
        return [*copies, *(copy for rows in sets for copy in dialogs.copy.copies_of_rows(rows))]

    def _copies_of_members(self, groups: Sequence[Group]) -> list[Copy]:
        """Return the ways to copy the e-mail addresses of the members of groups, each once."""
        users = dict.fromkeys(user_id for group in groups for user_id in group.members)
        emails = [email for email in map(self.directory.email, users) if email]
        owner = "" if len(groups) == 1 else f" of {counted(groups, 'group', 'marked')}"
        return dialogs.copy.copies_of_emails(emails, f"the members{owner}")

    def action_copy_row(self) -> None:
        copy_row(self, self.copies())

    def action_copy(self) -> None:
        self.request_profiles()
        choose_copy(self, self.copies)

    def action_print_copied(self) -> None:
        print_copied(self)

    def action_export(self) -> None:
        sets: list[RowSet[Any]] = [*self.row_sets()]
        group = self.groups.table.current
        if self.pane is self.groups and group is not None and group.members:
            sets.append(self._members_of(group))
        export(self, sets)

    @work(name="write review", group="review", exclusive=True, exit_on_error=False)
    async def action_review(self, folder: object = "") -> None:
        """Write an access review to a new folder; without a name, to one that is named after the day."""
        if not (self.directory.has_profiles or self.service.offline):
            await _end_of(self._load_profiles())  # even if the user stops it, to do without the details
        directory, origin = self.directory, self.service.instance.origin
        if not directory.complete:
            self.notice = Notice("An access review needs all groups, and some are not known", RELOAD_HINT)
            return
        self.notice = await asyncio.to_thread(dialogs.review.write_review, directory, origin, str(folder))

    # Instances

    async def action_instances(self) -> None:
        """Choose an instance; if the token was refused, sign in again."""
        await self.run_action("app.instances" if self._refusal is None else "app.sign_in")


async def _end_of(worker: Worker[None]) -> None:
    """Wait until a worker is complete or cancelled; cancelling the caller ends only the caller.

    `Worker.wait` alone would cancel the worker as well, and raise for both the same error.
    """

    async def wait() -> None:
        with suppress(WorkerCancelled):
            await worker.wait()

    await asyncio.shield(wait())


def offered_times(snapshots: Sequence[Snapshot]) -> dict[str, str]:
    """Return the snapshots that `:at` offers by their ids, each as its time, the newest first.

    They are the last ones of recent days and the oldest, but not the last of all, which is the present.
    """
    last_of_day = {local_day(snapshot.taken_at): snapshot for snapshot in snapshots[:-1]}
    offered = [*reversed(last_of_day.values())][:MAX_OFFERED_DAYS]
    if offered and offered[-1] is not snapshots[0]:
        offered.append(snapshots[0])
    notes = {snapshots[0].id: " · oldest", snapshots[-2].id: " · previous"} if offered else {}
    return {f"#{each.id}": local_minute(each.taken_at) + notes.get(each.id, "") for each in offered}


def live_problem(text: str) -> str:
    """Return why everything cannot be read again at an interval; empty if it can."""
    if text == LIVE_OFF:
        return ""
    try:
        interval = parse_duration(text)
    except InvalidTime as error:
        return error.full
    if interval < MIN_LIVE_INTERVAL:
        return f"{text} is too short: the shortest interval is a minute (:live 1m)"
    if interval > MAX_LIVE_INTERVAL:
        return f"{text} is too long: the longest interval is a day (:live 1d)"
    return ""


def _named(changes: Sequence[Change]) -> str:
    """Return how many changes there are, and name the first, as in `1 change: Ada joined QA`."""
    texts = ", ".join(change.text for change in changes[:MAX_NAMED_CHANGES])
    more = len(changes) - MAX_NAMED_CHANGES
    return f"{pluralize(len(changes), 'change')}: {texts}" + (f" and {more:,} more" if more > 0 else "")
