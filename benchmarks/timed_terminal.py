"""Run a program on a pseudo-terminal and measure its start, its keys and its memory."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import struct
import subprocess
import termios
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import Self

ESCAPES = re.compile(
    rb"\x1b(?:\[[0-?]*[ -/]*[@-~]|[\]P_^X][^\x07\x1b]*(?:\x07|\x1b\\)|[()*+][A-Za-z0-9]|[=>78cM])"
)
CURSOR_POSITION = re.compile(rb"\x1b\[\d+;(\d+)H")
VISIBLE = re.compile(rb"[!-~\x80-\xff]")

KEY_QUIET_S = 0.06
"""Silence that ends the effect of a key."""

START_QUIET_S = 0.4
"""Silence that ends the start of a program."""

TIMEOUT_S = 60.0

SYNC_QUERY, SYNC_REPLY = b"\x1b[?2026$p", b"\x1b[?2026;2$y"
"""Synchronized output, which the terminals of most users support."""


@dataclass(frozen=True)
class Stroke:
    """The cost of a key."""

    seconds: float
    """Time to the last byte."""
    sent: bytes
    """Bytes sent to the terminal."""

    def bytes_left_of(self, column: int) -> int:
        """Return the number of bytes drawn to the left of a column."""
        parts = CURSOR_POSITION.split(self.sent)
        return sum(
            len(text) for place, text in zip(parts[1::2], parts[2::2], strict=True) if int(place) < column
        )


class TimedTerminal:
    """Run a program on a pseudo-terminal within a `with` block."""

    def __init__(
        self, command: Sequence[str], environment: dict[str, str], size: tuple[int, int] = (120, 40)
    ) -> None:
        self._command = command
        self._environment = {**environment, "TERM": "xterm-256color", "COLORTERM": "truecolor"}
        self._size = size
        self._seen = b""
        self.first_paint = 0.0
        """Seconds from the start to the first visible character."""

    def __enter__(self) -> Self:
        self._terminal, program_side = pty.openpty()
        columns, lines = self._size
        fcntl.ioctl(program_side, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))
        self._began = perf_counter()
        self._program = subprocess.Popen(
            self._command,
            env=self._environment,
            stdin=program_side,
            stdout=program_side,
            stderr=program_side,
            start_new_session=True,
            preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),
        )
        os.close(program_side)
        return self

    def __exit__(self, *_: object) -> None:
        self._program.kill()
        self._program.wait()
        os.close(self._terminal)

    def wait_for_paint(self) -> float:
        """Return the seconds from the start to the first visible character."""
        self._read_until(lambda: bool(VISIBLE.search(ESCAPES.sub(b"", self._seen))))
        self.first_paint = perf_counter() - self._began
        return self.first_paint

    def wait_for(self, text: str) -> float:
        """Return the seconds from the start until a text is drawn."""
        wanted = text.encode()
        self._read_until(lambda: wanted in ESCAPES.sub(b"", self._seen))
        return perf_counter() - self._began

    def settle(self, quiet: float = START_QUIET_S) -> int:
        """Read until the program is quiet; return the number of bytes since the last key or the start."""
        while self._read(quiet):
            pass
        sent, self._seen = self._seen, b""
        return len(sent)

    def press(self, keys: str, quiet: float = KEY_QUIET_S) -> Stroke:
        """Press keys and wait until the effect is drawn."""
        began = last = perf_counter()
        os.write(self._terminal, keys.encode())
        self._seen, wait = b"", 1.0
        while self._read(wait):
            last, wait = perf_counter(), quiet
        sent, self._seen = self._seen, b""
        return Stroke(last - began, sent)

    def quit(self, keys: str) -> float:
        """Press keys and return the seconds until the program ends."""
        began = perf_counter()
        os.write(self._terminal, keys.encode())
        while self._program.poll() is None and perf_counter() - began < TIMEOUT_S:
            self._read(0.001)
        return perf_counter() - began

    @property
    def memory(self) -> int:
        """Resident memory in bytes."""
        status = Path(f"/proc/{self._program.pid}/status").read_text()
        return int(status.partition("VmRSS:")[2].split()[0]) * 1024

    def _read_until(self, true: Callable[[], bool]) -> None:
        end = perf_counter() + TIMEOUT_S
        while not true():
            if not self._read(end - perf_counter()):
                raise TimeoutError(f"{' '.join(self._command)} did not draw it")

    def _read(self, wait: float) -> bytes:
        if not select.select([self._terminal], [], [], max(0.0, wait))[0]:
            return b""
        try:
            chunk = os.read(self._terminal, 1 << 16)
        except OSError:  # the program ended
            return b""
        self._seen += chunk
        if SYNC_QUERY in chunk:
            os.write(self._terminal, SYNC_REPLY)
        return chunk
