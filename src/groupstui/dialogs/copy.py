"""The dialog that asks what to copy, and the texts that it offers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical

from ..output.formats import pieces
from ..output.records import Report
from ..terminal.stdio import printable
from ..text import one_line, pluralize, sanitize
from ..widgets.commands import bind
from ..widgets.key_footer import KeyFooter
from ..widgets.table import Column, Table
from .base import Dialog

PREVIEW_PIECES = 20
"""Pieces of a text that are made for its preview."""

MAX_QUOTED_CHARS = 60
"""The length of a copied text in a notice."""

SINGULAR = {"users": "user"}
"""The singular of a report's kind, unless it is the kind without its last letter."""


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


def copies_of_list(report: Report, lines: Callable[[], Iterable[str]]) -> list[Copy]:
    """Return what can be copied of a whole list; `lines` returns each row as one line."""
    count = len(report.records)
    singular = SINGULAR.get(report.kind, report.kind.removesuffix("s"))
    rows = pluralize(count, singular, report.kind)
    everything = "the list" if count == 1 else f"all {rows}"
    return [
        Copy(f"{everything}, one per line", lambda: _joined(lines()), rows),
        Copy(f"{everything} as CSV", lambda: map(printable, pieces(report, "csv")), f"{rows} as CSV"),
        Copy(
            f"{everything} as Markdown",
            lambda: map(printable, pieces(report, "markdown")),
            f"{rows} as Markdown",
        ),
        Copy(f"{everything} as JSON", lambda: pieces(report, "json"), f"{rows} as JSON"),
    ]


def _joined(lines: Iterable[str]) -> Iterator[str]:
    """Yield lines with breaks between them but none at the end, which a shell would obey."""
    separator = ""
    for line in lines:
        yield separator + one_line(line)
        separator = "\n"


class CopyTable(Table[Copy]):
    """A table with another word for enter."""

    BINDINGS: ClassVar[list[BindingType]] = [
        bind("enter", "select", "copy.selected", "Copy the text under the cursor", hint="copy"),
    ]


class CopyDialog(Dialog[Copy]):
    """Asks what to copy."""

    def __init__(self, copies: Sequence[Copy]) -> None:
        super().__init__()
        self._copies = copies

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog") as box:
            box.border_title = "Copy"
            yield CopyTable(COLUMNS, identity=lambda copy: copy.name)
            yield KeyFooter()

    def on_mount(self) -> None:
        self.query_one(CopyTable).show(self._copies)

    @on(Table.Selected)
    def _selected(self, event: Table.Selected[Copy]) -> None:
        event.stop()
        self.dismiss(event.row)


COLUMNS: tuple[Column[Copy], ...] = (
    Column("what", "What", lambda copy: copy.name, width=30),
    Column("text", "Text", lambda copy: copy.preview),
)
