"""The base of the dialogs that list records of an instance."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import ClassVar, Generic, TypeVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.widgets import Static

from .. import dialogs
from ..directory.changes import RecentChanges
from ..directory.directory import Directory
from ..directory.models import Group, User
from ..output.records import Report
from ..text import MAX_TEXT_CHARS, sanitize
from ..widgets.commands import ALWAYS, bind
from ..widgets.key_footer import KeyFooter
from ..widgets.notice_bar import Notice, NoticeBar
from ..widgets.table import FilterableTable, Table
from .base import TIMELINE_BINDING, Dialog, JumpScreen, JumpTarget
from .copy import Copy, copies_of_rows
from .copy_export import (
    COPY_EXPORT_BINDINGS,
    RowSet,
    choose_copy,
    copy_row,
    export,
    print_copied,
    row_sets,
)

Record = TypeVar("Record")

READING_HISTORY = "Reading the history…"
"""What a list shows until its rows are read."""


class RecordsDialog(Dialog[None], Generic[Record]):
    """Lists records in a table; they can be copied, exported, and opened."""

    BINDINGS: ClassVar[list[BindingType]] = [
        *COPY_EXPORT_BINDINGS,
        TIMELINE_BINDING,
        bind("l,right", "open", "table.open_right", "Open this row"),
        bind("question_mark,f1", "app.help", "app.help", "Show the keys", hint="help", rank=ALWAYS),
    ]

    COVERS_KEYS = True

    ROW_NOUN: ClassVar[str]
    """What a row is, such as `group`."""
    ROW_LINES: ClassVar[str] = ""
    """What a row as one line is if that is less than the row, such as `names`."""

    def __init__(
        self,
        directory: Directory,
        instance: str,
        table: Table[Record],
        *,
        search: Callable[[str], Sequence[Record]] | None = None,
    ) -> None:
        """Create a dialog without rows; `search` returns what matches a filter, as for `FilterableTable`."""
        super().__init__()
        self.directory = directory
        self.instance = instance
        """The address of the instance, for reports."""
        self.table = table
        self.recent: RecentChanges | None = None
        """Who joined and left groups recently, for the groups of users."""
        self.list = FilterableTable(table, search=search)

    def compose_footer(self) -> ComposeResult:
        """Yield the last lines of the box: the whole line under the cursor if it is cut, notice, and keys."""
        yield Static(id="whole-line", markup=False)
        yield NoticeBar().data_bind(RecordsDialog.notice)
        yield KeyFooter()

    def on_mount(self) -> None:
        self.watch(self.list, "match_count", self.show_summary)

    # What a subclass provides

    @abstractmethod
    def summary(self) -> str:
        """Return what the list contains, for the lower border, such as `12 groups`."""

    @abstractmethod
    def report(self, rows: Sequence[Record]) -> Report:
        """Return rows of the table as a report."""

    @abstractmethod
    def row_copies(self, record: Record) -> list[Copy]:
        """Return what can be copied of one record, the first choice first."""

    @abstractmethod
    def row_text(self, record: Record) -> str:
        """Return a record as one line."""

    @abstractmethod
    def open_record(self, record: Record) -> None:
        """Open what a record is about."""

    def record_item(self, record: Record) -> Group | User | None:
        """Return the group or user whose timeline `H` shows; None if the record is about neither."""
        return None

    def is_record(self, row: Record) -> bool:
        """Return whether a row is copied and exported with the list; headings are not."""
        return True

    def row_email(self, record: Record) -> str | None:
        """Return the e-mail address of the user whom a record is about, if that is known."""
        return None

    def row_sets(self) -> list[RowSet[Record]]:
        """Return the rows that can be copied and exported: the marked ones, and the visible ones."""

        def make(name: str, rows: Sequence[Record]) -> RowSet[Record]:
            return RowSet(name, rows, self.report, self.row_text, self.row_email, self.ROW_LINES)

        return row_sets(self.list, self.ROW_NOUN, make, self.is_record)

    def copies(self) -> list[Copy]:
        """Return what can be copied: of the row under the cursor, and of the list."""
        record = self.table.current
        if record is None:
            return []
        return [
            *self.row_copies(record),
            *(copy for rows in self.row_sets() for copy in copies_of_rows(rows)),
        ]

    # Going on, and back

    @property
    def _screen_below(self) -> JumpScreen:
        """The screen below this dialog and the other ones."""
        return next(screen for screen in reversed(self.app.screen_stack) if isinstance(screen, JumpScreen))

    def action_timeline(self) -> None:
        record = self.table.current
        item = None if record is None else self.record_item(record)
        if item is None:
            self.notice = Notice("This line is about no group or user")
        else:
            self._screen_below.show_timeline(item)

    def go_to(self, target: JumpTarget) -> None:
        """Leave this dialog and those below it for a group; going back opens them again as they are now."""
        stack, below = self.app.screen_stack, self._screen_below
        left = tuple(screen for screen in stack if isinstance(screen, RecordsDialog))
        if not below.jump(replace(target, dialogs=left)):
            self.notice = Notice("That group no longer exists")
            return
        for dialog in left:
            if not self.app.is_screen_installed(dialog):
                self.app.install_screen(dialog, f"dialog {id(dialog)}")  # otherwise it would be removed
            self.app.pop_screen()

    def show_user(self, user: User) -> None:
        self.app.push_screen(
            dialogs.user_groups.UserGroupsDialog(self.directory, self.instance, user, self.recent)
        )

    def action_close(self) -> None:
        """Clear the filter; without one, close for good."""
        if self.list.clear_filter():
            self.table.focus()
            return
        super().action_close()
        self.app.call_later(self.discard)

    def action_open(self) -> None:
        self.table.action_select()

    # What the base shows

    def show_summary(self) -> None:
        """Show what the list contains, how much of it the filter leaves, and how many rows are marked."""
        parts = [self.summary()]
        if self.list.match_count is not None:
            parts.insert(0, f"{sum(map(self.is_record, self.table.rows)):,} shown")
        if self.list.marks:
            parts.insert(0, f"{len(self.list.marks):,} marked")
        self.box.border_subtitle = " · ".join(filter(None, parts))

    @on(FilterableTable.MarksChanged)
    def _marks_changed(self, event: FilterableTable.MarksChanged) -> None:
        event.stop()
        self.show_summary()

    @on(Table.Highlighted)
    def _show_whole_line(self, event: Table.Highlighted[Record]) -> None:
        cut = event.row is not None and self.table.cuts(event.row)
        self.query_one("#whole-line", Static).update(
            sanitize(self.row_text(event.row), MAX_TEXT_CHARS) if cut and event.row is not None else ""
        )

    def update_directory(self, directory: Directory) -> None:
        self.directory = directory

    def action_copy_row(self) -> None:
        copy_row(self, self.copies())

    def action_copy(self) -> None:
        choose_copy(self, self.copies)

    def action_print_copied(self) -> None:
        print_copied(self)

    def action_export(self) -> None:
        export(self, self.row_sets())

    @on(Table.Selected)
    def _selected(self, event: Table.Selected[Record]) -> None:
        event.stop()
        self.list.remember_visit(event.row)
        self.open_record(event.row)
