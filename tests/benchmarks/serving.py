"""Sites to measure against, each a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

HERE = Path(__file__).parent


@dataclass(frozen=True)
class Served:
    """A site on a loopback port."""

    url: str
    token: str

    def environment(self, home: str) -> dict[str, str]:
        """Return the whole environment of a program that reads it."""
        return environment(home) | {"TESTMO_TOKEN": self.token, "TESTMO_INSTANCE": self.url}


def environment(home: str) -> dict[str, str]:
    """Return an environment with nothing of the developer's own."""
    kept = {name: os.environ[name] for name in ("PATH", "PYTHONPATH", "VIRTUAL_ENV") if name in os.environ}
    return kept | {"HOME": home, "LANG": "C.UTF-8"}


@contextmanager
def home() -> Iterator[str]:
    """Return an empty home."""
    with TemporaryDirectory(prefix="groupstui-") as folder:
        yield folder


@contextmanager
def demo(**options: int) -> Iterator[Served]:
    """Serve the demo site with these of its options, as `groups=230`."""
    named = [word for name, value in options.items() for word in (f"--{name.replace('_', '-')}", str(value))]
    with _served([sys.executable, "-m", "tests.support.site", *named]) as site:
        yield site


@contextmanager
def heavy() -> Iterator[Served]:
    """Serve 100 pages of groups of 5,000 members."""
    with _served([sys.executable, str(HERE / "heavy_site.py")]) as site:
        yield site


@contextmanager
def _served(command: list[str]) -> Iterator[Served]:
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        try:
            yield Served(*server.stdout.readline().split())
        finally:
            server.kill()
