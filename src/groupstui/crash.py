"""Writes down what is known of a bug. Imported when one has happened."""

from __future__ import annotations

import os
import traceback
from datetime import UTC, datetime
from pathlib import Path

from .logs import new_private_folder, private
from .redaction import redact


def crash_notice(error: BaseException) -> str:
    """Write down what is known of a bug, and give what to tell the user about it."""
    try:
        path = _write(error)
    except OSError:
        return f"a bug:\n{_report(error)}"
    what = redact("".join(traceback.format_exception_only(error)))
    return f"a bug: {what}\nWhere it happened is in {path}; no token is in there."


def _write(error: BaseException) -> Path:
    path = new_private_folder() / f"crash-{datetime.now(UTC):%Y%m%d-%H%M%S}-{os.getpid()}.txt"
    with open(path, "x", encoding="utf-8", opener=private) as file:
        file.write(_report(error) + "\n")
    return path


def _report(error: BaseException) -> str:
    """Return where the program failed, without local variables: a user's data may be among them."""
    return redact("".join(traceback.format_exception(error)))
