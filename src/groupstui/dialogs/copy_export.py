"""Copy and export of the visible rows, for every screen that lists records."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from textual.app import SuspendNotSupported
from textual.binding import Binding
from textual.screen import Screen

from .. import dialogs
from ..output.report import Report
from ..widgets.commands import bind
from ..widgets.notice_bar import Notice

if TYPE_CHECKING:  # dialogs are imported when they are first used
    from .copy import Copy

COPY_EXPORT_BINDINGS: tuple[Binding, ...] = (
    bind("y", "copy_row", "copy.row", "Copy the name, or the line, under the cursor"),
    bind("Y", "copy", "copy.choose", "Copy the id, the e-mail address, or the list"),
    bind("P", "print_copied", "copy.print", "Print the copied text on the normal screen"),
    bind("e", "export", "copy.export", "Write the visible rows to a file"),
)
"""The keys; a screen with them has an action of each name that calls the method of `CopyExport`."""


class CopyExport:
    """Copies and exports what a screen shows."""

    def __init__(
        self,
        screen: Screen[Any],
        *,
        report: Callable[[], Report | None],
        copies: Callable[[], list[Copy]],
        notify: Callable[[Notice], None],
    ) -> None:
        """Serve one screen.

        Args:
            screen: The screen, over which dialogs are opened.
            report: Returns the visible rows; None if there is nothing to export yet.
            copies: Returns what can be copied, the first choice first; empty if there are no rows.
            notify: Shows a notice on the screen.
        """
        self._screen = screen
        self._report = report
        self._copies = copies
        self._notify = notify

    def copy_row(self) -> None:
        """Copy the first choice: what is under the cursor."""
        if copies := self._copies():
            self._copy(copies[0])

    def choose(self) -> None:
        """Let the user choose what to copy."""
        if copies := self._copies():
            self._screen.app.push_screen(dialogs.CopyDialog(copies), self._copy)

    def _copy(self, copy: Copy | None) -> None:
        if copy is not None:
            self._screen.app.copy_to_clipboard(copy.text)
            # A terminal does not report whether it accepted the text; over SSH and in tmux many do not.
            text = f"Sent {copy.name} to the terminal's clipboard"
            self._notify(Notice(text, "If it did not arrive, press P to print it."))

    def print_copied(self) -> None:
        """Leave the screen and print the copied text, to be selected with the terminal's own means."""
        app = self._screen.app
        if not app.clipboard:
            self._notify(Notice("Nothing has been copied yet", "y copies the name under the cursor."))
            return
        try:
            with app.suspend():
                print(f"{app.clipboard}\n")
                input("Press enter to return to groupstui. ")
        except SuspendNotSupported:
            self._notify(Notice("This terminal cannot show the normal screen"))

    def export(self) -> None:
        """Let the user write the visible rows to a file."""
        if (report := self._report()) is not None:
            self._screen.app.push_screen(dialogs.ExportDialog(report), self._exported)

    def _exported(self, path: Path | None) -> None:
        if path is not None:
            self._notify(Notice(f"Wrote {path}"))
