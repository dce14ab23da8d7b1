"""Use the app over SSH for a while, with random keys, resizes and faults: `python -m tests.terminal.soak`.

It prints the memory of the app each minute, and then what the app sends and computes while it is idle at
several sizes. It fails if the app ends, if a crash report appears, if the memory grows, or if it is not idle.
"""

from __future__ import annotations

import argparse
import errno
import fcntl
import os
import pty
import random
import select
import signal
import struct
import sys
import tempfile
import termios
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from statistics import median
from time import monotonic
from typing import Self

from groupstui.demo.seed import make_site

from ..support.faults import KINDS, Faults
from ..support.site_app import SiteApp
from ..support.site_server import SiteServer
from .ssh_server import SshServer

TOKEN = "c4nary-of-the-soak"

KEYS = [
    *"jkgGnp[]/:?uhimrRsScadyYPvox f123450 abelo",
    *(
        "\r",
        "\t",
        "\x1b",
        "\x1b[A",
        "\x1b[B",
        "\x1b[5~",
        "\x1b[6~",
        "\x1b[H",
        "\x1b[F",
        "\x1b[Z",
        "\x7f",
        "\x0c",
    ),
    *("\x1b[200~Ada\nLovelace\x1b[201~", "\x1b]11;rgb:1e1e/2e2e/3e3e\x1b\\", "\x1b[?62;22c", "é", "品"),
]
"""Keys, pastes and late replies of terminals. None of them quits or writes a file; `q` follows at the end."""

NOT_UTF_8 = b"\xfc"

QUIET_S = 3.0
"""Seconds without output after which the app is idle."""

MAX_IDLE_CPU = 0.001
"""Share of a processor that an idle app may use."""

MAX_GROWTH_BYTES = 12_000_000
"""Growth of the memory from the second quarter of the time to the last; 500 refreshes take 2 MB."""

IDLE_SIZES = ((1, 1), (2, 2), (3, 10), (20, 5), (39, 11), (40, 12), (80, 24), (200, 60))

MAX_KEY_INTERVAL_S = 0.12


class RemoteApp:
    """The app in a terminal of the SSH client, for the duration of a `with` block.

    Args:
        folder: A folder for the keys of SSH, the home of the app, and its process id.
        url: The instance.
    """

    def __init__(self, folder: Path, url: str) -> None:
        self.home = folder / "home"
        self.home.mkdir()
        environment = {
            "HOME": str(self.home),
            "LANG": "C.UTF-8",
            "PATH": os.environ["PATH"],
            "PYTHONPATH": ":".join(sys.path),
            "TESTMO_TOKEN": TOKEN,
            "TESTMO_INSTANCE": url,
        }
        self._server = SshServer(folder, environment)
        self.received = 0
        """The number of bytes that the app has sent."""

    def __enter__(self) -> Self:
        self._server.__enter__()
        # A command in place of the shell, so that the connection ends with the exit code of the app.
        start = f"cd {self.home}; echo $$ > pid; exec {sys.executable} -m groupstui"
        command = [*self._server.command.split()[:-1], start]
        self._client, self._terminal = pty.fork()
        if not self._client:
            os.environ["TERM"] = "xterm-256color"
            os.execvp(command[0], command)
        self.resize(80, 24)
        self.read(until=b"page 1 of")
        self.pid = int((self.home / "pid").read_text())
        return self

    def __exit__(self, *_: object) -> None:
        with suppress(ProcessLookupError):
            os.kill(self._client, signal.SIGKILL)
        os.close(self._terminal)
        self._server.__exit__()

    def press(self, keys: bytes) -> None:
        """Send input to the app."""
        os.write(self._terminal, keys)

    def resize(self, columns: int, lines: int) -> None:
        """Resize the terminal."""
        fcntl.ioctl(self._terminal, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))

    def read(self, seconds: float = 30.0, *, until: bytes | None = None, quiet: float | None = None) -> None:
        """Read the output for a time, until a text appears, or until nothing has come for a while."""
        end, last, output = monotonic() + seconds, monotonic(), b""
        while monotonic() < end and (quiet is None or monotonic() < last + quiet):
            if select.select([self._terminal], [], [], 0.05)[0]:
                try:
                    chunk = os.read(self._terminal, 1 << 16)
                except OSError as error:
                    if error.errno != errno.EIO:
                        raise
                    raise AssertionError(f"the app has ended; its last output: {output!r}") from None
                self.received, last, output = self.received + len(chunk), monotonic(), output + chunk
                if until is not None and until in output:
                    return
        assert until is None, f"timed out waiting for {until!r}"

    @property
    def memory(self) -> int:
        """The resident memory of the app in bytes."""
        status = Path(f"/proc/{self.pid}/status").read_text()
        return int(status.partition("VmRSS:")[2].split()[0]) * 1024

    @property
    def cpu_s(self) -> float:
        """The seconds that the app has computed."""
        fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def quit(self) -> int:
        """Quit, whatever has the focus; return the exit code."""
        self.resize(80, 24)
        for keys in (b"\r", *[b"\x1b"] * 12):  # enter ends the wait after `P`
            self.press(keys)
            self.read(0.3)
        self.press(b"\x11")
        with suppress(AssertionError):
            self.read(10)
            raise TimeoutError("ctrl+q does not end the app")
        return os.waitstatus_to_exitcode(os.waitpid(self._client, 0)[1])


@contextmanager
def remote_app() -> Iterator[tuple[RemoteApp, Faults]]:
    """Run the app over SSH on a demo site; yield it with the faults of the site."""
    faults = Faults(seconds=2)
    with (
        tempfile.TemporaryDirectory(prefix="groupstui-soak-") as folder,
        SiteServer(SiteApp(make_site(), token=TOKEN, faults=faults)) as server,
        RemoteApp(Path(folder), server.url) as app,
    ):
        yield app, faults


def soak(app: RemoteApp, faults: Faults, seconds: float, rng: random.Random) -> list[int]:
    """Send random keys for a time; return the memory of the app each second."""
    memory: list[int] = []
    start = monotonic()
    while (now := monotonic() - start) < seconds:
        app.press(NOT_UTF_8 if rng.random() < 0.01 else rng.choice(KEYS).encode())
        app.read(rng.uniform(0, MAX_KEY_INTERVAL_S))
        if rng.random() < 0.02:
            app.resize(rng.randint(1, 200), rng.randint(1, 60))
        if rng.random() < 0.03:
            faults.next(rng.choice(sorted(KINDS)))
        if now >= len(memory):
            memory.append(app.memory)
            if len(memory) % 60 == 0:
                print(f"{len(memory) // 60} min: {memory[-1] / 1e6:.1f} MB", flush=True)
    return memory


def growth(memory: list[int]) -> float:
    """Return how much the memory has grown from the second quarter of the time to the last one."""
    quarter = max(1, len(memory) // 4)
    return median(memory[-quarter:]) - median(memory[quarter : 2 * quarter] or memory)


def crash_reports(app: RemoteApp) -> list[str]:
    """Return the paths of the crash reports of the app."""
    return [str(path) for path in app.home.rglob("*crash*")]


def idle(app: RemoteApp, columns: int, lines: int, seconds: float) -> tuple[int, float]:
    """Return the bytes that the app sends while it is idle at a size, and the share of a processor."""
    app.resize(columns, lines)
    app.read(60, quiet=QUIET_S)
    received, cpu_s = app.received, app.cpu_s
    app.read(seconds)
    return app.received - received, (app.cpu_s - cpu_s) / seconds


def main() -> int:
    """Run the soak and return 1 if anything is wrong."""
    parser = argparse.ArgumentParser(prog="python -m tests.terminal.soak", description=__doc__)
    parser.add_argument("--minutes", type=float, default=30, metavar="N", help="how long (%(default)s)")
    parser.add_argument("--seed", type=int, default=1, metavar="N", help="of the random keys (%(default)s)")
    parser.add_argument(
        "--idle", type=float, default=30, metavar="S", help="seconds at each size (%(default)s)"
    )
    options = parser.parse_args()
    failures: list[str] = []
    with remote_app() as (app, faults):
        grown = growth(soak(app, faults, options.minutes * 60, random.Random(options.seed)))
        print(f"memory: grown by {grown / 1e6:.1f} MB, {app.received:,} bytes received")
        if grown > MAX_GROWTH_BYTES:
            failures.append("the memory grows")
        faults.clear()
        for columns, lines in IDLE_SIZES:
            sent, cpu = idle(app, columns, lines, options.idle)
            print(f"idle at {columns}x{lines}: {sent} bytes, {cpu:.2%} CPU", flush=True)
            if sent or cpu > MAX_IDLE_CPU:
                failures.append(f"not idle at {columns}x{lines}")
        if code := app.quit():
            failures.append(f"exit code {code}")
        failures += crash_reports(app)
    print("\n".join(failures) or "nothing failed")
    return bool(failures)


if __name__ == "__main__":
    sys.exit(main())
