"""Where tokens come from and go to: the environment, and the operating system's keyring.

Every token is a `Token` from input to output; nothing here prints, logs or puts one into an exception.
"""

from __future__ import annotations

from ..errors import InvalidToken, KeyringUnavailable
from .backend import system_backend
from .keyring_store import TokenStore
from .tokens import token_from_environment

__all__ = [
    "InvalidToken",
    "KeyringUnavailable",
    "TokenStore",
    "system_backend",
    "token_from_environment",
]
