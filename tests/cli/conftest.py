from __future__ import annotations

import io
import json
import sys
from collections.abc import Iterator

import pytest

from groupstui.cli.main import main
from groupstui.demo.seed import make_site
from groupstui.settings import Settings, SettingsFile, default_path

from ..support.commands import CommandResult, Run
from ..support.faults import Faults
from ..support.site_app import SiteApp
from ..support.site_server import RunningSite, SiteServer


@pytest.fixture
def environ(demo) -> dict[str, str]:
    """The environment of a command, with the demo site and the token of its admin."""
    return {"TESTMO_INSTANCE": demo.url, "TESTMO_TOKEN": demo.token}


@pytest.fixture
def cli(environ, capsys, monkeypatch) -> Run:
    """Run a command in this process; tests may change `environ` first."""

    def command(*arguments: str, stdin: str | bytes = "") -> CommandResult:
        content = stdin.encode() if isinstance(stdin, str) else stdin
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(content), encoding="utf-8"))
        code = main(arguments, environ)
        output = capsys.readouterr()
        return CommandResult(code, output.out, output.err)

    return command


FILE_KEYRING = """
import json, pathlib
from keyring.backend import KeyringBackend
FILE = pathlib.Path(__file__).with_suffix(".json")
class Keyring(KeyringBackend):
    priority = 5
    def _tokens(self):
        return json.loads(FILE.read_text())
    def get_password(self, service, username):
        return self._tokens().get(username)
    def set_password(self, service, username, password):
        FILE.write_text(json.dumps({**self._tokens(), username: password}))
    def delete_password(self, service, username):
        FILE.write_text(json.dumps({k: v for k, v in self._tokens().items() if k != username}))
"""


@pytest.fixture
def keyring(tmp_path, monkeypatch):
    """A keyring of one JSON file; returns a function that replaces or returns its tokens."""
    (tmp_path / "file_keyring.py").write_text(FILE_KEYRING)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "file_keyring", raising=False)
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "file_keyring.Keyring")
    file = tmp_path / "file_keyring.json"

    def tokens(**replaced: str) -> dict[str, str]:
        if replaced or not file.exists():
            file.write_text(json.dumps(replaced))
        return json.loads(file.read_text())

    tokens()
    return tokens


@pytest.fixture
def other() -> Iterator[RunningSite]:
    """A second, smaller instance with a token of its own."""
    site = make_site(groups=5, users=30, members_max=6)
    app = SiteApp(site, token="token-of-the-other-instance", faults=Faults(seconds=60))
    with SiteServer(app) as server:
        yield RunningSite(server.url, site, app.faults, app.log, token="token-of-the-other-instance")


@pytest.fixture
def two_instances(demo, other, keyring, environ) -> None:
    """Both instances are in the settings, and their tokens in the keyring."""
    environ.clear()
    keyring(**{demo.url: demo.token, other.url: other.token})
    SettingsFile(default_path()).save(Settings().remember(demo.url).remember(other.url))
