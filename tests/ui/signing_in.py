"""What signing in takes in a test: a keyring in memory, which can fail as real ones do, and the steps."""

from __future__ import annotations

import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from keyring.backend import KeyringBackend
from keyring.errors import KeyringLocked, PasswordDeleteError
from textual import events
from textual.pilot import Pilot

from groupstui.app import Credentials, GroupsApp, make_app
from groupstui.credentials import TokenStore
from groupstui.history import History
from groupstui.service.service import GroupsService
from groupstui.settings import SettingsFile
from groupstui.testmo.rate_limit import Clock

from .driving import press, settled

DEADLINE = 60.0
"""Seconds after which even a hanging keyring answers, should a test forget to release it."""


class Memory(KeyringBackend):
    """A keyring that forgets everything at the end, and knows what it was asked."""

    priority = 1

    def __init__(self, tokens=(), *, locked=False):
        super().__init__()
        self.tokens = dict(tokens)
        """By origin."""
        self.calls = []
        self.locked = locked

    def get_password(self, service, username):
        self.asked("get", service, username)
        return self.tokens.get(username)

    def set_password(self, service, username, password):
        self.asked("set", service, username)
        self.tokens[username] = password

    def delete_password(self, service, username):
        self.asked("delete", service, username)
        if self.tokens.pop(username, None) is None:
            raise PasswordDeleteError("No such password!")

    def asked(self, *call):
        """Note a call, and refuse it while locked."""
        self.calls.append(call)
        if self.locked:
            raise KeyringLocked("Failed to unlock the collection!")


class Hanging(Memory):
    """A keyring that answers only while it is released, as one that waits for a dialog nobody sees."""

    def __init__(self, tokens=()):
        super().__init__(tokens)
        self.released = threading.Event()

    def asked(self, *call):
        super().asked(*call)
        self.released.wait(DEADLINE)

    def release(self):
        """Let it answer, and wait until it has."""
        self.released.set()
        for thread in threading.enumerate():
            if thread.name == "keyring":
                thread.join(DEADLINE)


def app_with(
    keyring: KeyringBackend,
    settings: SettingsFile,
    clock: Clock,
    *,
    access: Credentials | None = None,
    timeout: float = 5,
    history: Callable[[str], History | None] = lambda origin: None,
    **limits: float,
) -> GroupsApp:
    """Make the app as it starts on a machine with this keyring and these settings."""
    tokens = TokenStore(lambda: keyring, **limits)
    return make_app(
        settings_file=settings,
        tokens=tokens,
        connect=lambda instance, token: GroupsService(
            instance, token, clock=clock, timeout=timeout, history=history(instance.origin)
        ),
        history=history,
        access=access,
    )


@asynccontextmanager
async def started(app: GroupsApp) -> AsyncIterator[Pilot[None]]:
    """Run the app; its first screen is drawn."""
    async with app.run_test(size=(120, 40), notifications=True) as pilot:
        await settled(pilot)
        yield pilot


async def paste(pilot: Pilot[None], text: str) -> None:
    """Paste a text into what has the focus, as a terminal does it."""
    pilot.app.post_message(events.Paste(text))
    await settled(pilot)


async def fill_in(pilot: Pilot[None], site: str, token: str) -> None:
    """Paste a site and a token; all that is missing is enter."""
    await paste(pilot, site)
    await press(pilot, "enter")
    await paste(pilot, token)


async def sign_in(pilot: Pilot[None], site: str, token: str) -> None:
    """Sign in by pasting."""
    await fill_in(pilot, site, token)
    await press(pilot, "enter")
