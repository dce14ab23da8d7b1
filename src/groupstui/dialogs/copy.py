"""The dialog that asks what to copy, and the texts that it offers."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical

from ..directory.directory import Directory
from ..output.formats import pieces
from ..terminal.stdio import printable
from ..text import one_line, pluralize, sanitize
from ..widgets.commands import bind
from ..widgets.key_footer import KeyFooter
from ..widgets.table import Column, Table
from .base import Dialog
from .copy_export import RowSet

PREVIEW_PIECES = 20
"""Pieces of a text that are made for its preview."""

MAX_QUOTED_CHARS = 60
"""The length of a copied text in a notice."""

OWNER_FIELDS = ("group_id", "group")
"""The fields that are the same in all members of a group; a table in a text does not need them."""


@dataclass(frozen=True, slots=True)
class Copy:
    """A text that can be copied."""

    name: str
    """What is copied, as in `the name`."""
    make: Callable[[], Iterable[str]]
    """Returns the text in pieces."""
    summary: str = ""
    """What a notice calls it, as in `25 members as CSV`; empty to quote the text."""

    @property
    def text(self) -> str:
        return "".join(self.make())

    @property
    def preview(self) -> str:
        return "".join(islice(self.make(), PREVIEW_PIECES))

    def described(self, text: str) -> str:
        """Return what a notice calls it, given its whole text."""
        return self.summary or f"“{sanitize(text, MAX_QUOTED_CHARS)}”"


# Texts have no control characters, and names are one line: a line break in one would run what follows it when
# pasted into a shell.


def copy_of_line(name: str, text: str) -> Copy:
    """Return one line to copy."""
    return Copy(name, lambda: [one_line(text)])


def copies_of_row(name: str, id: int, email: str | None = None) -> list[Copy]:
    """Return what can be copied of a group or a user."""
    address = [copy_of_line("the e-mail address", email)] if email else []
    return [copy_of_line("the name", name), copy_of_line("the id", str(id)), *address]


def copies_of_rows(rows: RowSet[Any]) -> list[Copy]:
    """Return what can be copied of the rows of a list."""
    name = rows.name

    def table() -> Iterator[str]:
        report = rows.report(rows.rows)
        columns = [field for field in report.fields if field not in OWNER_FIELDS]
        return map(printable, pieces(report.with_fields(columns), "markdown"))

    emails = [email for email in map(rows.email, rows.rows) if email]
    return [
        copy_of_lines(rows),
        *copies_of_emails(emails, name),
        copy_as_csv(rows),
        Copy(f"{name} as a Markdown table", table, f"{name} as a Markdown table"),
        Copy(f"{name} as JSON", lambda: pieces(rows.report(rows.rows), "json"), f"{name} as JSON"),
    ]


def copy_of_lines(rows: RowSet[Any]) -> Copy:
    """Return each row as one line to copy."""
    lines = f"{rows.lines} of {rows.name}" if rows.lines else rows.name
    return Copy(f"{lines}, one per line", lambda: _joined(map(rows.line, rows.rows)), rows.name)


def copy_as_csv(rows: RowSet[Any], name: str = "") -> Copy:
    """Return rows as CSV to copy, under another name if one is given."""
    name = f"{name or rows.name} as CSV"
    return Copy(name, lambda: map(printable, pieces(rows.report(rows.rows), "csv")), name)


def copies_of_emails(emails: Collection[str], owners: str) -> list[Copy]:
    """Return the ways to copy e-mail addresses; none if there are none."""
    if not emails:
        return []
    count = pluralize(len(emails), "e-mail address", "e-mail addresses")
    return [
        Copy(f"{count} of {owners}, one per line", lambda: _joined(emails), count),
        Copy(f"{count} of {owners}, separated by ;", lambda: _joined(emails, "; "), count),
    ]


def _joined(lines: Iterable[str], separator: str = "\n") -> Iterator[str]:
    """Yield lines with separators between them but none at the end: a shell would obey a line break."""
    before = ""
    for line in lines:
        yield before + one_line(line)
        before = separator


class CopyTable(Table[Copy]):
    """A table with another word for enter."""

    BINDINGS: ClassVar[list[BindingType]] = [
        bind("enter", "select", "copy.selected", "Copy the text under the cursor", hint="copy", rank=1),
    ]


class CopyDialog(Dialog[Copy]):
    """Asks what to copy."""

    def __init__(self, copies: Callable[[], Sequence[Copy]]) -> None:
        """Create the dialog; `copies` returns the choices, again when more is known of the instance."""
        super().__init__()
        self._copies = copies
        self._table = CopyTable(COLUMNS, identity=lambda copy: copy.name, sortable=False)

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog -wide") as box:
            box.border_title = "Copy"
            box.border_subtitle = f"as of {self.past_time}" if self.past_time else ""
            yield self._table
            yield KeyFooter()

    def on_mount(self) -> None:
        self._table.show(self._copies())

    def update_directory(self, directory: Directory) -> None:
        self._table.show(self._copies())

    @on(Table.Selected)
    def _selected(self, event: Table.Selected[Copy]) -> None:
        event.stop()
        self.dismiss(event.row)


MIN_PREVIEW_CELLS = 16
"""Cells that a preview needs at least to be of use."""


def _name_width(copies: Sequence[Copy]) -> int:
    return max((len(copy.name) for copy in copies), default=0)


COLUMNS: tuple[Column[Copy], ...] = (
    Column("what", "What", lambda copy: copy.name, width=_name_width),
    Column("text", "Text", lambda copy: copy.preview, min_width=MIN_PREVIEW_CELLS, priority=1),
)
