"""Start the app on a pseudo-terminal, wait for the first group, press q and check the exit code."""

from __future__ import annotations

import fcntl
import os
import pty
import select
import struct
import sys
import termios
import time

FIRST_GROUP = b"QA"
TIMEOUT_S = 30


def main(command: list[str]) -> str | None:
    """Run the command; return a message if it fails."""
    child, terminal = pty.fork()
    if child == 0:
        os.environ["TERM"] = "xterm-256color"
        os.execvp(command[0], command)
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
    output, quit_pressed, deadline = b"", False, time.monotonic() + TIMEOUT_S
    while time.monotonic() < deadline:
        if select.select([terminal], [], [], 0.2)[0]:
            try:
                output += os.read(terminal, 65536)
            except OSError:  # the end of a pseudo-terminal on Linux
                break
        if FIRST_GROUP in output and not quit_pressed:
            os.write(terminal, b"q")
            quit_pressed = True
    else:
        os.kill(child, 9)
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    if not quit_pressed:
        end = output[-2000:].decode(errors="replace")
        return f"{command}: no groups on the screen, exit code {code}:\n{end}"
    return None if code == 0 else f"{command}: exit code {code} after q"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
