"""The dialog that lists the marked groups of all pages."""

from __future__ import annotations

from collections.abc import Sequence

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical

from ..directory.directory import Directory
from ..directory.models import Group
from ..output.records import GROUP_FIELDS, Report, group_records, site_report
from ..text import pluralize
from ..widgets.group_list import COLUMNS, GroupList
from ..widgets.table import FilterableTable, Table
from .base import JumpTarget
from .groups import GroupsDialog


class MarkedGroupsDialog(GroupsDialog):
    """Lists the marked groups; a group whose mark is removed stays until the dialog is closed."""

    def __init__(self, directory: Directory, instance: str, groups: GroupList) -> None:
        """Create a dialog on the marks of a list of groups, with which it shares them."""
        super().__init__(directory, instance, Table(COLUMNS, identity=lambda group: group.id))
        self.list.marks = groups.marks
        self._groups = groups
        self._ids = groups.marked_ids

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog -list") as box:
            box.border_title = "Marked groups"
            yield self.list
            yield from self.compose_footer()

    def show_groups(self) -> None:
        self._ids = list(dict.fromkeys([*self._ids, *self._groups.marked_ids]))
        groups = [group for group in map(self.directory.group, self._ids) if group is not None]
        self.list.show(groups, empty="No group is marked: space marks one.")

    @on(FilterableTable.MarksChanged)
    def _marks_shared(self) -> None:
        self._groups.show_marks()

    def summary(self) -> str:
        return "" if self.list.marks else pluralize(0, "marked group")

    def report(self, rows: Sequence[Group]) -> Report:
        return site_report(
            self.directory, self.instance, "groups", GROUP_FIELDS, group_records(self.directory, rows)
        )

    def open_record(self, record: Group) -> None:
        self.go_to(JumpTarget(record.id))
