"""A terminal with a stopwatch: when a program first draws, and how long a key takes to its last byte."""

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
PLACED = re.compile(rb"\x1b\[\d+;(\d+)H")
VISIBLE = re.compile(rb"[!-~\x80-\xff]")

QUIET = 0.06
"""Seconds without a byte after which a key has had its effect."""

SETTLED = 0.4
"""Seconds without a byte after which a program has started."""

DEADLINE = 60.0

SYNC_QUESTION, SYNC_ANSWER = b"\x1b[?2026$p", b"\x1b[?2026;2$y"
"""Whether the terminal takes a frame in one piece: those that users use do."""


@dataclass(frozen=True)
class Stroke:
    """What one key cost."""

    seconds: float
    """To the last byte of its effect."""
    sent: bytes
    """What the terminal got because of it."""

    def bytes_left_of(self, column: int) -> int:
        """Return how many bytes were drawn from a column left of this one."""
        pieces = PLACED.split(self.sent)
        return sum(
            len(text) for place, text in zip(pieces[1::2], pieces[2::2], strict=True) if int(place) < column
        )


class TimedTerminal:
    """Runs a program on a pseudo-terminal, from entering the `with` block to leaving it."""

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
        self._ours, theirs = pty.openpty()
        columns, lines = self._size
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))
        self._began = perf_counter()
        self._program = subprocess.Popen(
            self._command,
            env=self._environment,
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            start_new_session=True,
            preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),
        )
        os.close(theirs)
        return self

    def __exit__(self, *_: object) -> None:
        self._program.kill()
        self._program.wait()
        os.close(self._ours)

    def wait_for_paint(self) -> float:
        """Read until something can be seen; gives the seconds from the start."""
        self._read_until(lambda: bool(VISIBLE.search(ESCAPES.sub(b"", self._seen))))
        self.first_paint = perf_counter() - self._began
        return self.first_paint

    def wait_for(self, text: str) -> float:
        """Read until a text was drawn; gives the seconds from the start."""
        wanted = text.encode()
        self._read_until(lambda: wanted in ESCAPES.sub(b"", self._seen))
        return perf_counter() - self._began

    def settle(self, quiet: float = SETTLED) -> int:
        """Read until nothing more comes; gives the bytes since the last key, or since the start."""
        while self._read(quiet):
            pass
        sent, self._seen = self._seen, b""
        return len(sent)

    def press(self, keys: str, quiet: float = QUIET) -> Stroke:
        """Type, and wait until the effect is drawn."""
        began = last = perf_counter()
        os.write(self._ours, keys.encode())
        self._seen, wait = b"", 1.0
        while self._read(wait):
            last, wait = perf_counter(), quiet
        sent, self._seen = self._seen, b""
        return Stroke(last - began, sent)

    def quit(self, keys: str) -> float:
        """Type, and give the seconds until the program has ended."""
        began = perf_counter()
        os.write(self._ours, keys.encode())
        while self._program.poll() is None and perf_counter() - began < DEADLINE:
            self._read(0.001)
        return perf_counter() - began

    @property
    def memory(self) -> int:
        """What the program keeps in memory, in bytes."""
        status = Path(f"/proc/{self._program.pid}/status").read_text()
        return int(status.partition("VmRSS:")[2].split()[0]) * 1024

    def _read_until(self, true: Callable[[], bool]) -> None:
        end = perf_counter() + DEADLINE
        while not true():
            if not self._read(end - perf_counter()):
                raise TimeoutError(f"{' '.join(self._command)} never got there")

    def _read(self, wait: float) -> bytes:
        if not select.select([self._ours], [], [], max(0.0, wait))[0]:
            return b""
        try:
            chunk = os.read(self._ours, 1 << 16)
        except OSError:  # the program has ended
            return b""
        self._seen += chunk
        if SYNC_QUESTION in chunk:
            os.write(self._ours, SYNC_ANSWER)
        return chunk
