"""Logs and crash reports, without tokens.

Only the package's own loggers are recorded: other libraries log whole requests, headers included.
"""

from __future__ import annotations

import logging
import os
import sys
import traceback
from datetime import UTC, datetime
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import Any

import platformdirs

from .private_files import make_private_folder, open_private
from .redaction import mask
from .text import sanitize
from .times import utc_stamp

MAX_LOG_BYTES = 1_000_000
"""Size at which a new log file is started; the last two are kept beside it."""

MAX_LINE_CHARS = 2_000
"""Length at which a line of a log or a crash report is cut."""


def redact(text: str) -> str:
    """Return a text of any number of lines without secrets and terminal control characters."""
    return "\n".join(sanitize(line, MAX_LINE_CHARS) for line in mask(text).splitlines())


# Logs


def log_to_stderr() -> None:
    """Write the log to stderr."""
    _log_to(logging.StreamHandler(sys.stderr))


def log_to_file() -> Path:
    """Write the log to a private file, and return its path.

    Raises:
        OSError: If the file cannot be written.
    """
    path = make_log_folder() / "groupstui.log"
    _log_to(_PrivateFileHandler(path, maxBytes=MAX_LOG_BYTES, backupCount=2, encoding="utf-8"))
    return path


def make_log_folder() -> Path:
    """Return the folder for logs and crash reports, which exists then; `XDG_STATE_HOME` is respected.

    Raises:
        OSError: If the folder cannot be created.
    """
    path = platformdirs.user_log_path("groupstui", appauthor=False)
    make_private_folder(path)
    return path


def _log_to(handler: logging.Handler) -> None:
    handler.setFormatter(_RedactingFormatter("%(asctime)s %(name)s: %(message)s"))
    logger = logging.getLogger(__package__)
    logger.handlers[:] = [handler]
    logger.setLevel(logging.DEBUG)
    logger.propagate = False


class _PrivateFileHandler(RotatingFileHandler):
    def _open(self) -> Any:  # typeshed's type for it is private
        return open(self.baseFilename, self.mode, encoding=self.encoding, opener=open_private)


class _RedactingFormatter(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        return redact(super().format(record))


# Crash reports


def crash_notice(error: BaseException) -> str:
    """Write a crash report, and return what to show to the user.

    If the report cannot be written, it is part of the notice.
    """
    try:
        path = _write_report(error)
    except Exception:  # no home, a full or read-only disk: the failure itself must still be shown
        return f"internal error:\n{_report(error)}"
    summary = redact("".join(traceback.format_exception_only(error)))
    return f"internal error: {summary}\nThe traceback is in {path}; it contains no token."


def _write_report(error: BaseException) -> Path:
    path = make_log_folder() / f"crash-{utc_stamp(datetime.now(UTC))}-{os.getpid()}.txt"
    with open(path, "x", encoding="utf-8", opener=open_private) as file:
        file.write(_report(error) + "\n")
    return path


def _report(error: BaseException) -> str:
    """Return the traceback without local variables, which may contain a user's data."""
    return redact("".join(traceback.format_exception(error)))
