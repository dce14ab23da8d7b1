"""Fixtures of all tests: isolation from the developer's machine, and a demo site over TCP."""

from __future__ import annotations

import gc
import os
import sys
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from weakref import WeakValueDictionary

# Textual and Rich read these on import; the snapshots depend on them.
DISPLAY_VARIABLES = (
    "NO_COLOR",
    "FORCE_COLOR",
    "CLICOLOR_FORCE",
    "COLORTERM",
    "COLUMNS",
    "LINES",
    "TEXTUAL_THEME",
    "TEXTUAL_ANIMATIONS",
)
OWN_VARIABLES = {name for name in os.environ if name.startswith(("TESTMO_", "GROUPSTUI_"))}
for variable in (*DISPLAY_VARIABLES, "PAGER", *OWN_VARIABLES):
    os.environ.pop(variable, None)
os.environ["TERM"] = "xterm-256color"

import pytest

from groupstui.demo.seed import make_site
from groupstui.demo.site import Site
from groupstui.service.service import GroupsService
from groupstui.testmo.http_options import HttpOptions

from .support.clock import SteppedClock
from .support.faults import Faults
from .support.site_app import MEMBER_TOKEN, SiteApp
from .support.site_server import RunningSite, SiteServer


def pytest_collection_finish() -> None:
    """Collect garbage less often: it took a fifth of the time of the tests of the app."""
    gc.set_threshold(50_000, 10, 10)


@pytest.fixture(autouse=True)
def _isolated(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """Isolate the test from the developer's home, clipboard, keyring, proxies and time zone."""
    home = tmp_path_factory.mktemp("home")
    for variable in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "SSL_CERT_FILE", "SSL_CERT_DIR"):
        monkeypatch.delenv(variable, raising=False)
        monkeypatch.delenv(variable.lower(), raising=False)
    monkeypatch.setenv("HOME", str(home))
    for variable in ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME"):
        monkeypatch.setenv(variable, str(home / variable.lower()))
    monkeypatch.setenv("SSH_TTY", "/dev/pts/0")  # for the app does not use the system's clipboard over SSH
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.fail.Keyring")
    # Short tokens of one test would mask the messages of all later ones.
    monkeypatch.setattr("groupstui.redaction._secrets", WeakValueDictionary())
    monkeypatch.setenv("TZ", "UTC")
    if sys.platform != "win32":
        time.tzset()


@pytest.fixture(scope="session")
def generated_site() -> Site:
    """The data of the demo site, which no test may edit."""
    return make_site()


@pytest.fixture
def site(generated_site: Site) -> Site:
    """The data of the demo site; tests may edit it, or override this fixture."""
    return generated_site.copy()


@pytest.fixture
def demo(site: Site) -> Iterator[RunningSite]:
    """The demo site over TCP."""
    app = SiteApp(site, member_token=MEMBER_TOKEN, faults=Faults(seconds=60))
    with SiteServer(app) as server:
        yield RunningSite(server.url, site, app.faults, app.log)


@pytest.fixture
def clock() -> SteppedClock:
    return SteppedClock()


@pytest.fixture
async def service(demo: RunningSite, clock: SteppedClock) -> AsyncIterator[GroupsService]:
    """A service on the demo site over TCP, with the admin's token."""
    async with GroupsService(demo.url, demo.token, clock=clock, http=HttpOptions(timeout=5)) as service:
        yield service


@pytest.fixture
def settings_path(tmp_path: Path) -> Path:
    return tmp_path / "settings.toml"


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print the message that a user sees for each kind of fault."""
    reports = terminalreporter.getreports("passed")
    messages = sorted(value for report in reports for name, value in report.user_properties if name == "saw")
    if messages:
        terminalreporter.section("messages shown for faults")
    for place, kind, message in messages:
        terminalreporter.write_line(f"{kind:<14}{place:<9}{message}")
