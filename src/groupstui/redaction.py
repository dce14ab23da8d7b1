"""Keeps tokens out of everything that is written down."""

from typing import Protocol

from .text import clean

LONGEST_LINE = 2_000

_hidden: set[str] = set()


class Secret(Protocol):
    """A text that shows itself only to who asks for it; pydantic's `SecretStr` is one."""

    def get_secret_value(self) -> str:
        """Give the text."""


class Masked:
    """A secret text of the program's caller. Unlike `SecretStr` it is there before anything was loaded."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def __repr__(self) -> str:
        return "•••"

    def get_secret_value(self) -> str:
        """Give the text."""
        return self._text


def hide(secret: str) -> None:
    """Let a text that must never be written down be replaced wherever it might be."""
    _hidden.add(secret)


def redacted(text: str) -> str:
    """Give a text of any number of lines without secrets and without anything that a terminal would obey."""
    for secret in sorted(_hidden, key=len, reverse=True):  # one may be a part of another
        text = text.replace(secret, "•••")
    return "\n".join(clean(line, LONGEST_LINE) for line in text.splitlines())
