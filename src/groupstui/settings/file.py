"""Read and replace the settings file."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic, sleep
from typing import Any

import platformdirs

from ..errors import SettingsError, SettingsUnreadable
from ..private_files import NO_WAIT, make_private_folder, write_private
from ..redaction import without_tokens
from ..text import sanitize
from .cache import SettingsCache
from .settings import InvalidDocument, Settings

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

MAX_SETTINGS_BYTES = 1_000_000
"""A larger file contains no settings."""

LOCK_S = 1.0
"""Seconds to wait for other programs that change the settings, which takes each of them some milliseconds."""

LOCK_RETRY_S = 0.01


def default_path() -> Path:
    """Return the path of the settings file on this system; `XDG_CONFIG_HOME` is respected."""
    return platformdirs.user_config_path("groupstui", appauthor=False) / "settings.toml"


class SettingsFile:
    """A TOML file of settings. If it is missing or empty, the defaults apply."""

    def __init__(self, path: Path, cache: SettingsCache | None = None) -> None:
        """Choose the file, and where validated settings are kept for the next start, if anywhere."""
        self.path = path
        self._cache = cache

    def load(self) -> Settings:
        """Return the settings in the file.

        Raises:
            SettingsError: If the file cannot be read, is not TOML, or has an invalid value.
        """
        return self._parse(self.text())

    def themes(self) -> tuple[list[dict[str, Any]], list[str]]:
        """Return the values of the themes beside the file, and sentences about those that cannot be used."""
        themes: list[dict[str, Any]] = []
        problems: list[str] = []
        paths = sorted((self.path.parent / "themes").glob("*.toml"))
        if paths:
            # Part of the httpx and pydantic boundary: without themes, nothing waits for pydantic.
            from .themes import read_theme

            for path in paths:
                try:
                    themes.append(read_theme(path))
                except InvalidDocument as error:
                    problems.append(sanitize(f"themes/{path.name}: {error}"))
        return themes, problems

    def save(self, settings: Settings) -> None:
        """Write the values that differ from the file; see `update`."""
        self.update(lambda _: settings)

    def update(self, change: Callable[[Settings], Settings]) -> None:
        """Change the settings in the file, and keep everything else in it.

        Of several programs that do so at the same time, each waits for the others. The file is replaced as a
        whole or not at all, and only its owner can read it.

        Raises:
            SettingsError: If the file cannot be written, or is invalid: then it is never overwritten.
        """
        if change(before := self.load()) == before:
            return
        # Lazy boundary: tomlkit keeps comments, but importing it takes a tenth of every start with settings.
        from .editor import edit_document

        def edit(text: str) -> str:
            before = self._parse(text)
            return edit_document(text, before, change(before))

        self.edit(edit)

    def edit(self, edit: Callable[[str], str]) -> None:
        """Replace the text of the file; see `update`.

        Args:
            edit: Returns the new text for the old one, or raises `InvalidDocument`.

        Raises:
            SettingsError: If the file cannot be written, or if the new text is invalid.
        """
        try:
            folder = Path(os.path.realpath(self.path)).parent
            make_private_folder(folder)
            with _locked(folder):
                text = edit(self.text())
                self._parse(text)
                write_private(self.path, [text], force=True)
        except InvalidDocument as error:
            raise self._error(str(error), error.line) from None
        except OSError as error:
            raise self._error(f"the settings cannot be saved: {error.strerror or error}") from error

    def text(self) -> str:
        """Return the text of the file, which may be invalid; empty if there is none.

        Raises:
            SettingsError: If the file cannot be read.
        """
        try:
            with open(self.path, "rb", opener=_open_without_waiting) as file:
                content = file.read(MAX_SETTINGS_BYTES + 1) or b""
            if len(content) > MAX_SETTINGS_BYTES:
                raise self._error(f"the file is larger than {MAX_SETTINGS_BYTES // 1000} kB")
            return content.decode("utf-8-sig")  # some editors write a byte order mark
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
        if self._cache is not None and (known := self._cache.load(text)) is not None:
            return known
        # Part of the httpx and pydantic boundary: without new settings, nothing waits for pydantic.
        from .model import parse_document

        try:
            settings = parse_document(text)
        except InvalidDocument as error:
            raise self._error(str(error), error.line) from None
        if self._cache is not None:
            self._cache.save(text, settings)
        return settings

    def _error(self, message: str, line: int | None = None) -> SettingsError:
        place = str(self.path) if line is None else f"{self.path}, line {line}"
        return SettingsError(sanitize(f"{place}: {without_tokens(message)}", max_chars=1000))


def _open_without_waiting(path: str, flags: int) -> int:
    """Open a file; a pipe without a writer is empty instead of blocking."""
    return os.open(path, flags | NO_WAIT)


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """Hold a lock on a folder, unless its file system has no locks or a stopped program holds it."""
    descriptor = _open_lock(folder)
    try:
        end = monotonic() + LOCK_S
        while monotonic() < end:
            try:
                _lock(descriptor)
                break
            except (BlockingIOError, PermissionError):
                sleep(LOCK_RETRY_S)
            except OSError:
                break
        yield
    finally:
        os.close(descriptor)  # this also unlocks it


def _open_lock(folder: Path) -> int:
    """Return a descriptor to lock: of the folder, or on Windows, which opens no folders, of a file in it."""
    if sys.platform == "win32":
        return os.open(folder / "settings.lock", os.O_RDWR | os.O_CREAT)
    return os.open(folder, os.O_RDONLY)


def _lock(descriptor: int) -> None:
    """Lock a descriptor, or raise BlockingIOError or, on Windows, PermissionError if another program does."""
    if sys.platform == "win32":
        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
    else:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
