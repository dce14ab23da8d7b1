"""Exits at once if ctrl+c is pressed while the program is imported, where Python would print a traceback.

Imported before everything else, and without effect in other programs that import the package.
"""

from __future__ import annotations

# What the module `signal` uses; that one also imports enum, and ctrl+c may be pressed meanwhile.
import _signal as signal  # type: ignore[import-not-found]
import os
import sys

INTERRUPTED = 130
"""As in `ExitCode`, which is imported later."""


def _is_starting() -> bool:
    """Return whether the package is imported by `groupstui` or `python -m groupstui`."""
    name = os.path.basename(sys.argv[0])
    if name == "-m":  # until Python has found the module
        words = sys.orig_argv
        name = words[words.index("-m") + 1] if "-m" in words else ""
    return name == __package__


def allow_interrupts() -> None:
    """Raise `KeyboardInterrupt` for ctrl+c again, unless it is ignored."""
    if signal.getsignal(signal.SIGINT) is _exit:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def _exit(*_: object) -> None:
    os._exit(INTERRUPTED)


if _is_starting() and signal.getsignal(signal.SIGINT) is signal.default_int_handler:
    signal.signal(signal.SIGINT, _exit)
