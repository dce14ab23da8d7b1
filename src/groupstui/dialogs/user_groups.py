"""The dialog that lists the groups of one user."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.content import Content

from ..directory.directory import Directory
from ..directory.models import Group, User
from ..output.records import Report, user_report
from ..text import pluralize, sanitize
from ..widgets.group_list import COLUMNS
from ..widgets.table import Table
from . import compare
from .base import COMPARE_BINDING, JumpTarget
from .copy import Copy, copies_of_row
from .records import RecordsDialog


class UserGroupsDialog(RecordsDialog[Group]):
    """Lists the groups of a user."""

    BINDINGS: ClassVar[list[BindingType]] = [COMPARE_BINDING]

    ROW_NOUN = "group"

    def __init__(self, directory: Directory, instance: str, user: User) -> None:
        super().__init__(directory, instance, Table(COLUMNS, identity=lambda group: group.id, id="groups"))
        self._user = user
        self._count = 0

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog -list") as box:
            # Content, because a plain string would be parsed as markup.
            box.border_title = Content(f"Groups of {sanitize(self._user.label)} · #{self._user.id}")
            yield self.list
            yield from self.compose_footer()

    def on_mount(self) -> None:
        super().on_mount()
        self._show_groups()

    def update_directory(self, directory: Directory) -> None:
        super().update_directory(directory)
        self._show_groups()

    def _show_groups(self) -> None:
        directory = self.directory
        groups = directory.groups_of(self._user.id)
        self._count = len(groups)
        empty = f"Not a member of any of the {pluralize(directory.group_count, 'loaded group')}."
        self.list.show(groups, empty=empty)

    def summary(self) -> str:
        total, loaded = self.directory.total or 0, self.directory.group_count
        if self.directory.complete:
            return f"{self._count:,} of {pluralize(total, 'group')}"
        return f"{pluralize(self._count, 'group')} of the {loaded:,} loaded, of {total:,}"

    def report(self, rows: Sequence[Group]) -> Report:
        return user_report(self.directory, self.instance, self._user, rows)

    def row_copies(self, record: Group) -> list[Copy]:
        return copies_of_row(record.name, record.id)

    def row_text(self, record: Group) -> str:
        return record.name

    def open_record(self, record: Group) -> None:
        self.go_to(JumpTarget(record.id, self._user.id))

    def action_compare(self) -> None:
        compare.compare_marked(self, self.list, self.directory, self.instance, self.go_to)
