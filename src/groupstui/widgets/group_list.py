"""The left pane: one page of groups."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import datetime
from math import ceil
from typing import Literal

from rich.cells import cell_len
from textual import on
from textual.message import Message
from textual.reactive import var

from ..directory.changes import Change, ChangeKind, RecentChanges
from ..directory.directory import Directory
from ..directory.models import Group, GroupPage
from ..text import pluralize, sanitize
from ..times import local_day, weekday
from .filter_input import FilterInput
from .table import ASCENDING, DESCENDING, Column, FilterableTable, Table
from .table_layout import ID_COLUMN
from .user_state import change_counts

BORDER_CELLS = 4
"""Cells of the lower border beside its text."""

GROWTH_BEFORE_SEARCH = 1.3
"""The growth of the loaded groups after which a filter searches again: each search needs a new index."""


@dataclass(frozen=True, slots=True)
class Place:
    """A place in the list of groups, to return to."""

    page: int = 1
    group_id: int | None = None
    """The group under the cursor; None for the one that was there before."""
    member_id: int | None = None
    """The member under the cursor, if the members had the focus."""
    row: Literal["", "first", "last"] = ""
    """The row for the cursor if there is no group."""


@dataclass(frozen=True, slots=True)
class OrderedGroups:
    """All groups of an instance in the order that the user has chosen."""

    groups: Sequence[Group]
    positions: Mapping[int, int]
    """Positions in the order, counted from 0, by the id of the group."""


class GroupList(FilterableTable[Group]):
    """Shows a page of groups, in the order of the instance or in the one that the user has chosen."""

    BORDER_TITLE = "Groups"

    page: var[GroupPage | None] = var(None)
    """The page on the screen; None before the first."""
    directory: var[Directory] = var(Directory)
    """The loaded groups, which the filter searches."""
    recent: var[RecentChanges | None] = var(None)
    """Who joined and left recently; None if that is not known."""
    activity: var[str] = var("")
    """What is being loaded; empty while nothing is."""

    class Highlighted(Message):
        """Posted when another group, or none, comes under the cursor."""

    class PageRequested(Message):
        """Posted when another page is wanted; `show_page` answers it."""

        def __init__(self, place: Place) -> None:
            super().__init__()
            self.place = place

    class ViewChanged(Message):
        """Posted when the user has chosen another order or other columns."""

    class EmailTyped(Message):
        """Posted when an e-mail address is typed into the filter."""

    def __init__(
        self,
        *,
        per_page: int = 15,
        columns: Collection[str] = ("id", "name", "members"),
        sort: str | None = None,
        id: str | None = None,
    ) -> None:
        """Create a list without groups.

        Args:
            per_page: Groups on a page.
            columns: The keys of the columns to show.
            sort: The key of the column to sort by, with a leading `-` from high to low.
            id: The id of the widget.
        """
        self.per_page = per_page
        self.with_members = False
        """Whether the filter also searches the names of members."""
        self.found_user_ids: Set[int] = frozenset()
        """The ids of the users whom the filter has found."""
        self._cursor_by_page: dict[int, int] = {}
        self._ordered: tuple[tuple[object, ...], OrderedGroups] | None = None
        """The last result of `ordered`, and what it was computed from."""
        self._searched = 0
        """The number of loaded groups that the filter has searched."""
        self._shown_columns = set(columns)
        super().__init__(
            Table((), identity=lambda group: group.id, sort_column=sort.removeprefix("-") if sort else None),
            search=self._matches,
            search_size=self._search_size,
            placeholder="any group, by name or id",
            has_scopes=True,
            id=id,
        )
        self.table.sorted_by_user = bool(sort)
        self.table.sort_reversed = bool(sort) and str(sort).startswith("-")
        self.table.columns = self._columns()

    # Pages

    def show_page(self, page: GroupPage, place: Place | None = None) -> bool:
        """Show a page with the cursor on a group; return whether the group is on the page.

        The default is the group that was under the cursor when the page was last shown.
        """
        place = place or Place(page.page)
        is_other_page = self.page is not None and self.page.page != page.page
        if is_other_page:
            self.drop_filter()  # but not on the first page: the filter may be older than its answer
        group_id = place.group_id
        if group_id is None and not place.row and (self.page is None or is_other_page):
            group_id = self._cursor_by_page.get(page.page)
        self.page = page
        if place.row:
            self.table.cursor = 0 if place.row == "first" else len(page.groups) - 1
        return group_id is None or self.table.move_to(group_id)

    def can_turn(self, to: str) -> bool:
        """Return whether there is a page to turn to; while a filter is set, there is none."""
        return not self.filtered and self._page_number(to) is not None

    def turn(self, to: str, row: Literal["", "first", "last"] = "") -> None:
        """Request the `next`, `previous`, `first` or `last` page, with the cursor on a row."""
        if (number := self._page_number(to)) is not None:
            self.post_message(self.PageRequested(Place(number, row=row)))

    def _page_number(self, to: str) -> int | None:
        if (page := self.page) is None:
            return None
        targets = {"next": page.page + 1, "previous": page.page - 1, "first": 1, "last": page.last_page}
        number = targets[to]
        return number if 1 <= number <= page.last_page and number != page.page else None

    @on(Table.EdgeReached)
    def _edge_reached(self, event: Table.EdgeReached) -> None:
        """Go on to the next page when the cursor leaves this one."""
        event.stop()
        if self.filtered:
            return
        match event.direction:
            case "after":
                self.turn("next", "first")
            case "before":
                self.turn("previous", "last")
            case "first" | "last" as end:
                self.turn(end, end)

    def set_page_size(self, per_page: int) -> None:
        """Request a page of another size that holds the group under the cursor."""
        group = self.table.current
        first = 0 if self.page is None else self.page.first
        position = None if group is None else self._position(group.id)
        self.per_page = per_page
        self._cursor_by_page.clear()
        number = (first if position is None else position) // per_page + 1
        self.post_message(self.PageRequested(Place(number, None if group is None else group.id)))

    # Order and columns

    @property
    def sort(self) -> str | None:
        """The key of the column that groups are sorted by, with a leading `-` from high to low, or None."""
        key = self.table.sort_column
        return f"-{key}" if key and self.table.sort_reversed else key

    @property
    def shown_columns(self) -> list[str]:
        """The keys of the columns that the user has chosen, from left to right."""
        return [column.key for column in self.table.columns]

    @property
    def ordered(self) -> OrderedGroups | None:
        """All groups in the order of the user; None without one, or until all are loaded."""
        if self.table.sort_column is None or not self.directory.complete:
            return None
        basis = (self.directory, self.sort, self.recent)
        if self._ordered is None or self._ordered[0] != basis:
            groups = self.table.in_order(self.directory.groups)
            positions = {group.id: position for position, group in enumerate(groups)}
            self._ordered = basis, OrderedGroups(groups, positions)
        return self._ordered[1]

    def page_in_order(self, number: int) -> GroupPage | None:
        """Return a page of all groups in the order of the user, at most the last; None without one."""
        as_of = self.directory.as_of
        if (ordered := self.ordered) is None or as_of is None:
            return None
        count = len(ordered.groups)
        last_page = max(1, ceil(count / self.per_page))
        number = min(number, last_page)
        shown = tuple(ordered.groups[(number - 1) * self.per_page : number * self.per_page])
        return GroupPage(shown, number, last_page, self.per_page, count, as_of)

    def sort_by(self, key: str) -> None:
        """Sort by a column, which is shown if it was not."""
        self._show_columns({*self._shown_columns, key})
        self.table.sort_by_column(key)

    def toggle_column(self, key: str) -> None:
        """Show or hide a column; the names stay."""
        if key != "name":
            self._show_columns(self._shown_columns ^ {key})

    def _show_columns(self, keys: set[str]) -> None:
        if keys != self._shown_columns:
            self._shown_columns = keys
            self.table.columns = self._columns()
            self.table.relayout()
            self.post_message(self.ViewChanged())

    @on(Table.SortChanged)
    def _sort_changed(self, event: Table.SortChanged) -> None:
        """Show the first groups in the new order; until all are loaded, only the page is sorted."""
        event.stop()
        self._cursor_by_page.clear()
        self._show_title()
        self.post_message(self.ViewChanged())
        if self.directory.complete and not self.filtered:
            self.post_message(self.PageRequested(Place(row="first")))

    # Places

    @property
    def place(self) -> Place | None:
        """The page and the group under the cursor."""
        if self.table.current is None or self.page is None:
            return None
        return Place(self.page.page, self.table.current.id)

    def place_of(self, group_id: int, member_id: int | None = None) -> Place | None:
        """Return where a loaded group is, or None."""
        position = self._position(group_id)
        return None if position is None else Place(position // self.per_page + 1, group_id, member_id)

    def _position(self, group_id: int) -> int | None:
        """Return the position of a group in the list, counted from 0, or None."""
        if (ordered := self.ordered) is not None:
            return ordered.positions.get(group_id)
        return self.directory.position(group_id)

    # Badges

    @on(FilterableTable.MarksChanged)
    def _marks_changed(self, event: FilterableTable.MarksChanged) -> None:
        event.stop()
        self._show_title()

    @property
    def marked_ids(self) -> list[int]:
        """The ids of the marked groups of all pages, in the order in which they were marked."""
        return [each for each in self.marks if isinstance(each, int)]

    def watch_recent(self) -> None:
        """Show how many members of groups have joined and left, as `+3 −1`."""
        self.table.columns = self._columns()
        self.table.relayout()

    def _show_title(self) -> None:
        marked = f"{len(self.marks)} marked" if self.marks else ""
        only_page = self.table.sort_column is not None and not self.directory.complete
        order = "only this page is sorted" if only_page else self._hidden_order
        self.border_title = " · ".join(filter(None, (self.BORDER_TITLE, marked, order)))

    @property
    def _hidden_order(self) -> str:
        """By what groups are sorted, if there is no room for that column; otherwise its title shows it."""
        key = self.table.sort_column
        if key is None or key in self.table.visible_columns:
            return ""
        title = next((column.title for column in self.table.columns if column.key == key), key)
        return f"by {title} {DESCENDING if self.table.sort_reversed else ASCENDING}"

    def on_resize(self) -> None:
        self._show_title()
        self._show_position()

    def _columns(self) -> tuple[Column[Group], ...]:
        recent = self.recent
        change = Column(
            "change",
            f"± {weekday(recent.since)}" if recent is not None and recent.by_group else "",
            self._badge,
            sort_key=self._turnover,
            width=self._badge_width,
            align="right",
            largest_first=True,
            style=self._badge_style,
        )
        created_by = Column(
            "created_by", "Created by", self._creator, min_width=10, style="muted", priority=2
        )
        all_columns = (*COLUMNS[:2], change, *COLUMNS[2:], created_by)
        return tuple(column for column in all_columns if column.key in self._shown_columns)

    def _creator(self, group: Group) -> str:
        return "" if group.created_by is None else self.directory.user(group.created_by).label

    def _changes_of(self, group: Group) -> Collection[Change]:
        return () if self.recent is None else self.recent.by_group.get(group.id, {}).values()

    def _badge(self, group: Group) -> str:
        return change_counts(self._changes_of(group))

    def _badge_style(self, group: Group) -> str:
        kinds = [change.kind for change in self._changes_of(group)]
        return "joined" if kinds.count(ChangeKind.JOINED) > kinds.count(ChangeKind.LEFT) else "left"

    def _turnover(self, group: Group) -> int:
        return len(self._changes_of(group))

    def _badge_width(self, groups: Sequence[Group]) -> int:
        return max((len(self._badge(group)) for group in groups), default=0)

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

    def watch_directory(self) -> None:
        """Search in the groups that were loaded meanwhile, if there are many more, or all."""
        self._show_title()
        loaded, known = self.directory.group_count, self._searched
        if self.filtered and (self.directory.complete or loaded > known * GROWTH_BEFORE_SEARCH):
            self.search_again()

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
        self._searched = self.directory.group_count
        found = self.directory.group_index.search(text)
        self.found_user_ids = self.directory.user_index.search_ids(text) if self.with_members else frozenset()
        if self.found_user_ids:
            known = {group.id for group in found}
            with_members = self.directory.groups_with(self.found_user_ids)
            found += [group for group in with_members if group.id not in known]
        return found or self.directory.group_index.misspelled(text)

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
            place, size = position(self.page), f" · {self.page.per_page}/page"
            has_room = cell_len(place + size) <= self.size.width - BORDER_CELLS
            self.border_subtitle = place + size if has_room else place
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


def _last_change(group: Group) -> str:
    """Return the day of the last change; as it was sent if it could not be parsed."""
    time = group.updated_at
    if time is None:
        return "never" if group.is_never_updated else "unknown"
    return local_day(time) if isinstance(time, datetime) else time


def _change_order(group: Group) -> str:
    time = group.updated_at
    return time.isoformat() if isinstance(time, datetime) else time or ""


COLUMNS: tuple[Column[Group], ...] = (
    ID_COLUMN,
    Column("name", "Name", lambda group: group.label, min_width=24, match="words"),
    Column(
        "members",
        "Members",
        lambda group: f"{len(group.members):,}",
        sort_key=lambda group: len(group.members),
        align="right",
        width=7,
        largest_first=True,
        style="muted",
    ),
    Column(
        "changed",
        "Changed",
        _last_change,
        sort_key=_change_order,
        width=10,
        priority=1,
        largest_first=True,
        style="muted",
    ),
)
"""The columns that need no more than the group."""
