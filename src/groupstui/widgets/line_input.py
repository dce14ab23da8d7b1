"""A field of one line."""

from __future__ import annotations

from typing import Any

from textual.geometry import Size
from textual.reactive import var
from textual.widgets import Input


class LineInput(Input):
    """An input that draws itself, and nothing else, when a letter is typed.

    Textual's notes the width of its text as a size, which lays out the whole screen, at each letter. And its
    cursor blinks: 2.6 kB a second on an idle line.
    """

    virtual_size: var[Size] = var(Size(0, 0))  # not a `reactive`, which lays out

    def __init__(self, value: str = "", **options: Any) -> None:
        """Make a field.

        Args:
            value: What is in it.
            options: As for Textual's `Input`.
        """
        super().__init__(value, compact=True, **options)
        self.cursor_blink = False
