"""A picture of every screen and state. Look at each before accepting a change of it."""

from __future__ import annotations

import asyncio

import httpx
import pytest
from textual.pilot import Pilot

from groupstui.app import Credentials, GroupsApp, make_app
from groupstui.demo.last_week import week_ago
from groupstui.demo.seed import make_site
from groupstui.demo.site import Site
from groupstui.history import History
from groupstui.service.service import GroupsService
from groupstui.testmo.instance import Instance
from groupstui.token import Token

from ..support.faults import Faults
from ..support.pilot import drawn, press, settled, type_text, until
from ..support.site_app import TOKEN, SiteApp

SMALL, LARGE, NARROW, TINY = (80, 24), (120, 40), (60, 30), (38, 10)
INSTANCE = Instance("https://demo.testmo.net")


@pytest.fixture
def faults() -> Faults:
    return Faults(seconds=60, retry_after=30)


@pytest.fixture
def app(site: Site, faults: Faults, clock) -> GroupsApp:
    """The app on the demo site, as with a token in the environment."""
    return make_app(connect=connector(site, faults, clock), access=Credentials(INSTANCE, Token.parse(TOKEN)))


@pytest.fixture
def new_app(site: Site, faults: Faults, clock) -> GroupsApp:
    """The app as it starts for the first time."""
    return make_app(connect=connector(site, faults, clock))


@pytest.fixture
def app_with_a_past(site: Site, faults: Faults, clock) -> GroupsApp:
    """The app a week after a run on the site as it was then."""
    history = History(INSTANCE.origin, None)
    then = connector(week_ago(site), faults, clock, history)(INSTANCE, Token.parse(TOKEN))
    clock.seconds -= 7 * 24 * 3600
    asyncio.run(then.index())
    clock.seconds += 7 * 24 * 3600
    access = Credentials(INSTANCE, Token.parse(TOKEN))
    return make_app(connect=connector(site, faults, clock, history), access=access)


def connector(site: Site, faults: Faults, clock, history: History | None = None):
    def connect(instance: Instance, token: Token) -> GroupsService:
        transport = httpx.MockTransport(SiteApp(site, token=TOKEN, faults=faults))
        return GroupsService(instance, token, transport=transport, clock=clock, history=history)

    return connect


def keys(*pressed: str):
    """Press keys once the first page is there."""

    async def run(pilot: Pilot) -> None:
        await settled(pilot)
        await press(pilot, *pressed)

    return run


@pytest.mark.parametrize("size", [SMALL, LARGE, NARROW, TINY], ids=["80x24", "120x40", "narrow", "tiny"])
def test_the_list_and_a_group(snap_compare, app, size) -> None:
    assert snap_compare(app, terminal_size=size, run_before=keys("down"))


def test_the_members_have_the_keys(snap_compare, app) -> None:
    assert snap_compare(app, terminal_size=SMALL, run_before=keys("G", "k", "k", "enter", "j"))


def test_a_filter(snap_compare, app) -> None:
    assert snap_compare(app, terminal_size=SMALL, run_before=keys("slash", "r", "s"))


def test_a_filter_that_fits_nothing(snap_compare, app) -> None:
    assert snap_compare(app, terminal_size=SMALL, run_before=keys("slash", "q", "z", "enter"))


def test_sorted_by_members(snap_compare, app) -> None:
    assert snap_compare(app, terminal_size=SMALL, run_before=keys("s", "s", "s", "S"))


def test_the_groups_of_a_member(snap_compare, app) -> None:
    assert snap_compare(app, terminal_size=SMALL, run_before=keys("enter", "u"))


SIZES = pytest.mark.parametrize("size", [SMALL, LARGE, NARROW], ids=["80x24", "120x40", "narrow"])


@SIZES
def test_what_changed(snap_compare, app_with_a_past, size) -> None:
    assert snap_compare(app_with_a_past, terminal_size=size, run_before=keys("d", "j"))


def test_badges_beside_groups_that_changed(snap_compare, app_with_a_past) -> None:
    assert snap_compare(app_with_a_past, terminal_size=SMALL, run_before=keys())


@SIZES
def test_two_groups_compared(snap_compare, app, size) -> None:
    assert snap_compare(app, terminal_size=size, run_before=keys("space", "down", "space", "c", "j"))


def test_six_groups_compared(snap_compare, app) -> None:
    assert snap_compare(app, terminal_size=SMALL, run_before=keys(*["space"] * 6, "c", "f"))


def test_marked_groups(snap_compare, app) -> None:
    assert snap_compare(app, terminal_size=SMALL, run_before=keys("space", "j", "space"))


@SIZES
def test_an_audit(snap_compare, app, size) -> None:
    assert snap_compare(app, terminal_size=size, run_before=keys("a", "n", "n", "n", "n", "n"))


def test_the_help(snap_compare, app) -> None:
    assert snap_compare(app, terminal_size=SMALL, run_before=keys("question_mark"))


def test_the_palette(snap_compare, app) -> None:
    assert snap_compare(app, terminal_size=SMALL, run_before=keys("colon", "p", "a", "g", "e"))


def test_the_sites(snap_compare, app) -> None:
    assert snap_compare(app, terminal_size=SMALL, run_before=keys("i"))


def test_an_empty_site(snap_compare, clock) -> None:
    app = make_app(
        connect=connector(make_site(groups=0, users=2), Faults(), clock),
        access=Credentials(INSTANCE, Token.parse(TOKEN)),
    )
    assert snap_compare(app, terminal_size=SMALL, run_before=keys())


def test_nothing_could_be_read(snap_compare, app, faults) -> None:
    faults.always("403")
    assert snap_compare(app, terminal_size=SMALL, run_before=keys())


def test_a_refresh_that_failed_leaves_what_was_there(snap_compare, app, faults) -> None:
    async def refresh(pilot: Pilot) -> None:
        await settled(pilot)
        faults.always("401")
        await press(pilot, "r")

    assert snap_compare(app, terminal_size=SMALL, run_before=refresh)


def test_a_page_that_loads(snap_compare, app, faults) -> None:
    async def read_it_again(pilot: Pilot) -> None:
        await settled(pilot)
        faults.always("slow")
        await pilot.press("r")
        await until(pilot, lambda: "loading" in drawn(pilot))

    assert snap_compare(app, terminal_size=SMALL, run_before=read_it_again)


def test_the_whole_site_is_being_read(snap_compare, app, faults) -> None:
    faults.always("slow", after=2)  # who it is, and the first page

    async def wait_for_the_index(pilot: Pilot) -> None:
        await until(pilot, lambda: "indexing" in drawn(pilot) and "Ada Lovelace" in drawn(pilot))

    assert snap_compare(app, terminal_size=LARGE, run_before=wait_for_the_index)


def test_any_group_of_the_site_by_name_or_member(snap_compare, app) -> None:
    assert snap_compare(app, terminal_size=SMALL, run_before=keys("slash", *"grace", "tab"))


def test_going_to_a_user(snap_compare, app) -> None:
    assert snap_compare(app, terminal_size=SMALL, run_before=keys("colon", *"hopp"))


def test_signing_in_for_the_first_time(snap_compare, new_app) -> None:
    async def type_the_site(pilot: Pilot) -> None:
        await settled(pilot)
        await type_text(pilot, "acme")

    assert snap_compare(new_app, terminal_size=SMALL, run_before=type_the_site)


def test_a_sign_in_under_way(snap_compare, new_app, faults) -> None:
    faults.always("slow")

    async def sign_in(pilot: Pilot) -> None:
        await settled(pilot)
        await pilot.press(*"acme", "enter", *"token", "enter")
        await until(pilot, lambda: pilot.app.screen.busy)

    assert snap_compare(new_app, terminal_size=SMALL, run_before=sign_in)


def test_a_sign_in_that_failed(snap_compare, new_app) -> None:
    async def sign_in(pilot: Pilot) -> None:
        await settled(pilot)
        await pilot.press(*"acme", "enter", *"wrong", "enter")
        await settled(pilot)

    assert snap_compare(new_app, terminal_size=SMALL, run_before=sign_in)
