"""Draw the pictures of the README: the app on the demo site.

uv run python screenshots/make.py [FOLDER]
"""

from __future__ import annotations

import asyncio
import os
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

# The pictures show the same time and the same colors everywhere.
os.environ.update(TZ="UTC", TERM="xterm-256color", COLORTERM="truecolor")
os.environ.pop("NO_COLOR", None)
time.tzset()

import httpx
from textual.app import App
from textual.pilot import Pilot

from groupstui.app import Credentials, GroupsApp
from groupstui.demo.demo import DEMO_TOKEN
from groupstui.demo.handler import ADMIN_ID, DemoHandler
from groupstui.demo.last_week import week_ago
from groupstui.demo.seed import make_site
from groupstui.demo.site import Site
from groupstui.history import History
from groupstui.screens.browser import BrowserScreen
from groupstui.service.service import GroupsService
from groupstui.testmo.instance import Instance
from groupstui.testmo.rate_limit import Clock
from groupstui.token import Token

PICTURES: dict[str, tuple[tuple[int, int], list[str]]] = {
    "browser": ((100, 30), ["down"]),
    "browser-80x24": ((80, 24), ["down"]),
    "narrow": ((60, 30), ["down"]),
    "filter": ((100, 30), ["slash", *"team"]),
    "user": ((100, 30), ["enter", "u"]),
    "palette": ((100, 30), ["colon", *"hopp"]),
    "changes": ((100, 30), ["d"]),
    "compare": ((100, 30), ["space", "down", "space", "c"]),
    "audit": ((100, 30), ["a", *"nnnnn"]),
    "help": ((100, 40), ["question_mark"]),
    "login": ((80, 24), []),
}
"""The size of each picture, and the keys to press."""


NOW = datetime(2026, 11, 23, 14, 2, 11, tzinfo=UTC)
INSTANCE = Instance("https://demo.testmo.net")
HISTORY = History(INSTANCE.origin, None)


class StillClock(Clock):
    """A clock that stands still, so that a picture changes only if the app does."""

    def __init__(self, time: datetime) -> None:
        self._time = time

    def now(self) -> datetime:
        """Return always the same time."""
        return self._time


def connect(instance: Instance, token: Token) -> GroupsService:
    """Return a service on a new demo site."""
    return service(instance, token, make_site(), NOW)


def service(instance: Instance, token: Token, site: Site, time: datetime) -> GroupsService:
    """Return a service on a demo site at a time."""
    transport = httpx.MockTransport(DemoHandler(site, {DEMO_TOKEN: ADMIN_ID}))
    clock = StillClock(time)
    return GroupsService(instance, token, transport=transport, clock=clock, history=HISTORY)


async def loaded(pilot: Pilot[None]) -> None:
    """Wait until nothing is being loaded and the members follow the cursor."""
    while not quiet(pilot.app):
        await pilot.pause()
    await pilot.pause()


def quiet(app: App[None]) -> bool:
    """Return whether the app waits only for its user."""
    if any(
        worker.is_running and worker.group not in ("dialog", "palette", "cooldown") for worker in app.workers
    ):
        return False
    screen = app.screen
    return not isinstance(screen, BrowserScreen) or not (screen.groups.page is None or screen.following)


async def draw(name: str, size: tuple[int, int], keys: list[str]) -> str:
    """Return one picture as SVG."""
    access = Credentials(INSTANCE, Token.parse(DEMO_TOKEN))
    app = GroupsApp(connect=connect, access=None if name == "login" else access)
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        for key in keys:
            await loaded(pilot)
            await pilot.press(key)
        await loaded(pilot)
        return app.export_screenshot(title="groupstui")


async def save_snapshot() -> None:
    """Save a snapshot of a week ago to the history, so that there are changes to show."""
    past = service(INSTANCE, Token.parse(DEMO_TOKEN), week_ago(make_site()), NOW - timedelta(days=7))
    await past.load()
    await past.save_history()


def main(folder: Path) -> None:
    """Draw all pictures into a folder."""
    asyncio.run(save_snapshot())
    for name, (size, keys) in PICTURES.items():
        (folder / f"{name}.svg").write_text(asyncio.run(draw(name, size, keys)))


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent)
