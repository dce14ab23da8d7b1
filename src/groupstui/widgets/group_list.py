"""The left pane: one page of groups."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from textual import on
from textual.message import Message
from textual.reactive import reactive

from ..directory.directory import Directory
from ..directory.models import Group, GroupPage
from ..text import pluralize, sanitize
from ..times import local_day, short_day
from .filter_input import FilterInput
from .table import Column, FilterableTable, Table
from .table_layout import ID_COLUMN


@dataclass(frozen=True, slots=True)
class Place:
    """A place in the list of groups, to return to."""

    page: int = 1
    group_id: int | None = None
    """The group under the cursor; None for the one that was there before."""
    member_id: int | None = None
    """The member under the cursor, if the members had the focus."""


class GroupList(FilterableTable[Group]):
    """Shows a page of groups; knows where the user has been, and which groups are marked."""

    BORDER_TITLE = "Groups"

    page: reactive[GroupPage | None] = reactive(None)
    """The page on the screen; None before the first."""
    directory: reactive[Directory] = reactive(Directory)
    """The loaded groups, which the filter searches."""
    activity: reactive[str] = reactive("")
    """What is being loaded; empty while nothing is."""

    class Highlighted(Message):
        """Posted when another group, or none, comes under the cursor."""

    class PageRequested(Message):
        """Posted when another page is wanted; `show_page` answers it."""

        def __init__(self, place: Place) -> None:
            super().__init__()
            self.place = place

    class EmailTyped(Message):
        """Posted when an e-mail address is typed into the filter."""

    def __init__(self, *, per_page: int = 15, id: str | None = None) -> None:
        self.per_page = per_page
        self.with_members = False
        """Whether the filter also searches the names of members."""
        self._cursor_by_page: dict[int, int] = {}
        self._badges: Mapping[int, tuple[int, int]] = {}
        self._badges_since = ""
        badges = Column(
            "badge", "", self._badge, sort_key=self._turnover, width=self._badge_width, align="right"
        )
        table = Table(
            (*COLUMNS[:2], badges, *COLUMNS[2:]),
            identity=lambda group: group.id,
        )
        super().__init__(
            table,
            search=self._matches,
            search_size=self._search_size,
            placeholder="any group, by name or id",
            has_scopes=True,
            id=id,
        )

    # Pages

    def show_page(self, page: GroupPage, group_id: int | None = None) -> bool:
        """Show a page with the cursor on a group; return whether the group is on the page.

        The default is the group that was under the cursor when the page was last shown.
        """
        is_other_page = self.page is not None and self.page.page != page.page
        if is_other_page:
            self.drop_filter()  # but not on the first page: the filter may be older than its answer
        if group_id is None and (self.page is None or is_other_page):
            group_id = self._cursor_by_page.get(page.page)
        self.page = page
        return group_id is None or self.table.move_to(group_id)

    def can_turn(self, to: str) -> bool:
        """Return whether there is a page to turn to; while a filter is set, there is none."""
        return not self.filtered and self._page_number(to) is not None

    def turn(self, to: str) -> None:
        """Request the `next`, `previous`, `first` or `last` page."""
        if (number := self._page_number(to)) is not None:
            self.post_message(self.PageRequested(Place(number)))

    def _page_number(self, to: str) -> int | None:
        if (page := self.page) is None:
            return None
        targets = {"next": page.page + 1, "previous": page.page - 1, "first": 1, "last": page.last_page}
        number = targets[to]
        return number if 1 <= number <= page.last_page and number != page.page else None

    def set_page_size(self, per_page: int) -> None:
        """Request a page of another size that holds the group under the cursor."""
        group = self.table.current
        first = 0 if self.page is None else self.page.first
        position = first if group is None else self.directory.position(group.id) or first
        self.per_page = per_page
        self._cursor_by_page.clear()
        place = Place(position // per_page + 1, None if group is None else group.id)
        self.post_message(self.PageRequested(place))

    # Places

    @property
    def place(self) -> Place | None:
        """The page and the group under the cursor."""
        if self.table.current is None or self.page is None:
            return None
        return Place(self.page.page, self.table.current.id)

    def place_of(self, group_id: int, member_id: int | None = None) -> Place | None:
        """Return where a loaded group is, or None."""
        position = self.directory.position(group_id)
        return None if position is None else Place(position // self.per_page + 1, group_id, member_id)

    # Badges

    @on(FilterableTable.MarksChanged)
    def _marks_changed(self, event: FilterableTable.MarksChanged) -> None:
        event.stop()
        self._show_title()

    @property
    def marked_ids(self) -> list[int]:
        """The ids of the marked groups of all pages, in the order in which they were marked."""
        return [each for each in self.marks if isinstance(each, int)]

    def show_badges(self, badges: Mapping[int, tuple[int, int]], since: datetime) -> None:
        """Show how many members of groups, by id, have joined and left since a time, as `+3 −1`."""
        if badges != self._badges:
            self._badges = badges
            self.table.relayout()
        self._badges_since = f"± since {short_day(since)}" if badges else ""
        self._show_title()

    def _show_title(self) -> None:
        marked = f"{len(self.marks)} marked" if self.marks else ""
        self.border_title = " · ".join(filter(None, (self.BORDER_TITLE, marked, self._badges_since)))

    def _badge(self, group: Group) -> str:
        joined, left = self._badges.get(group.id, (0, 0))
        return " ".join(filter(None, (f"+{joined:,}" * bool(joined), f"−{left:,}" * bool(left))))

    def _turnover(self, group: Group) -> int:
        return sum(self._badges.get(group.id, (0, 0)))

    def _badge_width(self, groups: Sequence[Group]) -> int:
        badges = self._badges
        return max((len(self._badge(group)) for group in groups if group.id in badges), default=0)

    # Rows

    def reveal(self, row: Group) -> None:
        """Request the page of a group that the filter has found."""
        if (place := self.place_of(row.id)) is not None:
            self.post_message(self.PageRequested(place))

    def watch_page(self, old: GroupPage | None, page: GroupPage | None) -> None:
        """Show the groups of the page; on the same page the cursor stays on its group."""
        if page is not None:
            same = old is not None and (old.page, old.per_page) == (page.page, page.per_page)
            empty = "This page has no groups." if page.total else "This instance has no groups."
            self.show(page.groups, empty=empty, keep=same)

    def watch_activity(self) -> None:
        if self.activity:
            self.show_reason(self.activity)
        self._show_position()

    def show_reason(self, reason: str) -> None:
        """Show why the list is empty, if there is no page yet."""
        if self.page is None:
            self.show((), empty=sanitize(reason))

    def _search_size(self) -> int:
        return self.directory.group_count + (len(self.directory.names) if self.with_members else 0)

    def _matches(self, text: str) -> Sequence[Group]:
        """Return the loaded groups that match, best first; then those with matching members."""
        found = self.directory.group_index.search(text)
        if self.with_members:
            known = {group.id for group in found}
            users = self.directory.user_index.search_ids(text)
            found += [group for group in self.directory.groups_with(users) if group.id not in known]
        return found

    @on(FilterInput.ScopeToggled)
    def _scope_toggled(self, event: FilterInput.ScopeToggled) -> None:
        event.stop()
        self.with_members = not self.with_members
        self.search_again()

    def watch_match_count(self) -> None:
        if self.with_members and "@" in self.query_text:
            self.post_message(self.EmailTyped())
        self._show_position()

    def _show_position(self) -> None:
        if self.activity or self.page is None:
            self.border_subtitle = self.activity
        elif self.match_count is None:
            self.border_subtitle = f"{position(self.page)} · {self.page.per_page}/page"
        else:
            scope = " by name or member" if self.with_members else ""
            self.border_subtitle = f"{self._match_summary(self.match_count)}{scope}"

    def _match_summary(self, count: int) -> str:
        directory = self.directory
        if directory.total is None:
            return pluralize(count, "group")
        if directory.complete:
            return f"{count:,} of {pluralize(directory.total, 'group')}"
        return f"{count:,} of the {directory.group_count:,} loaded"

    @on(Table.Highlighted)
    def _remember_cursor(self, event: Table.Highlighted[Group]) -> None:
        if event.row is not None and self.page is not None and not self.filtered:
            self._cursor_by_page[self.page.page] = event.row.id
        self.post_message(self.Highlighted())


def position(page: GroupPage) -> str:
    """Return the position of a page, as `page 2 of 16 · 16–30 of 230`."""
    number = f"page {page.page:,} of {page.last_page:,}"
    if not page.groups:
        return f"{number} · none of {page.total:,}"
    return f"{number} · {page.first + 1:,}–{page.first + len(page.groups):,} of {page.total:,}"


def _last_change(group: Group, format: Callable[[datetime], str]) -> str:
    """Return the time of the last change, or of the creation; as it was sent if it could not be parsed."""
    time = group.updated_at or group.created_at
    return format(time) if isinstance(time, datetime) else time or ""


COLUMNS: tuple[Column[Group], ...] = (
    ID_COLUMN,
    Column("name", "Name", lambda group: group.name, min_width=12, match="words"),
    Column(
        "members",
        "Members",
        lambda group: f"{len(group.members):,}",
        sort_key=lambda group: len(group.members),
        align="right",
        width=7,
        style="muted",
    ),
    Column(
        "changed",
        "Changed",
        lambda group: _last_change(group, local_day),
        sort_key=lambda group: _last_change(group, datetime.isoformat),
        width=10,
        priority=1,
        style="muted",
    ),
)
