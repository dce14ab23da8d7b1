"""The bottom line: the keys that work where the focus is."""

from __future__ import annotations

from textual.binding import Binding
from textual.screen import Screen
from textual.widgets import Footer


class KeyFooter(Footer):
    """Textual's footer, composed again only when its keys have changed.

    Textual's own is composed again whenever the bindings may have changed: here at every cursor step, and
    that takes longer than the step.
    """

    def __init__(self) -> None:
        super().__init__(compact=True, show_command_palette=False)
        self._keys: list[tuple[Binding, bool]] | None = None
        """The bindings in the footer, and whether each is enabled; None if that is not known."""

    def bindings_changed(self, screen: Screen[object]) -> None:
        keys = [(key.binding, key.enabled) for key in screen.active_bindings.values() if key.binding.show]
        if keys != self._keys:
            self._keys = keys if self.app.app_focus else None  # without focus Textual does not compose it
            super().bindings_changed(screen)
