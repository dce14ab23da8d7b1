"""A snapshot of every screen and state. Look at each before you accept a change."""

from __future__ import annotations

import asyncio

import httpx
import pytest
from textual.pilot import Pilot

from groupstui.app import Credentials, GroupsApp
from groupstui.demo.last_week import week_ago
from groupstui.demo.seed import make_site
from groupstui.demo.site import Site
from groupstui.history import History
from groupstui.service.service import GroupsService
from groupstui.testmo.instance import Instance
from groupstui.token import Token

from ..support.faults import Faults
from ..support.pilot import drawn, expect_current_footer, press, settled, type_text, until
from ..support.site_app import TOKEN, SiteApp

SMALL, LARGE, WIDE, NARROW, TINY = (80, 24), (120, 40), (200, 60), (60, 30), (38, 10)
INSTANCE = Instance("https://demo.testmo.net")


@pytest.fixture
def faults() -> Faults:
    return Faults(seconds=60, retry_after=30)


@pytest.fixture
def app(site: Site, faults: Faults, clock) -> GroupsApp:
    """The app on the demo site, with a token from the environment."""
    return GroupsApp(connect=connector(site, faults, clock), access=Credentials(INSTANCE, Token.parse(TOKEN)))


@pytest.fixture
def new_app(site: Site, faults: Faults, clock) -> GroupsApp:
    """The app at its first start."""
    return GroupsApp(connect=connector(site, faults, clock))


@pytest.fixture
def app_with_history(site: Site, faults: Faults, clock) -> GroupsApp:
    """The app a week after a run, with the changes since then."""
    history = History(INSTANCE.origin, None)
    then = connector(week_ago(site), faults, clock, history)(INSTANCE, Token.parse(TOKEN))
    clock.seconds -= 7 * 24 * 3600
    asyncio.run(crawl(then))
    clock.seconds += 7 * 24 * 3600
    access = Credentials(INSTANCE, Token.parse(TOKEN))
    return GroupsApp(connect=connector(site, faults, clock, history), access=access)


def connector(site: Site, faults: Faults, clock, history: History | None = None):
    def connect(instance: Instance, token: Token) -> GroupsService:
        transport = httpx.MockTransport(SiteApp(site, token=TOKEN, faults=faults))
        return GroupsService(instance, token, transport=transport, clock=clock, history=history)

    return connect


async def crawl(service: GroupsService) -> None:
    await service.load()
    await service.save_history()


def keys(*pressed: str):
    """Return what presses keys after the first page is shown."""

    async def run(pilot: Pilot) -> None:
        await settled(pilot)
        await press(pilot, *pressed)
        await expect_current_footer(pilot)

    return run


@pytest.mark.parametrize(
    "size", [SMALL, LARGE, WIDE, NARROW, TINY], ids=["80x24", "120x40", "200x60", "narrow", "tiny"]
)
def test_browser(snap_compare, app, size) -> None:
    assert snap_compare(app, terminal_size=size, run_before=keys("down"))


@pytest.mark.parametrize("size", [SMALL, LARGE, WIDE], ids=["80x24", "120x40", "200x60"])
@pytest.mark.parametrize("view", [["down"], ["d"]], ids=["browser", "changes"])
def test_light_theme(snap_compare, app_with_history, size, view) -> None:
    app_with_history.theme = "textual-light"
    assert snap_compare(app_with_history, terminal_size=size, run_before=keys(*view))


def test_members_focused(snap_compare, app) -> None:
    assert snap_compare(app, terminal_size=SMALL, run_before=keys("G", "k", "k", "enter", "j"))


def test_filter(snap_compare, app) -> None:
    assert snap_compare(app, terminal_size=SMALL, run_before=keys("slash", "r", "s"))


def test_filter_without_matches(snap_compare, app) -> None:
    assert snap_compare(app, terminal_size=SMALL, run_before=keys("slash", "q", "z", "enter"))


def test_sorted_by_members(snap_compare, app) -> None:
    assert snap_compare(app, terminal_size=SMALL, run_before=keys("s", "s", "S"))


def test_user_groups(snap_compare, app) -> None:
    assert snap_compare(app, terminal_size=SMALL, run_before=keys("enter", "u"))


SIZES = pytest.mark.parametrize("size", [SMALL, LARGE, NARROW], ids=["80x24", "120x40", "narrow"])


@SIZES
def test_changes(snap_compare, app_with_history, size) -> None:
    assert snap_compare(app_with_history, terminal_size=size, run_before=keys("d", "j"))


def test_badges(snap_compare, app_with_history) -> None:
    assert snap_compare(app_with_history, terminal_size=SMALL, run_before=keys())


@SIZES
def test_compare_two_groups(snap_compare, app, size) -> None:
    assert snap_compare(app, terminal_size=size, run_before=keys("space", "down", "space", "c", "j"))


def test_compare_six_groups(snap_compare, app) -> None:
    assert snap_compare(app, terminal_size=SMALL, run_before=keys(*["space"] * 6, "c", "f"))


def test_marked_groups(snap_compare, app) -> None:
    assert snap_compare(app, terminal_size=SMALL, run_before=keys("space", "j", "space"))


@SIZES
def test_audit(snap_compare, app, size) -> None:
    assert snap_compare(app, terminal_size=size, run_before=keys("a", "n", "n", "enter", "j"))


def test_help(snap_compare, app) -> None:
    assert snap_compare(app, terminal_size=SMALL, run_before=keys("question_mark"))


def test_palette_with_commands(snap_compare, app) -> None:
    assert snap_compare(app, terminal_size=SMALL, run_before=keys("colon", "p", "a", "g", "e"))


def test_instances(snap_compare, app) -> None:
    assert snap_compare(app, terminal_size=SMALL, run_before=keys("i"))


def test_instance_without_groups(snap_compare, clock) -> None:
    app = GroupsApp(
        connect=connector(make_site(groups=0, users=2), Faults(), clock),
        access=Credentials(INSTANCE, Token.parse(TOKEN)),
    )
    assert snap_compare(app, terminal_size=SMALL, run_before=keys())


def test_error_at_the_start(snap_compare, app, faults) -> None:
    faults.always("403")
    assert snap_compare(app, terminal_size=SMALL, run_before=keys())


def test_error_on_refresh(snap_compare, app, faults) -> None:
    async def refresh(pilot: Pilot) -> None:
        await settled(pilot)
        faults.always("401")
        await press(pilot, "r")

    assert snap_compare(app, terminal_size=SMALL, run_before=refresh)


def test_page_loading(snap_compare, app, faults) -> None:
    async def refresh(pilot: Pilot) -> None:
        await settled(pilot)
        faults.always("slow")
        await pilot.press("r")
        await until(pilot, lambda: "loading" in drawn(pilot))

    assert snap_compare(app, terminal_size=SMALL, run_before=refresh)


def test_crawl_in_progress(snap_compare, app, faults) -> None:
    faults.always("slow", after=2)  # after the user and the first page

    async def wait_for_the_crawl(pilot: Pilot) -> None:
        await until(pilot, lambda: "reading" in drawn(pilot) and "Ada Lovelace" in drawn(pilot))

    assert snap_compare(app, terminal_size=LARGE, run_before=wait_for_the_crawl)


def test_filter_by_member(snap_compare, app) -> None:
    assert snap_compare(app, terminal_size=SMALL, run_before=keys("slash", *"grace", "tab"))


def test_palette_with_users(snap_compare, app) -> None:
    assert snap_compare(app, terminal_size=SMALL, run_before=keys("colon", *"hopp"))


def test_login(snap_compare, new_app) -> None:
    async def type_the_instance(pilot: Pilot) -> None:
        await settled(pilot)
        await type_text(pilot, "acme")

    assert snap_compare(new_app, terminal_size=SMALL, run_before=type_the_instance)


def test_login_in_progress(snap_compare, new_app, faults) -> None:
    faults.always("slow")

    async def sign_in(pilot: Pilot) -> None:
        await settled(pilot)
        await pilot.press(*"acme", "enter", *"token", "enter")
        await until(pilot, lambda: pilot.app.screen.busy)

    assert snap_compare(new_app, terminal_size=SMALL, run_before=sign_in)


def test_login_failed(snap_compare, new_app) -> None:
    async def sign_in(pilot: Pilot) -> None:
        await settled(pilot)
        await pilot.press(*"acme", "enter", *"wrong", "enter")
        await settled(pilot)

    assert snap_compare(new_app, terminal_size=SMALL, run_before=sign_in)
