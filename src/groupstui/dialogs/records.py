"""The base of the dialogs that list records of an instance."""

from __future__ import annotations

from abc import abstractmethod
from typing import ClassVar, Generic, TypeVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.reactive import reactive
from textual.worker import Worker

from ..directory.directory import Directory
from ..output.report import Report
from ..widgets.commands import bind
from ..widgets.key_footer import KeyFooter
from ..widgets.notice_bar import Notice, NoticeBar, worker_failure
from ..widgets.table import Table
from .base import Dialog, JumpTarget
from .copy import Copy, copies_of_list
from .copy_export import COPY_EXPORT_BINDINGS, CopyExport

Record = TypeVar("Record")


class RecordsDialog(Dialog[JumpTarget], Generic[Record]):
    """Lists records in a table; they can be copied, exported, and opened. The result is where to go."""

    BINDINGS: ClassVar[list[BindingType]] = [
        *COPY_EXPORT_BINDINGS,
        bind("question_mark,f1", "app.help", "app.help", "Show the keys", hint="help"),
    ]

    notice: reactive[Notice | None] = reactive(None)
    """What the user should know."""

    def __init__(self, directory: Directory, instance: str, table: Table[Record]) -> None:
        """Create a dialog.

        Args:
            directory: What is known of the instance.
            instance: The address of the instance, for reports.
            table: The table of the records.
        """
        super().__init__()
        self.directory = directory
        """What is known of the instance."""
        self.instance = instance
        """The address of the instance."""
        self.table = table
        """The records."""
        self._copy_export = CopyExport(self, report=self.report, copies=self.copies, notify=self.notify_user)

    def compose_footer(self) -> ComposeResult:
        """Yield the last lines of the box: notice and keys."""
        yield NoticeBar().data_bind(RecordsDialog.notice)
        yield KeyFooter()

    # What a subclass provides

    @abstractmethod
    def report(self) -> Report | None:
        """Return the rows of the table in their order; None if there is nothing to report yet."""

    @abstractmethod
    def row_copies(self, record: Record) -> list[Copy]:
        """Return what can be copied of one record, the first choice first."""

    @abstractmethod
    def row_text(self, record: Record) -> str:
        """Return a record as one line."""

    @abstractmethod
    def open_record(self, record: Record) -> None:
        """Open what a record is about."""

    def copies(self) -> list[Copy]:
        """Return what can be copied: of the row under the cursor, and of the whole table."""
        record, report = self.table.current, self.report()
        if record is None or report is None:
            return []
        rows = self.table.rows
        return [*self.row_copies(record), *copies_of_list(report, lambda: map(self.row_text, rows))]

    def notify_user(self, notice: Notice) -> None:
        """Show a notice."""
        self.notice = notice

    def go_to(self, target: JumpTarget | None) -> None:
        """Close with a place to go to, which a dialog above this one has returned; stay if it is None."""
        if target is not None:
            self.dismiss(target)

    def update_directory(self, directory: Directory) -> None:
        self.directory = directory

    def action_copy_row(self) -> None:
        """Copy what is under the cursor."""
        self._copy_export.copy_row()

    def action_copy(self) -> None:
        """Choose what to copy."""
        self._copy_export.choose()

    def action_print_copied(self) -> None:
        """Print the copied text on the normal screen."""
        self._copy_export.print_copied()

    def action_export(self) -> None:
        """Write the rows to a file."""
        self._copy_export.export()

    @on(Table.Selected)
    def _selected(self, event: Table.Selected[Record]) -> None:
        event.stop()
        self.open_record(event.row)

    @on(Worker.StateChanged)
    def _worker_changed(self, event: Worker.StateChanged) -> None:
        self.notice = worker_failure(event) or self.notice
