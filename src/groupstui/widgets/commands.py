"""The one list of keys and commands: footer, help and palette are generated from it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from textual.binding import Binding
from textual.dom import DOMNode
from textual.screen import Screen

SECTIONS = {
    "view": "View",
    "analyse": "Analyse",
    "compare": "Compare",
    "paste": "Paste",
    "audit": "Audit",
    "changes": "Changes",
    "page": "Pages",
    "copy": "Copy & export",
    "load": "Load",
    "instance": "Instances",
    "login": "Sign in",
    "move": "Move",
    "table": "Lists",
    "dialog": "Dialog",
    "app": "Application",
}
"""The titles of the sections in their order, by the first word of a binding's id."""

PALETTE_ID = "view.palette"
"""The id of the binding that opens the palette."""

ALWAYS = 0
"""The rank of a key whose hint is at the end of every footer, however narrow."""

FOCUSED_RANK = 1
"""The rank of a key that belongs to the focused widget alone."""

DEFAULT_RANK = 5
"""The rank of a key of one dialog: more useful there than the keys that many lists have."""


@dataclass(frozen=True)
class BindingDetails(Binding.Group):
    """What a binding has in addition to Textual's own.

    Textual copies the known fields of a binding; its group is the one that can hold more. The description is
    the id, so that no two bindings form a group.
    """

    rank: int = FOCUSED_RANK
    """How useful its hint is: the lowest come first in the footer, and are the last to be left out."""
    needs_row: bool = False
    """Whether the key is for the rows of a list: its hint is left out while the list has none."""
    aliases: tuple[str, ...] = ()
    """Words that mean the command in the palette."""


@dataclass(frozen=True, slots=True)
class Command:
    """An action that is available on a screen."""

    id: str
    """The id of the binding; its first word is the section, as in `page.next`."""
    keys: tuple[str, ...]
    """The keys as they are displayed; empty for commands of the palette only."""
    text: str
    """What the command does, in one sentence; the argument is called by its name."""
    action: str
    """The action, without its argument."""
    node: DOMNode
    """The namespace of the action."""
    enabled: bool = True
    aliases: tuple[str, ...] = ()
    """Words that mean the command in the palette."""
    argument: str = ""
    """The name of what can follow an alias, as in `page N`; empty if nothing can."""
    values: Mapping[str, str] = field(default_factory=dict)
    """What the argument can be, and how that is displayed; if empty, any number."""
    free_text: bool = False
    """Whether the argument can also be any other text."""
    problem: Callable[[str], str] = lambda value: ""
    """Returns why a text cannot be the argument; empty if it can."""
    value: str = ""
    """The argument of this command, if it has one."""
    current: str = ""
    """The argument whose effect is already there, such as the name of the theme."""
    is_current: bool = False
    """Whether the command would set what is already set."""

    @property
    def section(self) -> str:
        """The section of the help, such as `page`."""
        return self.id.partition(".")[0]

    def with_argument(self, value: str) -> Command:
        """Return the command for an argument."""
        displayed = self.values.get(value, value)
        return replace(
            self,
            text=self.text.replace(self.argument, displayed),
            action=f"{self.action}({value if value.isdecimal() else repr(value)})",
            aliases=tuple(f"{alias} {displayed}" for alias in self.aliases),
            argument="",
            values={},
            free_text=False,
            value=value,
            is_current=value == self.current,
        )


@dataclass(frozen=True, slots=True)
class PaletteCommand:
    """A command without a key, declared by a node in `PALETTE_COMMANDS`."""

    id: str
    text: str
    """What the command does, in one sentence, in which an argument is called by its name."""
    action: str
    """The action; an argument is added to it."""
    aliases: str = ""
    """Words that mean the command in the palette, separated by commas."""
    argument: str = ""
    """The name of what can follow an alias, as `N`; empty if nothing can."""
    values: Callable[[Any], Sequence[str] | Mapping[str, str]] = lambda node: ()
    """Returns what the argument can be, for the node, and in a mapping how that is displayed.

    If there is nothing, it can be any number. By default, `_` is displayed as a space.
    """
    current: Callable[[Any], str] = lambda node: ""
    """Returns the value that is set, for the node."""
    free_text: bool = False
    """Whether the argument can also be any other text."""
    problem: Callable[[Any, str], str] = lambda node, value: ""
    """Returns why a text cannot be the argument, for the node; empty if it can."""

    def on(self, node: DOMNode) -> Command:
        """Return the command of a node."""
        values = self.values(node)
        if not isinstance(values, Mapping):
            values = {value: value.replace("_", " ") for value in values}
        return Command(
            self.id,
            (),
            self.text,
            self.action,
            node,
            aliases=_split(self.aliases),
            argument=self.argument,
            values=values,
            current=self.current(node),
            free_text=self.free_text,
            problem=partial(self.problem, node),
        )


def bind(
    keys: str,
    action: str,
    id: str,
    text: str,
    aliases: str = "",
    *,
    hint: str = "",
    rank: int = DEFAULT_RANK,
    needs_row: bool = False,
    priority: bool = False,
) -> Binding:
    """Return a binding that appears in the help and the palette.

    Args:
        keys: The keys, separated by commas; the first is displayed in the footer.
        action: The action to run.
        id: Section and name, as in `page.next`.
        text: What the key does, in one sentence.
        aliases: Words that mean the command in the palette, separated by commas.
        hint: One or two words for the footer, and another alias; empty to leave the key out of the footer.
        rank: The place of the hint in the footer; the lowest come first.
        needs_row: Whether the key is for the rows of a list: its hint is left out while the list has none.
        priority: Whether the key also works where it would be typed, and in dialogs.
    """
    details = BindingDetails(id, rank=rank, needs_row=needs_row, aliases=_split(f"{hint}, {aliases}"))
    return Binding(keys, action, hint, show=bool(hint), id=id, tooltip=text, priority=priority, group=details)


def _split(words: str) -> tuple[str, ...]:
    return tuple(word.strip() for word in words.split(",") if word.strip())


def details_of(binding: Binding) -> BindingDetails:
    """Return the details of a binding, or the defaults if it has none."""
    return binding.group if isinstance(binding.group, BindingDetails) else BindingDetails()


def commands_of(screen: Screen[Any]) -> list[Command]:
    """Return the commands of a screen by section; those that only its palette offers are last in theirs.

    Bindings without an id of a section and a tooltip, such as Textual's own, are left out.
    """
    found: dict[tuple[str, int], Command] = {}
    for active in screen.active_bindings.values():
        binding = active.binding
        if not binding.id or not binding.tooltip or binding.id.partition(".")[0] not in SECTIONS:
            continue
        key = (binding.action, id(active.node))
        keys = (*(found[key].keys if key in found else ()), screen.app.get_key_display(binding))
        found[key] = Command(
            binding.id,
            keys,
            binding.tooltip,
            binding.action,
            active.node,
            active.enabled,
            details_of(binding).aliases,
        )
    commands = list(found.values())
    if any(command.id == PALETTE_ID for command in commands):
        for node in (screen.focused or screen).ancestors_with_self:
            commands += [command.on(node) for command in getattr(node, "PALETTE_COMMANDS", ())]
    return sorted(commands, key=lambda command: list(SECTIONS).index(command.section))
