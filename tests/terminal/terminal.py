"""A terminal to type into and to read: a private tmux server."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from threading import Event
from time import monotonic
from typing import Self

DEADLINE = 30.0
"""Seconds until waiting fails."""

CONFIGURATION = """\
set -g status off
set -g default-terminal tmux-256color
set -g escape-time 0
set -g remain-on-exit on
set -g set-clipboard on
"""

PROMPT = "ready>"
SET_PROMPT = "PS1='ready''> '; clear"
"""Sets the prompt, because the shell of root ignores the environment; the quotes keep it out of the echo."""

_TICK = Event()
"""Never set; to wait for it is to sleep."""


class Terminal:
    """A shell in a terminal, for the duration of a `with` block.

    Args:
        environment: The whole environment of the shell; none of it is on a command line.
        folder: The folder of the socket; its path must be short.
    """

    def __init__(
        self, environment: dict[str, str], folder: Path, *, columns: int = 120, lines: int = 40
    ) -> None:
        self._environment = environment | {"TERM": "xterm-256color"}
        self._socket = folder / "tmux"
        self._configuration = folder / "tmux.conf"
        self._size = ["-x", str(columns), "-y", str(lines)]

    def __enter__(self) -> Self:
        self._configuration.write_text(CONFIGURATION)
        self._tmux("-f", str(self._configuration), "new-session", "-d", "-s", "main", *self._size, "sh")
        self.run(SET_PROMPT)
        self.wait_for(PROMPT)
        return self

    def __exit__(self, *_: object) -> None:
        with suppress(subprocess.CalledProcessError):
            self._tmux("kill-server")

    @property
    def text(self) -> str:
        """The text on the screen."""
        return self._tmux("capture-pane", "-p", "-t", "main")

    @property
    def everything(self) -> str:
        """The text on the screen and in the scrollback."""
        return self._tmux("capture-pane", "-p", "-S", "-", "-t", "main")

    @property
    def clipboard(self) -> str:
        """The clipboard of the terminal."""
        return self._tmux("show-buffer")

    @property
    def tty(self) -> str:
        """The path of the terminal."""
        return self._tmux("display-message", "-p", "-t", "main", "#{pane_tty}").strip()

    @property
    def has_mouse(self) -> bool:
        """Whether the program has enabled mouse reports."""
        return self._tmux("display-message", "-p", "-t", "main", "#{mouse_any_flag}").strip() == "1"

    def log_output(self, path: Path) -> None:
        """Append everything that the terminal receives from now on to a file."""
        path.touch()
        self._tmux("pipe-pane", "-t", "main", f"cat >> {path}")

    def press(self, *keys: str) -> None:
        """Press keys by their tmux names."""
        self._tmux("send-keys", "-t", "main", *keys)

    def type(self, text: str) -> None:
        """Type a text; it must not be secret, because it is an argument of tmux."""
        self._tmux("send-keys", "-t", "main", "-l", text)

    def paste(self, text: str) -> None:
        """Paste a text, which may be secret, as a bracketed paste."""
        self._tmux("load-buffer", "-b", "pasted", "-", input=text)
        self._tmux("paste-buffer", "-d", "-p", "-r", "-b", "pasted", "-t", "main")

    def run(self, command: str) -> None:
        """Run a command in the shell."""
        self.type(command)
        self.press("Enter")

    def resize(self, columns: int, lines: int) -> None:
        """Resize the window."""
        self._tmux("resize-window", "-t", "main", "-x", str(columns), "-y", str(lines))

    def wait_for(self, *texts: str) -> str:
        """Wait until all the texts are on the screen; return the screen."""
        return self.wait(lambda screen: all(text in screen for text in texts), " and ".join(texts))

    def wait(self, condition: Callable[[str], bool], what: str) -> str:
        """Wait until a condition is true for the screen; return the screen."""
        end = monotonic() + DEADLINE
        while not condition(screen := self.text):
            if monotonic() > end:
                raise AssertionError(f"timed out waiting for {what}; on the screen:\n{screen}")
            _TICK.wait(0.05)
        return screen

    def _tmux(self, *arguments: str, input: str = "") -> str:
        done = subprocess.run(
            ["tmux", "-S", str(self._socket), *arguments],
            env=self._environment,
            input=input,
            capture_output=True,
            text=True,
            timeout=DEADLINE,
            check=True,
        )
        return done.stdout
