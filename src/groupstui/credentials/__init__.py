"""Read tokens from the environment, and store them in the operating system's keyring."""

from __future__ import annotations

from .keyring_store import TokenStore
from .tokens import token_from_environment

__all__ = ["TokenStore", "token_from_environment"]
