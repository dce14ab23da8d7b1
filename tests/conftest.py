"""What every test stands on: nothing of the developer's own machine, and a demo site over TCP."""

from __future__ import annotations

import os
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

# Textual and Rich read these when they are imported, and the snapshots would change with them.
DRAWING = ("NO_COLOR", "FORCE_COLOR", "COLORTERM", "COLUMNS", "LINES", "TEXTUAL_THEME", "TEXTUAL_ANIMATIONS")
for variable in (*DRAWING, "TESTMO_TOKEN", "TESTMO_INSTANCE"):
    os.environ.pop(variable, None)
os.environ["TERM"] = "xterm-256color"

import pytest

from groupstui.demo import DEMO_MEMBER_TOKEN, DEMO_TOKEN, Faults, RequestLog, Site, create_app, make_site
from groupstui.demo.server import DemoServer
from groupstui.service.service import GroupsService
from groupstui.testmo.instance import Instance
from groupstui.testmo.rate_limit import Clock


@pytest.fixture(autouse=True)
def _cut_off(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep the developer's own home, keyring, proxies and time zone out of every test."""
    home = tmp_path_factory.mktemp("home")
    for variable in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "SSL_CERT_FILE", "SSL_CERT_DIR"):
        monkeypatch.delenv(variable, raising=False)
        monkeypatch.delenv(variable.lower(), raising=False)
    monkeypatch.setenv("HOME", str(home))
    for variable in ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME"):
        monkeypatch.setenv(variable, str(home / variable.lower()))
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.fail.Keyring")
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()


@dataclass(frozen=True)
class Demo:
    """A demo site on a loopback port."""

    url: str
    site: Site
    faults: Faults
    log: RequestLog
    token: str = DEMO_TOKEN
    member_token: str = DEMO_MEMBER_TOKEN

    @property
    def instance(self) -> Instance:
        return Instance.parse(self.url)


@pytest.fixture
def site() -> Site:
    """The data of the demo site; a test that needs another overrides this."""
    return make_site()


@pytest.fixture
def demo(site: Site) -> Iterator[Demo]:
    """The demo site over TCP."""
    app = create_app(site, token=DEMO_TOKEN, member_token=DEMO_MEMBER_TOKEN, faults=Faults(seconds=60))
    with DemoServer(app) as server:
        yield Demo(server.url, site, app.state.faults, app.state.log)


class SteppedClock(Clock):
    """A clock that stands still, and jumps ahead where somebody waits for it."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self.waits: list[float] = []
        """How long each wait was to take."""

    def monotonic(self) -> float:
        return self.seconds

    def now(self) -> datetime:
        return datetime(2026, 11, 23, 14, 2, 11, tzinfo=UTC) + timedelta(seconds=self.seconds)

    async def sleep(self, seconds: float) -> None:
        self.waits.append(seconds)
        self.seconds += seconds


@pytest.fixture
def clock() -> SteppedClock:
    return SteppedClock()


@pytest.fixture
async def service(demo: Demo, clock: SteppedClock) -> AsyncIterator[GroupsService]:
    """The service on the demo site over TCP, signed in to by its admin's token."""
    async with GroupsService(demo.url, demo.token, clock=clock, timeout=5) as service:
        yield service


@pytest.fixture
def settings_path(tmp_path: Path) -> Path:
    return tmp_path / "settings.toml"


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Show what a user would have read on each kind of bad day."""
    reports = terminalreporter.getreports("passed")
    seen = sorted(value for report in reports for name, value in report.user_properties if name == "saw")
    if seen:
        terminalreporter.section("what a user saw on bad days")
    for where, kind, words in seen:
        terminalreporter.write_line(f"{kind:<14}{where:<9}{words}")
