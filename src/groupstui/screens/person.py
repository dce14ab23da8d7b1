"""The groups of one person."""

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content

from ..directory import Directory, Group, Member
from ..text import clean, count
from ..widgets.group_list import COLUMNS
from ..widgets.hint_bar import HintBar
from ..widgets.table import Table
from .dialog import Dialog


class PersonDialog(Dialog[int]):
    """Shows which groups a person is in; gives the id of the one to jump to."""

    def __init__(self, person: Member, directory: Directory) -> None:
        """Make the dialog.

        Args:
            person: Whose groups to show.
            directory: What was seen so far.
        """
        super().__init__()
        self._person = person
        self._directory = directory

    def compose(self) -> ComposeResult:
        """Show a table, and how much of the site it speaks of."""
        with Vertical(classes="dialog") as box:
            # As Content: a plain text would be read as markup.
            box.border_title = Content(f"Groups of {clean(self._person.label)} · #{self._person.id}")
            yield Table[Group](COLUMNS, identity=lambda group: group.id, id="groups")
            yield HintBar()

    def on_mount(self) -> None:
        """Fill the table."""
        self.directory_grown()

    def directory_grown(self) -> None:
        """Show the groups that are known by now."""
        groups = self._directory.groups_of(self._person.id)
        table = self.query_one("#groups", Table)
        table.empty = f"In none of the {count(self._directory.seen, 'group')} seen so far."
        table.show(groups)
        self.query_one(".dialog").border_subtitle = f"{count(len(groups), 'group')} {self._extent()}"

    def _extent(self) -> str:
        seen, total = self._directory.seen, self._directory.total or 0
        if self._directory.complete:
            return f"of all {total:,}"
        return f"among the {seen:,} of {total:,} seen so far"

    @on(Table.Selected)
    def _selected(self, event: Table.Selected[Group]) -> None:
        event.stop()
        self.dismiss(event.row.id)
