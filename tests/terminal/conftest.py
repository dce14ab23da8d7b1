from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import groupstui

if TYPE_CHECKING:
    from .secret_service import SecretService


def need(*programs: str) -> None:
    """Skip the test if a program is missing; fail in CI, which must have all of them."""
    missing = ", ".join(program for program in programs if shutil.which(program) is None)
    if missing:
        (pytest.fail if os.environ.get("CI") else pytest.skip)(f"not installed here: {missing}")


@pytest.fixture
def home() -> Iterator[Path]:
    """A temporary home. Its path is short, because that of a socket may have about 100 characters."""
    with tempfile.TemporaryDirectory(prefix="groupstui-", ignore_cleanup_errors=True) as folder:
        yield Path(folder)


@pytest.fixture
def environment(home: Path) -> dict[str, str]:
    """The whole environment of a program: no session bus, display, keyring or token; pages of 15 groups."""
    folders = {
        "XDG_CONFIG_HOME": home / ".config",
        "XDG_DATA_HOME": home / ".local" / "share",
        "XDG_CACHE_HOME": home / ".cache",
        "XDG_RUNTIME_DIR": home / "run",
    }
    for folder in folders.values():
        folder.mkdir(mode=0o700, parents=True)
    settings = folders["XDG_CONFIG_HOME"] / "groupstui" / "settings.toml"
    settings.parent.mkdir(mode=0o700)
    settings.write_text("page_size = 15\n")
    return {
        "HOME": str(home),
        "LANG": "C.UTF-8",
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(Path(groupstui.__file__).parents[1]),
        **{name: str(folder) for name, folder in folders.items()},
    }


@pytest.fixture
def secret_service(environment: dict[str, str]) -> Iterator[SecretService]:
    """An unlocked keyring on a private session bus, which programs find through its `environment`."""
    need("dbus-daemon", "gnome-keyring-daemon")
    from .secret_service import SecretService  # imports what only Linux has

    with SecretService(environment) as service:
        yield service
