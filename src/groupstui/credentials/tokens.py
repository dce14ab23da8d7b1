"""Reads tokens that users paste and that the environment holds."""

from __future__ import annotations

import re
from collections.abc import Mapping

from ..diagnostics import Secret, register_secret

VARIABLE = "TESTMO_TOKEN"
"""The environment variable that holds a token."""

LONGEST = 4096
"""Characters after which a text is surely no token; one line of HTTP headers takes little more."""

_VISIBLE = re.compile(r"[\x21-\x7e]+")


class InvalidToken(ValueError):
    """The text can't be a token; the message says why and never holds the text."""


def check_token(text: str) -> Secret:
    r"""Return a token from what a user pasted, without the white space around it.

    Only visible ASCII is let through: an HTTP library that is handed a line break inside a header
    reports it with an error that holds the whole token.

    Raises:
        InvalidToken: If the text is empty, too long, or holds anything but `[\x21-\x7e]`.
    """
    return Secret(_checked(text))


def _checked(text: str) -> str:
    text = text.strip()
    if not text:
        raise InvalidToken("the token is empty: paste it again")
    if len(text) > LONGEST:
        raise InvalidToken(f"the token is longer than {LONGEST:,} characters: paste only the token")
    if any(character.isspace() for character in text):
        raise InvalidToken("the token holds a line break or a space: paste it again, without anything else")
    if not _VISIBLE.fullmatch(text):
        raise InvalidToken("the token holds a character that no token has: copy it again from Testmo")
    register_secret(text)
    return text


def token_from_environment(environ: Mapping[str, str]) -> Secret | None:
    """Return the token in `TESTMO_TOKEN`, or None where it is unset or blank.

    Raises:
        InvalidToken: If it holds something that can't be a token.
    """
    text = environ.get(VARIABLE, "")
    return Secret(_checked(text)) if text.strip() else None
