"""Reads the settings from their file, and writes them back without losing what a user wrote there."""

from __future__ import annotations

import os
import re
from collections.abc import MutableMapping
from dataclasses import fields
from pathlib import Path
from typing import Any

import platformdirs

from ..errors import SettingsError
from ..private_files import make_private_folder, write_private
from ..text import sanitize
from .model import BadValue, Settings, Site

_PLACE = re.compile(r" \(at line (\d+), column \d+\)$")
"""Where a TOML error is, as the standard library words it."""

_KEYS = frozenset(field.name for field in fields(Settings))


def default_path() -> Path:
    """Return the place for the settings on this system; `XDG_CONFIG_HOME` is honoured."""
    return platformdirs.user_config_path("groupstui") / "settings.toml"


class SettingsFile:
    """A TOML file of settings. A missing one stands for the defaults."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def load(self) -> Settings:
        """Return the settings in the file.

        Raises:
            SettingsError: If the file can't be read, is no TOML, or holds a value or a key that is wrong.
        """
        return self._settings(self._read())

    def save(self, settings: Settings) -> None:
        """Write what differs from the file, and leave everything else in it as it stands.

        The file changes as a whole or not at all, and only its owner can read it.

        Raises:
            SettingsError: If the file can't be written, or has become unreadable: it is never overwritten
                then.
        """
        text = self._read()
        before = self._settings(text)
        if settings == before:
            return
        after = self._edited(text, before, settings)
        try:
            make_private_folder(Path(os.path.realpath(self.path)).parent)
            write_private(self.path, [after], force=True)
        except OSError as error:
            raise self._error(f"the settings can't be saved: {error.strerror or error}") from error

    def _read(self) -> str:
        try:
            return self.path.read_bytes().decode()
        except FileNotFoundError:
            return ""
        except UnicodeDecodeError as error:
            line = error.object.count(b"\n", 0, error.start) + 1
            raise self._error("the text is not in UTF-8", line) from None
        except OSError as error:
            raise self._error(f"the settings can't be read: {error.strerror or error}") from error

    def _settings(self, text: str) -> Settings:
        if not text:
            return Settings()
        import tomllib  # a first run has no file

        try:
            values = tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            place = _PLACE.search(str(error))
            message = f"this is no valid TOML: {_PLACE.sub('', str(error))}"
            raise self._error(message, int(place[1]) if place else None) from None
        try:
            if unknown := [key for key in values if key not in _KEYS]:
                raise BadValue(unknown[0], "is not a setting")
            sites = values.pop("sites", {})
            if not isinstance(sites, dict):
                raise BadValue("sites", "must be a table of names and addresses")
            return Settings(**values, sites=tuple(Site(name, instance) for name, instance in sites.items()))
        except BadValue as error:
            raise self._error(str(error), _line_of(error.key, text)) from None

    def _edited(self, text: str, before: Settings, after: Settings) -> str:
        """Return the file's text with the new settings; comments, order and spacing stay."""
        import tomlkit  # only who changes something waits for it
        from tomlkit.exceptions import TOMLKitError

        try:
            document = tomlkit.parse(text)
            for key in sorted(_KEYS - {"sites"}):
                _set(document, key, getattr(before, key), getattr(after, key))
            old = {site.name: site.instance for site in before.sites}
            new = {site.name: site.instance for site in after.sites}
            if new and "sites" not in document:
                document["sites"] = tomlkit.table()
            for name in sorted(old | new):
                _set(document["sites"], name, old.get(name), new.get(name))
            edited = tomlkit.dumps(document)
            if self._settings(edited) == after:
                return edited
        except (TOMLKitError, SettingsError):
            pass
        # Such as `sites.acme = "…"` among other keys, which can't always be edited in place.
        raise self._error("the settings can't be changed without harm to the file: edit it by hand")

    def _error(self, message: str, line: int | None = None) -> SettingsError:
        place = str(self.path) if line is None else f"{self.path}, line {line}"
        return SettingsError(sanitize(f"{place}: {message}", max_chars=1000))


def _set(table: MutableMapping[str, Any], key: str, old: object, new: object) -> None:
    """Change one value of a table, if it changed."""
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
