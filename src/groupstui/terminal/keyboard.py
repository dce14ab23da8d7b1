r"""Decodes the input of the terminal: keys, pastes, and late replies to the program that ran before.

Textual stops reading at a byte that is not UTF-8. And it takes an unknown reply for typed keys, such as the
background color: `ESC ] 11 ; rgb:1e1e/2e2e/3e3e ESC \`.
"""

from __future__ import annotations

import codecs
import re
import selectors
import sys
from time import monotonic
from types import SimpleNamespace

if sys.platform != "win32":
    from textual.drivers import linux_driver

REPLY = re.compile(
    r"""
    \x1b [\]P_^X] [0-9;>=!|$+GlL] [^\x00-\x1f\x7f]* (?: \x07 | \x1b\\ | (?P<open> \x1b? \Z ) )  # strings
    | \x1b\[ [?>=] [0-?]* [ -/]* (?: [@-xz~] | (?P<cut> \Z ) )  # reports; Textual reads those that end in y
    | \x1b\[ [0-9;:]+ [Inx]  # status, and keys that Textual would type letter by letter
    | \x1b\[ (?!48;) [0-9;]+ t  # sizes; Textual reads those that start with 48
    """,
    re.VERBOSE,
)
"""What is not a key, by ECMA-48, 5.4 and 5.6. A string needs a second character: alt+] sends the first."""

REPLY_S = 1.0
"""Seconds within which the rest of a reply arrives; afterwards, its start is dropped."""


IDLE_AFTER_S = 1.0
"""Seconds after the last key: until then, a lone escape may still become part of a sequence."""

IDLE_POLL_S = 0.3
"""Seconds between two looks at an idle terminal; the exit after a signal waits for the next one."""


class KeyboardDecoder(codecs.IncrementalDecoder):
    """Decodes keys in the encoding of the locale, and removes replies."""

    def __init__(self, encoding: str) -> None:
        super().__init__()
        self._decoder = codecs.getincrementaldecoder(encoding)("replace")
        self._start = ""
        """The start of a reply that has not arrived completely."""
        self._started = 0.0

    def decode(self, data: bytes, final: bool = False) -> str:  # type: ignore[override]
        """Return the keys in the next bytes."""
        now = monotonic()
        text = self._decoder.decode(data, final)
        if now - self._started < REPLY_S:
            text = self._start + text
        self._start = ""
        keys, end = "", 0
        for reply in REPLY.finditer(text):
            keys += text[end : reply.start()]
            end = reply.end()
            if reply["open"] is not None or reply["cut"] is not None:
                self._start, self._started = reply[0], now
        return keys + text[end:]


class IdleSelector(selectors.SelectSelector):
    """Waits longer than requested while nothing is typed.

    Textual's driver looks ten times a second whether it should stop, which takes all CPU time of an idle app.
    """

    def __init__(self) -> None:
        super().__init__()
        self._typed = monotonic()

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        """Wait for input."""
        if timeout is not None and monotonic() - self._typed > IDLE_AFTER_S:
            timeout = max(timeout, IDLE_POLL_S)
        ready = super().select(timeout)
        if ready:
            self._typed = monotonic()
        return ready


def decode_keyboard(encoding: str) -> None:
    """Make Textual's driver decode the keyboard with `KeyboardDecoder`, and wait with `IdleSelector`.

    The driver looks up both in its own module. A version that does not keeps its own ones. On Windows, keys
    are no bytes.
    """
    if sys.platform != "win32":
        names = vars(selectors) | {"SelectSelector": IdleSelector}
        vars(linux_driver)["selectors"] = SimpleNamespace(**names)
        vars(linux_driver)["getincrementaldecoder"] = lambda _: lambda: KeyboardDecoder(encoding)
