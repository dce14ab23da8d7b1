"""The bottom line: the keys that matter where the focus is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from textual import events
from textual.binding import Binding
from textual.content import Content
from textual.screen import Screen
from textual.widget import Widget

GAP = 2
"""Cells between two hints."""

ALWAYS = ("filter.clear", "dialog.close", "app.help", "app.quit")
"""Bindings whose hints stay on the narrowest screen: they lead to help and to the way out."""


@dataclass(frozen=True, slots=True)
class Hint:
    """One key and what it does."""

    key: str
    description: str
    binding: Binding

    @property
    def width(self) -> int:
        """Cells on the line."""
        return len(self.key) + 1 + len(self.description)


class HintBar(Widget):
    """Draws the active bindings that are to be shown, as many as fit one line; a click runs one.

    Textual's `Footer` makes a widget a key and composes them anew at each change of focus; one line of text
    is on the screen sooner and costs a slow link a tenth.
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = {"hint-bar--key"}

    def __init__(self) -> None:
        super().__init__()
        self._drawn: list[Hint] = []

    def on_mount(self) -> None:
        """Follow the screen's bindings."""
        self.screen.bindings_updated_signal.subscribe(self, self._bindings_changed)

    def _bindings_changed(self, screen: Screen[object]) -> None:
        if self.hints() != self._drawn:
            self.refresh()

    def hints(self) -> list[Hint]:
        """Return the hints that fit, in the order of the bindings."""
        found: dict[str, Hint] = {}
        for active in self.screen.active_bindings.values():
            binding = active.binding
            if binding.show and active.enabled and binding.action not in found:
                key = self.app.get_key_display(binding)
                found[binding.action] = Hint(key, binding.description, binding)
        hints = list(found.values())
        droppable = [hint for hint in hints if hint.binding.id not in ALWAYS]
        while droppable and sum(hint.width + GAP for hint in hints) - GAP > self.size.width - 2:
            hints.remove(droppable.pop())
        return hints

    def render(self) -> Content:
        """Draw the line."""
        key_style = self.get_visual_style("hint-bar--key")
        gap = " " * GAP
        drawn = Content(" ")
        self._drawn = self.hints()
        for number, hint in enumerate(self._drawn):
            drawn += Content.assemble(gap if number else "", (hint.key, key_style), f" {hint.description}")
        return drawn

    def on_click(self, event: events.Click) -> None:
        """Press the key whose hint was clicked."""
        event.stop()
        left = 1
        for hint in self.hints():
            if left <= event.x < left + hint.width:
                self.app.simulate_key(hint.binding.key)
                return
            left += hint.width + GAP
