"""The right pane: one group and its members."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import replace
from datetime import datetime

from rich.cells import cell_len
from textual import on
from textual.app import ComposeResult
from textual.content import Content
from textual.message import Message
from textual.reactive import var
from textual.widgets import Static

from ..directory.changes import Change, ChangeKind, RecentChanges
from ..directory.directory import Directory
from ..directory.models import GroupDetail, User
from ..directory.search import SearchIndex
from ..text import fold, pluralize, sanitize
from ..times import local_day
from .table import Column, FilterableTable, Table
from .table_layout import ID_COLUMN
from .user_state import MemberFilter, change_counts, change_summary, change_words, state_style, state_words

MAX_TITLE_LINES = 4
"""Lines of the group's name; a longer one ends with an ellipsis."""

MAX_MEASURED_ROWS = 500
"""Rows whose texts determine the widths of columns."""

NAME_CELLS = 18
"""The room for names, which other columns leave, among many rows; most names fit."""

STATE_CELLS = 13
"""The width of `+ Thu, no 2FA`, which there is always room for."""

FACTS_PADDING = 2
"""Cells beside the facts."""

BORDER_PADDING = 2
"""Cells beside the text in the border."""


class MemberList(FilterableTable[User]):
    """Shows a group: who created and changed it, its members, and who has left it recently."""

    BORDER_TITLE = "Members"

    detail: var[GroupDetail | None] = var(None)
    """The group under the cursor of the list; None if there is none."""
    directory: var[Directory] = var(Directory)
    """The names and the details of users."""
    recent: var[RecentChanges | None] = var(None)
    """Who joined and left recently; None if that is not known."""
    progress: var[str] = var("")
    """What is being read in the background; empty if nothing is."""

    class ProfilesNeeded(Message):
        """Posted when the filter needs the details of users."""

    def __init__(self, *, id: str | None = None) -> None:
        self._email = Column(
            "email", "E-mail", self._email_of, min_width=14, priority=2, style="muted", match="words"
        )
        self._columns: tuple[Column[User], ...] = (
            replace(ID_COLUMN, priority=1),
            Column(
                "name",
                "Name",
                lambda user: user.label,
                sort_key=_by_name,
                min_width=_name_width,
                style=lambda user: "muted" if user.id in self._left else "",
                match="words",
            ),
            Column(
                "state",
                "State",
                self._state,
                sort_key=self._by_state,
                width=self._state_width,
                style=self._state_style,
            ),
        )
        super().__init__(
            Table(self._columns, identity=lambda user: user.id, sort_column="name"),
            search=self._matches,
            search_size=lambda: len(self._rows),
            placeholder="a name or id · inactive · !2fa",
            id=id,
        )
        self._facts = Static(id="facts")
        self._index: tuple[GroupDetail, SearchIndex[User]] | None = None
        """The index of the members, and the group that they belong to."""
        self._filter = MemberFilter.parse("")
        self._changes: Mapping[int, Change] = {}
        """The recent changes of the group, by the ids of users."""
        self._left: Mapping[int, User] = {}
        """The users who have left the group recently, by id."""
        self._sought = ""
        """The text by which the list of groups has found this group."""
        self._sought_ids: Set[int] = frozenset()
        """The ids of all users that match it."""

    def compose(self) -> ComposeResult:
        yield self._facts
        yield from super().compose()

    # The group

    def watch_detail(self, old: GroupDetail | None, detail: GroupDetail | None) -> None:
        if detail is None:
            self._facts.update("")
            self.show((), empty="")
            return
        same = old is not None and old.group.id == detail.group.id
        if not same:
            self.drop_filter()
        self._show_facts()
        self._show_members(detail, keep=same)
        if not same:
            self._move_to_sought()

    def watch_recent(self) -> None:
        if self.detail is not None:
            self._show_members(self.detail, keep=True)

    def watch_directory(self, old: Directory, directory: Directory) -> None:
        """Show the details of users once they are known."""
        if directory.profiles_by_id is not old.profiles_by_id:
            email = (self._email,) if directory.has_profiles else ()
            self.table.columns = (*self._columns[:2], *email, *self._columns[2:])
            self._index = None
            self.table.relayout()
            self.search_again()

    def on_resize(self) -> None:
        self._show_facts()
        self._show_count()

    def _show_facts(self) -> None:
        """Show the facts in as many lines as they need; the table has the others."""
        width = self.content_size.width - FACTS_PADDING
        if self.detail is None or width <= 0:
            return
        title_lines = max(1, min(MAX_TITLE_LINES, self.content_size.height // 4))
        lines = facts(self.detail, width, title_lines)
        self._facts.update(Content("\n").join(lines), layout=False)
        self._facts.styles.height = len(lines)

    def _show_members(self, detail: GroupDetail, *, keep: bool) -> None:
        group = detail.group
        self._changes = {} if self.recent is None else self.recent.of_group(group.id, group.members)
        self._left = {
            user_id: User(user_id, change.user)
            for user_id, change in self._changes.items()
            if change.kind is ChangeKind.LEFT
        }
        rows = (*detail.members, *self._left.values()) if self._left else detail.members
        self.show(rows, empty="This group has no members.", keep=keep)

    @on(FilterableTable.MarksChanged)
    def _show_mark_count(self) -> None:
        """Show how many users are marked, also in other groups."""
        marked = f"{len(self.marks)} marked" if self.marks else ""
        self.border_title = " · ".join(filter(None, (self.BORDER_TITLE, marked)))

    def is_member(self, user: User) -> bool:
        """Return whether a user in the list is a member, and has not left."""
        return user.id not in self._left

    # What the filter of the groups has found

    def seek(self, text: str, user_ids: Set[int]) -> None:
        """Highlight the members by whom the list of groups has found this group."""
        if (text, user_ids) != (self._sought, self._sought_ids):
            self._sought, self._sought_ids = text, user_ids
            self.table.highlighted_text = self.highlighted_text
            self.table.refresh()
            self._move_to_sought()

    def _move_to_sought(self) -> None:
        if self._sought_ids and not self.filtered:
            found = next((user for user in self.table.rows if user.id in self._sought_ids), None)
            if found is not None:
                self.table.move_to(found.id)

    # The filter

    @property
    def highlighted_text(self) -> str:
        return self._filter.names if self.filtered else self._sought

    @property
    def is_ranked(self) -> bool:
        return bool(self._filter.names)

    @property
    def no_match_text(self) -> str:
        if not self._filter.needs_profiles or self.directory.has_profiles:
            if not (reason := self._filter.contradiction):
                return super().no_match_text
            return f"Nothing here matches “{sanitize(self.query_text, 40)}”: {reason}."
        if self.progress:
            return f"The details of users are not known yet: {self.progress}…"
        return "The details of users are not known. R reads them."

    def watch_query_text(self, text: str) -> None:
        self._filter = MemberFilter.parse(text)
        if self._filter.needs_profiles and not self.directory.has_profiles:
            self.post_message(self.ProfilesNeeded())

    def watch_progress(self) -> None:
        if self._filter.needs_profiles and not self.directory.has_profiles:
            self.search_again()

    def watch_match_count(self) -> None:
        self._show_count()

    def _show_count(self) -> None:
        """Show how many members there are, how many are in the list, and who is no longer a member."""
        if self.detail is None:
            self.border_subtitle = ""
            return
        count = pluralize(len(self.detail.members), "member")
        if self.match_count is not None:
            left = sum(user.id in self._left for user in self.table.rows) if self._left else 0
            parts = [f"{self.match_count - left:,} of {count}", f"{left:,} left" if left else ""]
        else:
            parts = [count, change_summary(self._changes.values(), self.recent) if self.recent else ""]
            if len(" · ".join(parts)) > self.content_size.width - BORDER_PADDING:
                parts[1] = change_counts(self._changes.values())
        self.border_subtitle = " · ".join(filter(None, parts))

    def _matches(self, text: str) -> Sequence[User]:
        wanted = MemberFilter.parse(text)
        found: Iterable[User] = self._rows
        if wanted.names:
            words = fold(wanted.names).split()
            former = [user for user in self._left.values() if _has_words(user, words)]
            found = [*self._member_index.search(wanted.names), *former]
            found = found or self._member_index.misspelled(wanted.names)
        for word in wanted.excluded:
            excluded = self._member_index.search_ids(word)
            excluded |= {user.id for user in self._left.values() if _has_words(user, [word])}
            found = [user for user in found if user.id not in excluded]
        if not wanted.terms:
            return list(found)
        profiles, changes = self.directory.profiles_by_id, self._changes
        return [user for user in found if wanted.matches(user, profiles.get(user.id), changes.get(user.id))]

    @property
    def _member_index(self) -> SearchIndex[User]:
        assert self.detail is not None
        if self._index is None or self._index[0] is not self.detail:
            self._index = self.detail, self.directory.member_index(self.detail.group)
        return self._index[1]

    # Cells

    def _email_of(self, user: User) -> str:
        return self.directory.email(user.id) or ""

    def _words(self, user: User) -> list[str]:
        return [] if user.id in self._left else state_words(user, self.directory.profile(user.id))

    def _state(self, user: User) -> str:
        text = self._state_text(user)
        return text if len(text) <= self._state_room else self._state_text(user, short=True)

    def _state_text(self, user: User, *, short: bool = False) -> str:
        """Return when the user joined or left, and the states; what is cut is the last of them."""
        words, change = self._words(user), self._changes.get(user.id)
        if change is not None and self.recent is not None:
            words.insert(0, change_words(change, self.recent, short=short))
        return ", ".join(words)

    def _state_style(self, user: User) -> str:
        return state_style(self._words(user), self._changes.get(user.id))

    def _by_state(self, user: User) -> tuple[bool, str, tuple[bool, str, int]]:
        """Return the sort key by state; users without one come last."""
        state = self._state_text(user)
        return not state, state, _by_name(user)

    @property
    def _state_room(self) -> int:
        """The cells that the states have at most."""
        if len(self._rows) > MAX_MEASURED_ROWS:
            return STATE_CELLS
        return max(STATE_CELLS, self.table.size.width * 2 // 5)

    def _state_width(self, users: Sequence[User]) -> int:
        if len(users) > MAX_MEASURED_ROWS:
            return STATE_CELLS
        widest = max((len(self._state(user)) for user in users), default=0)
        return min(widest, self._state_room)


def facts(detail: GroupDetail, width: int, title_lines: int) -> list[Content]:
    """Return lines of `width` cells about a group: its name, in a few lines at most, and its changes."""
    group = detail.group
    title = Content.styled(sanitize(group.label), "bold $foreground").wrap(width)
    if len(title) > title_lines:
        last = Content(" ").join(title[title_lines - 1 :]).truncate(width, ellipsis=True)
        title = [*title[: title_lines - 1], last]
    texts = (
        f"#{group.id} · {pluralize(len(detail.members), 'member')}",
        f"created {_when(group.created_at, detail.created_by)}",
        "never updated"
        if group.is_never_updated
        else f"updated {_when(group.updated_at, detail.updated_by)}",
    )
    return [*title, *(line for text in texts for line in Content(text).wrap(width))]


def _when(time: datetime | str | None, user: User | None) -> str:
    if isinstance(time, datetime):
        words = local_day(time)
    else:
        words = sanitize(time) if time else "at an unknown time"
    return f"{words} by {sanitize(user.label)}" if user is not None else words


def _by_name(user: User) -> tuple[bool, str, int]:
    """Return the sort key of a user; users without a name come last."""
    return user.name is None, fold(user.label), user.id


def _name_width(users: Sequence[User]) -> int:
    """Return the room for names; columns that leave less are left out."""
    if len(users) > MAX_MEASURED_ROWS:
        return NAME_CELLS
    return min(NAME_CELLS, max((cell_len(sanitize(user.label)) for user in users), default=0))


def _has_words(user: User, words: Iterable[str]) -> bool:
    return all(word in fold(user.label) or str(user.id).startswith(word.lstrip("#")) for word in words)
