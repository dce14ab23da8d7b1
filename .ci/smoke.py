"""Starts a program on a pseudo-terminal, waits for the first group, presses q, and wants a clean end."""

from __future__ import annotations

import fcntl
import os
import pty
import select
import struct
import sys
import termios
import time

WANTED = b"Everyone"
PATIENCE = 30


def main(command: list[str]) -> str | None:
    """Run the command; give what is wrong, or None."""
    child, terminal = pty.fork()
    if child == 0:
        os.environ["TERM"] = "xterm-256color"
        os.execvp(command[0], command)
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
    drawn, asked_to_quit, deadline = b"", False, time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        if select.select([terminal], [], [], 0.2)[0]:
            try:
                drawn += os.read(terminal, 65536)
            except OSError:  # Linux's word for the end of a pseudo-terminal
                break
        if WANTED in drawn and not asked_to_quit:
            os.write(terminal, b"q")
            asked_to_quit = True
    else:
        os.kill(child, 9)
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    if not asked_to_quit:
        seen = drawn[-2000:].decode(errors="replace")
        return f"{command}: no groups on the screen, exit code {code}:\n{seen}"
    return None if code == 0 else f"{command}: exit code {code} after q"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
