"""Drive the app by keys and read its screen."""

from __future__ import annotations

from collections.abc import Callable

from textual import events
from textual.pilot import Pilot

from groupstui.app import Credentials, GroupsApp
from groupstui.history import History
from groupstui.screens.browser import BrowserScreen
from groupstui.service.service import GroupsService, ServiceFactory
from groupstui.settings import Settings, SettingsFile
from groupstui.testmo.http_options import HttpOptions
from groupstui.testmo.instance import Instance
from groupstui.testmo.rate_limit import Clock
from groupstui.token import Token
from groupstui.widgets.key_footer import KeyFooter

PAGES_OF_15 = Settings(page_size=15)

MAX_PAUSES = 800
"""Pauses of a few milliseconds before `until` fails."""


def connector(
    clock: Clock, timeout: float = 5, history: History | None = None, **more: bool
) -> ServiceFactory:
    """Return a factory of services with a test's clock."""

    def connect(instance: Instance, token: Token) -> GroupsService:
        return GroupsService(
            instance, token, clock=clock, http=HttpOptions(timeout=timeout), history=history, **more
        )

    return connect


def browser_app(
    url: str,
    token: str,
    clock: Clock,
    timeout: float = 5,
    start_at: str = "",
    history: History | None = None,
    settings: Settings = PAGES_OF_15,
    settings_file: SettingsFile | None = None,
    **more: bool,
) -> GroupsApp:
    """Return the app as `TESTMO_TOKEN=… groupstui --instance …` starts it, with pages of 15 groups."""
    access = Credentials(Instance.parse(url), Token.parse(token))
    connect = connector(clock, timeout, history, **more)
    return GroupsApp(
        connect=connect,
        access=access,
        start_at=start_at,
        settings=settings,
        settings_file=settings_file,
    )


async def until(pilot: Pilot[None], true: Callable[[], bool]) -> None:
    """Let the app work until a condition is true."""
    for _ in range(MAX_PAUSES):
        if true():
            return
        await pilot.pause()
    raise AssertionError(f"the condition stays false; on the screen:\n{drawn(pilot)}")


async def settled(pilot: Pilot[None]) -> None:
    """Let the app work until nothing loads and the detail matches the cursor."""

    def quiet() -> bool:
        # The workers of dialogs run as long as the dialog is open.
        if any(
            worker.is_running and worker.group not in ("dialog", "palette", "cooldown", "live")
            for worker in pilot.app.workers
        ):
            return False
        return not (isinstance(pilot.app.screen, BrowserScreen) and pilot.app.screen.following)

    await pilot.pause()
    await until(pilot, quiet)
    await pilot.pause()


async def press(pilot: Pilot[None], *keys: str) -> None:
    """Press keys; wait for the effect of each."""
    for key in keys:
        await pilot.press(key)
        await settled(pilot)


async def expect_current_footer(pilot: Pilot[None]) -> None:
    """Fail if the footer does not show the keys that work now: it is drawn again only if they differ."""
    screen = pilot.app.screen
    drawn_hints = [list(footer.children) for footer in screen.query(KeyFooter)]
    screen.refresh_bindings()
    await settled(pilot)
    now = [list(footer.children) for footer in screen.query(KeyFooter)]
    assert now == drawn_hints, f"the footer was out of date; now it is:\n{drawn(pilot)}"


async def paste(pilot: Pilot[None], text: str) -> None:
    """Paste a text into the focused widget."""
    pilot.app.post_message(events.Paste(text))
    await settled(pilot)


async def type_text(pilot: Pilot[None], text: str) -> None:
    """Type a text into the focused widget."""
    for character in text:
        await pilot.press(character if character.isalnum() else KEY_NAMES[character])
    await settled(pilot)


KEY_NAMES = {
    " ": "space",
    "~": "tilde",
    "-": "minus",
    ".": "full_stop",
    ":": "colon",
    "/": "slash",
    "#": "number_sign",
    "_": "underscore",
    "@": "at",
    "!": "exclamation_mark",
    ">": "greater_than_sign",
}


def drawn(pilot: Pilot[None], where: str = "") -> str:
    """Return the text of the screen, or of the widget that a selector names, a line for each row."""
    screen = pilot.app.screen
    lines = screen._compositor.render_strips(pilot.app.size)
    if where:
        left, top, width, height = screen.query_one(where).region
        lines = [line.crop(left, left + width) for line in lines[top : top + height]]
    return "\n".join(line.text for line in lines)


def words(pilot: Pilot[None], where: str = "") -> str:
    """Return the text of the screen without borders and line breaks, with single spaces."""
    return " ".join(drawn(pilot, where).translate(BORDERS).split())


BORDERS = str.maketrans(dict.fromkeys("│╭╮╰╯─┃", " "))


def cursor(pilot: Pilot[None], where: str) -> str:
    """Return the row at the cursor of a list: `#list`, `#members`, or the `Table` of a dialog."""
    (row,) = (line for line in drawn(pilot, where).splitlines() if "▸" in line)
    return " ".join(row.translate(BORDERS).replace("▸", " ").split())
