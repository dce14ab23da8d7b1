"""Show a long text page by page with another program."""

from __future__ import annotations

import shlex
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterable, Mapping

DEFAULT_PAGER = "less -FRX"
"""Shows styles, ends at once if the text fits, and leaves it on the screen."""

VARIABLES = ("GROUPSTUI_PAGER", "PAGER")
"""The variables that name a pager, the first that is set counts; if it is empty or cat, there is none."""


def find_pager(environ: Mapping[str, str]) -> str:
    """Return the command of the pager; empty if none is wanted or installed."""
    for variable in VARIABLES:
        if variable in environ:
            command = environ[variable].strip()
            return "" if command == "cat" else command
    return DEFAULT_PAGER if shutil.which("less") else ""


def show_in_pager(command: str, lines: Iterable[str], environment: Mapping[str, str]) -> None:
    """Run a pager, and wait until it is closed; the user may do that before it has read everything.

    Raises:
        OSError: If it cannot be started.
        ValueError: If the command has an opening quotation mark only.
    """
    process = subprocess.Popen(shlex.split(command), stdin=subprocess.PIPE, env=environment)
    # From here on, ctrl+c is a key of the pager.
    handler = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        process.communicate("".join(lines).encode(sys.stdout.encoding, "replace"))
    finally:
        signal.signal(signal.SIGINT, handler)
