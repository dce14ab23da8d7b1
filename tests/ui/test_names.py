"""Names and messages are shown literally, without control characters."""

from __future__ import annotations

import json

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from groupstui.app import Credentials, GroupsApp
from groupstui.demo.seed import make_site
from groupstui.demo.site import Site
from groupstui.service.service import GroupsService
from groupstui.testmo.instance import Instance
from groupstui.text import MAX_NAME_CHARS, sanitize
from groupstui.token import Token

from ..support.pilot import browser_app, drawn, paste, press, settled, words
from ..support.site_app import TOKEN, SiteApp
from ..support.site_server import SiteServer
from ..support.untrusted_text import HOSTILE, MARKUP, control_characters, site_with_names


@pytest.fixture
def site():
    return site_with_names(MARKUP + HOSTILE)


@pytest.fixture
async def pilot(demo, clock):
    app = browser_app(demo.url, demo.token, clock)
    async with app.run_test(size=(160, 48), notifications=True) as pilot:
        await settled(pilot)
        yield pilot


async def test_group_names_are_literal(pilot):
    for name in MARKUP:
        assert f" {name} " in drawn(pilot)
    assert "[bold]QA[/bold]" in drawn(pilot)


async def test_user_names_are_literal(pilot):
    await press(pilot, "tab")
    for name in MARKUP:
        assert f" {name} " in drawn(pilot)


@pytest.mark.parametrize("row", range(len(MARKUP)), ids=MARKUP)
async def test_name_is_literal_in_dialogs_and_filter(pilot, row):
    name = MARKUP[row]
    await press(pilot, *["down"] * (row + 1), "y")
    assert pilot.app.clipboard == name
    await press(pilot, "Y")
    assert f"the name {name}" in words(pilot, ".dialog")
    await press(pilot, "escape", "colon")
    await paste(pilot, name)
    assert drawn(pilot).count(name) >= 2
    await press(pilot, "escape", "slash")
    await paste(pilot, f"{name}!")
    assert f"Nothing here matches “{name}!”" in drawn(pilot)


async def test_user_name_is_literal_in_the_title(pilot):
    await press(pilot, "tab", "s")
    members = pilot.app.screen.members.table.rows
    index = next(index for index, member in enumerate(members) if member.label == "[/x]")
    await press(pilot, "home", *["down"] * index, "u")
    assert "Groups of [/x]" in drawn(pilot)


async def test_click_on_a_name_runs_no_markup_action(pilot):
    y = next(y for y, line in enumerate(drawn(pilot).splitlines()) if "[@click=app.quit]x[/]" in line)
    await pilot.click(offset=(drawn(pilot).splitlines()[y].index("x[/]"), y))
    await settled(pilot)
    assert pilot.app.is_running
    assert "▸" in drawn(pilot).splitlines()[y]


async def test_no_screen_draws_control_characters(pilot):
    seen = [drawn(pilot)]
    for keys in (["tab"], ["u"], ["escape", "1", "Y"], ["escape", "slash", "e"], ["escape", "colon", "e"]):
        await press(pilot, *keys)
        seen.append(drawn(pilot))
    assert control_characters("".join(seen)) == set()


@pytest.fixture
async def typographic(clock):
    """An app on a site whose names have signs that no keyboard has."""
    site = Site()
    for name in ("Ada Lovelace", "Søren O’Brien", "Łukasz Żółć"):
        site.add_user(name)
    site.add_group("QA", [1])
    site.add_group("Payments – EMEA", [1, 2])
    with SiteServer(SiteApp(site)) as server:
        app = browser_app(server.url, TOKEN, clock)
        async with app.run_test(size=(120, 30)) as pilot:
            await settled(pilot)
            yield pilot


async def test_filters_and_palette_find_names_as_typed_on_a_keyboard(typographic):
    pilot = typographic
    await press(pilot, "slash")
    await paste(pilot, "emea payments -")
    assert [group.id for group in pilot.app.screen.groups.table.rows] == [2]
    await press(pilot, "enter", "tab", "slash")
    await paste(pilot, "o'brien, soren")
    assert [member.id for member in pilot.app.screen.members.table.rows] == [2]
    await press(pilot, "escape", "colon")
    await paste(pilot, "zolc lukasz")  # in no group
    await press(pilot, "enter")
    assert "Groups of Łukasz Żółć" in drawn(pilot)


async def test_palette_shows_that_users_in_no_group_are_missing(clock):
    with SiteServer(SiteApp(make_site(groups=5, users=20), users_status=403)) as server:
        async with browser_app(server.url, TOKEN, clock).run_test(size=(120, 30)) as pilot:
            await settled(pilot)
            await press(pilot, "colon")
            assert "users in no group are not loaded" in drawn(pilot)


SAID = "[/x] [@click=app.quit]no[/] \x1b]0;t\x07"

ANSWERS = {
    "a message": (401, {"Content-Type": "application/json"}),
    "a target": (302, {"Location": "https://x.example/[/x][@click=app.quit]no[/]"}),
    "an encoding": (200, {"Content-Encoding": "[/x] [@click=app.quit]no[/]"}),
}


@pytest.mark.parametrize(("status", "headers"), ANSWERS.values(), ids=ANSWERS)
async def test_server_texts_are_literal(status, headers):
    def answer(request: httpx.Request) -> httpx.Response:
        body = httpx.ByteStream(json.dumps({"message": SAID}).encode())
        return httpx.Response(status, headers=headers, stream=body)

    def connect(instance: Instance, token: Token) -> GroupsService:
        return GroupsService(instance, token, transport=lambda: httpx.MockTransport(answer))

    app = GroupsApp(
        connect=connect, access=Credentials(Instance("https://acme.testmo.net"), Token.parse("t0ken"))
    )
    async with app.run_test(size=(160, 40)) as pilot:
        await settled(pilot)
        assert "[/x]" in drawn(pilot)
        assert "[@click=app.quit]no[/]" in drawn(pilot)
        assert control_characters(drawn(pilot)) == set()


@given(st.text(max_size=300))
def test_sanitize_returns_one_safe_line(text):
    shown = sanitize(text)
    assert control_characters(shown) == set()
    assert "\n" not in shown
    assert len(shown) <= MAX_NAME_CHARS
