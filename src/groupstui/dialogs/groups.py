"""The base of the dialogs that list groups."""

from __future__ import annotations

from abc import abstractmethod
from typing import ClassVar

from textual.binding import BindingType

from ..directory.directory import Directory
from ..directory.models import Group
from . import compare
from .base import COMPARE_BINDING
from .copy import Copy, copies_of_row
from .records import RecordsDialog


class GroupsDialog(RecordsDialog[Group]):
    """Lists groups, which can be compared."""

    BINDINGS: ClassVar[list[BindingType]] = [COMPARE_BINDING]

    ROW_NOUN, ROW_LINES = "group", "names"

    def on_mount(self) -> None:
        super().on_mount()
        self.show_groups()

    def update_directory(self, directory: Directory) -> None:
        super().update_directory(directory)
        self.show_groups()

    @abstractmethod
    def show_groups(self) -> None:
        """Show the groups as they are known now."""

    def row_copies(self, record: Group) -> list[Copy]:
        return copies_of_row(record.label, record.id)

    def record_item(self, record: Group) -> Group:
        return record

    def row_text(self, record: Group) -> str:
        return record.label

    def action_compare(self) -> None:
        compare.compare_marked(self, self.list, self.directory, self.instance)
