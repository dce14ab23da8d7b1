"""The dialog that lists the groups of one user."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from ..directory.changes import Change, RecentChanges
from ..directory.directory import Directory
from ..directory.models import Group, User
from ..output.records import Report, user_report
from ..text import pluralize, sanitize
from ..widgets.group_list import COLUMNS
from ..widgets.table import Column, Table
from ..widgets.user_state import ATTENTION, change_summary, change_words, state_style, state_words
from .base import JumpTarget
from .groups import GroupsDialog


class UserGroupsDialog(GroupsDialog):
    """Lists the groups of a user, and those that the user has left recently."""

    def __init__(
        self, directory: Directory, instance: str, user: User, recent: RecentChanges | None = None
    ) -> None:
        id_column, name, members, changed = COLUMNS
        columns = (
            id_column,
            replace(name, style=lambda group: "" if self.is_record(group) else "muted"),
            members,
            changed,
            Column("change", "Change", self._change, width=self._change_width, style=self._change_style),
        )
        table = Table(columns, identity=lambda group: group.id, sort_column="name", id="groups")
        super().__init__(directory, instance, table)
        self.recent = recent
        self._user = user
        self._count = 0
        self._changes: Mapping[int, Change] = {}
        """When the user joined or left groups, by id of the group."""
        self._left: tuple[Group, ...] = ()

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog -list") as box:
            # Content, because a plain string would be parsed as markup.
            box.border_title = Content(f"Groups of {sanitize(self._user.label)} · #{self._user.id}")
            yield Static(id="user")
            yield self.list
            yield from self.compose_footer()

    def show_groups(self) -> None:
        directory, user_id = self.directory, self._user.id
        groups = directory.groups_of(user_id)
        self._count = len(groups)
        now = {group.id for group in groups}
        self._changes = {} if self.recent is None else self.recent.of_user(user_id, now)
        known = map(directory.group, self._changes.keys() - now)
        self._left = directory.by_name(group for group in known if group is not None)
        empty = f"Not a member of any of the {pluralize(directory.group_count, 'loaded group')}."
        self.query_one("#user", Static).update(self._head())
        self.list.show((*groups, *self._left), empty=empty)

    def _head(self) -> Content:
        """Return the e-mail address and the states of the user, and the number of groups."""
        profile = self.directory.profile(self._user.id)
        words = state_words(self._user, profile)
        parts = [Content(sanitize(email))] if profile is not None and (email := profile.email) else []
        parts += [Content.styled(word, "$text-warning" if word in ATTENTION else "") for word in words]
        return Content(" · ").join([*parts, Content(f"in {self._group_count()}")])

    def _group_count(self) -> str:
        total, loaded = self.directory.total or 0, self.directory.group_count
        if self.directory.complete:
            return f"{self._count:,} of {pluralize(total, 'group')}"
        return f"{pluralize(self._count, 'group')} of the {loaded:,} loaded, of {total:,}"

    def summary(self) -> str:
        changes = change_summary(self._changes.values(), self.recent) if self.recent else ""
        return " · ".join(filter(None, (pluralize(self._count, "group"), changes)))

    def is_record(self, row: Group) -> bool:
        return row not in self._left

    def report(self, rows: Sequence[Group]) -> Report:
        return user_report(self.directory, self.instance, self._user, rows)

    def open_record(self, record: Group) -> None:
        self.go_to(JumpTarget(record.id, self._user.id))

    # Cells

    def _change(self, group: Group) -> str:
        change = self._changes.get(group.id)
        return "" if change is None or self.recent is None else change_words(change, self.recent)

    def _change_style(self, group: Group) -> str:
        return state_style((), self._changes.get(group.id))

    def _change_width(self, groups: Sequence[Group]) -> int:
        return max((len(self._change(group)) for group in groups if group.id in self._changes), default=0)
