"""The dialog that writes the visible rows to a file."""

from __future__ import annotations

from pathlib import Path

from textual import getters, on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Input, Static

from ..errors import InvalidInput
from ..output.files import parse_path, write_file
from ..output.formats import format_of, pieces
from ..output.records import Report
from ..text import pluralize
from ..widgets.key_footer import KeyFooter
from .base import Dialog


class ExportDialog(Dialog[Path]):
    """Asks for a file name and writes the file; the result is its path. After an error the name stays."""

    hint = getters.query_one("#hint", Static)

    def __init__(self, report: Report) -> None:
        super().__init__()
        self._report = report
        self._file_name = Input(f"{report.kind}.csv", compact=True)
        self._file_name.cursor_blink = False

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog") as box:
            box.border_title = f"Export {pluralize(len(self._report.records), 'row')}"
            yield self._file_name
            yield Static("Format by file name: .csv .tsv .json .ndjson .md", id="hint", markup=False)
            yield KeyFooter()

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        try:
            path = parse_path(event.value.strip())
            path = write_file(path, pieces(self._report, format_of(path)))
        except InvalidInput as error:
            self.hint.update(f"{error}. {error.hint or 'Type another name.'}")
        else:
            self.dismiss(path)
