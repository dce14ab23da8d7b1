"""Check the keys that the user has given to actions."""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from difflib import get_close_matches

from textual.binding import Binding
from textual.dom import DOMNode
from textual.keys import KEY_TO_UNICODE_NAME, REPLACED_KEYS, Keys
from textual.screen import Screen

from ..errors import quoted

MODIFIERS = ("ctrl+", "alt+", "shift+", "super+", "meta+", "hyper+")

BindingsByClass = Mapping[type[DOMNode], Sequence[Binding]]

_NAMES = {key.value for key in Keys} | {*KEY_TO_UNICODE_NAME, *REPLACED_KEYS}


def bindings_by_class(package: str) -> dict[type[DOMNode], list[Binding]]:
    """Return the bindings with an id that each class of a package declares."""
    found: dict[type[DOMNode], list[Binding]] = {}
    classes: list[type[DOMNode]] = [DOMNode]
    while classes:
        each = classes.pop()
        classes += each.__subclasses__()
        if each.__module__.startswith(package) and each not in found:
            own = vars(each).get("BINDINGS", ())
            found[each] = [
                binding for binding in Binding.make_bindings(own) if binding.id and binding.tooltip
            ]
    return found


def valid_keymap(
    keymap: Mapping[str, str], classes: BindingsByClass, shared: Sequence[type[DOMNode]]
) -> tuple[dict[str, str], list[str]]:
    """Return what of a keymap can be used, and sentences about the rest and about conflicts.

    Args:
        keymap: The keys by the id of the binding, separated by commas.
        classes: The bindings of each class.
        shared: The classes whose bindings work on every screen.
    """
    ids = {binding.id for bindings in classes.values() for binding in bindings if binding.id}
    usable: dict[str, str] = {}
    problems: list[str] = []
    for id, keys in keymap.items():
        names = [_full_name(key.strip()) for key in keys.split(",")]
        if id not in ids:
            similar = get_close_matches(id, ids, n=1)
            suggestion = f" (similar: {similar[0]})" if similar else ""
            problems.append(f"{quoted(id)} is not an action{suggestion}")
        elif not all(map(is_key, names)):
            problems.append(f"{quoted(keys)} of {id} is not a key")
        else:
            usable[id] = ",".join(names)
    return usable, [*problems, *_conflicts(usable, classes, shared)]


def _full_name(key: str) -> str:
    """Return the name of a key that may be given as a character, as `slash` for `/`."""
    return next(iter(Binding.make_bindings([Binding(key, "")]))).key if key else key


def is_key(name: str) -> bool:
    """Return whether a key has this full name, as `f6`, `ctrl+n`, `n` or `right_square_bracket`."""
    while name.startswith(MODIFIERS):
        name = name.partition("+")[2]
    if len(name) == 1 or name in _NAMES:
        return True
    try:
        return bool(name.islower() and unicodedata.lookup(name.replace("_", " ").upper()))
    except KeyError:
        return False


def _conflicts(
    keymap: Mapping[str, str], classes: BindingsByClass, shared: Sequence[type[DOMNode]]
) -> Iterator[str]:
    """Yield a sentence for each key that has two actions in one place because of the keymap."""
    seen: set[tuple[str, ...]] = set()
    for each in classes:
        chain = [*shared, each] if issubclass(each, Screen) else [each]
        ids: dict[str, list[str]] = defaultdict(list)
        bases = dict.fromkeys(base for node in chain for base in node.__mro__)
        for binding in (binding for base in bases for binding in classes.get(base, ())):
            id = binding.id or ""
            for key in keymap[id].split(",") if id in keymap else [binding.key]:
                if id not in ids[key]:
                    ids[key].append(id)
        for key, both in ids.items():
            if len(both) > 1 and not keymap.keys().isdisjoint(both) and tuple(both) not in seen:
                seen.add(tuple(both))
                yield f"{quoted(key)} is the key of {' and '.join(both)}"
