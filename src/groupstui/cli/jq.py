"""Filter JSON with the program jq.

The Python package jq would have to be compiled on some systems, and may be of another version than the jq
that the user knows; so the program is optional, too, and needed only for `--jq`.
"""

from __future__ import annotations

import re
import subprocess

from ..credentials.tokens import environment_without_token
from ..errors import UsageError
from ..redaction import without_tokens
from ..text import MAX_TEXT_CHARS, sanitize

INSTALL = "Install jq (https://jqlang.org/download), or use --format json with another program."


def check_expression(expression: str) -> None:
    """Check that jq is installed and understands an expression, before anything is read.

    Raises:
        UsageError: If not.
    """
    filter_json("", expression)


def filter_json(text: str, expression: str) -> str:
    """Return what jq prints for a JSON text.

    Raises:
        UsageError: If jq is not installed, or if the expression is wrong or does not fit the text.
    """
    try:
        done = subprocess.run(
            ["jq", "--raw-output", f" {expression}"],  # with a space, it is no option
            input=text,
            env=environment_without_token(),
            capture_output=True,
            encoding="utf-8",
            errors="replace",
        )
    except OSError as error:
        raise UsageError(f"--jq needs the program jq: {error.strerror}", hint=INSTALL) from None
    except ValueError as error:  # such as a NUL
        raise UsageError(f"--jq: {error}") from None
    if done.returncode:
        first = re.sub(r"^jq: (error ?)?(\([^)]*\))?:? ?", "", done.stderr.strip().partition("\n")[0])
        if without_tokens(expression) != expression:  # jq repeats parts of what may be a token
            first = "the expression is not valid"
        raise UsageError(f"--jq: {sanitize(first, MAX_TEXT_CHARS)}")
    return done.stdout
