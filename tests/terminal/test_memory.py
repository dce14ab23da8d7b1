"""Memory stays limited, whatever an instance sends."""

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
MAX_BYTES = 250_000_000
"""The most that a site may make the program use, whatever it sends."""

MEASURE = """
import resource, subprocess, sys
code = subprocess.call(sys.argv[1:], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
print(code, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024)
"""
"""Runs in a separate process: the peak of a child starts at the size of its parent."""

HEAVY = {
    "bomb": "larger than 32 MB",
    "endless": "larger than 32 MB",
    "deep": "invalid JSON",
    "types": "unexpected structure",
    "endless-pages": "page 1 of",
    "repeats": "page 1 of",
}
"""The large faults, each with a part of the message about it."""


@pytest.fixture
def given(environment, request) -> Iterator[dict[str, str]]:
    """The environment of a program whose instance always answers with the same fault."""
    faults = Faults()
    faults.always(request.getfixturevalue("kind"))
    with SiteServer(SiteApp(make_site(), token=TOKEN, faults=faults)) as server:
        yield environment | {"TESTMO_TOKEN": TOKEN, "TESTMO_INSTANCE": server.url}


def record(record_property, kind: str, where: str, peak: int) -> None:
    record_property("peak", (where, kind, f"{peak / 1e6:.0f} MB at most"))


@pytest.mark.parametrize(("kind", "message"), HEAVY.items(), ids=HEAVY)
def test_app_memory_is_limited(given, kind, message, record_property):
    with BareTerminal(given, columns=120) as terminal:
        terminal.read_until(message)
        terminal.press("r")
        terminal.read_all()
        record(record_property, kind, "app", terminal.peak)
        assert terminal.peak < MAX_BYTES


@pytest.mark.parametrize("kind", HEAVY)
def test_command_memory_is_limited(given, kind, record_property):
    command = [sys.executable, "-c", MEASURE, sys.executable, "-m", "groupstui", "groups"]
    done = subprocess.run(command, env=given, capture_output=True, text=True, check=True, timeout=60)
    code, peak = map(int, done.stdout.split())
    record(record_property, kind, "command", peak)
    assert code in (0, 3)
    assert peak < MAX_BYTES
