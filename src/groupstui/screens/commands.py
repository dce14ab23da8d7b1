"""The one list of what can be done: help, palette and hints are all drawn from it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from textual.app import App
from textual.binding import Binding
from textual.dom import DOMNode
from textual.screen import Screen


@dataclass(frozen=True, slots=True)
class Command:
    """Something that can be done from where the user is."""

    id: str
    """The binding's id: its first word is the section it belongs to, as in `page.next`."""
    keys: tuple[str, ...]
    """The keys as they are shown; none for what only the palette offers."""
    text: str
    """A sentence that says what it does."""
    action: str
    node: DOMNode
    """Where the action is looked up."""
    enabled: bool = True

    @property
    def section(self) -> str:
        """What it belongs to, as in `page`."""
        return self.id.partition(".")[0]


@dataclass(frozen=True, slots=True)
class PaletteCommand:
    """A command without a key, as a screen declares it in `PALETTE_COMMANDS`."""

    id: str
    text: str
    action: str


def bind(keys: str, action: str, id: str, text: str, *, hint: str = "") -> Binding:
    """Declare a key: the one place from which its hint, its line of help and its command are drawn.

    Args:
        keys: The keys, with commas between them; the first is the one that is shown.
        action: What they do.
        id: The section and the name, as `page.next`.
        text: A sentence for help and palette.
        hint: A word or two for the bottom line; nothing for keys that it has no room for.
    """
    return Binding(keys, action, hint, show=bool(hint), id=id, tooltip=text)


def commands_of(screen: Screen[Any]) -> list[Command]:
    """Return what can be done on a screen, in the order of its bindings.

    Only bindings with an id and a tooltip count: the toolkit's own have none.
    """
    found: dict[tuple[str, int], Command] = {}
    for active in screen.active_bindings.values():
        binding = active.binding
        if not binding.id or not binding.tooltip:
            continue
        key = (binding.action, id(active.node))
        keys = (*(found[key].keys if key in found else ()), screen.app.get_key_display(binding))
        found[key] = Command(binding.id, keys, binding.tooltip, binding.action, active.node, active.enabled)
    extras: tuple[PaletteCommand, ...] = getattr(screen, "PALETTE_COMMANDS", ())
    return [
        *found.values(),
        *(Command(extra.id, (), extra.text, extra.action, screen) for extra in extras),
        *_themes(screen.app),
    ]


def _themes(app: App[Any]) -> list[Command]:
    return [
        Command("theme.set", (), f"Theme: {name}", f"app.set_theme({name!r})", app)
        for name in sorted(app.available_themes)
        if name != app.theme
    ]
