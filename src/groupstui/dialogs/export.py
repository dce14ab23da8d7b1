"""Writes what is on the screen to a file."""

from __future__ import annotations

from pathlib import Path

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Input, Static

from ..errors import FileNotWritten
from ..output.files import write_file
from ..output.formats import format_of, pieces
from ..output.report import Report
from ..text import pluralize, sanitize
from ..widgets.key_footer import KeyFooter
from .base import Dialog


class ExportDialog(Dialog[Path]):
    """Asks where to, writes the file, and gives its path. A refusal leaves what was typed."""

    def __init__(self, report: Report) -> None:
        """Make the dialog.

        Args:
            report: The rows on the screen.
        """
        super().__init__()
        self._report = report

    def compose(self) -> ComposeResult:
        """Show one field."""
        with Vertical(classes="dialog") as box:
            box.border_title = f"Export {pluralize(len(self._report.records), 'row')}"
            name = Input(f"{self._report.kind}.csv", compact=True)
            name.cursor_blink = False
            yield name
            yield Static("The ending tells the format: .csv .tsv .json .ndjson .md", id="hint", markup=False)
            yield KeyFooter()

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        path = Path(event.value.strip()).expanduser()
        try:
            write_file(path, pieces(self._report, format_of(path)))
        except FileNotWritten as error:
            self.query_one("#hint", Static).update(f"{sanitize(str(error))}. Type another name.")
        else:
            self.dismiss(path)
