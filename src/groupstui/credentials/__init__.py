"""Where tokens come from and go to: the environment, and the operating system's keyring.

Every token is a `Secret` from input to output; nothing here prints, logs or puts one into an exception.
"""

from __future__ import annotations

from .backend import system_backend
from .errors import KeyringUnavailable
from .keyring_store import TokenStore
from .tokens import InvalidToken, check_token, token_from_environment

__all__ = [
    "InvalidToken",
    "KeyringUnavailable",
    "TokenStore",
    "check_token",
    "system_backend",
    "token_from_environment",
]
