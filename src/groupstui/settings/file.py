"""Read the settings file, and change it without losing comments, order and spacing."""

from __future__ import annotations

import os
import re
from collections.abc import MutableMapping
from dataclasses import fields
from pathlib import Path
from typing import Any

import platformdirs
import tomlkit
from tomlkit.exceptions import ParseError, TOMLKitError

from ..errors import SettingsError
from ..private_files import make_private_folder, write_private
from ..text import sanitize
from .settings import Settings

_PLACE = re.compile(r" at line \d+ col \d+$")
"""The place that tomlkit adds to an error."""


def default_path() -> Path:
    """Return the path of the settings file on this system; `XDG_CONFIG_HOME` is respected."""
    return platformdirs.user_config_path("groupstui") / "settings.toml"


class SettingsFile:
    """A TOML file of settings. If it is missing or empty, the defaults apply."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def load(self) -> Settings:
        """Return the settings in the file.

        Raises:
            SettingsError: If the file cannot be read, is not TOML, or has an unknown key or invalid value.
        """
        return self._parse(self._read())

    def save(self, settings: Settings) -> None:
        """Write the values that differ from the file, and keep everything else in it.

        The file is replaced as a whole or not at all, and only its owner can read it.

        Raises:
            SettingsError: If the file cannot be written, or is invalid: then it is never overwritten.
        """
        text = self._read()
        before = self._parse(text)
        if settings == before:
            return
        edited = self._edit(text, before, settings)
        try:
            make_private_folder(Path(os.path.realpath(self.path)).parent)
            write_private(self.path, [edited], force=True)
        except OSError as error:
            raise self._error(f"the settings can't be saved: {error.strerror or error}") from error

    def _read(self) -> str:
        try:
            return self.path.read_bytes().decode()
        except FileNotFoundError:
            return ""
        except UnicodeDecodeError as error:
            line = error.object.count(b"\n", 0, error.start) + 1
            raise self._error("the file is not valid UTF-8", line) from None
        except OSError as error:
            raise self._error(f"the settings can't be read: {error.strerror or error}") from error

    def _parse(self, text: str) -> Settings:
        if not text.strip():
            return Settings()
        # Part of the httpx and pydantic boundary: without a file, nothing waits for pydantic.
        from .model import InvalidSetting, parse_settings

        try:
            return parse_settings(tomlkit.parse(text).unwrap())
        except ParseError as error:
            raise self._error(
                f"the file is not valid TOML: {_PLACE.sub('', str(error))}", error.line
            ) from None
        except InvalidSetting as error:
            raise self._error(str(error), _line_of(error.key, text)) from None

    def _edit(self, text: str, before: Settings, after: Settings) -> str:
        """Return the text of the file with changed values; comments, order and spacing stay."""
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
            if self._parse(edited) == after:
                return edited
        except (TOMLKitError, SettingsError):
            pass
        # For example `sites.acme = "…"` among other keys, which tomlkit cannot always edit in place.
        raise self._error("the settings can't be changed without damage to the file: edit it by hand")

    def _error(self, message: str, line: int | None = None) -> SettingsError:
        place = str(self.path) if line is None else f"{self.path}, line {line}"
        return SettingsError(sanitize(f"{place}: {message}", max_chars=1000))


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
