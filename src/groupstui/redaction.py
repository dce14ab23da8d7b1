"""Keeps tokens out of everything that is written down."""

from __future__ import annotations

from .text import sanitize

LONGEST_LINE = 2_000

_hidden: set[str] = set()


class Secret:
    """A text that shows itself only to who asks for it: no report or log that shows variables holds it."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def __repr__(self) -> str:
        return "•••"

    def reveal(self) -> str:
        """Return the text."""
        return self._text


def register_secret(secret: str) -> None:
    """Let a text that must never be written down be replaced wherever it might be."""
    _hidden.add(secret)


def redact(text: str) -> str:
    """Return a text of any number of lines without secrets and without terminal control characters."""
    for secret in sorted(_hidden, key=len, reverse=True):  # one may be a part of another
        text = text.replace(secret, "•••")
    return "\n".join(sanitize(line, LONGEST_LINE) for line in text.splitlines())
