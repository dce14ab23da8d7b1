"""A dialog whose rows can be taken along, as those of the screen below."""

from typing import ClassVar, TypeVar

from textual.app import ComposeResult
from textual.binding import BindingType

from ..directory import Directory
from ..widgets.hint_bar import HintBar
from ..widgets.message_line import MessageLine
from .commands import bind
from .dialog import Dialog
from .taking import TakingScreen

Result = TypeVar("Result")


class TakingDialog(Dialog[Result], TakingScreen[Result | None]):
    """A dialog that shows rows of a site."""

    BINDINGS: ClassVar[list[BindingType]] = [
        bind("question_mark,f1", "app.help", "app.help", "Show what the keys do", hint="help"),
    ]

    def __init__(self, directory: Directory, instance: str) -> None:
        """Make the dialog.

        Args:
            directory: The site, as far as it is known.
            instance: The site's address.
        """
        super().__init__()
        self.directory = directory
        """What the rows come from."""
        self.instance = instance
        """The site's address, as a report names it."""

    def compose_end(self) -> ComposeResult:
        """Give the lines at the bottom of the box: what the person should know, and the keys."""
        yield MessageLine().data_bind(TakingDialog.notice)
        yield HintBar()
