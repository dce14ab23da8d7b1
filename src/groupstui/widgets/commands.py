"""The one list of keys and commands: footer, help and palette are generated from it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from textual.app import App
from textual.binding import Binding
from textual.dom import DOMNode
from textual.screen import Screen


@dataclass(frozen=True, slots=True)
class Command:
    """An action that is available on a screen."""

    id: str
    """The id of the binding; its first word is the section, as in `page.next`."""
    keys: tuple[str, ...]
    """The keys as they are displayed; empty for commands of the palette only."""
    text: str
    """What the command does, in one sentence."""
    action: str
    node: DOMNode
    """The namespace of the action."""
    enabled: bool = True

    @property
    def section(self) -> str:
        """The section of the help, such as `page`."""
        return self.id.partition(".")[0]


@dataclass(frozen=True, slots=True)
class PaletteCommand:
    """A command without a key, declared by a screen in `PALETTE_COMMANDS`."""

    id: str
    text: str
    action: str


def bind(keys: str, action: str, id: str, text: str, *, hint: str = "") -> Binding:
    """Return a binding that appears in the help and the palette.

    Args:
        keys: The keys, separated by commas; the first is displayed in the footer.
        action: The action to run.
        id: Section and name, as in `page.next`.
        text: What the key does, in one sentence.
        hint: One or two words for the footer; empty to leave the key out of it.
    """
    return Binding(keys, action, hint, show=bool(hint), id=id, tooltip=text)


def commands_of(screen: Screen[Any]) -> list[Command]:
    """Return the commands of a screen in the order of its bindings, then those without a key.

    Bindings without an id and a tooltip, such as Textual's own, are left out.
    """
    found: dict[tuple[str, int], Command] = {}
    for active in screen.active_bindings.values():
        binding = active.binding
        if not binding.id or not binding.tooltip:
            continue
        key = (binding.action, id(active.node))
        keys = (*(found[key].keys if key in found else ()), screen.app.get_key_display(binding))
        found[key] = Command(binding.id, keys, binding.tooltip, binding.action, active.node, active.enabled)
    without_key: tuple[PaletteCommand, ...] = getattr(screen, "PALETTE_COMMANDS", ())
    return [
        *found.values(),
        *(Command(command.id, (), command.text, command.action, screen) for command in without_key),
        *_theme_commands(screen.app),
    ]


def _theme_commands(app: App[Any]) -> list[Command]:
    return [
        Command("theme.set", (), f"Theme: {name}", f"app.set_theme({name!r})", app)
        for name in sorted(app.available_themes)
        if name != app.theme
    ]
