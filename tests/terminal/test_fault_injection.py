"""Every system call may fail: a command ends with an answer or a hint, and with the right exit code."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from groupstui.demo.seed import make_site

from ..support.commands import COMMAND_TIMEOUT, shell_environment
from ..support.faults import Faults
from ..support.site_app import SiteApp
from ..support.site_server import RunningSite, SiteServer
from .conftest import need

pytestmark = pytest.mark.real

KEYRING = """
from keyring.backend import KeyringBackend
class Keyring(KeyringBackend):
    priority, tokens = 5, {}
    def get_password(self, *key): return self.tokens.get(key)
    def set_password(self, service, name, token): self.tokens[service, name] = token
    def delete_password(self, *key): del self.tokens[key]
"""

LOOKUP = "groups --limit 1"
EXPORT = "export groups -o {folder}/groups.csv --force"
OFFLINE = "groups --offline --limit 1"
LOGIN = "auth login"

SETTINGS, HISTORY, FOLDER = "settings", "history", "folder"
"""Paths to which faults may be limited: strace fails only calls for them."""

FAULTS = [
    # The settings: the look-up answers without a history, or ends with 2.
    *((LOOKUP, "openat", error, SETTINGS, {0, 2}) for error in ("EACCES", "EIO", "ELOOP")),
    *((LOOKUP, "read", error, SETTINGS, {0, 2}) for error in ("EIO", "EISDIR")),
    (LOGIN, "flock", "ENOLCK", "", {0}),
    (LOGIN, "openat", "EACCES", SETTINGS, {2}),
    *((LOGIN, "rename", error, "", {2}) for error in ("EIO", "EROFS", "ENOSPC")),
    (LOGIN, "fsync", "EIO", "", {2}),
    # The history: a look-up answers without it.
    *((LOOKUP, "openat", error, HISTORY, {0}) for error in ("EACCES", "EIO", "EROFS")),
    *((LOOKUP, "fcntl", error, HISTORY, {0}) for error in ("ENOLCK", "EACCES", "EIO")),
    *((LOOKUP, "pwrite64", error, HISTORY, {0}) for error in ("ENOSPC", "EIO", "EFBIG")),
    *((LOOKUP, call, "EIO", "", {0}) for call in ("fdatasync,fsync", "unlink", "mkdir", "fchmod")),
    *((OFFLINE, "openat", error, HISTORY, {0, 2, 3}) for error in ("EACCES", "EIO")),
    *((OFFLINE, "pread64", error, HISTORY, {0, 3}) for error in ("EIO", "EBADF")),
    (OFFLINE, "fcntl", "ENOLCK", HISTORY, {0, 3}),
    # An export: it is written as a whole, or it is not.
    *((EXPORT, "fsync", error, "", {2}) for error in ("EIO", "ENOSPC", "EDQUOT")),
    *((EXPORT, "rename", error, "", {0, 2}) for error in ("EIO", "EBUSY", "EXDEV", "EACCES")),
    *((EXPORT, "openat", error, FOLDER, {0, 2}) for error in ("EACCES", "EIO")),
    # The network.
    *((LOOKUP, "connect", error, "", {8}) for error in ("ECONNREFUSED", "ENETUNREACH", "EACCES")),
    *((LOOKUP, "socket", error, "", {8}) for error in ("EMFILE", "EAFNOSUPPORT")),
    *((LOOKUP, "sendto", error, "", {8}) for error in ("EPIPE", "ECONNRESET")),
]


@pytest.fixture(scope="module")
def site() -> Iterator[RunningSite]:
    app = SiteApp(make_site(groups=30, users=20), faults=Faults())
    with SiteServer(app) as server:
        yield RunningSite(server.url, app.site, app.faults, app.log)


@pytest.fixture(scope="module")
def prepared(site: RunningSite, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with a keyring, settings and one snapshot."""
    home = tmp_path_factory.mktemp("prepared")
    (home / "any_keyring.py").write_text(KEYRING)
    settings = home / ".config" / "groupstui" / "settings.toml"
    settings.parent.mkdir(parents=True, exist_ok=True)
    settings.write_text('theme = "nord"\n')
    assert run(variables_of(site, home), LOOKUP).returncode == 0
    return home


def variables_of(site: RunningSite, home: Path) -> dict[str, str]:
    variables = shell_environment(TESTMO_INSTANCE=site.url, TESTMO_TOKEN=site.token, HOME=str(home))
    variables["PYTHON_KEYRING_BACKEND"] = "any_keyring.Keyring"
    variables["PYTHONPATH"] += f":{home}"
    return variables


def run(variables: dict[str, str], line: str, *prefix: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*prefix, sys.executable, "-m", "groupstui", *line.split(), *(["--timeout", "5"])],
        env=variables,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=COMMAND_TIMEOUT,
    )


@pytest.mark.parametrize(
    ("line", "call", "error", "place", "codes"),
    FAULTS,
    ids=lambda value: value.replace(" ", "-")[:14] if isinstance(value, str) else "",
)
def test_failing_system_call_ends_in_an_answer_or_a_hint(
    site, prepared, tmp_path, line, call, error, place, codes
):
    need("strace")
    home = tmp_path / "home"
    shutil.copytree(prepared, home)
    (history,) = (home / ".local" / "state" / "groupstui" / "history").glob("*.sqlite3")
    paths = {
        SETTINGS: [home / ".config" / "groupstui" / "settings.toml"],
        HISTORY: [history, history.with_name(f"{history.name}-journal")],
        FOLDER: [tmp_path / "out"],
    }
    (tmp_path / "out").mkdir()
    target = tmp_path / "out" / "groups.csv"
    target.write_text("before")
    only = [option for path in paths.get(place, ()) for option in ("-P", str(path))]
    strace = ["strace", "-f", "--seccomp-bpf", "-qq", "-o", os.devnull, "-e", f"trace={call}", *only]
    strace += ["-e", f"inject={call}:error={error}"]
    done = run(variables_of(site, home), line.format(folder=target.parent), *strace)
    assert done.returncode in codes, done.stderr
    assert "Traceback" not in done.stderr
    assert "internal error" not in done.stderr
    if done.returncode == 0:
        assert done.stdout.startswith("1\tQA") or line not in (LOOKUP, OFFLINE)
    else:
        assert done.stderr.startswith("groupstui: ")
    if line == EXPORT:
        assert [path.name for path in target.parent.iterdir()] == [target.name]
        assert (target.read_text() == "before") == (done.returncode != 0)
