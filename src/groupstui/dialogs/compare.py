"""The dialog that compares a few groups: pair by pair, and user by user."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from ..directory.compare import Comparison, Row
from ..directory.directory import Directory
from ..output.records import Report, comparison_report
from ..text import MAX_TEXT_CHARS, one_line, pluralize, sanitize
from ..widgets.commands import bind
from ..widgets.table import Column, Table
from .copy import Copy, copies_of_row
from .records import RecordsDialog

MAX_TITLE_CHARS = 14
"""The length of a group's name above its column."""

MAX_PAIRS = 5
"""The number of pairs that are listed above the users."""

MAX_FITTING_GROUPS = 3
"""The number of groups whose columns fit every screen."""

INSIDE, OUTSIDE = "●", "·"

USER_COLUMN: Column[Row] = Column("user", "User", lambda row: row.user.label, min_width=16, match="words")


class CompareDialog(RecordsDialog[Row]):
    """Shows a comparison: how much the groups have in common, and which user is in which group."""

    BINDINGS: ClassVar[list[BindingType]] = [
        bind("f", "filter", "compare.filter", "Show only the differences, or all users", hint="differences"),
        bind(
            "right_square_bracket",
            "scroll(1)",
            "compare.right",
            "Show groups further right",
            hint="more groups",
        ),
        bind("left_square_bracket", "scroll(-1)", "compare.left", "Show groups further left", hint="back"),
    ]

    ROW_NOUN = "user"

    def __init__(self, comparison: Comparison, directory: Directory, instance: str) -> None:
        self._comparison = comparison
        self._first_group = 0
        """The index of the first group whose column is shown."""
        self._only_differences = False
        self._count = 0
        super().__init__(directory, instance, Table(self._columns(), identity=lambda row: row.user.id))

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog -list") as box:
            box.border_title = f"Comparison of {pluralize(len(self._comparison.groups), 'group')}"
            yield Static(self._pairs(), id="pairs")
            yield self.list
            yield from self.compose_footer()

    def on_mount(self) -> None:
        super().on_mount()
        self._show_users()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action == "scroll":
            (step,) = parameters
            count = len(self._comparison.groups)
            return (count > MAX_FITTING_GROUPS and 0 <= self._first_group + int(str(step)) < count) or None
        return True

    def action_filter(self) -> None:
        self._only_differences = not self._only_differences
        self._show_users()

    def action_scroll(self, step: int) -> None:
        self._first_group = max(0, min(self._first_group + step, len(self._comparison.groups) - 1))
        self.table.columns = self._columns()
        self.table.relayout()
        self.refresh_bindings()

    def report(self, rows: Sequence[Row]) -> Report:
        return comparison_report(self.directory, self.instance, self._comparison, rows)

    def row_email(self, record: Row) -> str | None:
        return self.directory.email(record.user.id)

    def row_copies(self, record: Row) -> list[Copy]:
        pairs = "\n".join(f"{pair.overlap} %  {one_line(pair.text)}" for pair in self._comparison.pairs)
        user = copies_of_row(record.user.label, record.user.id, self.row_email(record))
        return [*user, Copy("the overlaps", lambda: [pairs], "the overlaps")]

    def row_text(self, record: Row) -> str:
        return record.user.label

    def open_record(self, record: Row) -> None:
        self.show_user(record.user)

    def _show_users(self) -> None:
        comparison = self._comparison
        rows = [row for row in comparison.rows if not self._only_differences or not all(row.inside)]
        self._count = len(rows)
        empty = (
            "Every user is in all of these groups." if comparison.rows else "These groups have no members."
        )
        self.list.show(rows, empty=empty)

    def summary(self) -> str:
        in_all = f"in every group: {self._comparison.in_all:,}"
        return (
            f"{pluralize(self._count, 'user')}, {'not in every group' if self._only_differences else in_all}"
        )

    def _pairs(self) -> Content:
        pairs = self._comparison.pairs
        lines = [
            Content.assemble((f"{pair.overlap:>4} %  ", "bold"), sanitize(pair.text, MAX_TEXT_CHARS))
            for pair in pairs[:MAX_PAIRS]
        ]
        if len(pairs) > MAX_PAIRS:
            more = pluralize(len(pairs) - MAX_PAIRS, "more pair")
            lines.append(Content(f"        {more}, none more similar"))
        return Content("\n").join(lines)

    def _columns(self) -> tuple[Column[Row], ...]:
        indexes = range(self._first_group, len(self._comparison.groups))
        return (USER_COLUMN, *map(self._group_column, indexes))

    def _group_column(self, index: int) -> Column[Row]:
        group, name = self._comparison.groups[index], sanitize(self._comparison.names[index])
        if len(name) > MAX_TITLE_CHARS and self._comparison.names[index] != group.name:
            name = f"#{group.id} {sanitize(group.name)}"  # the id would be cut
        return Column(
            f"group {index}",
            name if len(name) <= MAX_TITLE_CHARS else f"{name[: MAX_TITLE_CHARS - 1]}…",
            lambda row: INSIDE if row.inside[index] else OUTSIDE,
            sort_key=lambda row: not row.inside[index],
            width=3,
            priority=index,
        )
