"""What every screen has that is no dialog: a line for what the user should know."""

from __future__ import annotations

from typing import TypeVar

from textual.reactive import var
from textual.screen import Screen

from ..widgets.notice_bar import Notice

Result = TypeVar("Result")


class BaseScreen(Screen[Result]):
    """A screen that can be told to say something."""

    notice: var[Notice | None] = var(None)
    """What the user should know; an error stays until something works again."""
