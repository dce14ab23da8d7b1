"""The system's clipboard and, over SSH, the clipboard of the terminal, through tmux and GNU screen."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress
from shutil import which

from textual.app import App
from textual.driver import Driver

COPY_TIMEOUT_S = 2.0
"""Seconds until a program that sets the clipboard is ended."""

SECRET_PREFIX = "TESTMO_"
"""The variables that other programs do not need to know: among them is the token."""

OSC52 = "\x1b]52;"
"""Begins the sequence that sets the clipboard."""

SCREEN_MAX_CHARS = 760
"""GNU screen passes at most 768 bytes of a sequence at once."""


class ClipboardApp(App[None]):
    """An app that copies to the clipboard of the system, or else to that of the terminal."""

    def __init__(self) -> None:
        super().__init__()
        self._copied = ""
        self._copying = asyncio.Lock()
        """Keeps the order of copies: the last one wins."""

    @property
    def clipboard(self) -> str:
        """The text that was copied last; empty before the first."""
        return self._copied

    def copy_to_clipboard(self, text: str) -> None:
        self.run_worker(self.copy(text), name="copy", group="copy", exit_on_error=False)

    async def copy(self, text: str) -> bool:
        """Copy a text; return whether the system's clipboard has it.

        Otherwise it was sent to the terminal, which does not report whether it accepted it: over SSH and in
        tmux, many do not.
        """
        self._copied = text
        async with self._copying:
            command = clipboard_command(os.environ)
            if command is not None and await asyncio.to_thread(_run, command, text):
                return True
            super().copy_to_clipboard(text)
            return False


def clipboard_command(environ: Mapping[str, str], platform: str = sys.platform) -> list[str] | None:
    """Return the program that sets the system's clipboard; None if there is none, or over SSH.

    Over SSH, the clipboard of this system is not the user's.
    """
    if environ.get("SSH_CONNECTION") or environ.get("SSH_TTY"):
        return None
    if platform == "darwin":
        commands = [["pbcopy"]]
    elif platform == "win32":
        commands = [["clip.exe"]]
    else:
        commands = []
        if environ.get("WAYLAND_DISPLAY"):
            commands += [["wl-copy"]]
        if environ.get("DISPLAY"):
            commands += [["xclip", "-selection", "clipboard"], ["xsel", "--clipboard", "--input"]]
        if environ.get("WSL_DISTRO_NAME"):
            commands += [["clip.exe"]]
    for name, *options in commands:
        if (path := which(name, path=environ.get("PATH"))) is not None:
            return [path, *options]
    return None


def _run(command: list[str], text: str) -> bool:
    """Pass a text to a program; return whether the program has accepted it in time.

    wl-copy and xclip stay in the background: only their first process is waited for, and they get no pipe
    and no terminal of the app.
    """
    encoding = "utf-16-le" if command[0].lower().endswith("clip.exe") else "utf-8"
    environ = {name: value for name, value in os.environ.items() if not name.startswith(SECRET_PREFIX)}
    try:
        process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            env=environ,
        )
    except OSError:
        return False
    try:
        process.communicate(text.encode(encoding, "replace"), timeout=COPY_TIMEOUT_S)
    except subprocess.TimeoutExpired:
        process.kill()
        with suppress(subprocess.TimeoutExpired):
            process.wait(COPY_TIMEOUT_S)
        return False
    return process.returncode == 0


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
