"""Mark and compare groups, by key presses."""

from __future__ import annotations

import pytest

from ..support.pilot import browser_app, drawn, press, settled, type_text


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
