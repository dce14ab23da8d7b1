"""Copy and export of the visible rows, for every screen that lists records."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from textual.app import SuspendNotSupported
from textual.binding import Binding

from .. import dialogs
from ..output.records import Report
from ..terminal.shutdown import wait_for_enter
from ..widgets.commands import bind
from ..widgets.notice_bar import Notice
from .base import BaseScreen

if TYPE_CHECKING:  # dialogs are imported when they are first used
    from .copy import Copy

COPY_EXPORT_BINDINGS: tuple[Binding, ...] = (
    bind("y", "copy_row", "copy.row", "Copy the name, or the line, under the cursor"),
    bind("Y", "copy", "copy.choose", "Copy the id, the e-mail address, or the list"),
    bind("P", "print_copied", "copy.print", "Print the copied text on the normal screen"),
    bind("e", "export", "copy.export", "Write the visible rows to a file"),
)
"""The keys; a screen with them has an action of each name that calls one of these functions."""


def copy_row(screen: BaseScreen[Any], copies: Sequence[Copy]) -> None:
    """Copy the first choice: what is under the cursor."""
    if copies:
        _copy(screen, copies[0])


def choose_copy(screen: BaseScreen[Any], copies: Sequence[Copy]) -> None:
    """Let the user choose what to copy, unless there is nothing to copy."""
    if copies:
        screen.app.push_screen(dialogs.copy.CopyDialog(copies), lambda choice: _copy(screen, choice))


def _copy(screen: BaseScreen[Any], copy: Copy | None) -> None:
    if copy is not None:
        screen.run_worker(_copy_text(screen, copy), name="copy", group="copy", exit_on_error=False)


async def _copy_text(screen: BaseScreen[Any], copy: Copy) -> None:
    text = await asyncio.to_thread(lambda: copy.text)
    if await screen.app.copy(text):
        screen.notice = Notice(f"Copied {copy.described(text)} to the system clipboard")
    else:
        sent = f"Copied {copy.described(text)}: sent to the terminal's clipboard"
        screen.notice = Notice(sent, "If it did not arrive, press P to print it.")


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


def export(screen: BaseScreen[Any], report: Report | None) -> None:
    """Let the user write the visible rows to a file; nothing if there are none yet."""

    def exported(path: Path | None) -> None:
        if path is not None:
            screen.notice = Notice(f"Wrote {path}")

    if report is not None:
        screen.app.push_screen(dialogs.export.ExportDialog(report), exported)
