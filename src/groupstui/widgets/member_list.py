"""The right pane: one group and its members."""

from __future__ import annotations

from datetime import datetime

from textual.app import ComposeResult
from textual.content import Content
from textual.reactive import reactive
from textual.widgets import Static

from ..directory.directory import Directory
from ..directory.models import GroupDetail, User
from ..directory.search import SearchIndex
from ..text import fold, pluralize, sanitize
from ..times import local_minute
from .status_bar import age
from .table import Column, FilterableTable, Table
from .table_layout import ID_COLUMN, fit_text


class MemberList(FilterableTable[User]):
    """Shows a group: who created and changed it, and its members."""

    BORDER_TITLE = "Members"

    detail: reactive[GroupDetail | None] = reactive(None)
    """The group under the cursor of the list; None if there is none."""
    directory: reactive[Directory] = reactive(Directory)
    """The names and the addresses of users, which the filter searches."""
    from_history: reactive[bool] = reactive(False)
    """Whether the group comes from a snapshot of an earlier run."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(
            Table(COLUMNS, identity=lambda member: member.id, sort_column="name"),
            search=self._matches,
            search_size=lambda: 0 if self.detail is None else len(self.detail.members),
            placeholder="filter members by name or id",
            id=id,
        )
        self._facts = Static(id="facts")
        self._index: tuple[GroupDetail, SearchIndex[User]] | None = None
        """The index of the members, and the group that they belong to."""

    def compose(self) -> ComposeResult:
        yield self._facts
        yield from super().compose()

    def watch_detail(self, old: GroupDetail | None, detail: GroupDetail | None) -> None:
        if detail is None:
            self._facts.update("")
            self.show((), empty="")
            return
        same = old is not None and old.group.id == detail.group.id
        if not same:
            self.drop_filter()
        self._show_facts()
        self.show(detail.members, empty="This group has no members.", keep=same)

    def on_resize(self) -> None:
        self._show_facts()

    def _show_facts(self) -> None:
        if self.detail is not None:
            self._facts.update(facts(self.detail, self._facts.content_size.width))

    def watch_from_history(self) -> None:
        self._show_subtitle()

    def watch_match_count(self) -> None:
        self._show_subtitle()

    def _show_subtitle(self) -> None:
        subtitle = ""
        if self.detail is not None:
            subtitle = age(self.detail.as_of, with_date=self.from_history)
            if self.match_count is not None:
                subtitle = f"{self.match_count:,} of {len(self.detail.members):,} · {subtitle}"
        self.border_subtitle = subtitle

    def _matches(self, text: str) -> list[User]:
        if self.detail is None:
            return []
        if self._index is None or self._index[0] is not self.detail:
            self._index = self.detail, self.directory.member_index(self.detail.group)
        return self._index[1].search(text) or self._index[1].misspelled(text)


def facts(detail: GroupDetail, width: int) -> Content:
    """Return four lines about a group, whose name is cut to `width` cells; 0 if that is not known yet."""
    group = detail.group
    name = sanitize(group.name) or "(no name)"
    updated = "never" if group.updated_at is None else _when(group.updated_at, detail.updated_by)
    return Content.assemble(
        (fit_text(name, width).rstrip() if width else name, "bold $foreground"),
        f"\n#{group.id} · {pluralize(len(detail.members), 'member')}",
        f"\ncreated {_when(group.created_at, detail.created_by)}",
        f"\nupdated {updated}",
    )


def _when(time: datetime | str | None, user: User | None) -> str:
    if isinstance(time, datetime):
        words = local_minute(time)
    else:
        words = sanitize(time) if time else "at an unknown time"
    return f"{words} by {sanitize(user.label)}" if user is not None else words


def _name(member: User) -> str:
    """Return the name, or why there is none."""
    return f"{member.label} · not named by the instance" if member.name is None else member.label


def _by_name(member: User) -> tuple[bool, str, int]:
    """Return the sort key of a member; members without a name come last."""
    return member.name is None, fold(member.label), member.id


COLUMNS: tuple[Column[User], ...] = (
    ID_COLUMN,
    Column("name", "Name", _name, sort_key=_by_name, min_width=8, match="words"),
)
