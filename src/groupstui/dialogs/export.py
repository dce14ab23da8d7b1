"""The dialog that writes rows to a file."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, ClassVar

from textual import getters, on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Input, Static

from ..errors import FileAlreadyExists, InvalidInput
from ..output.files import free_path, full_path, parse_path, write_file
from ..output.formats import EXTENSIONS, format_of, pieces
from ..widgets.commands import bind
from ..widgets.key_footer import KeyFooter
from .base import Dialog
from .copy_export import RowSet

DEFAULT_EXTENSION = ".csv"
"""What is added to a name without an ending."""

FORMATS_HINT = (
    f"The format follows from the ending: {' '.join(f'.{each}' for each in EXTENSIONS)}. "
    f"Without one, {DEFAULT_EXTENSION} is added."
)


class FileNameInput(Input):
    """A field with another word for enter."""

    BINDINGS: ClassVar[list[BindingType]] = [
        bind("enter", "submit", "copy.write", "Write the file", hint="write"),
    ]


class ExportDialog(Dialog[str]):
    """Asks for a file name and writes the file; the result is its whole path, for a message."""

    BINDINGS: ClassVar[list[BindingType]] = [
        bind("tab", "next_rows", "copy.rows", "Export other rows", hint="other rows"),
    ]

    hint = getters.query_one("#hint", Static)

    def __init__(self, sets: Sequence[RowSet[Any]]) -> None:
        super().__init__()
        self._sets = sets
        self._chosen = 0
        self._proposed = self._propose()
        """The last name that was not typed."""
        self._file_name = FileNameInput(self._proposed, compact=True)
        self._file_name.cursor_blink = False

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog") as box:
            self._show_rows(box)
            yield self._file_name
            yield Static(_hint(self._proposed), id="hint", markup=False)
            yield KeyFooter()

    def _propose(self) -> str:
        """Return a free name for a file with the chosen rows."""
        chosen = self._sets[self._chosen]
        return str(free_path(Path(chosen.report(chosen.rows).file_stem + DEFAULT_EXTENSION)))

    def _show_rows(self, box: Vertical) -> None:
        """Show which rows are exported, the time of the past, and how many other choices there are."""
        box.border_title = Content(f"Export {self._sets[self._chosen].name}")
        time = f"as of {self.past_time}" if self.past_time else ""
        choice = f"rows: {self._chosen + 1} of {len(self._sets)}" if len(self._sets) > 1 else ""
        box.border_subtitle = " · ".join(filter(None, (time, choice)))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        return action != "next_rows" or len(self._sets) > 1

    def action_next_rows(self) -> None:
        self._chosen = (self._chosen + 1) % len(self._sets)
        self._show_rows(self.box)
        if self._file_name.value == self._proposed:
            self._proposed = self._file_name.value = self._propose()

    @on(Input.Changed)
    def _changed(self, event: Input.Changed) -> None:
        event.stop()
        self.hint.update(_hint(event.value))

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        chosen = self._sets[self._chosen]
        try:
            path = _with_extension(parse_path(event.value.strip()))
            format = format_of(path)
            path = write_file(path, pieces(chosen.report(chosen.rows), format))
        except FileAlreadyExists as error:
            with self.prevent(Input.Changed):
                self._file_name.value = str(free_path(path))
            self.hint.update(f"{error}. Press enter to write {full_path(free_path(path))}.")
        except InvalidInput as error:
            self.hint.update(f"{error}. {error.hint or 'Type another name.'}")
        else:
            self.dismiss(full_path(path))


def _with_extension(path: Path) -> Path:
    """Return the path of a file that has an extension."""
    return path if "." in path.name or not path.name else path.with_name(path.name + DEFAULT_EXTENSION)


def _hint(name: str) -> str:
    """Return the folder of the file, and what its name can be."""
    try:
        folder = Path(full_path(_with_extension(parse_path(name.strip())))).parent
    except InvalidInput:
        return FORMATS_HINT
    return f"in {folder}\n{FORMATS_HINT}"
