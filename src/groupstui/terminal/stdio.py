"""The standard streams, which may be closed, full, or gone."""

from __future__ import annotations

import os
import sys
from contextlib import suppress


def replace_closed_streams() -> None:
    """Let a stream that is closed be as `/dev/null`: nothing can be read there, and what is written is lost.

    In their order, so that each gets back the number it has lost.
    """
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))  # noqa: SIM115  # stays open


def print_error(text: str) -> None:
    """Say something on stderr, if that takes it: what a program ends with must not hang on it."""
    with suppress(OSError):
        print(f"groupstui: {text}", file=sys.stderr, flush=True)
