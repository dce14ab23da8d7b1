"""Type-ahead: every key waits until the one before it has had its whole effect.

Textual sends a key to the widget that has the focus at that moment, and the widget handles it later. On a
slow connection several keys arrive in one packet: of `/beta`, the letters would go to the list, where `e`
exports, before `/` has moved the focus to the filter. Keys typed before the first screen wait for it.

A key that quits does not wait: like a terminal itself, the app discards what was typed before it.
"""

from __future__ import annotations

from collections import deque
from itertools import islice

from textual.app import App
from textual.binding import Binding
from textual.dom import DOMNode
from textual.events import Event, Key, Paste
from textual.screen import Screen
from textual.widget import Widget

QUIT_KEYS = ("ctrl+q", "ctrl+c")
"""Keys that mean the same whatever was typed before them."""

MAX_REPEATS = 50
"""Waiting keys after which more of the same key are dropped: one that is held down is faster than the app."""

FocusTarget = tuple[Screen[object], Widget | None]
"""The current screen and the widget that has the focus."""


class TypeAhead(App[None]):
    """An app that handles keys and pastes one by one."""

    def __init__(self) -> None:
        super().__init__()
        self._pending: deque[Key | Paste] = deque()
        self._starting = True
        """Whether keys still wait for the first screen."""
        self._busy = True
        """Whether a key has not had its whole effect yet."""

    async def on_event(self, event: Event) -> None:
        """Delay keys and pastes until the previous one is done."""
        if not isinstance(event, Key | Paste) or event.is_forwarded or self._is_key_of_app(event):
            await super().on_event(event)
        elif isinstance(event, Key) and event.key in QUIT_KEYS:
            self._pending.clear()
            await super().on_event(event)
        elif self._busy:
            if not self._is_surplus(event):
                self._pending.append(event)
        else:
            await self._handle(event)

    def _is_key_of_app(self, event: Key | Paste) -> bool:
        """Return whether a key, such as the one that quits, works before the first screen."""
        if not (self._starting and isinstance(event, Key)):
            return False
        return any(binding.key == event.key for binding in Binding.make_bindings(self.BINDINGS))

    def _is_surplus(self, event: Key | Paste) -> bool:
        """Return whether a key is one of many equal ones that wait already."""
        waiting = len(self._pending)
        return (
            isinstance(event, Key)
            and waiting >= MAX_REPEATS
            and all(
                isinstance(each, Key) and each.key == event.key
                for each in islice(self._pending, waiting - MAX_REPEATS, None)
            )
        )

    def accept_keys(self) -> None:
        """Handle the keys that were typed until now: the first screen is there."""
        if self._starting:
            self._starting = False
            self.call_later(self._handle_next, None)

    def key_received(self, event: Key | Paste) -> None:
        """Called when a key or a paste is about to be handled."""

    async def _handle(self, event: Key | Paste) -> None:
        self._busy = True
        self.key_received(event)
        target = self.focused or self.screen
        await super().on_event(event)
        self._drain(target, None)

    def _drain(self, node: DOMNode | None, before: FocusTarget | None) -> None:
        """Follow a key up through the message queues of all widgets that handle it.

        A callback comes after the messages that the key has put into each queue. If another screen or widget
        has the focus at the end, its queues are drained in turn.
        """
        while isinstance(node, Widget):
            parent = node.parent
            if node.call_later(self._drain, parent, before):
                return
            node = parent
        self.call_later(self._handle_next, before)

    async def _handle_next(self, before: FocusTarget | None) -> None:
        now = (self.screen, self.focused)
        if now != before:
            self._drain(self.focused or self.screen, now)
        elif self._pending:
            await self._handle(self._pending.popleft())
        else:
            self._busy = False
