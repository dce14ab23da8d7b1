"""The text of the settings file: read as TOML, and edited without losing comments, order and spacing."""

from __future__ import annotations

import re
from collections.abc import MutableMapping
from dataclasses import fields
from typing import Any

import tomlkit
from tomlkit.exceptions import ParseError, TOMLKitError

from .model import InvalidSetting, parse_settings
from .settings import InvalidDocument, Settings

_PLACE = re.compile(r" at line \d+ col \d+$")
"""The place that tomlkit adds to an error."""


class Document:
    """A TOML text of settings.

    Raises:
        InvalidDocument: When it is created, if it is invalid.
    """

    def __init__(self, text: str) -> None:
        self._text = text
        try:
            self.settings = parse_settings(tomlkit.parse(text).unwrap())
        except ParseError as error:
            message = f"the file is not valid TOML: {_PLACE.sub('', str(error))}"
            raise InvalidDocument(message, error.line) from None
        except InvalidSetting as error:
            raise InvalidDocument(str(error), _line_of(error.key, text)) from None

    def edited(self, after: Settings) -> str:
        """Return the text with other settings; only changed values differ.

        Raises:
            InvalidDocument: If the text cannot be edited.
        """
        before = self.settings
        try:
            document = tomlkit.parse(self._text)
            for key in sorted({field.name for field in fields(Settings)} - {"sites"}):
                _set(document, key, getattr(before, key), getattr(after, key))
            old = {site.name: site.instance for site in before.sites}
            new = {site.name: site.instance for site in after.sites}
            if new and "sites" not in document:
                document["sites"] = tomlkit.table()
            for name in sorted(old | new):
                _set(document["sites"], name, old.get(name), new.get(name))
            text = tomlkit.dumps(document)
            if Document(text).settings == after:
                return text
        except (TOMLKitError, InvalidDocument):
            pass
        # For example `sites.acme = "…"` among other keys, which tomlkit cannot always edit in place.
        raise InvalidDocument("the settings cannot be changed without damaging the file: edit it by hand")


def _set(table: MutableMapping[str, Any], key: str, old: object, new: object) -> None:
    """Change one value of a table, if it differs."""
    if new == old:
        return
    if new is None:
        del table[key]
    else:
        table[key] = new


def _line_of(key: str, text: str) -> int | None:
    """Return the number of the first line that sets a key or opens a table of that name."""
    opens = re.compile(rf"""\s*\[*\s*["']?{re.escape(key)}["']?\s*[=.\]]""")
    return next((number for number, line in enumerate(text.split("\n"), 1) if opens.match(line)), None)
