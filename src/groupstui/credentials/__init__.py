"""Where tokens come from and go to: the environment, and the operating system's keyring.

Every token is a `Secret` from input to output; nothing here prints, logs or puts one into an exception.
"""

from .backend import system_backend
from .store import TokenStore
from .tokens import BadToken, check_token, token_from_environment
from .unavailable import KeyringUnavailable

__all__ = [
    "BadToken",
    "KeyringUnavailable",
    "TokenStore",
    "check_token",
    "system_backend",
    "token_from_environment",
]
