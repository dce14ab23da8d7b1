"""A terminal that tests can type into and read: tmux, the real program, on a socket of its own."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from threading import Event
from time import monotonic
from typing import Self

DEADLINE = 30.0
"""Seconds after which what is waited for will not come."""

CONFIGURATION = """\
set -g status off
set -g default-terminal tmux-256color
set -g escape-time 0
set -g remain-on-exit on
set -g set-clipboard on
"""

PROMPT = "ready>"
SET_PROMPT = "PS1='ready''> '; clear"
"""Shells of root start with a prompt of their own, whatever the environment says; the quotes keep it from
being found in its own echo."""

_TICK = Event()
"""Is never set: waiting for it passes the time between two looks at the screen."""


class Terminal:
    """A shell in a terminal of some size, from entering the `with` block to leaving it.

    Args:
        environment: The whole environment of the shell; what is secret in it is on no command line.
        folder: Where the socket is; its path is short.
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
        """What is on the screen now."""
        return self._tmux("capture-pane", "-p", "-t", "main")

    @property
    def everything(self) -> str:
        """What is on the screen now, and what has been scrolled away."""
        return self._tmux("capture-pane", "-p", "-S", "-", "-t", "main")

    @property
    def clipboard(self) -> str:
        """What a program has put into the terminal's clipboard."""
        return self._tmux("show-buffer")

    @property
    def tty(self) -> str:
        """The path of the terminal."""
        return self._tmux("display-message", "-p", "-t", "main", "#{pane_tty}").strip()

    @property
    def takes_the_mouse(self) -> bool:
        """Whether a program wants to know what the mouse does."""
        return self._tmux("display-message", "-p", "-t", "main", "#{mouse_any_flag}").strip() == "1"

    def press(self, *keys: str) -> None:
        """Press keys, by tmux's names for them."""
        self._tmux("send-keys", "-t", "main", *keys)

    def type(self, text: str) -> None:
        """Type a text that is no secret: it is on a command line for a moment."""
        self._tmux("send-keys", "-t", "main", "-l", text)

    def paste(self, text: str) -> None:
        """Paste a text, as a terminal does it, without putting it on a command line."""
        self._tmux("load-buffer", "-b", "pasted", "-", input=text)
        self._tmux("paste-buffer", "-d", "-p", "-r", "-b", "pasted", "-t", "main")

    def run(self, command: str) -> None:
        """Have the shell start a program."""
        self.type(command)
        self.press("Enter")

    def resize(self, columns: int, lines: int) -> None:
        """Return the window another size."""
        self._tmux("resize-window", "-t", "main", "-x", str(columns), "-y", str(lines))

    def wait_for(self, *texts: str) -> str:
        """Wait until all the texts are on the screen, and give what is there."""
        return self.wait(lambda screen: all(text in screen for text in texts), " and ".join(texts))

    def wait(self, true: Callable[[str], bool], what: str) -> str:
        """Wait until something holds of the screen's text, and give the text."""
        end = monotonic() + DEADLINE
        while not true(screen := self.text):
            if monotonic() > end:
                raise AssertionError(f"never came: {what}; on the screen:\n{screen}")
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
