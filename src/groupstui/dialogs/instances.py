"""The dialog that lists the instances the user has signed in to."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import ClassVar, Literal

from rich.cells import cell_len
from textual import on, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical

from ..credentials import TokenStore
from ..errors import HistoryUnavailable, KeyringLocked, KeyringUnavailable
from ..history import History
from ..text import pluralize
from ..times import ago
from ..widgets.commands import bind
from ..widgets.key_footer import KeyFooter
from ..widgets.notice_bar import NoticeBar
from ..widgets.table import Column, Table
from .base import Dialog

MAX_NAME_CELLS = 16
"""The widest column of names; a longer name is cut."""


@dataclass(frozen=True, slots=True)
class InstanceFacts:
    """What the list shows of an instance besides its address."""

    token: str = "…"
    """Whether there is a token, or where it comes from."""
    snapshot: str = "…"
    """The age of the last snapshot, and how many groups it has."""


@dataclass(frozen=True, slots=True)
class InstanceChoice:
    """What to do with an instance."""

    action: Literal["open", "add"]
    origin: str = ""


class InstancesDialog(Dialog[InstanceChoice]):
    """Asks which instance to open; signing out of one leaves the list open."""

    BINDINGS: ClassVar[list[BindingType]] = [
        bind("a,n", "add", "instance.add", "Sign in to another instance", hint="add"),
        bind("o,delete", "sign_out", "instance.sign_out", "Sign out of this instance", hint="sign out"),
        bind("question_mark,f1", "app.help", "app.help", "Show the keys", hint="help"),
    ]

    def __init__(
        self,
        origins: Sequence[str],
        current: str,
        *,
        name_of: Callable[[str], str],
        facts: Callable[[Sequence[str]], AsyncIterator[tuple[str, InstanceFacts]]],
        sign_out: Callable[[str], object],
    ) -> None:
        """Create the dialog.

        Args:
            origins: The addresses of the instances.
            current: The one on the screen below; empty if there is none.
            name_of: Returns the name that the user gave an instance, or an empty text.
            facts: Yields what is known of each instance, as soon as it is read.
            sign_out: Asks whether to sign out of an instance.
        """
        super().__init__()
        self._facts = dict.fromkeys([*origins, *([current] if current else [])], InstanceFacts())
        self._current = current
        self._read_facts = facts
        self._sign_out = sign_out
        columns: tuple[Column[str], ...] = (
            Column(
                "name",
                "Name",
                name_of,
                width=lambda origins: min(MAX_NAME_CELLS, _widest(map(name_of, origins))),
            ),
            Column("origin", "Instance", _address, min_width=lambda origins: _widest(map(_address, origins))),
            Column(
                "token",
                "Token",
                lambda origin: self._facts[origin].token,
                width=lambda origins: _widest(self._facts[origin].token for origin in origins),
                priority=1,
            ),
            Column(
                "snapshot",
                "Snapshot",
                lambda origin: self._facts[origin].snapshot,
                width=lambda origins: _widest(self._facts[origin].snapshot for origin in origins),
            ),
            Column("open", "", lambda origin: "open" if origin == current else "", width=4, priority=2),
        )
        self._table = Table(columns, identity=lambda origin: origin, sortable=False)

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog -wide") as box:
            box.border_title = "Instances"
            yield self._table
            yield NoticeBar().data_bind(InstancesDialog.notice)
            yield KeyFooter()

    def on_mount(self) -> None:
        self._table.show([*self._facts])
        self._table.move_to(self._current)
        self._show_facts()

    @work(name="read the instances", group="instances", exclusive=True, exit_on_error=False)
    async def _show_facts(self) -> None:
        async for origin, facts in self._read_facts([*self._facts]):
            if origin in self._facts:  # the user may have signed out of it meanwhile
                self._facts[origin] = facts
                self._table.relayout()

    def forget(self, origin: str) -> None:
        """Remove an instance that the user has signed out of; close if it was the last."""
        self._facts.pop(origin, None)
        self._table.show([*self._facts])
        if not self._facts:
            self.dismiss(None)

    @on(Table.Selected)
    def _selected(self, event: Table.Selected[str]) -> None:
        event.stop()
        self.dismiss(InstanceChoice("open", event.row))

    def action_add(self) -> None:
        self.dismiss(InstanceChoice("add"))

    def action_sign_out(self) -> None:
        if (origin := self._table.current) is not None:
            self._sign_out(origin)


def _address(origin: str) -> str:
    return origin.partition("://")[2]


def _widest(texts: Iterable[str]) -> int:
    return max(map(cell_len, texts), default=0)


async def read_facts(
    origins: Sequence[str],
    tokens: TokenStore,
    history: Callable[[str], History | None],
    from_outside: Mapping[str, str],
) -> AsyncIterator[tuple[str, InstanceFacts]]:
    """Yield what is known of each instance: first its last snapshot, then its token.

    Args:
        origins: The addresses of the instances.
        tokens: The keyring. Once it is locked, it is not asked again: each time it may show a dialog.
        history: Returns the history of an instance; None if none is kept.
        from_outside: Where tokens that are not in the keyring come from.
    """
    snapshots: dict[str, str] = {}
    for origin in origins:
        snapshots[origin] = await asyncio.to_thread(_last_snapshot, history(origin))
        yield origin, InstanceFacts(snapshot=snapshots[origin])
    locked = False
    for origin in origins:
        if origin in from_outside:
            token = f"from {from_outside[origin]}"
        elif locked:
            token = "keyring locked"
        else:
            try:
                token = "no token" if await tokens.load(origin) is None else "token"
            except KeyringLocked:
                token, locked = "keyring locked", True
            except KeyringUnavailable:
                token = "keyring unavailable"
        yield origin, InstanceFacts(token, snapshots[origin])


def _last_snapshot(history: History | None) -> str:
    try:
        snapshots = history.snapshots() if history is not None and history.exists else []
    except HistoryUnavailable:
        return "history unavailable"
    if not snapshots:
        return "no history"
    last = snapshots[-1]
    return f"{ago(last.taken_at, datetime.now(UTC))} · {pluralize(last.groups, 'group')}"
