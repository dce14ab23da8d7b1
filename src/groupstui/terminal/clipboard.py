"""The clipboard of the terminal, through tmux and GNU screen."""

from __future__ import annotations

from collections.abc import Mapping

from textual.driver import Driver

OSC52 = "\x1b]52;"
"""Begins the sequence that sets the clipboard."""

SCREEN_MAX_CHARS = 760
"""GNU screen passes at most 768 bytes of a sequence at once."""


def clipboard_driver(driver: type[Driver], environ: Mapping[str, str]) -> type[Driver]:
    """Return a driver class that sets the clipboard through tmux or screen, too, if the app runs in one."""
    if not osc52_passthrough(OSC52, environ):
        return driver

    class ClipboardDriver(driver):  # type: ignore[valid-type, misc]
        def write(self, data: str) -> None:
            super().write(data)
            if data.startswith(OSC52):
                super().write(osc52_passthrough(data, environ))

    return ClipboardDriver


def osc52_passthrough(sequence: str, environ: Mapping[str, str]) -> str:
    """Return a sequence wrapped for the terminal around tmux or screen; "" outside of both.

    Both swallow a plain OSC 52 sequence unless configured otherwise. tmux expects every escape character
    doubled within its passthrough sequence.
    """
    if environ.get("TMUX"):
        doubled = sequence.replace("\x1b", "\x1b\x1b")
        return f"\x1bPtmux;{doubled}\x1b\\"
    if environ.get("TERM", "").startswith("screen"):
        starts = range(0, len(sequence), SCREEN_MAX_CHARS)
        return "".join(f"\x1bP{sequence[start : start + SCREEN_MAX_CHARS]}\x1b\\" for start in starts)
    return ""
