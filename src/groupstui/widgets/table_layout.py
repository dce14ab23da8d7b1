"""The columns of a table: how they share its width, and how text is fitted into a cell."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, Literal, TypeVar

from rich.cells import cell_len, set_cell_size

from ..text import natural_key, sanitize

T = TypeVar("T")

ELLIPSIS = "…"
"""Ends a text that was cut."""

GAP = 1
"""Cells between two columns."""


@dataclass(frozen=True, slots=True)
class Column(Generic[T]):
    """One column of a table."""

    key: str
    title: str
    text: Callable[[T], str]
    """Returns the cell's text, unsanitized: the table makes it safe to show."""
    sort_key: Callable[[T], Any] | None = None
    """Returns the value to sort by; None sorts by the text, and numbers in it by their value."""
    align: Literal["left", "right"] = "left"
    width: int | Callable[[Sequence[T]], int] | None = None
    """Cells, or a function of all rows that returns them; None shares the width that the others leave.

    A column is left out if its width is 0.
    """
    min_width: int | Callable[[Sequence[T]], int] = 8
    """Cells that a column without a `width` needs at least, or a function of all rows that returns them."""
    priority: int = 0
    """The columns with the highest number are left out first if there is not enough room."""
    largest_first: bool = False
    """Whether the first order by this column is from high to low."""
    style: str | Callable[[T], str] = ""
    """The name of a component class of the table without `table--`, such as `muted`; empty for the row's."""
    match: Literal["", "words", "prefix"] = ""
    """Where letters that match the table's query are highlighted."""

    def style_of(self, row: T) -> str:
        """Return the name of the component class of a row's cell; empty for the row's own."""
        return self.style if isinstance(self.style, str) else self.style(row)

    def sort_value(self, row: T) -> Any:
        """Return the value by which a row is sorted."""
        return natural_key(self.text(row)) if self.sort_key is None else self.sort_key(row)


ID_COLUMN: Column[Any] = Column(
    "id",
    "ID",
    lambda row: str(row.id),
    sort_key=lambda row: row.id,
    align="right",
    width=lambda rows: len(str(max((row.id for row in rows), default=10))),
    style="muted",
    match="prefix",
)
"""The column of groups and of users that has their ids."""


def fit_columns(columns: Sequence[Column[T]], rows: Sequence[T], width: int) -> list[tuple[Column[T], int]]:
    """Return the columns that fit into `width` cells with the gaps between them, each with its own width."""
    least = {column.key: _least_width(column, rows) for column in columns}
    kept = [column for column in columns if least[column.key]]

    def free() -> int:
        """Return the cells that are left if each column has as few as it needs."""
        return width - GAP * (len(kept) - 1) - sum(least[column.key] for column in kept)

    while free() < 0 and len({column.priority for column in kept}) > 1:
        kept.remove(max(kept, key=lambda column: column.priority))
    flexible = [column.key for column in kept if column.width is None]
    if free() < 0:
        least |= dict.fromkeys(flexible, 0)
    if free() < 0:  # the longest texts are cut, and end with an ellipsis
        widest = max(kept, key=lambda column: least[column.key])
        least[widest.key] = max(0, least[widest.key] + free())
    each, extra = divmod(max(0, free()), max(1, len(flexible)))
    shares = {key: each + (number < extra) for number, key in enumerate(flexible)}
    return [(column, least[column.key] + shares.get(column.key, 0)) for column in kept]


def _least_width(column: Column[T], rows: Sequence[T]) -> int:
    given = column.min_width if column.width is None else column.width
    width = given(rows) if callable(given) else given
    return max(width, cell_len(column.title)) if width else 0


def fit_text(text: str, width: int, align: Literal["left", "right"] = "left") -> str:
    """Return a text padded or cut to exactly `width` cells, safe to show.

    A cut text ends with an ellipsis. A wide character is never cut in half: a space replaces the half.
    """
    text = sanitize(text)
    length = cell_len(text)
    if length > width:
        return set_cell_size(text, width - 1) + ELLIPSIS if width > 0 else ""
    padding = " " * (width - length)
    return padding + text if align == "right" else text + padding
