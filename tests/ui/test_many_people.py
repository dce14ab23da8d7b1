"""On a site of many users, `/users` costs many requests: it is asked for when somebody needs it."""

from __future__ import annotations

import pytest

from groupstui.demo.seed import make_site
from groupstui.screens.site import MAX_USERS_READ_UNASKED
from groupstui.text import fold
from groupstui.widgets import filterable_table

from ..support.pilot import browser_app, drawn, press, settled, type_text


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


async def test_nobody_s_address_is_read_unasked(demo, pilot):
    assert len(pilot.app.screen.service.directory.names) > MAX_USERS_READ_UNASKED
    assert users_requests(demo) == 0


async def test_an_address_in_the_palette_has_them_read_once(demo, pilot):
    await press(pilot, ":")
    await type_text(pilot, "ada.lovelace@")
    assert "Ada Lovelace" in drawn(pilot)
    assert users_requests(demo) == 25


async def test_an_address_in_the_filter_has_them_read(demo, pilot):
    await press(pilot, "/", "tab")
    await type_text(pilot, "ada.lovelace@")
    assert users_requests(demo) == 25
    assert "by name or member" in drawn(pilot)
    assert pilot.app.screen.groups.match_count > 0


async def test_a_large_group_is_filtered_letter_by_letter(pilot, monkeypatch):
    monkeypatch.setattr(filterable_table, "MAX_INLINE_NAMES", 100)
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


async def test_groups_of_users_whose_name_fits_are_found_among_many(pilot, monkeypatch):
    monkeypatch.setattr(filterable_table, "MAX_INLINE_NAMES", 100)
    screen = pilot.app.screen
    await press(pilot, "/", "tab")
    await type_text(pilot, "lovelace")
    assert screen.groups.match_count > 0
    directory = screen.service.directory
    users = {user.id for user in directory.user_index.search("lovelace")}
    assert {group.id for group in screen.groups.table.rows} == {
        group.id for group in directory.groups if users & set(group.members)
    }
