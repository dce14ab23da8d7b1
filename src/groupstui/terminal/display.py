"""Detects what the terminal can display, and whether the app can run in it."""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass

if sys.platform == "win32":
    import ctypes
    import msvcrt
else:
    import curses

KNOWN_TERMINALS = re.compile(
    r"(xterm|screen|tmux|rxvt|linux|vt[1-5]|ansi|konsole|gnome|vte|st|foot|alacritty|kitty|wezterm|ghostty"
    r"|contour|rio|mlterm|iterm|putty|cygwin|mintty|ms-terminal|eterm|fbterm|kmscon|nsterm)",
    re.IGNORECASE,
)
"""Prefixes of terminal types that need no terminfo entry: hosts often lack those of newer terminals."""


@dataclass(frozen=True, slots=True)
class DisplayOptions:
    """How the app is drawn."""

    ascii_only: bool = False
    """Whether to draw with ASCII only."""
    animations: bool = True
    """Whether to animate; over a slow connection animations lag."""
    mouse: bool = True
    """Whether to use the mouse; each movement is reported, and each row under it repainted."""


def detect_display(
    environ: Mapping[str, str],
    encoding: str,
    *,
    ascii_only: bool = False,
    animations: bool = False,
    mouse: bool = False,
) -> DisplayOptions:
    """Return the options that suit the terminal and the encoding of its output.

    The last three enable what is otherwise disabled: ASCII if the encoding has more, and over SSH animations
    and the mouse.
    """
    local = not (environ.get("SSH_CONNECTION") or environ.get("SSH_TTY"))
    return DisplayOptions(
        ascii_only=ascii_only or not _can_encode("▸│é品", encoding),
        animations=animations or local,
        # With the mouse on, GNU screen holds back the escape key until the next one.
        mouse=mouse or (local and not environ.get("STY")),
    )


def shows_styles(environ: Mapping[str, str]) -> bool:
    """Return whether a terminal shows bold text and colors; of those of Windows, Windows Terminal does."""
    if sys.platform == "win32":
        return bool(environ.get("WT_SESSION"))
    return environ.get("TERM", "") not in ("", "dumb", "unknown")


def unsupported_reason(environ: Mapping[str, str], encoding: str) -> str | None:
    """Return why the app cannot run in a terminal with this encoding; None if it can."""
    if (reason := _unsupported_terminal(environ)) is not None:
        return reason
    if not _can_encode("groupstui", encoding) or "groupstui".encode(encoding) != b"groupstui":
        return f"the encoding of the locale, {encoding}, does not contain ASCII"
    return None


def _can_encode(text: str, encoding: str) -> bool:
    try:
        text.encode(encoding)
    except (LookupError, UnicodeEncodeError):
        return False
    return True


if sys.platform == "win32":
    VIRTUAL_TERMINAL = 0x0004
    """The mode of a console that obeys escape sequences, ENABLE_VIRTUAL_TERMINAL_PROCESSING."""

    def _unsupported_terminal(environ: Mapping[str, str]) -> str | None:
        """Return why the app cannot draw on the console of stdout; TERM is not used."""
        kernel = ctypes.windll.kernel32
        console, mode = msvcrt.get_osfhandle(1), ctypes.c_ulong()
        if not kernel.GetConsoleMode(ctypes.c_void_p(console), ctypes.byref(mode)):
            return (
                "stdout must be a console: not a file, and not the pipe of an MSYS terminal such as Git Bash"
            )
        if not kernel.SetConsoleMode(ctypes.c_void_p(console), mode.value | VIRTUAL_TERMINAL):
            return "this console has no cursor control: use Windows Terminal, or disable its legacy mode"
        kernel.SetConsoleMode(ctypes.c_void_p(console), mode)
        return None

else:

    def _unsupported_terminal(environ: Mapping[str, str]) -> str | None:
        name = environ.get("TERM", "")
        if name in ("", "dumb", "unknown"):
            return f"the terminal has no cursor control (TERM={name})"
        if not (KNOWN_TERMINALS.match(name) or _has_terminfo(name)):
            return f"unknown terminal type (TERM={name}); xterm-256color works with most terminals"
        return None

    def _has_terminfo(name: str) -> bool:
        try:
            curses.setupterm(name, 1)
        except curses.error:
            return False
        return True
