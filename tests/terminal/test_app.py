"""The app in a real terminal, with a real keyring, on a demo site over TCP."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from groupstui.demo.seed import make_site
from groupstui.history import History

from ..support.site_app import SiteApp
from ..support.site_server import SiteServer
from .conftest import need
from .terminal import PROMPT, Terminal
from .test_keyring import use_store

pytestmark = pytest.mark.real

CANARY = "c4nary-t0ken-of-a-site-admin"
START = f"{sys.executable} -m groupstui"
THEN_EXIT_CODE = '; echo "ended with $?"'

Open = Callable[..., Terminal]


@pytest.fixture
def url() -> Iterator[str]:
    """The URL of a demo site; the token of its admin is the canary."""
    with SiteServer(SiteApp(make_site(), token=CANARY)) as server:
        yield server.url


@pytest.fixture
def terminal(home: Path) -> Iterator[Open]:
    """Return a function that opens a terminal."""
    need("tmux", "ps", "stty")
    with ExitStack() as open_ones:
        yield lambda environment, **size: open_ones.enter_context(Terminal(environment, home, **size))


def start(terminal: Terminal, arguments: str = "") -> None:
    terminal.run(f"clear; {START} {arguments}{THEN_EXIT_CODE}")


def leave(terminal: Terminal, key: str = "q") -> None:
    """Quit; check that the terminal is restored."""
    terminal.press(key)
    terminal.wait_for("ended with 0", PROMPT)
    terminal.run("clear; stty -a")
    settings = set(terminal.wait_for("icanon", PROMPT).replace(";", " ").split())
    assert {"echo", "icanon", "isig", "icrnl", "opost"} <= settings


def sign_in(terminal: Terminal, url: str) -> None:
    terminal.wait_for("Sign in to Testmo")
    terminal.type(url)
    terminal.wait_for(f"→ {url}")
    terminal.press("Enter")
    terminal.paste(f"{CANARY}\n")
    terminal.wait_for("•" * len(CANARY))
    terminal.press("Enter")
    terminal.wait_for("page 1 of 16", "Ada Lovelace")


def files_with(text: str, folder: Path) -> list[Path]:
    """Return the files in a folder that contain a text."""
    return [path for path in folder.rglob("*") if path.is_file() and text.encode() in path.read_bytes()]


def command_lines() -> str:
    return subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True, check=True).stdout


# Signing in


def test_sign_in_lasts_until_sign_out(terminal, secret_service, home, url):
    pane = terminal(secret_service.environment)
    start(pane)
    sign_in(pane, url)
    leave(pane)
    assert use_store(secret_service.environment, "load", origin=url) == [CANARY]

    start(pane)
    pane.wait_for("page 1 of 16", "Ada Lovelace")
    pane.press("i")
    pane.wait_for("Instances", "a add")
    pane.press("o")
    pane.wait_for("Delete the token of")
    pane.press("y")
    pane.wait_for("Sign in to Testmo", "its token is deleted")
    leave(pane, "C-q")
    assert use_store(secret_service.environment, "load", origin=url) == ["nothing"]

    start(pane)
    pane.wait_for("Sign in to Testmo", "acme, or the address of any of its pages")
    leave(pane, "C-q")


def test_locked_keyring_keeps_the_token_for_this_run(terminal, secret_service, home, url):
    settings = home / ".config/groupstui/settings.toml"
    settings.parent.mkdir(exist_ok=True)
    settings.write_text("history = false\npage_size = 15\n")  # otherwise groups are shown from the history
    pane = terminal(secret_service.environment)
    start(pane)
    sign_in(pane, url)
    leave(pane)
    secret_service.lock()
    start(pane)
    pane.wait_for("Sign in to Testmo", f"→ {url}", "he keyring is locked")
    pane.paste(CANARY)
    pane.press("Enter")
    pane.wait_for("page 1 of 16", "The token is kept for this run only")
    leave(pane)


def test_hung_keyring_blocks_neither_keys_nor_quit(terminal, secret_service, home, url):
    pane = terminal(secret_service.environment)
    secret_service.freeze()
    start(pane)
    sign_in(pane, url)
    pane.press("n")
    pane.wait_for("page 2 of 16")
    leave(pane)


def test_no_session_bus_keeps_the_token_for_this_run(terminal, environment, home, url):
    pane = terminal(environment)
    start(pane)
    sign_in(pane, url)
    pane.wait_for("The token is kept for this run only: no keyring is available")
    pane.press("n")
    pane.wait_for("page 2 of 16")
    history = History(url, home / ".local" / "state" / "groupstui" / "history")
    pane.wait(lambda _: history.exists and bool(history.snapshots()), "a snapshot")
    leave(pane)
    start(pane)
    pane.wait_for("page 1 of 16", "STALE as of", "o keyring is available", "in again")
    pane.press("i")
    pane.wait_for("Sign in to Testmo", f"→ {url}")
    leave(pane, "C-q")


def test_token_is_in_no_file_command_line_or_screen(terminal, secret_service, home, url):
    pane = terminal(secret_service.environment)
    start(pane)
    sign_in(pane, url)
    assert CANARY not in command_lines()
    assert CANARY not in pane.text
    leave(pane)
    assert CANARY not in pane.everything
    assert files_with(url, home) != []  # the settings contain the URL
    assert files_with(CANARY, home) == []


def test_textual_logging_is_disabled(terminal, secret_service, home, url):
    logs = {"TEXTUAL": "debug,devtools", "TEXTUAL_LOG": str(home / "log"), "TEXTUAL_DEBUG": "1"}
    pane = terminal(secret_service.environment | logs)
    start(pane)
    sign_in(pane, url)
    leave(pane)
    assert files_with(CANARY, home) == []
    assert not (home / "log").exists()


# Browsing


@pytest.mark.parametrize(("columns", "lines"), [(120, 40), (80, 24)])
def test_browse_with_token_from_environment(terminal, environment, home, url, columns, lines):
    pane = terminal(environment | {"TESTMO_TOKEN": CANARY}, columns=columns, lines=lines)
    start(pane, f"--instance {url}")
    screen = pane.wait_for("page 1 of 16 · 1–15 of 230", "Ada Lovelace", "Release managers")
    assert max(map(len, screen.splitlines())) <= columns
    pane.press("n")
    pane.wait_for("page 2 of 16 · 16–30 of 230")
    pane.press("p")
    pane.wait_for("page 1 of 16")

    pane.press("Enter")
    pane.wait_for("5 members", "Grace Hopper", "Barbara Liskov", "Margaret Hamilton", "Alan Turing")
    pane.press("BSpace", "/")
    pane.type("beta")
    pane.wait(lambda text: "Beta testers" in text and "Release managers" not in text, "the filtered list")
    pane.press("Escape")
    pane.wait_for("Release managers")

    pane.press(":")
    pane.type("page size 50")
    pane.wait_for("Page size 50")
    pane.press("Enter")
    pane.wait_for("page 1 of 5 ")

    assert CANARY not in pane.text
    assert CANARY not in command_lines()
    leave(pane)
    assert files_with(CANARY, home) == []
    assert len(files_with("page_size = 50", home)) == 1


@pytest.mark.parametrize(
    ("typed", "expected"), [("/holi", "1 of 230 groups"), (":hopp", "Grace Hopper"), ("b", "▸  1 QA")]
)
def test_keys_typed_before_start_are_handled(terminal, environment, home, url, typed, expected):
    pane = terminal(environment | {"TESTMO_TOKEN": CANARY})
    start(pane, f"--instance {url}")
    pane.type(typed)
    pane.wait_for("as of", expected)
    leave(pane, "C-q")


def test_user_of_a_large_instance_is_found(terminal, environment, home):
    site = make_site(groups=2_430, users=9_000)
    with SiteServer(SiteApp(site, token=CANARY, latency=0.05)) as server:
        pane = terminal(environment | {"TESTMO_TOKEN": CANARY}, columns=80, lines=24)
        start(pane, f"--instance {server.url}")
        pane.wait_for("page 1 of 162")
        pane.press("n")
        pane.wait_for("page 2 of 162")
        pane.press(*":love")
        pane.wait_for("Ada Lovelace")
        pane.press("Enter")
        pane.wait_for("Groups of Ada Lovelace")
        ada = next(user.id for user in site.users.values() if user.name == "Ada Lovelace")
        inside = sum(ada in group.members for group in site.groups.values())
        pane.wait_for(f"{inside} of 2,430 groups")
        leave(pane, "C-q")


def test_resized_window_is_redrawn(terminal, environment, home, url):
    pane = terminal(environment | {"TESTMO_TOKEN": CANARY})
    start(pane, f"--instance {url}")
    pane.wait_for("page 1 of 16")
    pane.resize(80, 24)
    pane.wait(lambda text: "page 1 of 16" in text and len(text.splitlines()) == 24, "24 lines")
    pane.resize(30, 8)
    pane.wait_for("groupstui needs 40 columns")
    pane.resize(120, 40)
    pane.wait_for("page 1 of 16", "Grace Hopper")
    leave(pane)


def test_ctrl_c_shows_how_to_quit(terminal, environment, home):
    pane = terminal(environment)
    start(pane, "--demo")
    pane.wait_for("page 1 of")
    pane.press("C-c")
    pane.wait_for("Press ctrl+c again to quit")
    leave(pane, "C-c")
