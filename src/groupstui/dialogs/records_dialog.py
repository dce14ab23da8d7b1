"""A dialog whose rows can be taken along, as those of the screen below."""

from __future__ import annotations

from typing import ClassVar, TypeVar

from textual.app import ComposeResult
from textual.binding import BindingType

from ..directory.directory import Directory
from ..screens.commands import bind
from ..screens.copy_export import CopyExportScreen
from ..widgets.key_footer import KeyFooter
from ..widgets.notice_bar import NoticeBar
from .base import Dialog

Result = TypeVar("Result")


class RecordsDialog(Dialog[Result], CopyExportScreen[Result | None]):
    """A dialog that shows rows of a site."""

    BINDINGS: ClassVar[list[BindingType]] = [
        bind("question_mark,f1", "app.help", "app.help", "Show what the keys do", hint="help"),
    ]

    def __init__(self, directory: Directory, instance: str) -> None:
        """Make the dialog.

        Args:
            directory: The site, as far as it is known.
            instance: The site's address.
        """
        super().__init__()
        self.directory = directory
        """What the rows come from."""
        self.instance = instance
        """The site's address, as a report names it."""

    def update_directory(self, directory: Directory) -> None:
        """Show what is known of the site now."""
        self.directory = directory
        self.directory_grown()

    def directory_grown(self) -> None:
        """Show the rows of another directory. The base has none."""

    def compose_end(self) -> ComposeResult:
        """Return the lines at the bottom of the box: what the user should know, and the keys."""
        yield NoticeBar().data_bind(RecordsDialog.notice)
        yield KeyFooter()
