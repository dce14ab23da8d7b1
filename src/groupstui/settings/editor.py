"""Change values in the text of the settings file without losing comments, order and spacing."""

from __future__ import annotations

from collections.abc import MutableMapping
from contextlib import suppress
from dataclasses import fields
from typing import Any

import tomlkit
from tomlkit.exceptions import TOMLKitError

from .model import parse_document
from .settings import InvalidDocument, Settings

TABLES = ("sites", "keys", "lists")
"""The settings that are tables."""


def edit_document(text: str, before: Settings, after: Settings) -> str:
    """Return a TOML text with other settings; only changed values differ.

    Raises:
        InvalidDocument: If the text cannot be edited.
    """
    try:
        document = tomlkit.parse(text)
        for key in sorted({field.name for field in fields(Settings)} - {*TABLES, "unknown"}):
            _set(document, key, getattr(before, key), getattr(after, key))
        old = {site.name: site.instance for site in before.sites}
        new = {site.name: site.instance for site in after.sites}
        if new and "sites" not in document:
            document["sites"] = tomlkit.table()
        for name in sorted(old | new):
            _set(document["sites"], name, old.get(name), new.get(name))
        _edit_lists(document, before, after)
        edited = tomlkit.dumps(document)
        if parse_document(edited) == after:
            return edited
    except (TOMLKitError, InvalidDocument, RecursionError):  # a table of an unknown key may be nested deeply
        pass
    # For example `sites.acme = "…"` among other keys, which tomlkit cannot always edit in place.
    raise InvalidDocument("the settings cannot be changed without damaging the file: edit it by hand")


def set_value(text: str, key: str, value: str) -> str:
    """Return a TOML text with another value of one key.

    Args:
        text: The settings.
        key: A setting, or one of a table, as `keys.page.next`.
        value: A value in TOML; a text needs no quotation marks, and a list no brackets.

    Raises:
        InvalidDocument: If the text or the value is not valid.
    """
    values: list[Any] = [value, value.split(",")]
    with suppress(TOMLKitError):
        values.insert(0, tomlkit.value(value))
    failure = InvalidDocument("")
    for each in values:
        document = tomlkit.parse(text)
        table, _, name = key.partition(".")
        if name:
            document.setdefault(table, tomlkit.table())[name] = each
        else:
            document[key] = each
        edited = tomlkit.dumps(document)
        try:
            parse_document(edited)
        except InvalidDocument as error:
            failure = error if not str(failure) else failure
        else:
            return edited
    raise InvalidDocument(str(failure))


def unset_value(text: str, key: str) -> str:
    """Return a TOML text without one value, which may be one of a table, as `keys.page.next`.

    Raises:
        InvalidDocument: If the text is not valid.
    """
    try:
        document = tomlkit.parse(text)
    except TOMLKitError as error:
        raise InvalidDocument(str(error)) from None
    table, _, name = key.partition(".")
    place = document.get(table) if name else document
    if isinstance(place, MutableMapping) and not isinstance(place.get(name or table), MutableMapping):
        place.pop(name or table, None)
    return tomlkit.dumps(document)


def as_toml(settings: Settings) -> str:
    """Return all settings as TOML, in which those that are not set are comments."""
    document = tomlkit.document()
    for field in fields(Settings):
        value = getattr(settings, field.name)
        if field.name in (*TABLES, "unknown"):
            continue
        if value is None:
            document.add(tomlkit.comment(f"{field.name} is not set"))
        else:
            document[field.name] = list(value) if isinstance(value, tuple) else value
    for name, pairs in (
        ("sites", {site.name: site.instance for site in settings.sites}),
        ("keys", dict(settings.keys)),
    ):
        if pairs:
            document[name] = pairs
    _edit_lists(document, Settings(), settings)
    return tomlkit.dumps(document)


def _edit_lists(document: tomlkit.TOMLDocument, before: Settings, after: Settings) -> None:
    """Write the saved lists that differ, each on a line of its own in the table of its instance."""
    old, new = ({(each.instance, each.name): each for each in settings.lists} for settings in (before, after))
    for instance, name in sorted(old | new):
        saved = new.get((instance, name))
        if saved == old.get((instance, name)):
            continue
        lists = document.setdefault("lists", tomlkit.table(is_super_table=True))
        table = lists.setdefault(instance, tomlkit.table())
        if saved is None:
            del table[name]
        else:
            line = tomlkit.inline_table()
            line.update({"groups": list(saved.groups), "show": saved.show})
            if saved.only:
                line["only"] = list(saved.only)
            table[name] = line


def _set(table: MutableMapping[str, Any], key: str, old: object, new: object) -> None:
    if new == old:
        return
    if new in (None, ()):
        del table[key]
    else:
        table[key] = list(new) if isinstance(new, tuple) else new
