"""The dialog that writes rows to a file."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, ClassVar

from textual import getters, on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.widgets import Input, Static

from ..errors import FileAlreadyExists, InvalidInput
from ..output.files import free_path, full_path, parse_path, write_file
from ..output.formats import EXTENSIONS, format_of, pieces
from ..widgets.commands import bind
from ..widgets.key_footer import KeyFooter
from .base import Dialog
from .copy_export import RowSet

FORMATS_HINT = f"The format follows from the name: {' '.join(f'.{each}' for each in EXTENSIONS)}"


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
        first = sets[0]
        self._file_name = FileNameInput(
            str(free_path(Path(f"{first.report(first.rows).file_stem}.csv"))), compact=True
        )
        self._file_name.cursor_blink = False

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog") as box:
            box.border_title = f"Export {self._sets[0].name}"
            yield self._file_name
            yield Static(FORMATS_HINT, id="hint", markup=False)
            yield KeyFooter()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        return action != "next_rows" or len(self._sets) > 1

    def action_next_rows(self) -> None:
        self._chosen = (self._chosen + 1) % len(self._sets)
        self.box.border_title = f"Export {self._sets[self._chosen].name}"

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        chosen = self._sets[self._chosen]
        try:
            path = parse_path(event.value.strip())
            format = format_of(path)
            path = write_file(path, pieces(chosen.report(chosen.rows), format))
        except FileAlreadyExists as error:
            self._file_name.value = str(free_path(path))
            self.hint.update(f"{error}. Press enter to write {full_path(free_path(path))}.")
        except InvalidInput as error:
            self.hint.update(f"{error}. {error.hint or 'Type another name.'}")
        else:
            self.dismiss(full_path(path))
