"""Keep validated settings for the next start, so that it does not have to import pydantic.

The cache is that of one text of the settings file and of one version of the program: any other is ignored. It
contains what the settings file contains, but nothing that is not a setting.
"""

from __future__ import annotations

import hashlib
import json
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path

import platformdirs

from ..private_files import make_private_folder, write_private
from ..version import __version__
from .settings import SavedList, Settings, Site


def default_cache() -> SettingsCache:
    """Return the cache of this system; `XDG_CACHE_HOME` is respected."""
    return SettingsCache(platformdirs.user_cache_path("groupstui", appauthor=False) / "settings.json")


class SettingsCache:
    """The settings that were validated last, in a JSON file."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def load(self, text: str) -> Settings | None:
        """Return the settings that a text contains; None if it is not the one that was validated last."""
        try:
            content = json.loads(self.path.read_bytes())
            return _settings(content["settings"]) if content["text"] == _digest(text) else None
        except (OSError, ValueError, TypeError, LookupError):
            return None  # missing, damaged, or of a version that is being developed

    def save(self, text: str, settings: Settings) -> None:
        """Store the valid settings that a text contains, unless the file cannot be written."""
        content = json.dumps({"text": _digest(text), "settings": asdict(settings)})
        with suppress(OSError):
            make_private_folder(self.path.parent)
            write_private(self.path, [content], force=True)


def _digest(text: str) -> str:
    return hashlib.blake2b(f"{__version__}\n{text}".encode()).hexdigest()


def _settings(values: dict[str, object]) -> Settings:
    """Return settings from what JSON has of them: lists in place of tuples, objects in place of records."""
    sites, keys, lists = values.pop("sites"), values.pop("keys"), values.pop("lists")
    if not (isinstance(sites, list) and isinstance(keys, list) and isinstance(lists, list)):
        raise TypeError
    simple = {name: tuple(value) if isinstance(value, list) else value for name, value in values.items()}
    return Settings(
        **simple,  # type: ignore[arg-type]
        sites=tuple(Site(**site) for site in sites),
        keys=tuple((action, key) for action, key in keys),
        lists=tuple(
            SavedList(**{**each, "groups": tuple(each["groups"]), "only": tuple(each["only"])})
            for each in lists
        ),
    )
