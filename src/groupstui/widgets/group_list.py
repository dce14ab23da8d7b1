"""The left pane: one page of groups."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from textual import on
from textual.message import Message
from textual.reactive import var

from ..text import pluralize, sanitize
from .filter_input import FilterInput
from .filterable_table import FilterableTable
from .table import Column, Table

if TYPE_CHECKING:
    from ..directory.directory import Directory
    from ..directory.models import Group, GroupPage


class GroupList(FilterableTable["Group"]):
    """Shows a page of groups, and in its lower border where on the site that page is."""

    BORDER_TITLE = "Groups"

    listing: var[GroupPage | None] = var(None)
    """The page on the screen; None before the first."""

    activity: var[str] = var("")
    """What is being loaded, in words; empty while nothing is."""

    class Highlighted(Message):
        """The cursor is on another group, or on none."""

        def __init__(self, group: Group | None) -> None:
            super().__init__()
            self.group = group

    class Opened(Message):
        """The user wants to see into a group."""

        def __init__(self, group: Group) -> None:
            super().__init__()
            self.group = group

    class AddressTyped(Message):
        """The user filters by what looks like an e-mail address."""

    def __init__(self, *, id: str | None = None) -> None:
        """Make the pane.

        Args:
            id: The widget's id.
        """
        self.badges: Mapping[int, tuple[int, int]] = {}
        """How many have joined and left of late, by the group's id."""
        self._since = ""
        self.marks: dict[int, None] = {}
        """The ids of the groups that are marked, in the order in which they were."""
        news = Column(
            "news", "", self._badge, sort_key=self._turnover, width=self._badge_width, align="right"
        )
        super().__init__(
            (*COLUMNS[:2], news, *COLUMNS[2:]),
            identity=lambda group: group.id,
            search=self._matches,
            search_size=self._search_size,
            placeholder="any group of the site, by name or id",
            has_scopes=True,
            marked=lambda group: group.id in self.marks,
            id=id,
        )
        self.directory: Directory | None = None
        """The groups that the filter searches."""
        self.with_members = False
        """Whether the filter looks at the names of members as well."""

    def show_badges(self, badges: Mapping[int, tuple[int, int]], since: datetime) -> None:
        """Show in the list who has joined and left, as `+3 −1`.

        Args:
            badges: How many, by the group's id.
            since: From when on; told in the upper border.
        """
        if badges != self.badges:
            self.badges = badges
            self.table.relayout()
        self._since = f"± since {since.astimezone():%a %m-%d}" if badges else ""
        self._entitle()

    def toggle_mark(self) -> None:
        """Mark the group under the cursor, or take its mark away."""
        if (group := self.table.current) is not None:
            if group.id in self.marks:
                del self.marks[group.id]
            else:
                self.marks[group.id] = None
            self.table.refresh_current()
            self._entitle()

    def clear_marks(self) -> None:
        """Take every mark away."""
        self.marks.clear()
        self.table.refresh()
        self._entitle()

    def _entitle(self) -> None:
        marked = f"{len(self.marks)} marked" if self.marks else ""
        self.border_title = " · ".join(filter(None, (self.BORDER_TITLE, marked, self._since)))

    def _badge(self, group: Group) -> str:
        joined, left = self.badges.get(group.id, (0, 0))
        return " ".join(filter(None, (f"+{joined:,}" * bool(joined), f"−{left:,}" * bool(left))))

    def _turnover(self, group: Group) -> int:
        return sum(self.badges.get(group.id, (0, 0)))

    def _badge_width(self, groups: Sequence[Group]) -> int:
        badges = self.badges
        return max((len(self._badge(group)) for group in groups if group.id in badges), default=0)

    def watch_listing(self, old: GroupPage | None, listing: GroupPage | None) -> None:
        """Show the page; the cursor stays on its group where that is on it."""
        if listing is not None:
            same = old is not None and (old.page, old.per_page) == (listing.page, listing.per_page)
            empty = "There are no groups on this page." if listing.total else "This site has no groups."
            self.show(listing.groups, empty=empty, keep=same)

    def watch_activity(self) -> None:
        """Say what is being loaded."""
        if self.activity:
            self.nothing_to_show(self.activity)
        self._show_position()

    def nothing_to_show(self, why: str) -> None:
        """Say why the list is empty, where there was no page yet."""
        if self.listing is None:
            self.show((), empty=sanitize(why))

    def _search_size(self) -> int:
        if self.directory is None:
            return 0
        return self.directory.group_count + (len(self.directory.names) if self.with_members else 0)

    def _matches(self, query: str) -> Sequence[Group]:
        """Return the loaded groups that match, best first."""
        if self.directory is None:
            return ()
        found = self.directory.group_index.search(query)
        if self.with_members:
            known = {group.id for group in found}
            users = self.directory.user_index.search_ids(query)
            found += [group for group in self.directory.groups_with(users) if group.id not in known]
        return found

    @on(FilterInput.ScopeToggled)
    def _scope_toggled(self, event: FilterInput.ScopeToggled) -> None:
        event.stop()
        self.with_members = not self.with_members
        self.search_again()

    def watch_match_count(self) -> None:
        """Show how many groups match."""
        if self.with_members and "@" in self.query_text:
            self.post_message(self.AddressTyped())
        self._show_position()

    def _show_position(self) -> None:
        listing = self.listing
        if self.activity or listing is None:
            self.border_subtitle = self.activity
        elif self.match_count is not None:
            self.border_subtitle = f"{self._how_many()}{' by name or member' if self.with_members else ''}"
        else:
            self.border_subtitle = f"{position(listing)} · {listing.per_page}/page"

    def _how_many(self) -> str:
        directory = self.directory
        if directory is None or directory.total is None:
            return pluralize(self.match_count or 0, "group")
        if directory.complete:
            return f"{self.match_count:,} of {pluralize(directory.total, 'group')}"
        return f"{self.match_count:,} of the {directory.group_count:,} seen so far"

    @on(Table.Highlighted)
    def _highlighted(self, event: Table.Highlighted[Group]) -> None:
        event.stop()
        self.post_message(self.Highlighted(event.row))

    @on(Table.Selected)
    def _selected(self, event: Table.Selected[Group]) -> None:
        event.stop()
        self.post_message(self.Opened(event.row))


def position(listing: GroupPage) -> str:
    """Return a page's place on the site, as `page 2 of 16 · 16-30 of 230`."""
    place = f"page {listing.page:,} of {listing.last_page:,}"
    if not listing.groups:
        return f"{place} · none of {listing.total:,}"
    return f"{place} · {listing.first + 1:,}–{listing.first + len(listing.groups):,} of {listing.total:,}"


def last_change(group: Group) -> str:
    """Return the day of a group's last change; of its making where it was never changed."""
    return day(group.updated_at or group.created_at)


def day(time: datetime | str | None) -> str:
    """Return a time's day in the local zone; a time that could not be read as the text it is."""
    return f"{time.astimezone():%Y-%m-%d}" if isinstance(time, datetime) else time or ""


def _sortable(time: datetime | str | None) -> str:
    return time.isoformat() if isinstance(time, datetime) else time or ""


COLUMNS: tuple[Column[Group], ...] = (
    Column(
        "id",
        "ID",
        lambda group: str(group.id),
        sort_key=lambda group: group.id,
        align="right",
        width=lambda groups: len(str(max((group.id for group in groups), default=10))),
    ),
    Column("name", "Name", lambda group: group.name, min_width=12),
    Column(
        "members",
        "Members",
        lambda group: f"{len(group.members):,}",
        sort_key=lambda group: len(group.members),
        align="right",
        width=7,
    ),
    Column(
        "changed",
        "Changed",
        last_change,
        sort_key=lambda group: _sortable(group.updated_at or group.created_at),
        width=10,
        priority=1,
    ),
)
