"""The API token: validated in one place, and never shown."""

from __future__ import annotations

import re
from typing import Self

from .errors import InvalidToken
from .redaction import MASK, register_secret

MAX_TOKEN_CHARS = 4096
"""A longer text is not a token: servers accept little more in one HTTP header."""

_VISIBLE = re.compile(r"[\x21-\x7e]+")


class Token:
    """An API token. `repr` and `str` hide it, so that no log or crash report contains it.

    `Token.parse` is the only way to get one, so every token is safe to send in an HTTP header: an HTTP
    library that gets a line break in a header raises an error that contains the whole header.
    """

    __slots__ = ("__weakref__", "_text")
    _text: str

    def __init__(self) -> None:
        raise TypeError("use Token.parse")

    @classmethod
    def parse(cls, text: str) -> Self:
        r"""Return the token in a text, without the white space around it and a byte order mark.

        Args:
            text: As pasted, read from a file or a variable, or stored in the keyring.

        Raises:
            InvalidToken: If the text is empty, too long, or contains anything but `[\x21-\x7e]`.
        """
        if not isinstance(text, str):
            raise InvalidToken("the token is not a string")
        # An error and its traceback may be logged: neither may refer to the text.
        text = text.strip().removeprefix("\ufeff").strip()
        if not text:
            raise InvalidToken("the token is empty: paste it again")
        if len(text) > MAX_TOKEN_CHARS:
            raise InvalidToken(
                f"the token is longer than {MAX_TOKEN_CHARS:,} characters: paste only the token"
            )
        if len(text) > 1 and text[0] == text[-1] and text[0] in "\"'":
            raise InvalidToken("the token is in quotes: remove them")  # as in an env file of docker
        if any(character.isspace() for character in text):
            raise InvalidToken("the token contains a space or a line break: paste only the token")
        if not _VISIBLE.fullmatch(text):
            raise InvalidToken("the token contains a character that no token has: copy it again from Testmo")
        token = object.__new__(cls)
        token._text = text
        register_secret(token)
        return token

    def reveal(self) -> str:
        """Return the text, to send or to store it."""
        return self._text

    def __repr__(self) -> str:
        return MASK

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Token) and other._text == self._text

    def __hash__(self) -> int:
        return hash(self._text)
