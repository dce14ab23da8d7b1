"""What every screen has that is no dialog: a line for what the person should know."""

from typing import TypeVar

from textual.reactive import var
from textual.screen import Screen

from ..widgets.message_line import Notice

Result = TypeVar("Result")


class NoticingScreen(Screen[Result]):
    """A screen that can be told to say something."""

    notice: var[Notice | None] = var(None)
    """What the person should know; an error stays until something works again."""
