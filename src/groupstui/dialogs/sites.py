"""The sites that were signed in to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Literal

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical

from ..widgets.key_footer import KeyFooter
from ..widgets.table import Column, Table
from .base import Dialog

COLUMNS: tuple[Column[str], ...] = (Column("origin", "Site", lambda origin: origin.partition("://")[2]),)


@dataclass(frozen=True, slots=True)
class SiteChoice:
    """What to do with a site."""

    action: Literal["open", "add", "sign out"]
    origin: str = ""


class SitesDialog(Dialog[SiteChoice]):
    """Shows the sites that are remembered; gives what to do."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("a,n", "add", "add a site", id="sites.add", tooltip="Sign in to another site"),
        Binding("o,delete", "sign_out", "sign out", id="sites.sign_out", tooltip="Delete this site's token"),
    ]

    def __init__(self, origins: Sequence[str], current: str) -> None:
        """Make the dialog.

        Args:
            origins: The sites that are remembered.
            current: The one on the screen below.
        """
        super().__init__()
        self._origins = origins if current in origins else (current, *origins)
        self._current = current

    def compose(self) -> ComposeResult:
        """Show a table."""
        with Vertical(classes="dialog") as box:
            box.border_title = "Sites"
            yield Table[str](COLUMNS, identity=lambda origin: origin)
            yield KeyFooter()

    def on_mount(self) -> None:
        """Fill the table; the cursor is on the current site."""
        table = self.query_one(Table)
        table.show(self._origins)
        table.move_to(self._current)

    @on(Table.Selected)
    def _selected(self, event: Table.Selected[str]) -> None:
        event.stop()
        self.dismiss(SiteChoice("open", event.row))

    def action_add(self) -> None:
        """Sign in to another site."""
        self.dismiss(SiteChoice("add"))

    def action_sign_out(self) -> None:
        """Sign out of the site under the cursor."""
        if (origin := self.query_one(Table).current) is not None:
            self.dismiss(SiteChoice("sign out", origin))
