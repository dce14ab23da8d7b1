"""How a table's columns share its width, and how a text is made to fit a cell."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, Literal, TypeVar

from rich.cells import cell_len, set_cell_size

from ...text import fold, sanitize

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Column(Generic[T]):
    """One column: where its text comes from, how it sorts, and how much room it takes."""

    key: str
    title: str
    text: Callable[[T], str]
    """The cell's text, as it came: the table makes it safe to show."""
    order: Callable[[T], Any] | None = None
    """What to sort by; None sorts by the text, without regard to case and accents."""
    align: Literal["left", "right"] = "left"
    width: int | Callable[[Sequence[T]], int] | None = None
    """Cells, or what gives them for all rows; None takes what the others leave.

    A column without a title whose rows need no room is left out.
    """
    least: int = 8
    """Cells without which a column that takes the rest is of no use."""
    priority: int = 0
    """Which columns give way where there is no room for the others: those with the highest number first."""

    def sorting(self, row: T) -> Any:
        """Return what the row is sorted by."""
        return fold(self.text(row)) if self.order is None else self.order(row)


ELLIPSIS = "…"
"""Stands for what was cut."""

GAP = 1
"""Cells between two columns."""


def share(columns: Sequence[Column[T]], rows: Sequence[T], width: int) -> list[tuple[Column[T], int]]:
    """Return the columns that fit a width, each with its cells.

    Args:
        columns: In the order in which they are drawn.
        rows: What a computed width is computed from.
        width: The cells to share, gaps included.
    """
    fixed = {column.key: _fixed(column, rows) for column in columns if column.width is not None}
    kept = [column for column in columns if fixed.get(column.key) != 0]
    while True:
        flexible = [column for column in kept if column.width is None]
        taken = sum(fixed[column.key] for column in kept if column.width is not None)
        rest = width - taken - GAP * (len(kept) - 1)
        least = sum(column.least for column in flexible)
        lowest = min((column.priority for column in kept), default=0)
        if rest >= least or not any(column.priority > lowest for column in kept):
            break
        kept.remove(max(kept, key=lambda column: column.priority))
    each, extra = divmod(max(0, rest), max(1, len(flexible)))
    sizes: list[tuple[Column[T], int]] = []
    for column in kept:
        if column.width is not None:
            sizes.append((column, fixed[column.key]))
        else:
            sizes.append((column, each + (1 if extra else 0)))
            extra = max(0, extra - 1)
    return sizes


def _fixed(column: Column[T], rows: Sequence[T]) -> int:
    width = column.width(rows) if callable(column.width) else column.width or 0
    return max(width, cell_len(column.title))


def fit(text: str, width: int, align: Literal["left", "right"] = "left") -> str:
    """Return a text in exactly so many cells, safe to show; what is cut ends with an ellipsis.

    A wide character is never cut in half: a space takes the place of a half.
    """
    text = sanitize(text)
    length = cell_len(text)
    if length > width:
        return set_cell_size(text, width - 1) + ELLIPSIS if width > 0 else ""
    padding = " " * (width - length)
    return padding + text if align == "right" else text + padding
