"""Sites to measure against, each in a process of its own."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import urlsplit

from .program import ROOT, environment


@dataclass(frozen=True)
class Site:
    """A site on a loopback port."""

    url: str
    token: str
    ca_file: str = ""
    """The file of the CA of an HTTPS site."""

    def environment(self, home: str) -> dict[str, str]:
        """Return the environment of a program that reads this site."""
        return environment(home, TESTMO_TOKEN=self.token, TESTMO_INSTANCE=self.url)

    @property
    def options(self) -> tuple[str, ...]:
        """The options that the program needs for this site."""
        return ("--ca-bundle", self.ca_file) if self.ca_file else ()

    def curl(self, page: str) -> str:
        """Return the shell command that prints a page of groups with their users."""
        trust = f"--cacert '{self.ca_file}' " if self.ca_file else ""
        url = f"{self.url}/api/v1/groups?per_page=100&expands=users&page="
        return f"curl -s {trust}-H 'Authorization: Bearer {self.token}' '{url}'{page}"


@contextmanager
def demo_site(**options: int) -> Iterator[Site]:
    """Serve the demo site with options of `tests.support.site`, such as `groups=230`."""
    with _process("tests.support.site", *_named(options)) as lines:
        yield Site(*next(lines).split())


@contextmanager
def tls_site(round_trip_ms: int, **options: int) -> Iterator[Site]:
    """Serve the demo site over TLS behind a proxy that delays each direction by half of the round trip."""
    with _process("tests.support.site", "--tls", *_named(options)) as lines:
        url, token = next(lines).split()
        ca_file = next(lines).strip()
        port = str(urlsplit(url).port)
        with _process("benchmarks.delaying_proxy", port, str(round_trip_ms / 2)) as proxy_lines:
            yield Site(f"https://127.0.0.1:{next(proxy_lines).strip()}", token, ca_file)


@contextmanager
def heavy_site() -> Iterator[Site]:
    """Serve 100 pages of 100 groups with 5,000 members each."""
    with _process("benchmarks.heavy_site") as lines:
        yield Site(*next(lines).split())


def _named(options: dict[str, int]) -> list[str]:
    return [word for name, value in options.items() for word in (f"--{name.replace('_', '-')}", str(value))]


@contextmanager
def _process(module: str, *arguments: str) -> Iterator[Iterator[str]]:
    """Run a module and yield the lines that it prints."""
    command = [sys.executable, "-m", module, *arguments]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield process.stdout
        finally:
            process.terminate()
