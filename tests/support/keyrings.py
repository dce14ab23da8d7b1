"""Keyrings in memory that can fail as real ones do."""

from __future__ import annotations

import threading
from collections.abc import Mapping

from keyring.backend import KeyringBackend
from keyring.errors import KeyringLocked, PasswordDeleteError

RELEASE_TIMEOUT = 60.0
"""Seconds after which a hanging keyring answers if a test does not release it."""


class FakeKeyring(KeyringBackend):
    """A keyring in memory that records its calls.

    Args:
        tokens: The stored tokens by origin.
        locked: Whether every call fails.
    """

    priority = 1

    def __init__(self, tokens: Mapping[str, str] | None = None, *, locked: bool = False) -> None:
        super().__init__()
        self.tokens = dict(tokens or {})
        self.calls: list[tuple[str, ...]] = []
        self.locked = locked

    def get_password(self, service: str, username: str) -> str | None:
        self.record("get", service, username)
        return self.tokens.get(username)

    def set_password(self, service: str, username: str, password: str) -> None:
        self.record("set", service, username)
        self.tokens[username] = password

    def delete_password(self, service: str, username: str) -> None:
        self.record("delete", service, username)
        if self.tokens.pop(username, None) is None:
            raise PasswordDeleteError("No such password!")

    def record(self, *call: str) -> None:
        """Record a call; raise `KeyringLocked` while locked."""
        self.calls.append(call)
        if self.locked:
            raise KeyringLocked("Failed to unlock the collection!")


class HangingKeyring(FakeKeyring):
    """A keyring that answers only once it is released, like one that waits for a hidden dialog."""

    def __init__(self, tokens: Mapping[str, str] | None = None) -> None:
        super().__init__(tokens)
        self.released = threading.Event()

    def record(self, *call: str) -> None:
        super().record(*call)
        self.released.wait(RELEASE_TIMEOUT)

    def release(self) -> None:
        """Let it answer and wait until it has."""
        self.released.set()
        for thread in threading.enumerate():
            if thread.name == "keyring":
                thread.join(RELEASE_TIMEOUT)
