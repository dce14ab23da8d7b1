"""The base of the dialogs that list records of an instance."""

from __future__ import annotations

from abc import abstractmethod
from typing import ClassVar, Generic, TypeVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType

from .. import dialogs
from ..directory.directory import Directory
from ..directory.models import User
from ..output.records import Report
from ..widgets.commands import bind
from ..widgets.key_footer import KeyFooter
from ..widgets.notice_bar import NoticeBar
from ..widgets.table import Table
from .base import Dialog, JumpTarget
from .copy import Copy, copies_of_list
from .copy_export import COPY_EXPORT_BINDINGS, choose_copy, copy_row, export, print_copied

Record = TypeVar("Record")


class RecordsDialog(Dialog[JumpTarget], Generic[Record]):
    """Lists records in a table; they can be copied, exported, and opened. The result is where to go."""

    BINDINGS: ClassVar[list[BindingType]] = [
        *COPY_EXPORT_BINDINGS,
        bind("question_mark,f1", "app.help", "app.help", "Show the keys", hint="help"),
    ]

    def __init__(self, directory: Directory, instance: str, table: Table[Record]) -> None:
        super().__init__()
        self.directory = directory
        self.instance = instance
        """The address of the instance, for reports."""
        self.table = table

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

    def go_to(self, target: JumpTarget | None) -> None:
        """Close with a place to go to, which a dialog above this one has returned; stay if it is None."""
        if target is not None:
            self.dismiss(target)

    def show_user(self, user: User) -> None:
        self.app.push_screen(
            dialogs.user_groups.UserGroupsDialog(self.directory, self.instance, user), self.go_to
        )

    def update_directory(self, directory: Directory) -> None:
        self.directory = directory

    def action_copy_row(self) -> None:
        copy_row(self, self.copies())

    def action_copy(self) -> None:
        choose_copy(self, self.copies())

    def action_print_copied(self) -> None:
        print_copied(self)

    def action_export(self) -> None:
        export(self, self.report())

    @on(Table.Selected)
    def _selected(self, event: Table.Selected[Record]) -> None:
        event.stop()
        self.open_record(event.row)
