"""A pseudo-terminal whose output can be counted, left unread or cut off."""

from __future__ import annotations

import fcntl
import os
import pty
import select
import struct
import subprocess
import sys
import termios
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from time import monotonic
from typing import Self

import pyte

DEADLINE = 30.0
"""Seconds until waiting fails."""

QUIET_S = 0.7
"""Seconds without output after which the screen is complete."""

SET_CONTROLLING_TERMINAL = (
    "import fcntl, os, signal, sys, termios; fcntl.ioctl(0, termios.TIOCSCTTY, 0); "
    "'nohup' in sys.argv[1] and signal.signal(signal.SIGHUP, signal.SIG_IGN); "
    "os.execv(sys.executable, [sys.executable, *sys.argv[2:]])"
)


class BareTerminal:
    """Runs groupstui in a pseudo-terminal for the duration of a `with` block.

    Args:
        environment: The whole environment of the program.
        arguments: The arguments of the program.
        columns: The width of the terminal.
        lines: The height of the terminal.
        program: What Python runs instead of groupstui.
        stdout: The file to which stdout is redirected.
        nohup: Whether to ignore SIGHUP, as `nohup` and `su -c` do.
    """

    def __init__(
        self,
        environment: dict[str, str],
        *arguments: str,
        columns: int = 80,
        lines: int = 24,
        program: Sequence[str] = ("-m", "groupstui"),
        stdout: str | None = None,
        nohup: bool = False,
    ) -> None:
        self._environment = {"TERM": "xterm-256color", "COLORTERM": "truecolor"} | environment
        self._command = [sys.executable, "-c", SET_CONTROLLING_TERMINAL, "nohup" if nohup else "plain"]
        self._command += [*program, *arguments]
        self._stdout = stdout
        self._size = struct.pack("HHHH", lines, columns, 0, 0)
        self._screen = pyte.Screen(columns, lines)
        self._stream = pyte.ByteStream(self._screen)
        self.received = 0
        """The number of bytes that were read from the program."""

    def __enter__(self) -> Self:
        self._ours, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, self._size)
        self._program = subprocess.Popen(
            self._command,
            env=self._environment,
            stdin=theirs,
            stdout=theirs if self._stdout is None else os.open(self._stdout, os.O_WRONLY),
            stderr=theirs,
            start_new_session=True,
        )
        self._theirs = theirs
        return self

    def __exit__(self, *_: object) -> None:
        self._program.kill()
        self._program.wait()
        for end in (self._ours, self._theirs):
            with suppress(OSError):
                os.close(end)

    @property
    def text(self) -> str:
        """The screen, as of the output that was read."""
        return "\n".join(self._screen.display)

    def read_until(self, text: str) -> None:
        """Read until a text is on the screen."""
        end = monotonic() + DEADLINE
        while text not in self.text:
            if monotonic() > end:
                raise AssertionError(f"timed out waiting for {text}; on the screen:\n{self.text}")
            self._read(0.1)

    def read_all(self, quiet: float = QUIET_S) -> bytes:
        """Read until the program is quiet; return the output."""
        return b"".join(iter(lambda: self._read(quiet), b""))

    def read_for(self, seconds: float) -> bytes:
        """Read for a time, even if the program is never quiet; return the output."""
        end = monotonic() + seconds
        output = b""
        while (left := end - monotonic()) > 0:
            output += self._read(left)
        return output

    def press(self, keys: str) -> None:
        """Send keys or other input."""
        self.press_bytes(keys.encode())

    def press_bytes(self, data: bytes) -> None:
        """Send bytes as they are."""
        os.write(self._ours, data)

    def signal(self, number: int) -> None:
        """Send a signal to the program."""
        self._program.send_signal(number)

    def hang_up(self) -> None:
        """Close the terminal."""
        os.close(self._theirs)
        os.close(self._ours)

    def resize(self, columns: int, lines: int) -> None:
        """Resize the terminal."""
        fcntl.ioctl(self._ours, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))

    @property
    def settings(self) -> list[object]:
        """The settings of the terminal."""
        return list(termios.tcgetattr(self._theirs))

    @property
    def pid(self) -> int:
        """The process id of the program."""
        return self._program.pid

    @property
    def cpu(self) -> float:
        """The seconds of CPU time of the program."""
        fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    @property
    def peak(self) -> int:
        """The peak memory of the program in bytes."""
        status = Path(f"/proc/{self._program.pid}/status").read_text()
        return int(status.partition("VmHWM:")[2].split()[0]) * 1024

    def exit_code(self, within: float) -> int:
        """Wait until the program has exited, without reading its output; return the exit code."""
        return self._program.wait(within)

    def _read(self, wait: float) -> bytes:
        if not select.select([self._ours], [], [], wait)[0]:
            return b""
        chunk = os.read(self._ours, 1 << 16)
        self.received += len(chunk)
        self._stream.feed(chunk)
        return chunk
