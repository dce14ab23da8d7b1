"""What can be copied of what is on the screen."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical

from ..report import Report
from ..report.formats import write
from ..text import clean, count
from ..widgets.hint_bar import HintBar
from ..widgets.table import Column, Table
from .dialog import Dialog

LONGEST_NAME = 10_000
"""A name is copied as it is shown, but not cut where the screen cuts it."""


@dataclass(frozen=True, slots=True)
class Copy:
    """A text that can be copied, and what it is."""

    what: str
    text: str


def copies_of(report: Report, name: str, number: int, email: str | None = None) -> list[Copy]:
    """Give what can be copied: of the row under the cursor, and of the whole list.

    Names are made safe: a line break in one would run what follows it, where it is pasted into a shell.

    Args:
        report: The rows on the screen.
        name: The name under the cursor.
        number: The id under the cursor.
        email: The e-mail address of the person under the cursor, if there is one.
    """
    names = [clean(str(record["name"] or f"#{record['id']}"), LONGEST_NAME) for record in report.records]
    whole = f"all {count(len(names), report.kind.removesuffix('s'))}" if len(names) != 1 else "the list"
    return [
        Copy("the name", clean(name, LONGEST_NAME)),
        Copy("the id", str(number)),
        *([Copy("the e-mail address", clean(email, LONGEST_NAME))] if email else []),
        Copy(f"{whole}, a name a line", "\n".join(names)),
        Copy(f"{whole} as CSV", write(report, "csv")),
        Copy(f"{whole} as Markdown", write(report, "markdown")),
        Copy(f"{whole} as JSON", write(report, "json")),
    ]


class CopyTable(Table[Copy]):
    """A table whose rows are copied, not opened."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "select", "copy", id="take.copy_row", tooltip="Copy what is under the cursor"),
    ]


class CopyDialog(Dialog[Copy]):
    """Gives the text to copy."""

    def __init__(self, copies: Sequence[Copy]) -> None:
        """Make the dialog.

        Args:
            copies: What to choose from.
        """
        super().__init__()
        self._copies = copies

    def compose(self) -> ComposeResult:
        """Show a table."""
        with Vertical(classes="dialog") as box:
            box.border_title = "Copy"
            yield CopyTable(COLUMNS, identity=lambda copy: copy.what)
            yield HintBar()

    def on_mount(self) -> None:
        """Fill the table."""
        self.query_one(Table).show(self._copies)

    @on(Table.Selected)
    def _selected(self, event: Table.Selected[Copy]) -> None:
        event.stop()
        self.dismiss(event.row)


COLUMNS: tuple[Column[Copy], ...] = (
    Column("what", "What", lambda copy: copy.what, width=30),
    Column("text", "Text", lambda copy: copy.text),
)
