"""The dialog that lists the instances the user has signed in to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Literal

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical

from ..widgets.commands import bind
from ..widgets.key_footer import KeyFooter
from ..widgets.table import Column, Table
from .base import Dialog

COLUMNS: tuple[Column[str], ...] = (Column("origin", "Instance", lambda origin: origin.partition("://")[2]),)


@dataclass(frozen=True, slots=True)
class InstanceChoice:
    """What to do with an instance."""

    action: Literal["open", "add", "sign out"]
    origin: str = ""


class InstancesDialog(Dialog[InstanceChoice]):
    """Asks which instance to open or to sign out of."""

    BINDINGS: ClassVar[list[BindingType]] = [
        bind("a,n", "add", "instance.add", "Sign in to another instance", hint="add"),
        bind("o,delete", "sign_out", "instance.sign_out", "Sign out of this instance", hint="sign out"),
    ]

    def __init__(self, origins: Sequence[str], current: str) -> None:
        super().__init__()
        self._origins = origins if current in origins else (current, *origins)
        self._current = current
        """The address of the instance on the screen below."""
        self._table = Table(COLUMNS, identity=lambda origin: origin)

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog") as box:
            box.border_title = "Instances"
            yield self._table
            yield KeyFooter()

    def on_mount(self) -> None:
        self._table.show(self._origins)
        self._table.move_to(self._current)

    @on(Table.Selected)
    def _selected(self, event: Table.Selected[str]) -> None:
        event.stop()
        self.dismiss(InstanceChoice("open", event.row))

    def action_add(self) -> None:
        self.dismiss(InstanceChoice("add"))

    def action_sign_out(self) -> None:
        if (origin := self._table.current) is not None:
            self.dismiss(InstanceChoice("sign out", origin))
