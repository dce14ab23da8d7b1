"""Read the token in the environment."""

from __future__ import annotations

import os
from collections.abc import Mapping

from ..token import Token

TOKEN_VARIABLE = "TESTMO_TOKEN"


def token_from_environment(environ: Mapping[str, str]) -> Token | None:
    """Return the token in `TESTMO_TOKEN`, or None if it is unset or blank.

    Raises:
        InvalidToken: If the variable contains something that cannot be a token.
    """
    text = environ.get(TOKEN_VARIABLE, "")
    return Token.parse(text) if text.strip() else None


def environment_without_token() -> dict[str, str]:
    """Return the environment for programs of others."""
    return {name: value for name, value in os.environ.items() if name != TOKEN_VARIABLE}
