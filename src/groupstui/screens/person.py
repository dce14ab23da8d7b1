"""The groups of one person."""

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content

from ..directory import Directory, Group, Member
from ..report import Report
from ..report.records import person_report
from ..text import clean, count
from ..widgets.group_list import COLUMNS
from ..widgets.table import Table
from .copying import Copy, copies_of, copies_of_row
from .taking_dialog import TakingDialog


class PersonDialog(TakingDialog[int]):
    """Shows which groups a person is in; gives the id of the one to jump to."""

    def __init__(self, directory: Directory, instance: str, person: Member) -> None:
        """Make the dialog.

        Args:
            directory: What was seen so far.
            instance: The site's address.
            person: Whose groups to show.
        """
        super().__init__(directory, instance)
        self._person = person

    def compose(self) -> ComposeResult:
        """Show a table, and how much of the site it speaks of."""
        with Vertical(classes="dialog") as box:
            # As Content: a plain text would be read as markup.
            box.border_title = Content(f"Groups of {clean(self._person.label)} · #{self._person.id}")
            yield Table[Group](COLUMNS, identity=lambda group: group.id, id="groups")
            yield from self.compose_end()

    def on_mount(self) -> None:
        """Fill the table."""
        self.directory_grown()

    def directory_grown(self) -> None:
        """Show the groups that are known by now."""
        groups = self.directory.groups_of(self._person.id)
        table = self.query_one("#groups", Table)
        table.empty = f"In none of the {count(self.directory.seen, 'group')} seen so far."
        table.show(groups)
        self.query_one(".dialog").border_subtitle = f"{count(len(groups), 'group')} {self._extent()}"

    def _extent(self) -> str:
        seen, total = self.directory.seen, self.directory.total or 0
        if self.directory.complete:
            return f"of all {total:,}"
        return f"among the {seen:,} of {total:,} seen so far"

    def report(self) -> Report:
        """Give the groups in the table, as they are sorted."""
        return person_report(self.directory, self.instance, self._person, self.query_one(Table).rows)

    def copies(self) -> list[Copy]:
        """Give what can be copied of the group under the cursor and of the list."""
        table: Table[Group] = self.query_one(Table)
        if (group := table.current) is None:
            return []
        row = copies_of_row(group.name, group.id)
        return [*row, *copies_of(self.report(), lambda: [each.name for each in table.rows])]

    @on(Table.Selected)
    def _selected(self, event: Table.Selected[Group]) -> None:
        event.stop()
        self.dismiss(event.row.id)
