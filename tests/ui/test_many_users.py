"""An instance with many users: their details are loaded only when they are needed."""

from __future__ import annotations

import pytest

from groupstui.demo.seed import make_site
from groupstui.screens.browser import MAX_USERS_LOADED_UNASKED
from groupstui.text import fold
from groupstui.widgets import table

from ..support.pilot import browser_app, drawn, press, settled, type_text, until, words


@pytest.fixture(scope="module")
def site():
    return make_site(groups=30, users=2_500, members_max=2_500)


@pytest.fixture
async def pilot(demo, clock):
    async with browser_app(demo.url, demo.token, clock).run_test(size=(100, 30)) as pilot:
        await settled(pilot)
        yield pilot


def users_requests(demo) -> int:
    return sum("/users?" in path for path in demo.log.paths)


async def test_details_of_many_users_are_not_loaded_at_start(demo, pilot):
    assert len(pilot.app.screen.service.directory.names) > MAX_USERS_LOADED_UNASKED
    assert users_requests(demo) == 0


async def test_email_in_the_palette_loads_details_once(demo, pilot):
    await press(pilot, ":")
    await type_text(pilot, "ada.lovelace@")
    assert "Ada Lovelace" in drawn(pilot)
    assert users_requests(demo) == 25


async def test_email_in_the_filter_loads_details(demo, pilot):
    await press(pilot, "/", "tab")
    await type_text(pilot, "ada.lovelace@")
    assert users_requests(demo) == 25
    assert "by name or member" in drawn(pilot)
    assert pilot.app.screen.groups.match_count > 0


async def test_large_group_is_filtered_in_a_thread(pilot, monkeypatch):
    monkeypatch.setattr(table, "MAX_INLINE_NAMES", 100)
    screen = pilot.app.screen
    await press(pilot, "tab")
    while len(screen.members.table.rows) < 1_000:
        await press(pilot, "tab", "down", "tab")
    everybody = [member.label for member in screen.members.table.rows]
    await press(pilot, "/")
    for end in range(1, 4):
        await type_text(pilot, "ann"[end - 1])
        shown = [member.label for member in screen.members.table.rows]
        assert sorted(shown) == sorted(name for name in everybody if fold("ann"[:end]) in fold(name))
    await press(pilot, "enter", "S")
    found = screen.members.table.rows
    assert [member.label for member in found] != shown
    assert sorted(member.label for member in found) == sorted(shown)
    await press(pilot, "escape")
    assert len(screen.members.table.rows) == len(everybody)


async def test_groups_are_found_by_members_among_many(pilot, monkeypatch):
    monkeypatch.setattr(table, "MAX_INLINE_NAMES", 100)
    screen = pilot.app.screen
    await press(pilot, "/", "tab")
    await type_text(pilot, "lovelace")
    assert screen.groups.match_count > 0
    directory = screen.service.directory
    users = {user.id for user in directory.user_index.search("lovelace")}
    assert {group.id for group in screen.groups.table.rows} == {
        group.id for group in directory.groups if users & set(group.members)
    }


async def test_unknown_details_of_members_show_nothing(pilot):
    assert "E-mail" not in drawn(pilot, "#members")
    assert "State" not in drawn(pilot, "#members")


async def test_a_state_in_the_filter_of_members_loads_details_once(demo, pilot):
    await press(pilot, "tab", "/")
    await type_text(pilot, "inactive")
    screen = pilot.app.screen
    inactive = {user.id for user in demo.site.users.values() if not user.is_active}
    assert {user.id for user in screen.members.table.rows} == inactive & set(screen.detail.group.members)
    assert users_requests(demo) == 25
    await press(pilot, "escape")
    assert " State " in drawn(pilot, "#members")


async def test_the_filter_says_that_details_are_being_read(demo, pilot):
    demo.faults.always("hang")
    await press(pilot, "tab", "slash")
    for key in "active":
        await pilot.press(key)
    await until(pilot, lambda: "not known yet: reading users…" in words(pilot, "#members"))
    await pilot.press("enter", "x")
    await settled(pilot)
    assert "The details of users are not known. R reads them." in words(pilot, "#members")
    assert pilot.app.screen.members.table.rows == []
