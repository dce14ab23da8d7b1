"""Draw the pictures of the README: the app on the demo site.

uv run python screenshots/make.py [FOLDER]
"""

from __future__ import annotations

import asyncio
import os
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

# The pictures show the same time and the same colors everywhere.
os.environ.update(TZ="UTC", TERM="xterm-256color", COLORTERM="truecolor")
os.environ.pop("NO_COLOR", None)
time.tzset()

import httpx
from terminal_svg import Frame, picture
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


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture to draw."""

    size: tuple[int, int]
    keys: list[str]
    """The keys to press before it is drawn."""
    theme: str = "textual-dark"


@dataclass(frozen=True, slots=True)
class Step:
    """Keys to press in an animation, and what it shows meanwhile."""

    keys: list[str]
    title: str
    seconds: float = 0.8
    """How long the screen is shown after each key."""


TICKET = [
    key
    for name in ("ada lovelace", "Hopper, Grace", "grace.hopper@demo.example", "turing", "nobody")
    for key in (*name, "enter")
]
"""Keys that type a list of users, as from a ticket."""

PICTURES = {
    "browser": Picture((100, 30), ["down"]),
    "light": Picture((100, 30), ["down"], theme="textual-light"),
    "filter": Picture((100, 30), ["slash", *"hopper", "tab"]),
    "palette": Picture((100, 30), ["colon", *"hopp"]),
    "changes": Picture((100, 30), ["d"]),
    "compare": Picture((100, 30), ["space", "space", "c"]),
    "users": Picture((100, 30), ["tab", "down", "down", "space", "down", "down", "space", "c"]),
    "past": Picture((100, 30), ["colon", *"at 2026-11-05", "enter"]),
    "timeline": Picture((100, 30), ["H"]),
    "lookup": Picture((100, 30), ["space", "down", "space", "v", *TICKET, "tab"]),
    "audit": Picture((100, 30), ["a", "n", "n", "enter", "j"]),
}
"""The pictures by name."""

SESSION = [
    Step([], "Who is in which group?", 3),
    Step(["slash", *"relea"], "/  find a group", 0.3),
    Step(["enter"], "/  find a group", 1.5),
    Step(["escape", "tab", "down", "down"], "tab  its members", 0.6),
    Step(["u"], "u  the groups of a user", 3),
    Step(["escape", "h", "d"], "d  recent changes", 1),
    Step(["down", "down", "down"], "d  recent changes", 0.6),
    Step(["escape", "g", "space", "space"], "space  mark groups", 0.6),
    Step(["c"], "c  compare them", 1),
    Step(["f"], "f  only the differences", 3),
]
"""The session of the animation."""

SESSION_SIZE = (100, 30)

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


async def draw(to_draw: Picture) -> str:
    """Return a picture as SVG."""
    async with started(to_draw) as pilot:
        for key in to_draw.keys:
            await pilot.press(key)
            await loaded(pilot)
        return picture(to_draw.size, [Frame(pilot.app.export_screenshot(), "groupstui")])


async def animate() -> str:
    """Return the session as an animated SVG."""
    frames = []
    async with started(Picture(SESSION_SIZE, [])) as pilot:
        for step in SESSION:
            for key in step.keys or [None]:
                if key:
                    await pilot.press(key)
                await loaded(pilot)
                frames.append(Frame(pilot.app.export_screenshot(), step.title, step.seconds))
    return picture(SESSION_SIZE, frames)


@asynccontextmanager
async def started(to_draw: Picture) -> AsyncIterator[Pilot[None]]:
    """Run the app for a picture."""
    app = GroupsApp(connect=connect, access=Credentials(INSTANCE, Token.parse(DEMO_TOKEN)))
    async with app.run_test(size=to_draw.size) as pilot:
        app.theme = to_draw.theme
        await pilot.pause()
        await loaded(pilot)
        yield pilot


async def save_snapshots() -> None:
    """Save snapshots of the last weeks to the history, so that there are changes to show."""
    for weeks in reversed(range(1, 6)):
        past = service(INSTANCE, Token.parse(DEMO_TOKEN), weeks_ago(weeks), NOW - timedelta(days=7 * weeks))
        await past.load()
        await past.save_history()


def weeks_ago(weeks: int) -> Site:
    """Return the demo site as it was some weeks ago, when the group QA had fewer members."""
    site = week_ago(make_site())
    group = site.groups[1]
    site.groups[1] = replace(group, members=group.members[: len(group.members) - (weeks - 1)])
    return site


def main(folder: Path) -> None:
    """Draw all pictures into a folder."""
    asyncio.run(save_snapshots())
    for name, to_draw in PICTURES.items():
        (folder / f"{name}.svg").write_text(asyncio.run(draw(to_draw)))
    (folder / "session.svg").write_text(asyncio.run(animate()))


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent)
