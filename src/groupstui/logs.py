"""Tells what the program asks and gets, for `--debug`. No token is in it.

Only the package's own loggers are listened to: other libraries log whole requests, headers included.
"""

from __future__ import annotations

import logging
import os
import sys
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import Any

import platformdirs

from .redaction import redact

LARGEST = 1_000_000
"""Bytes after which a log begins anew; the last two are kept beside it."""


def to_stderr() -> None:
    """Write the log to stderr."""
    _listen(logging.StreamHandler(sys.stderr))


def to_file() -> Path:
    """Write the log to a file that only its owner can read, and give its path.

    Raises:
        OSError: If it can't be written.
    """
    path = new_private_folder() / "groupstui.log"
    _listen(_PrivateFile(path, maxBytes=LARGEST, backupCount=2, encoding="utf-8"))
    return path


def new_private_folder() -> Path:
    """Return the folder for logs and crash reports on this system; `XDG_STATE_HOME` is honoured.

    Raises:
        OSError: If it can't be made.
    """
    path = platformdirs.user_log_path("groupstui")
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    return path


def private(path: str, flags: int) -> int:
    """Open a file so that only its owner can read it; an `opener`."""
    return os.open(path, flags, 0o600)


def _listen(handler: logging.Handler) -> None:
    handler.setFormatter(_Redacting("%(asctime)s %(name)s: %(message)s"))
    logger = logging.getLogger(__package__)
    logger.handlers[:] = [handler]
    logger.setLevel(logging.DEBUG)
    logger.propagate = False


class _PrivateFile(RotatingFileHandler):
    def _open(self) -> Any:  # typeshed's type for it is private
        return open(self.baseFilename, self.mode, encoding=self.encoding, opener=private)


class _Redacting(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        return redact(super().format(record))
