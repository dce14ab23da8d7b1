"""Marking groups and comparing them; looking for what should not be so."""

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


async def test_space_marks_a_group_and_goes_on(pilot):
    await press(pilot, "space", "space")
    assert "* 1 QA" in drawn(pilot)
    assert "* 2 Release managers" in drawn(pilot)
    assert "Groups · 2 marked" in drawn(pilot)
    await press(pilot, "up", "space")
    assert "* 2 Release managers" not in drawn(pilot)
    assert "Groups · 1 marked" in drawn(pilot)


async def test_marks_stay_while_pages_are_turned_and_lists_are_filtered(pilot):
    await press(pilot, "space", "n", "/")
    await type_text(pilot, "night shift")
    await press(pilot, "enter", "space", "escape", "p")
    assert "Groups · 2 marked" in drawn(pilot)
    assert "* 1 QA" in drawn(pilot)


async def test_the_marked_groups_are_compared(pilot):
    await press(pilot, "space", "down", "space", "c")
    assert "Comparing 2 groups" in drawn(pilot)
    assert "1 %  QA is a subset of Everyone" in drawn(pilot)
    assert "●   ●" in line(pilot, "▸ Ada Lovelace")
    assert "500 users, in all: 5" in drawn(pilot)
    await press(pilot, "f")
    assert "495 users, who differ" in drawn(pilot)
    await press(pilot, "escape")
    assert "Groups · 2 marked" in drawn(pilot)


async def test_escape_leads_back_to_the_comparison(pilot):
    await press(pilot, "space", "down", "c", "down", "enter")
    assert "Groups of Adele Goldberg" in drawn(pilot)
    await press(pilot, "escape")
    assert "▸ Adele Goldberg" in drawn(pilot)
    await press(pilot, "enter", "enter")
    assert "Comparing" not in drawn(pilot)
    assert pilot.app.screen.members.table.current.label == "Adele Goldberg"


async def test_one_mark_is_compared_with_the_group_under_the_cursor(pilot):
    await press(pilot, "space", "down", "c")
    assert "QA is a subset of Everyone" in drawn(pilot)


async def test_enter_shows_the_user_s_groups(pilot):
    await press(pilot, "space", "down", "c", "enter")
    assert "Groups of Ada Lovelace" in drawn(pilot)


async def test_many_groups_can_be_seen_by_going_sideways(pilot):
    await press(pilot, *["space"] * 6, "c")
    assert "Comparing 6 groups" in drawn(pilot)
    assert "10 more pairs, none more alike" in drawn(pilot)
    assert "Former pilots" not in line(pilot, "User")
    assert "l more groups" in drawn(pilot)
    assert "h back" not in drawn(pilot)
    await press(pilot, "right", "right", "right")
    assert "h back" in drawn(pilot)
    assert "Former pilots" in line(pilot, "User")
    assert "QA" not in line(pilot, "User")
    await press(pilot, "left", "left", "left")
    assert "QA" in line(pilot, "User")


@pytest.mark.parametrize("marks", [0, 7])
async def test_too_few_or_too_many_marks_say_what_to_do(pilot, marks):
    await press(pilot, *["space"] * marks, "home", "c")
    assert f"ark two to six groups, not {marks}. space marks one." in drawn(pilot)


async def test_the_palette_takes_every_mark_away(pilot):
    await press(pilot, "space", "space", ":")
    await type_text(pilot, "unmark")
    await press(pilot, "enter")
    assert "marked" not in drawn(pilot)
    assert "* 1 QA" not in drawn(pilot)


# Audit


async def test_an_audit_lists_what_it_finds_and_why_that_matters(pilot):
    await press(pilot, "a")
    assert "Contractors 2027 has no members" in drawn(pilot)
    assert "A group without members gives nobody access." in drawn(pilot)
    assert "findings in 230 groups" in drawn(pilot)
    await press(pilot, "n")
    assert "has one member: Νίκος Βασιλείου" in line(pilot, "▸")
    await press(pilot, "n")
    assert "Identical groups: nothing found" in line(pilot, "▸")
    await press(pilot, "p")
    assert "has one member: Νίκος Βασιλείου" in line(pilot, "▸")


async def test_a_narrow_screen_leaves_the_room_to_what_was_found(pilot):
    await press(pilot, "a", "n", "n", "n", "n", "n")
    assert "Leilani Kamakawiwoʻole is the only active user in Accounts" in line(pilot, "▸")
    await pilot.resize_terminal(120, 40)
    await settled(pilot)
    assert "▸ Last active member" in drawn(pilot)


async def test_a_finding_opens_its_group(pilot):
    await press(pilot, "a", "enter")
    assert pilot.app.screen.groups.table.current.name == "Contractors 2027"


async def go_to(pilot, check: str) -> None:
    table = pilot.app.screen.query_one("Table")
    while table.current.outcome.check.id != check:
        await press(pilot, "n")


async def test_a_finding_about_a_user_opens_their_groups(pilot):
    await press(pilot, "a")
    await go_to(pilot, "inactive")
    name = pilot.app.screen.query_one("Table").current.finding.text.partition(" is inactive")[0]
    await press(pilot, "u")
    assert f"Groups of {name}" in drawn(pilot)


async def test_what_can_t_be_checked_says_why(clock):
    with SiteServer(SiteApp(make_site(), token=TOKEN, users_status=403)) as server:
        async with browser_app(server.url, TOKEN, clock).run_test(size=(120, 40)) as pilot:
            await settled(pilot)
            await press(pilot, "a")
            await go_to(pilot, "inactive")
            assert "can't be checked: user details (/users) are unavailable" in drawn(pilot)
