"""The groups of one user."""

from __future__ import annotations

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content

from ..directory.directory import Directory
from ..directory.models import Group, User
from ..output.records import user_report
from ..output.report import Report
from ..text import pluralize, sanitize
from ..widgets.group_list import COLUMNS
from ..widgets.table import Table
from .copy import Copy, copies_of, copies_of_row
from .records_dialog import RecordsDialog


class UserGroupsDialog(RecordsDialog[int]):
    """Shows which groups a user is in; gives the id of the one to jump to."""

    def __init__(self, directory: Directory, instance: str, user: User) -> None:
        """Make the dialog.

        Args:
            directory: What was seen so far.
            instance: The site's address.
            user: Whose groups to show.
        """
        super().__init__(directory, instance)
        self._user = user

    def compose(self) -> ComposeResult:
        """Show a table, and how much of the site it speaks of."""
        with Vertical(classes="dialog") as box:
            # As Content: a plain text would be read as markup.
            box.border_title = Content(f"Groups of {sanitize(self._user.label)} · #{self._user.id}")
            yield Table[Group](COLUMNS, identity=lambda group: group.id, id="groups")
            yield from self.compose_end()

    def on_mount(self) -> None:
        """Fill the table."""
        self.directory_grown()

    def directory_grown(self) -> None:
        """Show the groups that are known by now."""
        groups = self.directory.groups_of(self._user.id)
        table = self.query_one("#groups", Table)
        table.empty = f"In none of the {pluralize(self.directory.group_count, 'group')} seen so far."
        table.show(groups)
        self.query_one(".dialog").border_subtitle = f"{pluralize(len(groups), 'group')} {self._extent()}"

    def _extent(self) -> str:
        seen, total = self.directory.group_count, self.directory.total or 0
        if self.directory.complete:
            return f"of all {total:,}"
        return f"among the {seen:,} of {total:,} seen so far"

    def report(self) -> Report:
        """Return the groups in the table, as they are sorted."""
        return user_report(self.directory, self.instance, self._user, self.query_one(Table).rows)

    def copies(self) -> list[Copy]:
        """Return what can be copied of the group under the cursor and of the list."""
        table: Table[Group] = self.query_one(Table)
        if (group := table.current) is None:
            return []
        row = copies_of_row(group.name, group.id)
        return [*row, *copies_of(self.report(), lambda: [each.name for each in table.rows])]

    @on(Table.Selected)
    def _selected(self, event: Table.Selected[Group]) -> None:
        event.stop()
        self.dismiss(event.row.id)
