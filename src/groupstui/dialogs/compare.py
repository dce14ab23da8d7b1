"""The dialog that compares a few groups: pair by pair, and user by user."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, ClassVar

from rich.cells import cell_len
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from ..directory.compare import MAX_GROUPS, MIN_GROUPS, Comparison, Row, compare
from ..directory.directory import Directory
from ..directory.models import Group
from ..output.records import Report, comparison_report
from ..text import one_line, pluralize, sanitize
from ..widgets.commands import bind
from ..widgets.notice_bar import Notice
from ..widgets.table import MARGIN, Column, FilterableTable, Table
from ..widgets.table_layout import GAP, fit_text
from .base import BaseScreen
from .copy import Copy, copies_of_row
from .records import RecordsDialog

MAX_TITLE_CELLS, MIN_TITLE_CELLS = 18, 12
"""The width of a group's number and name above its column; with less room, only the number is shown."""

MAX_USER_CELLS, MIN_USER_CELLS = 40, 24
"""The width of the column of users: at most, and before the titles of groups are cut."""

MAX_PAIRS = 3
"""The number of pairs that are listed above the users."""

MAX_SHOWN_CHARS, NAME_END_CHARS = 40, 15
"""The length of a group's name above the table, and how much of its end is left if it is cut."""

MIN_LINES_FOR_PAIRS = 20
"""The height of a window that has room for the pairs."""

INSIDE, OUTSIDE = "●", "·"


class ComparisonTable(Table[Row]):
    """Shows users, and beside them a column for each group, whose title depends on the room for it."""

    def __init__(self, comparison: Comparison) -> None:
        self._users = max((cell_len(sanitize(row.name)) for row in comparison.rows), default=0)
        names = enumerate(comparison.names, 1)
        self._titles = [f"{number} {sanitize(name)}" for number, name in names]
        super().__init__(self._columns_in(0), identity=lambda row: row.user.id)

    def on_resize(self) -> None:
        self.columns = self._columns_in(self.scrollable_size.width - MARGIN)
        self.relayout()

    def _columns_in(self, width: int) -> tuple[Column[Row], ...]:
        titles = self._titles_in(width - min(self._users, MIN_USER_CELLS))
        free = width - sum(GAP + cell_len(title) for title in titles)
        user: Column[Row] = Column(
            "user",
            "User",
            lambda row: row.name,
            width=max(1, min(self._users, MAX_USER_CELLS, free)),
            match="words",
        )
        return (user, *(_group_column(index, title) for index, title in enumerate(titles)))

    def _titles_in(self, width: int) -> list[str]:
        """Return the titles of the groups as long as the width allows."""
        for size in range(MAX_TITLE_CELLS, MIN_TITLE_CELLS - 1, -1):
            titles = [title if cell_len(title) <= size else fit_text(title, size) for title in self._titles]
            if sum(GAP + cell_len(title) for title in titles) <= width:
                return titles
        return [str(number) for number in range(1, len(self._titles) + 1)]


def _group_column(index: int, title: str) -> Column[Row]:
    return Column(
        f"group {index}",
        title,
        lambda row: INSIDE if row.inside[index] else OUTSIDE,
        sort_key=lambda row: not row.inside[index],
        width=1,
        style=lambda row: "joined" if row.inside[index] else "muted",
    )


class CompareDialog(RecordsDialog[Row]):
    """Shows a comparison: how much the groups have in common, and which user is in which group."""

    BINDINGS: ClassVar[list[BindingType]] = [
        bind(
            "f",
            "differences",
            "compare.differences",
            "Show only users who are not in every group, or all",
            hint="differences",
        ),
        *(
            bind(
                str(number),
                f"only({number})",
                f"compare.only_{number}",
                f"Show only users who are in group {number} alone, or all",
                hint=f"only in {number}" if number <= MIN_GROUPS else "",
            )
            for number in range(1, MAX_GROUPS + 1)
        ),
    ]

    VERTICAL_BREAKPOINTS = [(0, "-short"), (MIN_LINES_FOR_PAIRS, "-high")]  # noqa: RUF012 (typed by Textual)

    ROW_NOUN, ROW_LINES = "user", "names"

    def __init__(self, comparison: Comparison, directory: Directory, instance: str) -> None:
        super().__init__(directory, instance, ComparisonTable(comparison))
        self._comparison = comparison
        self._only: int | None = None
        """The number of the group whose own users are shown; 0 for the differences, None for all users."""

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog -list") as box:
            box.border_title = f"Comparison of {pluralize(len(self._comparison.groups), 'group')}"
            yield Static(self._legend(), id="legend")
            yield Static(self._pairs(), id="pairs")
            yield self.list
            yield from self.compose_footer()

    def on_mount(self) -> None:
        super().on_mount()
        self._show_users()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        return action != "only" or parameters[0] in range(1, len(self._comparison.groups) + 1)

    def action_differences(self) -> None:
        self._select(0)

    def action_only(self, number: int) -> None:
        self._select(number)

    def _select(self, only: int) -> None:
        """Show a part of the users; all, if that part is shown already."""
        self._only = None if self._only == only else only
        self._show_users()

    def report(self, rows: Sequence[Row]) -> Report:
        selection = "" if self._only is None else self._selection
        return comparison_report(self.directory, self.instance, self._comparison, rows, selection)

    def row_email(self, record: Row) -> str | None:
        return self.directory.email(record.user.id)

    def row_copies(self, record: Row) -> list[Copy]:
        pairs = "\n".join(one_line(pair.text) for pair in self._comparison.pairs)
        user = copies_of_row(record.user.label, record.user.id, self.row_email(record))
        return [*user, Copy("the overlaps", lambda: [pairs], "the overlaps")]

    def row_text(self, record: Row) -> str:
        return record.name

    def open_record(self, record: Row) -> None:
        self.show_user(record.user)

    def _show_users(self) -> None:
        rows = self._selected_rows()
        everywhere = "Every user is in all of these groups."
        reasons = {None: "These groups have no members.", 0: everywhere}
        self.list.show(rows, empty=reasons.get(self._only, f"No user is {self._selection}."))

    def _selected_rows(self) -> list[Row]:
        rows = self._comparison.rows
        if self._only is None:
            return list(rows)
        if self._only == 0:
            return [row for row in rows if not all(row.inside)]
        return [row for row in rows if row.inside[self._only - 1] and sum(row.inside) == 1]

    @property
    def _selection(self) -> str:
        """Which users are shown."""
        if not self._only:
            return "not in every group"
        return f"only in {sanitize(self._comparison.names[self._only - 1])}"

    def summary(self) -> str:
        comparison = self._comparison
        users = pluralize(len(comparison.rows), "user")
        if self._only is None:
            return f"{users}, {comparison.in_all:,} of them in every group"
        return f"{len(self._selected_rows()):,} of {users}: {self._selection}"

    def _legend(self) -> Content:
        """Return the number, the name and the size of each group."""
        parts: list[Content] = []
        for number, (group, name) in enumerate(
            zip(self._comparison.groups, self._comparison.names, strict=True), 1
        ):
            count = len(group.members)
            size = f"{count:,}" if parts else pluralize(count, "member")
            parts.append(Content.assemble((f"{number} ", "bold"), f"{_short(name)} ({size})"))
        return Content(" · ").join(parts)

    def _pairs(self) -> Content:
        pairs = self._comparison.pairs
        lines: list[Content] = []
        for pair in pairs[:MAX_PAIRS]:
            first, second = (_short(name) for name in pair.names)
            lines.append(Content(replace(pair, names=(first, second)).text))
        if len(pairs) > MAX_PAIRS:
            more = pluralize(len(pairs) - MAX_PAIRS, "more pair")
            lines.append(Content(f"{more}, none more similar"))
        return Content("\n").join(lines)


def _short(name: str) -> str:
    """Return a name, cut in the middle if it is long, as similar names often differ at the end."""
    if len(name) > MAX_SHOWN_CHARS:
        name = f"{name[: MAX_SHOWN_CHARS - NAME_END_CHARS - 1]}…{name[-NAME_END_CHARS:]}"
    return sanitize(name)


def compare_marked(
    screen: BaseScreen[Any],
    groups: FilterableTable[Group],
    directory: Directory,
    instance: str,
) -> None:
    """Compare the marked groups of a list; a single one is compared with the group under the cursor.

    Args:
        screen: The screen of the list, for a notice if there are too few groups or too many.
        groups: The list.
        directory: What is known of the instance.
        instance: The address of the instance.
    """
    ids = dict.fromkeys(each for each in groups.marks if isinstance(each, int))
    if len(ids) == 1 and (current := groups.table.current) is not None:
        ids[current.id] = None
    chosen = [group for group in map(directory.group, ids) if group is not None]
    if not ids:
        screen.notice = Notice("No group is marked", "space marks one; c compares it with this group.")
        return
    if not MIN_GROUPS <= len(chosen) <= MAX_GROUPS:
        screen.notice = Notice(f"Mark two to six groups to compare, not {len(chosen)}", "space marks one.")
        return
    screen.app.push_screen(CompareDialog(compare(directory, chosen), directory, instance))
