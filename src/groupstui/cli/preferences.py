"""Options that the environment can set, for all commands."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping
from typing import Any

from ..errors import UsageError
from ..output_format import FORMATS
from ..testmo.http_options import proxy_parts
from .parser import duration, positive_int, seconds


def _format(text: str) -> str:
    if text in FORMATS:
        return text
    raise argparse.ArgumentTypeError(f"the format must be one of {', '.join(FORMATS)}")


def _proxy(text: str) -> str:
    if proxy_parts(text) is not None:
        return text
    raise argparse.ArgumentTypeError("this is not the address of a proxy")  # it may contain a password


VARIABLES: Mapping[str, tuple[str, Callable[[str], Any]]] = {
    "format": ("GROUPSTUI_FORMAT", _format),
    "timeout": ("GROUPSTUI_TIMEOUT", seconds),
    "concurrency": ("GROUPSTUI_CONCURRENCY", positive_int),
    "proxy": ("GROUPSTUI_PROXY", _proxy),
    "max_age": ("GROUPSTUI_MAX_AGE", duration),
}
"""The variable of each option, and what parses its value."""


def from_environment(option: str, environ: Mapping[str, str]) -> Any:
    """Return the value that the environment gives an option; None if it does not.

    Raises:
        UsageError: If the value is not valid.
    """
    variable, parse = VARIABLES[option]
    text = environ.get(variable, "").strip()
    try:
        return parse(text) if text else None
    except argparse.ArgumentTypeError as error:
        raise UsageError(f"{variable}: {error}") from None
