"""The standard streams, which may be closed, full or disconnected, or lack characters.

All text of the commands passes them: they take any text, and keep control characters from a terminal.
"""

from __future__ import annotations

import codecs
import io
import json
import os
import re
import sys
import unicodedata
from collections.abc import Iterable
from contextlib import suppress

from ..text import CONTROL_CHARACTERS

_UNPRINTABLE = re.compile(f"[{CONTROL_CHARACTERS}\u200e\u200f]")
"""Control characters, and marks that change the direction of the text beside them."""

_ASCII = str.maketrans("“”‘’–—›→", "\"\"''-->>")


class Replacements:
    """An error handler for a stream whose encoding lacks characters: it replaces and counts them."""

    def __init__(self, name: str) -> None:
        """Register the handler under a name, for `open` and `reconfigure`."""
        self.name = name
        self.count = 0
        codecs.register_error(name, self._replace)

    def _replace(self, error: UnicodeError) -> tuple[str, int]:
        if not isinstance(error, UnicodeEncodeError):
            raise error
        missing = error.object[error.start : error.end]
        self.count += len(missing)
        return "".join(map(_in_ascii, missing)), error.end


def _in_ascii(character: str) -> str:
    """Return a letter without its accents, or a question mark."""
    plain = unicodedata.normalize("NFKD", character.translate(_ASCII))
    return plain.encode("ascii", "ignore").decode() or "?"


replaced_on_stdout = Replacements("groupstui.stdout")
replaced_on_stderr = Replacements("groupstui.stderr")


class TerminalOutput(io.TextIOWrapper):
    """A stream to a terminal that replaces control characters."""

    def write(self, text: str) -> int:
        """Write a text that the terminal shows literally."""
        return super().write(printable(text))

    def write_styled(self, text: str) -> int:
        """Write a text with styles, in which the caller has replaced control characters."""
        return super().write(text)


def prepare_streams() -> None:
    """Make the standard streams usable, whatever they are and whatever is written to them.

    Closed ones are replaced by `/dev/null`: in the order of their file descriptors, so that each gets its own
    descriptor back. It cannot be read or written as stdin or stdout, since an answer must not be lost in
    silence. On Windows, files and pipes get UTF-8 with plain line ends as on every other system, unless
    `PYTHONIOENCODING` is set: the code page lacks most names.
    """
    for name, mode, access in (
        ("stdin", "r", os.O_WRONLY),
        ("stdout", "w", os.O_RDONLY),
        ("stderr", "w", os.O_WRONLY),
    ):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.open(os.devnull, access), mode, encoding="utf-8"))  # noqa: SIM115
    if sys.platform == "win32" and not os.environ.get("PYTHONIOENCODING"):
        for stream in (sys.stdin, sys.stdout, sys.stderr):
            if isinstance(stream, io.TextIOWrapper) and not stream.isatty():
                stream.reconfigure(encoding="utf-8", newline="\n")
    if isinstance(sys.stdin, io.TextIOWrapper):
        sys.stdin.reconfigure(errors="replace")  # bytes that are not text are no reason to stop
    for stream, replaced in ((sys.stdout, replaced_on_stdout), (sys.stderr, replaced_on_stderr)):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors=replaced.name)
    if sys.stdout.isatty():
        sys.stdout = TerminalOutput(
            sys.stdout.buffer, sys.stdout.encoding, replaced_on_stdout.name, line_buffering=True
        )


def printable(text: str) -> str:
    """Return a text of any number of lines without characters that a terminal obeys."""
    return _UNPRINTABLE.sub("\N{REPLACEMENT CHARACTER}", text)


def print_error(text: str) -> None:
    """Print a message to stderr; ignore a stderr that accepts none."""
    with suppress(OSError):
        print(f"groupstui: {printable(text)}", file=sys.stderr, flush=True)


def write_output(pieces: Iterable[str], format: str) -> None:
    """Write the answer of a command to stdout.

    Args:
        pieces: The text.
        format: In JSON, characters that the encoding of stdout lacks are escaped, so that none is lost. A
            table contains styles, and no other control characters.
    """
    if format == "table" and isinstance(sys.stdout, TerminalOutput):
        for piece in pieces:
            sys.stdout.write_styled(piece)
        sys.stdout.flush()
        return
    escapes = format in ("json", "ndjson") and not _encodes_everything(sys.stdout.encoding)
    sys.stdout.writelines(map(_escape, pieces) if escapes else pieces)
    sys.stdout.flush()


def _encodes_everything(encoding: str) -> bool:
    return codecs.lookup(encoding).name.startswith(("utf", "gb18030"))


def _escape(text: str) -> str:
    return "".join(c if c.isascii() else json.dumps(c)[1:-1] for c in text)
