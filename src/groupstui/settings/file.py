"""Read and replace the settings file."""

from __future__ import annotations

import os
from pathlib import Path

import platformdirs

from ..errors import SettingsError, SettingsUnreadable
from ..private_files import make_private_folder, write_private
from ..text import sanitize
from .settings import InvalidDocument, Settings


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
        # Lazy boundary: tomlkit keeps comments, but importing it takes a tenth of every start with settings.
        from .editor import edit_document

        try:
            make_private_folder(Path(os.path.realpath(self.path)).parent)
            write_private(self.path, [edit_document(text, before, settings)], force=True)
        except InvalidDocument as error:
            raise self._error(str(error)) from None
        except OSError as error:
            raise self._error(f"the settings cannot be saved: {error.strerror or error}") from error

    def _read(self) -> str:
        try:
            return self.path.read_bytes().decode()
        except FileNotFoundError:
            return ""
        except UnicodeDecodeError as error:
            line = error.object.count(b"\n", 0, error.start) + 1
            raise self._error("the file is not valid UTF-8", line) from None
        except (PermissionError, NotADirectoryError) as error:
            message = self._error(f"the settings cannot be read: {error.strerror}")
            raise SettingsUnreadable(str(message)) from None
        except OSError as error:
            raise self._error(f"the settings cannot be read: {error.strerror or error}") from error

    def _parse(self, text: str) -> Settings:
        if not text.strip():
            return Settings()
        # Part of the httpx and pydantic boundary: without a file, nothing waits for pydantic.
        from .model import parse_document

        try:
            return parse_document(text)
        except InvalidDocument as error:
            raise self._error(str(error), error.line) from None

    def _error(self, message: str, line: int | None = None) -> SettingsError:
        place = str(self.path) if line is None else f"{self.path}, line {line}"
        return SettingsError(sanitize(f"{place}: {message}", max_chars=1000))
