"""Copy and export of the visible rows, for every screen that lists records."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from textual.app import SuspendNotSupported
from textual.binding import Binding

from .. import dialogs
from ..output.records import Report
from ..terminal.shutdown import wait_for_enter
from ..text import pluralize
from ..widgets.commands import bind
from ..widgets.notice_bar import Notice
from ..widgets.table import FilterableTable
from .base import BaseScreen

if TYPE_CHECKING:  # dialogs are imported when they are first used
    from .copy import Copy

T = TypeVar("T")

COPY_EXPORT_BINDINGS: tuple[Binding, ...] = (
    bind("y", "copy_row", "copy.row", "Copy the name, or the line, under the cursor", "copy name, copy line"),
    bind(
        "Y",
        "copy",
        "copy.choose",
        "Copy the id, the e-mail address, or the list",
        "yank, copy emails, copy email, copy id, copy list, copy csv, copy markdown, copy json",
        hint="copy",
        rank=8,
        needs_row=True,
    ),
    bind("P", "print_copied", "copy.print", "Print the copied text on the normal screen", "print"),
    bind(
        "e",
        "export",
        "copy.export",
        "Write the visible rows to a file",
        "save, export csv, export json, export markdown",
        hint="export",
        rank=11,
        needs_row=True,
    ),
)
"""The keys; a screen with them has an action of each name that calls one of these functions."""


@dataclass(frozen=True, slots=True)
class RowSet(Generic[T]):
    """Rows of a list that are copied or exported together."""

    name: str
    """Which rows, as in `all 25 members`."""
    rows: Sequence[T]
    report: Callable[[Sequence[T]], Report]
    """Returns the rows as records."""
    line: Callable[[T], str]
    """Returns a row as one line."""
    email: Callable[[T], str | None] = lambda row: None
    """Returns the e-mail address of a row, if it has one."""
    lines: str = ""
    """What the lines are if that is less than the row, such as `names`."""


def counted(rows: Sequence[object], noun: str, which: str = "all") -> str:
    """Return the name of some rows, such as `all 25 members` or `1 marked group`."""
    count = pluralize(len(rows), noun)
    if which == "all":
        return count if len(rows) == 1 else f"all {count}"
    return count.replace(" ", f" {which} ", 1) if which else count


def row_sets(
    pane: FilterableTable[T],
    noun: str,
    make: Callable[[str, Sequence[T]], RowSet[T]],
    is_record: Callable[[T], bool] = lambda row: True,
) -> list[RowSet[T]]:
    """Return the marked rows of a list, and those that its filter leaves.

    Args:
        pane: The list.
        noun: What a row is.
        make: Returns a set of rows with its name.
        is_record: Returns whether a row is more than a heading.
    """
    marked, shown = (list(filter(is_record, rows)) for rows in (pane.marked_rows, pane.table.rows))
    sets = [make(counted(marked, noun, "marked"), marked)] if marked else []
    which = "matching" if pane.filtered else "all"
    return [*sets, make(counted(shown, noun, which), shown)] if shown else sets


def copy_row(screen: BaseScreen[Any], copies: Sequence[Copy]) -> None:
    """Copy the first choice: what is under the cursor."""
    if copies:
        _copy(screen, copies[0])
    else:
        screen.notice = Notice("There is nothing to copy here")


def choose_copy(screen: BaseScreen[Any], copies: Callable[[], Sequence[Copy]]) -> None:
    """Let the user choose what to copy, unless there is nothing to copy."""
    if not copies():
        screen.notice = Notice("There is nothing to copy here")
    else:
        screen.app.push_screen(dialogs.copy.CopyDialog(copies), lambda choice: _copy(screen, choice))


def _copy(screen: BaseScreen[Any], copy: Copy | None) -> None:
    if copy is not None:
        screen.run_worker(_copy_text(screen, copy), name="copy", group="copy", exit_on_error=False)


async def _copy_text(screen: BaseScreen[Any], copy: Copy) -> None:
    text = await asyncio.to_thread(lambda: copy.text)
    described = copy.described(text)
    if await screen.app.copy(text):
        screen.notice = Notice(f"Copied {described} to the system clipboard", detail=described)
    else:
        sent = f"Copied {described} to the terminal's clipboard"
        screen.notice = Notice(sent, "P prints it.", detail=described)


def print_copied(screen: BaseScreen[Any]) -> None:
    """Leave the screen and print the copied text, to be selected with the terminal's own means."""
    app = screen.app
    if not app.clipboard:
        screen.notice = Notice("Nothing has been copied yet", "y copies the name under the cursor.")
        return
    try:
        with app.suspend():
            print(f"{app.clipboard}\n")
            wait_for_enter("Press enter to return to groupstui. ")
    except SuspendNotSupported:
        screen.notice = Notice("This terminal cannot show the normal screen")


def export(screen: BaseScreen[Any], sets: Sequence[RowSet[Any]]) -> None:
    """Let the user write one of several sets of rows to a file, unless there are no rows."""

    def exported(path: str | None) -> None:
        if path is not None:
            screen.notice = Notice(f"Wrote {path}", detail=path)

    if not sets:
        screen.notice = Notice("There are no rows to export")
    else:
        screen.app.push_screen(dialogs.export.ExportDialog(sets), exported)
