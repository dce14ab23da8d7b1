"""The yardstick of start-up and memory: a Textual app with a header and a footer, and nothing else."""

from __future__ import annotations

from textual.app import App, ComposeResult
from textual.widgets import Footer, Header


class Empty(App[None]):
    """Shows nothing; `q` quits."""

    BINDINGS = [("q", "quit", "quit")]  # noqa: RUF012

    def compose(self) -> ComposeResult:
        """Show what every program has."""
        yield Header()
        yield Footer()


Empty().run()
