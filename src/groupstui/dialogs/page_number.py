"""The dialog that asks for a page number."""

from __future__ import annotations

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.validation import Integer
from textual.widgets import Input

from ..widgets.commands import bind
from ..widgets.key_footer import KeyFooter
from .base import Dialog


class PageNumberInput(Input):
    """A field with another word for enter."""

    BINDINGS: ClassVar[list[BindingType]] = [
        bind("enter", "submit", "page.open", "Go to the page", hint="go"),
    ]


class PageNumberDialog(Dialog[int]):
    """Asks for the number of an existing page."""

    def __init__(self, last_page: int) -> None:
        super().__init__()
        self._last_page = last_page

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog -small") as box:
            box.border_title = f"Go to page 1 to {self._last_page:,}"
            number = PageNumberInput(
                type="integer",
                validators=[Integer(1, self._last_page)],
                validate_on=["submitted"],
                compact=True,
            )
            number.cursor_blink = False
            yield number
            yield KeyFooter()

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        if event.validation_result is not None and event.validation_result.is_valid:
            self.dismiss(int(event.value))
        else:
            self.box.border_subtitle = f"Type a number from 1 to {self._last_page:,}."
