"""What the terminal can do, as far as the environment tells."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

ESCAPES = re.compile(
    r"(xterm|screen|tmux|rxvt|linux|vt[1-5]|ansi|konsole|gnome|vte|st|foot|alacritty|kitty|wezterm|ghostty"
    r"|contour|rio|mlterm|iterm|putty|cygwin|mintty|ms-terminal|eterm|fbterm|kmscon|nsterm)",
    re.IGNORECASE,
)
"""The beginnings of the names of terminals that take the usual escape sequences: a machine that one visits
often lacks the description of a newer one."""


@dataclass(frozen=True, slots=True)
class DisplayOptions:
    """How the app is drawn."""

    ascii_only: bool = False
    """Draw with ASCII alone."""

    animations: bool = True
    """Let things glide; a slow line is better without."""

    mouse: bool = True
    """Take the mouse: every move of it is a message, and every row it crosses is painted."""


def detect_display(
    environ: Mapping[str, str],
    encoding: str,
    *,
    ascii_only: bool = False,
    animations: bool = False,
    mouse: bool = False,
) -> DisplayOptions:
    """Return what suits a terminal, as far as nothing else is asked for.

    Args:
        environ: The environment.
        encoding: In which characters are written to the terminal.
        ascii_only: Draw with ASCII in any case.
        animations: Let things glide in any case.
        mouse: Take the mouse in any case.
    """
    local = not (environ.get("SSH_CONNECTION") or environ.get("SSH_TTY"))
    return DisplayOptions(ascii_only or _needs_ascii(encoding), animations or local, mouse or local)


def unsupported_reason(environ: Mapping[str, str], encoding: str) -> str | None:
    """Say why the app can't draw on this terminal, or give None where it can.

    Args:
        environ: The environment.
        encoding: In which characters are written to the terminal.
    """
    name = environ.get("TERM", "")
    if name in ("", "dumb", "unknown"):
        return f"the terminal cannot be drawn on (TERM={name})"
    if not (ESCAPES.match(name) or _described(name)):
        return f"this machine does not know the terminal TERM={name}; TERM=xterm-256color suits most"
    try:
        speaks_ascii = "groupstui".encode(encoding) == b"groupstui"
    except LookupError:
        speaks_ascii = False
    return None if speaks_ascii else f"nothing can be drawn in the locale's encoding, {encoding}"


def _needs_ascii(encoding: str) -> bool:
    try:
        "▸│é品".encode(encoding)
    except (LookupError, UnicodeEncodeError):
        return True
    return False


def _described(name: str) -> bool:
    import curses  # few terminals need it

    try:
        curses.setupterm(name, 1)
    except curses.error:
        return False
    return True


def osc52_passthrough(text: str, environ: Mapping[str, str]) -> str:
    """Return the sequence that sets the clipboard of the terminal around tmux or screen, or ''.

    Both swallow the plain sequence unless told otherwise. tmux wants every escape doubled inside its
    passthrough; screen takes no more than 768 bytes at once.
    """
    import base64

    plain = f"\x1b]52;c;{base64.b64encode(text.encode()).decode()}\a"
    if environ.get("TMUX"):
        doubled = plain.replace("\x1b", "\x1b\x1b")
        return f"\x1bPtmux;{doubled}\x1b\\"
    if environ.get("TERM", "").startswith("screen"):
        pieces = (plain[start : start + 760] for start in range(0, len(plain), 760))
        return "".join(f"\x1bP{piece}\x1b\\" for piece in pieces)
    return ""
