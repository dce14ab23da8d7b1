"""The bottom line: the keys that work where the focus is, as many as fit."""

from __future__ import annotations

from collections.abc import Iterable

from rich.cells import cell_len
from textual import events
from textual.app import ComposeResult
from textual.binding import ActiveBinding, Binding
from textual.screen import Screen
from textual.widgets import Footer

from .commands import ALWAYS, details_of
from .table import Table

GAP = 1
"""Cells after each hint, and between its key and its words."""


class KeyFooter(Footer):
    """Textual's footer with the most useful keys first, without those for which there is no room.

    It is composed again only when its keys or its width have changed. Textual's own is composed again
    whenever the bindings may have changed: here at every cursor step, and that takes longer than the step.
    """

    def __init__(self) -> None:
        super().__init__(compact=True, show_command_palette=False)
        self._keys: list[tuple[Binding, bool]] | None = None
        """The bindings in the footer, and whether each is enabled; None if that is not known."""
        self._composed_width = 0

    def compose(self) -> ComposeResult:
        self._composed_width = self.size.width
        by_action: dict[str, ActiveBinding] = {}
        for key in self.screen.active_bindings.values():
            if key.binding.show:
                by_action.setdefault(key.binding.action, key)
        useful = [key.binding for key in by_action.values() if self._is_useful(key)]
        # Textual yields one hint for each action, in the same order, or none if it is too early.
        hints = dict(zip(by_action, super().compose(), strict=False))
        for binding in self._that_fit(useful):
            if (hint := hints.get(binding.action)) is not None:
                yield hint

    def bindings_changed(self, screen: Screen[object]) -> None:
        keys = [
            (key.binding, key.enabled)
            for key in screen.active_bindings.values()
            if key.binding.show and self._is_useful(key)
        ]
        if keys != self._keys:
            self._keys = keys if self.app.app_focus else None  # without focus Textual does not compose it
            super().bindings_changed(screen)

    def on_resize(self, event: events.Resize) -> None:
        if event.size.width != self._composed_width:
            self.call_after_refresh(self.recompose)

    def _is_useful(self, key: ActiveBinding) -> bool:
        """Return whether to show the hint of a key: in a list without rows, only if it can do something."""
        focused = self.screen.focused
        if isinstance(focused, Table) and focused.is_known_empty:
            return key.enabled and not details_of(key.binding).needs_row
        return True

    def _that_fit(self, bindings: Iterable[Binding]) -> list[Binding]:
        """Return the bindings for whose hints there is room, in the order of the footer."""
        by_rank = sorted(bindings, key=lambda binding: details_of(binding).rank)
        always = [binding for binding in by_rank if details_of(binding).rank == ALWAYS]
        free = self.size.width + GAP - sum(map(self._hint_width, always))
        chosen: list[Binding] = []
        for binding in by_rank[len(always) :]:
            if (width := self._hint_width(binding)) <= free:
                chosen.append(binding)
                free -= width
        return [*chosen, *always]

    def _hint_width(self, binding: Binding) -> int:
        return cell_len(self.app.get_key_display(binding)) + GAP + cell_len(binding.description) + GAP
