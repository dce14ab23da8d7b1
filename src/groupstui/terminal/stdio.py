"""The standard streams, which may be closed, full or disconnected."""

from __future__ import annotations

import os
import sys
from contextlib import suppress


def replace_closed_streams() -> None:
    """Replace closed standard streams by `/dev/null`.

    In the order of their file descriptors, so that each gets its own descriptor back.
    """
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))  # noqa: SIM115  # stays open


def print_error(text: str) -> None:
    """Print a message to stderr; ignore a stderr that accepts none."""
    with suppress(OSError):
        print(f"groupstui: {text}", file=sys.stderr, flush=True)
