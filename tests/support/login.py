"""Start the app with a keyring and sign in."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from keyring.backend import KeyringBackend
from textual.pilot import Pilot

from groupstui.app import Credentials, GroupsApp
from groupstui.credentials import TokenStore
from groupstui.history import History
from groupstui.service.service import GroupsService
from groupstui.settings import SettingsFile
from groupstui.testmo.http_options import HttpOptions
from groupstui.testmo.rate_limit import Clock

from .pilot import paste, press, settled


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
    """Return the app with this keyring and these settings."""
    tokens = TokenStore(lambda: keyring, **limits)
    return GroupsApp(
        settings_file=settings,
        tokens=tokens,
        connect=lambda instance, token: GroupsService(
            instance, token, clock=clock, http=HttpOptions(timeout=timeout), history=history(instance.origin)
        ),
        history=history,
        access=access,
    )


@asynccontextmanager
async def started(app: GroupsApp) -> AsyncIterator[Pilot[None]]:
    """Run the app and wait for its first screen."""
    async with app.run_test(size=(120, 40), notifications=True) as pilot:
        await settled(pilot)
        yield pilot


async def fill_in(pilot: Pilot[None], site: str, token: str) -> None:
    """Paste a site and a token, without the final enter."""
    await paste(pilot, site)
    await press(pilot, "enter")
    await paste(pilot, token)


async def sign_in(pilot: Pilot[None], site: str, token: str) -> None:
    """Sign in with a pasted site and token."""
    await fill_in(pilot, site, token)
    await press(pilot, "enter")
