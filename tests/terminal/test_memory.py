"""Whatever a site sends, the program stays small."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator

import pytest

from groupstui.demo.seed import make_site

from ..support.faults import Faults
from ..support.site_app import SiteApp
from ..support.site_server import SiteServer
from .bare_terminal import BareTerminal

TOKEN = "t0ken"
MOST = 200_000_000

MEASURE = """
import resource, subprocess, sys
code = subprocess.call(sys.argv[1:], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
print(code, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024)
"""
"""Run by a process of its own: what a child has had at most begins with what its parent has."""

HEAVY = {
    "bomb": "larger than 32 MB",
    "endless": "larger than 32 MB",
    "deep": "broken JSON",
    "types": "unknown shape",
    "endless-pages": "page 1 of",
    "repeats": "page 1 of",
}
"""What is sent, and what is said of it; the rest of the faults are small."""


@pytest.fixture
def given(environment, request) -> Iterator[dict[str, str]]:
    """The environment of a program whose site always sends the same."""
    faults = Faults()
    faults.always(request.getfixturevalue("kind"))
    with SiteServer(SiteApp(make_site(), token=TOKEN, faults=faults)) as server:
        yield environment | {"TESTMO_TOKEN": TOKEN, "TESTMO_INSTANCE": server.url}


def saw(record_property, kind: str, where: str, peak: int) -> None:
    record_property("saw", (where, kind, f"{peak / 1e6:.0f} MB at most"))


@pytest.mark.parametrize(("kind", "said"), HEAVY.items(), ids=HEAVY)
def test_the_app_stays_small(given, kind, said, record_property):
    with BareTerminal(given, columns=120) as terminal:
        terminal.read_until(said)
        terminal.press("r")
        terminal.read_all()
        saw(record_property, kind, "app", terminal.peak)
        assert terminal.peak < MOST


@pytest.mark.parametrize("kind", HEAVY)
def test_a_command_stays_small(given, kind, record_property):
    command = [sys.executable, "-c", MEASURE, sys.executable, "-m", "groupstui", "groups"]
    told = subprocess.run(command, env=given, capture_output=True, text=True, check=True, timeout=60)
    code, peak = map(int, told.stdout.split())
    saw(record_property, kind, "command", peak)
    assert code in (0, 3)
    assert peak < MOST
