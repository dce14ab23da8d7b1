"""Mark and compare groups, and audit them, by key presses."""

from __future__ import annotations

import pytest

from groupstui.demo.seed import make_site

from ..support.pilot import browser_app, drawn, press, settled, type_text
from ..support.site_app import TOKEN, SiteApp
from ..support.site_server import SiteServer


@pytest.fixture
async def pilot(demo, clock):
    async with browser_app(demo.url, demo.token, clock).run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        yield pilot


def line(pilot, text: str) -> str:
    return next(line for line in drawn(pilot).splitlines() if text in line)


async def test_space_marks_a_group_and_moves_on(pilot):
    await press(pilot, "space", "space")
    assert "* 1 QA" in drawn(pilot)
    assert "* 2 Release managers" in drawn(pilot)
    assert "Groups · 2 marked" in drawn(pilot)
    await press(pilot, "up", "space")
    assert "* 2 Release managers" not in drawn(pilot)
    assert "Groups · 1 marked" in drawn(pilot)


async def test_marks_survive_pages_and_filters(pilot):
    await press(pilot, "space", "n", "/")
    await type_text(pilot, "night shift")
    await press(pilot, "enter", "space", "escape", "p")
    assert "Groups · 2 marked" in drawn(pilot)
    assert "* 1 QA" in drawn(pilot)


async def test_compare_marked_groups(pilot):
    await press(pilot, "space", "down", "space", "c")
    assert "Comparison of 2 groups" in drawn(pilot)
    assert "1 %  QA is a subset of Everyone" in drawn(pilot)
    assert "●   ●" in line(pilot, "▸ Ada Lovelace")
    assert "500 users, in every group: 5" in drawn(pilot)
    await press(pilot, "f")
    assert "495 users, not in every group" in drawn(pilot)
    await press(pilot, "escape")
    assert "Groups · 2 marked" in drawn(pilot)


async def test_escape_returns_to_the_comparison(pilot):
    await press(pilot, "space", "down", "c", "down", "enter")
    assert "Groups of Adele Goldberg" in drawn(pilot)
    await press(pilot, "escape")
    assert "▸·Adele Goldberg" in drawn(pilot)
    await press(pilot, "enter", "enter")
    assert "Comparison" not in drawn(pilot)
    assert pilot.app.screen.members.table.current.label == "Adele Goldberg"
    await press(pilot, "left")
    assert "Groups of Adele Goldberg" in drawn(pilot)
    await press(pilot, "left")
    assert "▸·Adele Goldberg" in drawn(pilot)


async def test_one_mark_is_compared_with_the_cursor(pilot):
    await press(pilot, "space", "down", "c")
    assert "QA is a subset of Everyone" in drawn(pilot)


async def test_enter_shows_the_groups_of_a_compared_user(pilot):
    await press(pilot, "space", "down", "c", "enter")
    assert "Groups of Ada Lovelace" in drawn(pilot)


async def test_comparison_scrolls_sideways(pilot):
    await press(pilot, *["space"] * 6, "c")
    assert "Comparison of 6 groups" in drawn(pilot)
    assert "10 more pairs, none more similar" in drawn(pilot)
    assert "Former pilots" not in line(pilot, "User")
    assert "] more groups" in drawn(pilot)
    assert not pilot.app.screen.active_bindings["left_square_bracket"].enabled
    await press(pilot, "]", "]", "]")
    assert "[ back" in drawn(pilot)
    assert "Former pilots" in line(pilot, "User")
    assert "QA" not in line(pilot, "User")
    await press(pilot, "[", "[", "[")
    assert "QA" in line(pilot, "User")


@pytest.mark.parametrize("marks", [0, 7])
async def test_compare_needs_two_to_six_marks(pilot, marks):
    await press(pilot, *["space"] * marks, "home", "c")
    assert f"Mark two to six groups to compare, not {marks}. space marks one." in drawn(pilot)


async def test_palette_removes_all_marks(pilot):
    await press(pilot, "space", "space", ":")
    await type_text(pilot, "unmark")
    await press(pilot, "enter")
    assert "marked" not in drawn(pilot)
    assert "* 1 QA" not in drawn(pilot)


# Audit


async def test_audit_lists_and_explains_findings(pilot):
    await press(pilot, "a")
    assert "Contractors 2027 has no members" in drawn(pilot)
    assert "A group without members gives nobody access." in drawn(pilot)
    assert "findings in 230 groups" in drawn(pilot)
    await press(pilot, "n")
    assert "Security champions has one member: " in line(pilot, "▸")
    await press(pilot, "n")
    assert "Identical groups: no findings" in line(pilot, "▸")
    await press(pilot, "p")
    assert "Security champions has one member: " in line(pilot, "▸")


async def test_narrow_audit_shows_only_findings(pilot):
    await press(pilot, "a", "n", "n", "n", "n", "n")
    assert "is the only active user in" in line(pilot, "▸")
    await pilot.resize_terminal(120, 40)
    await settled(pilot)
    assert "▸ Last active member" in drawn(pilot)


async def test_enter_opens_the_group_of_a_finding(pilot):
    await press(pilot, "a", "enter")
    assert pilot.app.screen.groups.table.current.name == "Contractors 2027"


async def go_to(pilot, check: str) -> None:
    table = pilot.app.screen.query_one("Table")
    while table.current.result.check.id != check:
        await press(pilot, "n")


async def test_u_shows_the_groups_of_a_found_user(pilot):
    await press(pilot, "a")
    await go_to(pilot, "inactive")
    name = pilot.app.screen.query_one("Table").current.finding.text.partition(" is inactive")[0]
    await press(pilot, "u")
    assert f"Groups of {name}" in drawn(pilot)


async def test_skipped_check_shows_the_reason(clock):
    with SiteServer(SiteApp(make_site(), token=TOKEN, users_status=403)) as server:
        async with browser_app(server.url, TOKEN, clock).run_test(size=(120, 40)) as pilot:
            await settled(pilot)
            await press(pilot, "a")
            await go_to(pilot, "inactive")
            assert "not checked, user details (/users) are unavailable" in drawn(pilot)
