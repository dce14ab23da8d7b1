"""How a few groups overlap: pair by pair, and user by user."""

from __future__ import annotations

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from ..directory.compare import Comparison, Row
from ..directory.directory import Directory
from ..output.records import comparison_report
from ..output.report import Report
from ..text import pluralize, sanitize
from ..widgets.table import Column, Table
from .analysis_dialog import AnalysisDialog
from .copy import Copy, copies_of, copies_of_row

HEAD = 14
"""Cells for a group's name above its column."""

MOST_PAIRS = 5
"""Pairs that are told above the users: the most alike."""

FEW = 3
"""Groups whose columns fit any screen."""

INSIDE, OUTSIDE = "●", "·"


USER: Column[Row] = Column("user", "User", lambda row: row.user.label, min_width=16)


class CompareDialog(AnalysisDialog):
    """Shows a comparison."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "f", "filter", "who differs", id="compare.filter", tooltip="Only who is not in all, or everybody"
        ),
        Binding("l,right", "sideways(1)", "more groups", id="compare.right", tooltip="Groups further right"),
        Binding("h,left", "sideways(-1)", "back", id="compare.left", tooltip="Groups further left"),
    ]

    def __init__(self, comparison: Comparison, directory: Directory, instance: str) -> None:
        """Make the dialog.

        Args:
            comparison: What to show.
            directory: What was compared.
            instance: The site's address.
        """
        super().__init__(directory, instance)
        self._comparison = comparison
        self._first = 0
        """The first group whose column is shown."""
        self._only_different = False

    def compose(self) -> ComposeResult:
        """Show the pairs above the users."""
        with Vertical(classes="dialog -wide -tall") as box:
            box.border_title = f"Comparing {pluralize(len(self._comparison.groups), 'group')}"
            yield Static(self._pairs(), id="pairs")
            yield Table[Row](self._columns(), identity=lambda row: row.user.id)
            yield from self.compose_end()

    def on_mount(self) -> None:
        """Fill the table."""
        self._show()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer more groups only where there are more."""
        if action == "sideways":
            (step,) = parameters
            last = len(self._comparison.groups) - 1
            return (len(self._comparison.groups) > FEW and 0 <= self._first + int(str(step)) <= last) or None
        return True

    def action_filter(self) -> None:
        """Show only who is not in all groups, or everybody again."""
        self._only_different = not self._only_different
        self._show()

    def action_sideways(self, step: int) -> None:
        """Bring the columns of other groups into view."""
        self._first = max(0, min(self._first + step, len(self._comparison.groups) - 1))
        table = self.query_one(Table)
        table.columns = self._columns()
        table.relayout()
        self.refresh_bindings()

    def report(self) -> Report:
        """Return the users in the table, as they are sorted, and which groups they are in."""
        rows = self.query_one(Table).rows
        return comparison_report(self.directory, self.instance, self._comparison, rows)

    def copies(self) -> list[Copy]:
        """Return what can be copied of the user under the cursor, of the pairs and of the table."""
        table = self.query_one(Table)
        row: Row | None = table.current
        user = [] if row is None else copies_of_row(row.user.label, row.user.id)
        pairs = "\n".join(f"{pair.overlap} %  {pair.text}" for pair in self._comparison.pairs)
        whole = copies_of(self.report(), lambda: [row.user.label for row in table.rows])
        return [*user, Copy("how they overlap", lambda: [pairs]), *whole]

    def _show(self) -> None:
        rows = [row for row in self._comparison.rows if not self._only_different or not all(row.inside)]
        table = self.query_one(Table)
        table.empty = (
            "Everybody is in all of them." if self._comparison.rows else "These groups have no members."
        )
        table.show(rows)
        who = "who differ" if self._only_different else f"in all: {self._comparison.in_all:,}"
        self.query_one(".dialog").border_subtitle = f"{pluralize(len(rows), 'user', 'users')}, {who}"

    def _pairs(self) -> Content:
        pairs = self._comparison.pairs
        lines = [
            Content.assemble((f"{pair.overlap:>4} %  ", "bold"), pair.text) for pair in pairs[:MOST_PAIRS]
        ]
        if len(pairs) > MOST_PAIRS:
            lines.append(
                Content(f"        {pluralize(len(pairs) - MOST_PAIRS, 'more pair')}, none more alike")
            )
        return Content("\n").join(lines)

    def _columns(self) -> tuple[Column[Row], ...]:
        return (USER, *(self._column(place) for place in range(self._first, len(self._comparison.groups))))

    def _column(self, place: int) -> Column[Row]:
        name = sanitize(self._comparison.groups[place].name)
        return Column(
            f"group {place}",
            name if len(name) <= HEAD else f"{name[: HEAD - 1]}…",
            lambda row: INSIDE if row.inside[place] else OUTSIDE,
            sort_key=lambda row: not row.inside[place],
            width=3,
            priority=place,
        )

    @on(Table.Selected)
    def _selected(self, event: Table.Selected[Row]) -> None:
        event.stop()
        self.show_user(event.row.user)
