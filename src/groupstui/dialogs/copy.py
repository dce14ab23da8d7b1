"""What can be copied of what is on the screen."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical

from ..output.formats import pieces
from ..output.report import Report
from ..text import pluralize, sanitize
from ..widgets.key_footer import KeyFooter
from ..widgets.table import Column, Table
from .base import Dialog

LONGEST = 10_000
"""A text is copied as it is shown, but not cut where the screen cuts it."""


A_FEW = 20
"""Pieces of a text that are made to show how it begins."""

ONES = {"users": "user"}
"""What one of the rows is called, where that is not the word for many without its last letter."""


@dataclass(frozen=True, slots=True)
class Copy:
    """A text that can be copied, and what it is."""

    what: str
    make: Callable[[], Iterable[str]]
    """Gives the text in pieces."""

    @property
    def text(self) -> str:
        """All of it."""
        return "".join(self.make())

    @property
    def beginning(self) -> str:
        """What there is room for beside the name of it."""
        return "".join(islice(self.make(), A_FEW))


# Texts are made safe: a line break in a name would run what follows it, where it is pasted into a shell.


def copy_of_line(what: str, text: str) -> Copy:
    """Return one line to copy."""
    return Copy(what, lambda: [sanitize(text, LONGEST)])


def copies_of_row(name: str, number: int, email: str | None = None) -> list[Copy]:
    """Return what can be copied of the group or the user under the cursor.

    Args:
        name: Its name.
        number: Its id.
        email: The e-mail address of a user, if there is one.
    """
    address = [copy_of_line("the e-mail address", email)] if email else []
    return [copy_of_line("the name", name), copy_of_line("the id", str(number)), *address]


def copies_of(report: Report, lines: Callable[[], Iterable[str]]) -> list[Copy]:
    """Return what can be copied of a whole list.

    Args:
        report: The rows on the screen.
        lines: Gives the same, each in one line.
    """
    one = ONES.get(report.kind, report.kind.removesuffix("s"))
    whole = (
        f"all {pluralize(len(report.records), one, report.kind)}" if len(report.records) != 1 else "the list"
    )
    return [
        Copy(f"{whole}, one a line", lambda: _joined(lines())),
        Copy(f"{whole} as CSV", lambda: pieces(report, "csv")),
        Copy(f"{whole} as Markdown", lambda: pieces(report, "markdown")),
        Copy(f"{whole} as JSON", lambda: pieces(report, "json")),
    ]


def _joined(lines: Iterable[str]) -> Iterator[str]:
    """Return lines with breaks between them, and none at the end: a shell would run what is pasted."""
    between = ""
    for line in lines:
        yield between + sanitize(line, LONGEST)
        between = "\n"


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
            yield KeyFooter()

    def on_mount(self) -> None:
        """Fill the table."""
        self.query_one(Table).show(self._copies)

    @on(Table.Selected)
    def _selected(self, event: Table.Selected[Copy]) -> None:
        event.stop()
        self.dismiss(event.row)


COLUMNS: tuple[Column[Copy], ...] = (
    Column("what", "What", lambda copy: copy.what, width=30),
    Column("text", "Text", lambda copy: copy.beginning),
)
