"""Mark groups and compare them, by key presses."""

from __future__ import annotations

import csv
from dataclasses import replace

import pytest

from groupstui.settings import SavedList, Settings, SettingsFile

from ..support.pilot import PAGES_OF_15, browser_app, drawn, press, settled, type_text, words


@pytest.fixture
async def pilot(demo, clock):
    async with browser_app(demo.url, demo.token, clock).run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        yield pilot


def line(pilot, text: str) -> str:
    return next(line for line in drawn(pilot).splitlines() if text in line)


def users(pilot) -> dict[str, tuple[bool, ...]]:
    """Return the users in the list, and in which groups they are."""
    return {row.item.label: row.inside for row in pilot.app.screen.table.rows}


# Marks


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


async def test_palette_removes_all_marks(pilot):
    await press(pilot, "space", "space", ":")
    await type_text(pilot, "unmark")
    await press(pilot, "enter")
    assert "marked" not in drawn(pilot)
    assert "* 1 QA" not in drawn(pilot)


# Comparisons


async def test_compare_marked_groups(pilot):
    await press(pilot, "space", "down", "space", "c")
    assert "Comparison of 2 groups" in drawn(pilot)
    assert "1 QA (5 members) · 2 Everyone (500)" in drawn(pilot)
    assert "QA is a subset of Everyone: its 5 members are 1 % of Everyone" in drawn(pilot)
    assert "500 users, 5 of them in every group" in drawn(pilot)
    await press(pilot, "escape")
    assert "Groups · 2 marked" in drawn(pilot)


@pytest.mark.parametrize(
    ("marks", "size"),
    [(2, (80, 24)), (3, (80, 24)), (6, (80, 24)), (6, (120, 40)), (6, (40, 12)), (2, (200, 60))],
)
async def test_columns_stand_beside_the_names(pilot, marks, size):
    await press(pilot, *["space"] * marks, "c")
    await pilot.resize_terminal(*size)
    await settled(pilot)
    header, table = line(pilot, "User"), pilot.app.screen.table
    title = {number: header.find(f" {number} ") for number in range(1, marks + 1)}
    assert -1 not in title.values(), header
    longest = max(len(row.name) for row in table.rows)
    assert title[1] <= header.index("User") + max(longest, len("User"))
    name, inside = table.current.item.label, table.current.inside
    cells = line(pilot, f"▸ {name[:8]}")
    assert [cells[title[number] + 1] for number in title] == ["●" if each else "·" for each in inside]


async def test_users_of_the_same_name_have_their_ids(demo, clock):
    demo.site.users[2] = replace(demo.site.users[2], name=demo.site.users[1].name)
    async with browser_app(demo.url, demo.token, clock).run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        await press(pilot, "space", "down", "space", "c")
        for id in (1, 2):
            assert f"Ada Lovelace #{id} " in drawn(pilot, "Table")


async def test_titles_are_cut_only_if_enough_of_them_is_left(pilot):
    await press(pilot, *["space"] * 6, "c")
    assert "1 2 3 4 5 6" in line(pilot, "User")
    assert "6 Former pilots (9)" in drawn(pilot)
    await pilot.resize_terminal(120, 40)
    await settled(pilot)
    assert "1 QA 2 Release managers 3 Everyone" in line(pilot, "User")
    await pilot.resize_terminal(100, 40)
    await settled(pilot)
    assert "2 Release m… 3 Everyone 4 Contracto…" in line(pilot, "User")


async def test_long_names_leave_room_for_the_users(demo, clock):
    guild = "Accessibility, localisation, internationalisation and typography guild of "
    for number in range(6):
        demo.site.add_group(f"{guild * 3}region {number}", [1, 2, number + 3])
    async with browser_app(demo.url, demo.token, clock).run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        await press(pilot, "/")
        await type_text(pilot, "typography")
        await press(pilot, "enter", *["space"] * 6, "c")
        assert "Comparison of 6 groups" in drawn(pilot)
        for shown in ("#legend", "#about"):
            assert all(f"region {number} #" in words(pilot, shown) for number in (0, 1))
        assert "▸ Ada Lovelace" in drawn(pilot)


async def test_only_the_most_similar_pairs_are_listed(pilot):
    await press(pilot, *["space"] * 6, "c")
    assert "12 more pairs, none more similar" in drawn(pilot)
    await pilot.resize_terminal(40, 12)
    await settled(pilot)
    assert "more pairs" not in drawn(pilot)


async def test_f_shows_the_differences_or_all(pilot):
    await press(pilot, "space", "space", "c")
    everyone = users(pilot)
    await press(pilot, "f")
    assert users(pilot) == {name: inside for name, inside in everyone.items() if not all(inside)}
    assert "13 users in QA or Release managers, but not in both" in drawn(pilot, "#about")
    assert "13 of 15 users" in drawn(pilot)
    await press(pilot, "f")
    assert users(pilot) == everyone


async def test_a_shows_who_is_in_all_groups_or_everyone(pilot):
    await press(pilot, "space", "space", "space", "c")
    everyone = users(pilot)
    await press(pilot, "a")
    assert users(pilot) == {name: inside for name, inside in everyone.items() if all(inside)}
    assert "users in QA, Release managers and Everyone" in drawn(pilot, "#about")
    await press(pilot, "a")
    assert users(pilot) == everyone


async def test_number_shows_who_is_only_in_that_group(pilot):
    await press(pilot, "space", "space", "c")
    everyone = users(pilot)
    names = ("QA", "Release managers")
    for number, (name, other) in enumerate(zip(names, reversed(names), strict=True)):
        await press(pilot, str(number + 1))
        alone = [user for user, inside in everyone.items() if inside[number] and sum(inside) == 1]
        assert list(users(pilot)) == alone
        assert f"{len(alone)} users in {name}, not in {other}" in drawn(pilot, "#about")
    await press(pilot, "2")
    assert users(pilot) == everyone
    await press(pilot, "3")
    assert users(pilot) == everyone


async def test_key_that_does_nothing_says_so(pilot):
    await press(pilot, "space", "space", "c", "3")
    assert "There is no number 3: 2 groups are compared" in words(pilot)
    await press(pilot, "M")
    assert "M does nothing here. ? lists the keys." in words(pilot)
    await press(pilot, "/", "M")
    assert "does nothing here" not in words(pilot)
    await press(pilot, "escape", "space", "space", "c", "b")
    assert "Only a comparison of groups can be saved as a list" in words(pilot)


async def test_empty_selection_explains_itself(pilot):
    await press(pilot, "space", "down", "c", "1")
    assert "There is no user in QA, not in Everyone." in drawn(pilot)
    await pilot.resize_terminal(60, 14)
    await settled(pilot)
    assert "0 users in QA, not in Everyone" in drawn(pilot, "#about")


async def test_comparison_can_be_filtered_sorted_and_marked(pilot):
    await press(pilot, "space", "space", "c", "s", "s")
    assert "1 QA▲" in line(pilot, "User")
    inside = list(users(pilot).values())
    assert inside == sorted(inside, key=lambda each: not each[0])
    await press(pilot, "/")
    await type_text(pilot, "gra")
    await press(pilot, "enter", "space")
    assert list(users(pilot)) == ["Grace Hopper"]
    assert "1 marked · 1 shown · 15 users" in drawn(pilot)


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


NO_MARK = "No group is marked. space marks one; c compares it with this group."


async def test_compare_without_marks_says_what_marks_are_for(pilot):
    await press(pilot, "c")
    assert NO_MARK in drawn(pilot)


@pytest.mark.parametrize("marks", [1, 7])
async def test_compare_needs_two_to_six_marks(pilot, marks):
    await press(pilot, *["space"] * marks, "home", "c")
    assert f"Mark two to six groups to compare, not {marks}. space marks one." in drawn(pilot)


async def test_groups_of_a_user_can_be_compared(pilot):
    await press(pilot, "enter", "u")
    assert "Groups of Ada Lovelace" in drawn(pilot)
    await press(pilot, "space", "c")
    assert "Comparison of 2 groups" in drawn(pilot)
    await press(pilot, "escape", "c")
    assert "Comparison of 2 groups" in drawn(pilot)
    await press(pilot, "escape", "up", "space", "c")
    assert NO_MARK in words(pilot, ".dialog")


# The list of marked groups


async def test_marked_groups_of_all_pages_are_listed(pilot):
    await press(pilot, "space", "space", "n", "space", "M")
    assert [group.name for group in pilot.app.screen.table.rows][:2] == ["QA", "Release managers"]
    assert "3 marked" in drawn(pilot)
    await press(pilot, "/")
    await type_text(pilot, "release")
    await press(pilot, "enter", "enter")
    assert pilot.app.screen.groups.table.current.name == "Release managers"
    await press(pilot, "left")
    assert "Marked groups" in drawn(pilot)


async def test_removed_mark_is_removed_in_the_browser(pilot):
    await press(pilot, "space", "space", "space", "M", "space")
    assert "2 marked" in drawn(pilot)
    assert "QA" in drawn(pilot)
    await press(pilot, "c")
    assert "Comparison of 2 groups" in drawn(pilot)
    await press(pilot, "escape", "escape")
    assert "Groups · 2 marked" in drawn(pilot)
    assert "* 1 QA" not in drawn(pilot)
    await press(pilot, "M")
    assert len(pilot.app.screen.table.rows) == 2


async def test_list_of_marks_is_empty_without_marks(pilot):
    await press(pilot, "M")
    assert "No group is marked: space marks one." in drawn(pilot)


# Users


def groups(pilot) -> dict[int, tuple[bool, ...]]:
    """Return the groups in the list, and which of the users are in them."""
    return {row.item.id: row.inside for row in pilot.app.screen.table.rows}


async def test_two_marked_members_are_compared(pilot, demo):
    await press(pilot, "enter", "space", "down", "space")
    assert "Members · 2 marked" in drawn(pilot)
    ada, alan = pilot.app.screen.members.marks
    await press(pilot, "c")
    of = {
        user: {group.id for group in demo.site.groups.values() if user in group.members}
        for user in (ada, alan)
    }
    assert "Comparison of 2 users" in drawn(pilot)
    assert groups(pilot) == {id: (id in of[ada], id in of[alan]) for id in of[ada] | of[alan]}
    await press(pilot, "a")
    assert set(groups(pilot)) == of[ada] & of[alan]
    await press(pilot, "1")
    assert set(groups(pilot)) == of[ada] - of[alan]
    assert f"{len(of[ada] - of[alan])} groups of Ada Lovelace, not of " in drawn(pilot, "#about")
    await press(pilot, "f")
    assert set(groups(pilot)) == of[ada] ^ of[alan]


async def test_marked_users_of_different_groups_are_compared(pilot):
    await press(pilot, "enter", "space", "left", "down", "enter", "G", "c")
    assert "Comparison of 2 users" in drawn(pilot)
    assert "1 Ada Lovelace (25 groups) · 2 " in drawn(pilot, "#legend")


@pytest.mark.parametrize(
    ("marks", "notice"),
    [
        (0, "No user is marked. space marks one; c compares it with this user."),
        (1, "Mark two users to compare, not 1. space marks one."),
        (3, "Mark two users to compare, not 3. space marks one."),
    ],
)
async def test_comparison_of_users_needs_two(pilot, marks, notice):
    await press(pilot, "enter", *["space"] * marks, "home", "c")
    assert notice in words(pilot)
    await press(pilot, ":")
    await type_text(pilot, "unmark")
    await press(pilot, "enter")
    assert "marked" not in drawn(pilot, "#members")


async def test_users_of_a_comparison_are_compared_and_left_for_a_group(pilot):
    await press(pilot, "space", "space", "c", "space", "space", "c")
    assert "Comparison of 2 users" in drawn(pilot)
    group = pilot.app.screen.table.current.item
    await press(pilot, "enter")
    assert pilot.app.screen.groups.table.current.id == group.id
    await press(pilot, "left")
    assert "Comparison of 2 users" in drawn(pilot)
    await press(pilot, "space", "space", "c")
    assert "Comparison of 2 groups" in drawn(pilot)


async def test_compared_users_can_be_copied_and_exported(pilot, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    await press(pilot, "enter", "space", "space", "c", "1", "y")
    assert pilot.app.clipboard == pilot.app.screen.table.current.item.name
    await press(pilot, "e", "enter")
    (path,) = tmp_path.glob("*.csv")
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [int(row["id"]) for row in rows] == list(groups(pilot))
    assert {row["Ada Lovelace"] for row in rows} == {"yes"}


# Saved lists


async def save_list(pilot, name: str) -> None:
    await press(pilot, "b")
    await type_text(pilot, name)
    await press(pilot, "enter")


async def choose_list(pilot, text: str) -> None:
    await press(pilot, ":")
    await type_text(pilot, text)
    await press(pilot, "enter")


async def test_list_is_saved_and_shown_again(demo, clock, tmp_path):
    file = SettingsFile(tmp_path / "settings.toml")
    app = browser_app(demo.url, demo.token, clock, settings_file=file)
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        await press(pilot, "space", "space", "c", "1")
        shown, heading = users(pilot), drawn(pilot, "#about").strip()
        await save_list(pilot, "QA only")
        assert "Saved the list “QA only”. :list shows it again." in words(pilot)
        await press(pilot, "escape")
    assert file.load().lists == (SavedList("QA only", demo.url, (1, 2), "only", (1,)),)
    app = browser_app(demo.url, demo.token, clock, settings_file=file)
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        await choose_list(pilot, "list qa")
        assert (users(pilot), drawn(pilot, "#about").strip()) == (shown, heading)


async def test_saved_list_is_replaced_only_if_confirmed(pilot):
    await press(pilot, "space", "space", "c")
    await save_list(pilot, "2027")
    await press(pilot, "a")
    await save_list(pilot, "2027")
    assert "There is a list of that name: enter replaces it." in drawn(pilot)
    await press(pilot, "enter", "escape")
    await choose_list(pilot, "list 2027")
    assert "2 users in QA and Release managers" in drawn(pilot, "#about")


async def test_list_of_exactly_this_name_is_shown(demo, clock):
    lists = tuple(SavedList(name, demo.url, (1, 2), show) for name, show in (("QA", "all"), ("qa", "differ")))
    app = browser_app(demo.url, demo.token, clock, settings=replace(PAGES_OF_15, lists=lists))
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        for name, words in (
            ("qa", "QA or Release managers, but not in both"),
            ("QA", "QA and Release managers"),
        ):
            await choose_list(pilot, f"list {name}")
            assert f"List “{name}”: users in {words}" in drawn(pilot)
            await press(pilot, "escape")


async def test_list_leads_to_the_saved_lists(pilot):
    await press(pilot, "space", "space", "c")
    await save_list(pilot, "zz")
    await press(pilot, "escape")
    await choose_list(pilot, "list")
    assert "List “zz”: users in QA or Release managers" in drawn(pilot)
    await press(pilot, "b")
    await type_text(pilot, "ZZ")
    assert "enter save" in words(pilot, "KeyFooter")
    await press(pilot, "enter")
    assert "There is a list “zz”: type that name, or another one." in words(pilot)
    await press(pilot, "x")
    assert "There is a list" not in words(pilot)
    assert "Its definition is saved" in words(pilot)


async def test_saved_list_without_one_of_its_groups_is_not_shown(pilot, demo):
    await press(pilot, "space", "space", "c")
    await save_list(pilot, "mine")
    await press(pilot, "escape")
    demo.site.delete_group(2)
    await press(pilot, "R")
    await choose_list(pilot, "list mine")
    assert "The list “mine” needs #2, which does not exist" in words(pilot)
    assert "Comparison" not in drawn(pilot)


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_marked_groups_are_saved_and_deleted_by_commands(demo, clock, tmp_path, size):
    file = SettingsFile(tmp_path / "settings.toml")
    app = browser_app(demo.url, demo.token, clock, settings_file=file)
    async with app.run_test(size=size) as pilot:
        await settled(pilot)
        await choose_list(pilot, "save list both")
        assert "No group is marked" in words(pilot)
        await press(pilot, "space", "space")
        await choose_list(pilot, "save list Both of them")
        assert "Saved the list “Both of them”. :list shows it again." in words(pilot)
        assert file.load().lists == (SavedList("Both of them", demo.url, (1, 2)),)
        await choose_list(pilot, "list both")
        assert "List “Both of them”: users in " in drawn(pilot)
        await press(pilot, "escape")
        await choose_list(pilot, "delete list both")
        assert "Delete the list “Both of them” from the settings?" in words(pilot)
        await press(pilot, "n")
        assert len(file.load().lists) == 1
        await choose_list(pilot, "delete list both")
        await press(pilot, "y")
        assert "Deleted the list “Both of them”." in words(pilot)
        assert file.load().lists == ()
        await choose_list(pilot, "delete list")
        assert "There is no such list" in words(pilot)


async def test_saving_marks_asks_before_it_replaces_a_list(demo, clock):
    lists = (SavedList("mine", demo.url, (3, 4)),)
    app = browser_app(demo.url, demo.token, clock, settings=Settings(page_size=15, lists=lists))
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        await press(pilot, "space", "space")
        await choose_list(pilot, "save list mine")
        assert "There is a list of that name: enter replaces it." in drawn(pilot)
        await press(pilot, "escape")
        assert pilot.app.screen.saved_lists == lists
        await choose_list(pilot, "save list mine")
        await press(pilot, "enter")
        assert pilot.app.screen.saved_lists == (SavedList("mine", demo.url, (1, 2)),)


async def test_name_is_needed_for_a_list(pilot):
    await press(pilot, "space", "space", "c")
    await save_list(pilot, " ")
    assert "Type a name." in drawn(pilot)
    await press(pilot, "escape", "escape", ":")
    await type_text(pilot, "saved list")
    await press(pilot, "enter")
    assert "There is no such list. b in a comparison saves one." in words(pilot)
