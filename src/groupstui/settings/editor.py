"""Change values in the text of the settings file without losing comments, order and spacing."""

from __future__ import annotations

from collections.abc import MutableMapping
from dataclasses import fields
from typing import Any

import tomlkit
from tomlkit.exceptions import TOMLKitError

from .model import parse_document
from .settings import InvalidDocument, Settings


def edit_document(text: str, before: Settings, after: Settings) -> str:
    """Return a TOML text with other settings; only changed values differ.

    Raises:
        InvalidDocument: If the text cannot be edited.
    """
    try:
        document = tomlkit.parse(text)
        for key in sorted({field.name for field in fields(Settings)} - {"sites"}):
            _set(document, key, getattr(before, key), getattr(after, key))
        old = {site.name: site.instance for site in before.sites}
        new = {site.name: site.instance for site in after.sites}
        if new and "sites" not in document:
            document["sites"] = tomlkit.table()
        for name in sorted(old | new):
            _set(document["sites"], name, old.get(name), new.get(name))
        edited = tomlkit.dumps(document)
        if parse_document(edited) == after:
            return edited
    except (TOMLKitError, InvalidDocument):
        pass
    # For example `sites.acme = "…"` among other keys, which tomlkit cannot always edit in place.
    raise InvalidDocument("the settings cannot be changed without damaging the file: edit it by hand")


def _set(table: MutableMapping[str, Any], key: str, old: object, new: object) -> None:
    if new == old:
        return
    if new in (None, ()):
        del table[key]
    else:
        table[key] = list(new) if isinstance(new, tuple) else new
