"""Takes along what is on the screen: to the clipboard, to the normal screen, to a file."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING, ClassVar, TypeVar

from textual import work
from textual.app import SuspendNotSupported
from textual.binding import BindingType

from ..widgets.notice_bar import Notice
from .base import BaseScreen
from .commands import bind

if TYPE_CHECKING:
    from ..dialogs.copy import Copy
    from ..output.report import Report


Result = TypeVar("Result")


class CopyExportScreen(BaseScreen[Result]):
    """A screen whose rows can be copied and exported. Which rows is its subclass's to say."""

    BINDINGS: ClassVar[list[BindingType]] = [
        bind("y", "copy_name", "take.copy", "Copy the name, or the line, under the cursor"),
        bind("Y", "copy", "take.choose", "Choose what to copy: id, e-mail, the whole list in any format"),
        bind(
            "P",
            "print_copied",
            "take.print",
            "Print what was copied on the normal screen, to select it there",
        ),
        bind("e", "export", "take.export", "Write the list on the screen to a file"),
    ]

    @abstractmethod
    def report(self) -> Report | None:
        """Return the rows on the screen; None where there is nothing yet to make a report of."""

    @abstractmethod
    def copies(self) -> list[Copy]:
        """Return what can be copied: what `y` takes first; nothing where there are no rows."""

    def about_to_choose(self) -> None:
        """Called before it is asked what to copy, for what a subclass wants to have read by then."""

    def action_copy_name(self) -> None:
        """Copy the name under the cursor."""
        if copies := self.copies():
            self._send(copies[0])

    @work(name="copy", group="dialog", exclusive=True)
    async def action_copy(self) -> None:
        """Choose what to copy."""
        from ..dialogs.copy import CopyDialog

        self.about_to_choose()
        if copies := self.copies():
            chosen = await self.app.push_screen_wait(CopyDialog(copies))
            if chosen is not None:
                self._send(chosen)

    def _send(self, copy: Copy) -> None:
        self.app.copy_to_clipboard(copy.text)
        # Nobody tells whether the terminal has taken it; over ssh and in tmux many do not.
        self.notice = Notice(
            f"sent {copy.what} to the terminal's clipboard", "P prints it, if it did not arrive."
        )

    def action_print_copied(self) -> None:
        """Leave the screen for a moment and print what was copied, for the terminal's own selection."""
        if not self.app.clipboard:
            self.notice = Notice("nothing was copied yet", "y copies the name under the cursor.")
            return
        try:
            with self.app.suspend():
                print(f"{self.app.clipboard}\n")
                input("Press enter to go back to groupstui. ")
        except SuspendNotSupported:
            self.notice = Notice("this terminal can't show the normal screen")

    @work(name="export", group="dialog", exclusive=True)
    async def action_export(self) -> None:
        """Write the list on the screen to a file."""
        from ..dialogs.export import ExportDialog

        if (report := self.report()) is None:
            return
        path = await self.app.push_screen_wait(ExportDialog(report))
        if path is not None:
            self.notice = Notice(f"wrote {path}")
