"""Lets every key wait until the one before it has had its whole effect.

Textual hands a key to what has the focus at that moment, and the widget comes to it later. On a slow line
several keys arrive in one packet: of `/beta` the letters would go to the list, where `e` exports, before `/`
has given the focus to the filter. What is typed before the first screen is there waits for it.
"""

from __future__ import annotations

from collections import deque

from textual.app import App
from textual.dom import DOMNode
from textual.events import Event, Key, Paste
from textual.screen import Screen
from textual.widget import Widget

Place = tuple[Screen[object], Widget | None]
"""The screen on top, and what has the focus there."""


class TypeAhead(App[None]):
    """An app in which typing ahead works."""

    def __init__(self) -> None:
        super().__init__()
        self._held: deque[Key | Paste] = deque()
        self._starting = self._taking = True

    async def on_event(self, event: Event) -> None:
        """Hold what is typed while the last key has not had its effect."""
        if not isinstance(event, Key | Paste) or event.is_forwarded or self._ends_start(event):
            await super().on_event(event)
        elif self._taking:
            self._held.append(event)
        else:
            await self._take(event)

    def _ends_start(self, event: Key | Paste) -> bool:
        """Whether a key is the app's own, such as the one that quits: it works without any screen."""
        return self._starting and isinstance(event, Key) and event.key in self._bindings.key_to_bindings

    def accept_keys(self) -> None:
        """Let the keys through: the first screen is there."""
        if self._starting:
            self._starting = False
            self.call_later(self._arrive, None)

    async def _take(self, event: Key | Paste) -> None:
        self._taking = True
        target = self.focused or self.screen
        await super().on_event(event)
        self._climb(target, None)

    def _climb(self, node: DOMNode | None, before: Place | None) -> None:
        """Follow the key upwards through the queues of everything that sees it.

        A callback goes behind whatever the key has caused in each queue. Where it finds another screen or
        another focus at the top than the time before, these have queues to wait for in turn.
        """
        while isinstance(node, Widget):
            parent = node.parent
            if node.call_later(self._climb, parent, before):
                return
            node = parent
        self.call_later(self._arrive, before)

    async def _arrive(self, before: Place | None) -> None:
        now = (self.screen, self.focused)
        if now != before:
            self._climb(self.focused or self.screen, now)
        elif self._held:
            await self._take(self._held.popleft())
        else:
            self._taking = False
