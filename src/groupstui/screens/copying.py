"""What can be copied of what is on the screen."""

from collections.abc import Iterable, Sequence
from typing import ClassVar, NamedTuple

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

LONGEST = 10_000
"""A text is copied as it is shown, but not cut where the screen cuts it."""


ONES = {"people": "person"}
"""What one of the rows is called, where that is not the word for many without its last letter."""


class Copy(NamedTuple):
    """A text that can be copied, and what it is."""

    what: str
    text: str


# Texts are made safe: a line break in a name would run what follows it, where it is pasted into a shell.


def copy_of_line(what: str, text: str) -> Copy:
    """Give one line to copy."""
    return Copy(what, clean(text, LONGEST))


def copies_of_row(name: str, number: int, email: str | None = None) -> list[Copy]:
    """Give what can be copied of the group or the person under the cursor.

    Args:
        name: Its name.
        number: Its id.
        email: The e-mail address of a person, if there is one.
    """
    address = [copy_of_line("the e-mail address", email)] if email else []
    return [copy_of_line("the name", name), Copy("the id", str(number)), *address]


def copies_of(report: Report, lines: Iterable[str]) -> list[Copy]:
    """Give what can be copied of a whole list.

    Args:
        report: The rows on the screen.
        lines: The same, each in one line.
    """
    one = ONES.get(report.kind, report.kind.removesuffix("s"))
    whole = f"all {count(len(report.records), one, report.kind)}" if len(report.records) != 1 else "the list"
    return [
        Copy(f"{whole}, one a line", "\n".join(clean(line, LONGEST) for line in lines)),
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
