"""The members of a group: states, recent changes, their filter, and the facts above them."""

from __future__ import annotations

import csv
from dataclasses import replace

import pytest
from rich.cells import cell_len

from groupstui.history import History

from ..support.pilot import browser_app, cursor, drawn, press, settled, type_text, words

THREE_DAYS, WEEK = 3 * 24 * 3600, 7 * 24 * 3600


@pytest.fixture
def history(tmp_path, demo):
    return History(demo.url, tmp_path)


@pytest.fixture
async def crawled(demo, clock, history) -> None:
    """A run that has stored a snapshot, on a Monday."""
    for user, states in STATES.items():
        demo.site.users[user] = replace(demo.site.users[user], **states)
    async with browser_app(demo.url, demo.token, clock, history=history).run_test() as pilot:
        await settled(pilot)


STATES = {
    1: {"tfa_enabled": True},
    2: {"tfa_enabled": False},
    3: {"is_active": False, "tfa_enabled": False},
    4: {"is_active": False, "is_forgotten": True},
    5: {"is_api": True, "tfa_enabled": False},
    6: {"tfa_enabled": True},
}
"""The states of the members of group 1, and of one who will be, by id."""


@pytest.fixture
async def pilot(demo, clock, history, crawled):
    """The app three days later: one user has joined group 1, and one has left it."""
    demo.site.add_member(1, 6)
    demo.site.remove_member(1, 2)
    clock.seconds += THREE_DAYS
    async with browser_app(demo.url, demo.token, clock, history=history).run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        yield pilot


def row(pilot, name: str) -> str:
    """Return the row of a member."""
    (line,) = (line for line in drawn(pilot, "#members").splitlines()[5:] if name in line)
    return " ".join(line.strip("│ ▸").split())


def names(pilot) -> list[str]:
    return [user.label for user in pilot.app.screen.members.table.rows]


def color(pilot, text: str) -> str:
    """Return the color in which a text in the members is drawn."""
    screen = pilot.app.screen
    left, top, width, height = screen.query_one("#members").region
    (style,) = {
        segment.style.color.name
        for line in screen._compositor.render_strips(pilot.app.size)[top : top + height]
        for segment in line.crop(left, left + width)
        if text in segment.text
    }
    return style


def theme_color(pilot, variable: str) -> str:
    return pilot.app.theme_variables[variable].lower()


# States and changes


async def test_members_have_state_words(pilot):
    assert row(pilot, "Ada").endswith("ada.lovelace@demo.example") or row(pilot, "Ada")[-1] == "…"
    assert row(pilot, "Barbara").endswith(" inactive")
    assert row(pilot, "Margaret").endswith(" anonymised")
    assert row(pilot, "Alan").endswith(" API")


async def test_a_word_for_no_two_factor_of_active_users(pilot):
    await press(pilot, "down")
    profiles = pilot.app.screen.directory.profiles_by_id
    for user in pilot.app.screen.detail.members:
        profile = profiles[user.id]
        expected = profile.two_factor is False and profile.is_active_person
        assert ("no 2FA" in row(pilot, user.label)) is expected


async def test_who_joined_and_who_left_since_the_last_snapshot(pilot):
    joined = pilot.app.screen.directory.user(6).label
    assert row(pilot, joined).endswith("+ joined Thu")
    assert row(pilot, "Grace Hopper").endswith("− left Thu")
    assert names(pilot) == sorted(names(pilot))
    assert "5 members · 1 joined, 1 left since Mon" in drawn(pilot, "#members")


@pytest.mark.parametrize("key", ["", "z"])
async def test_who_joined_is_seen_beside_other_states_in_a_narrow_window(demo, clock, history, crawled, key):
    demo.site.users[7] = replace(demo.site.users[7], tfa_enabled=False)
    demo.site.add_member(1, 7)
    clock.seconds += THREE_DAYS
    async with browser_app(demo.url, demo.token, clock, history=history).run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        await press(pilot, "tab", *key)
        joined = pilot.app.screen.directory.user(7).label
        assert row(pilot, joined).endswith(" + joined Thu, no 2FA" if key else " + Thu, no 2FA")


async def test_colors_have_a_meaning(pilot):
    await press(pilot, "tab")
    assert color(pilot, "− left Thu") == theme_color(pilot, "text-error")
    assert color(pilot, "+ joined Thu") == theme_color(pilot, "text-success")
    assert color(pilot, "inactive") == theme_color(pilot, "text-warning")
    assert color(pilot, "Grace Hopper") == color(pilot, "E-mail") != color(pilot, "Barbara Liskov")


async def test_a_day_more_than_a_week_ago_is_a_date(demo, clock, history, crawled):
    clock.seconds += WEEK + THREE_DAYS
    demo.site.add_member(1, 6)
    async with browser_app(demo.url, demo.token, clock, history=history).run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        assert "1 joined since 11-23" in drawn(pilot, "#members")


async def test_a_user_who_left_is_no_member_in_copies_and_files(pilot, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    await press(pilot, "tab", "e", "enter")
    (file,) = tmp_path.glob("*.csv")
    with file.open(encoding="utf-8-sig") as lines:
        assert {int(record["id"]) for record in csv.DictReader(lines)} == {1, 3, 4, 5, 6}
    await press(pilot, "Y")
    assert "all 5 members" in drawn(pilot)


async def test_the_groups_of_a_user_who_left(pilot):
    await press(pilot, "tab", "/")
    await type_text(pilot, "grace")
    await press(pilot, "enter", "u")
    assert "Groups of Grace Hopper · #2" in drawn(pilot)
    assert "grace.hopper@demo.example · no 2FA · in " in drawn(pilot, "#user")
    (left,) = (line for line in drawn(pilot).splitlines() if " QA " in line)
    assert "− left Thu" in left
    assert "1 left since Mon" in drawn(pilot)
    screen = pilot.app.screen
    await press(pilot, "Y")
    assert f"all {len(screen.directory.groups_of(2))} groups" in drawn(pilot)


async def test_without_history_nobody_has_joined_or_left(demo, clock):
    async with browser_app(demo.url, demo.token, clock).run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        assert "joined" not in drawn(pilot, "#members")
        await press(pilot, "tab", "/")
        await type_text(pilot, "joined")
        assert names(pilot) == []


async def test_sort_by_state_puts_states_first(pilot):
    await press(pilot, "tab", "s", "s")
    states = [row(pilot, name).rpartition(" ")[2] for name in names(pilot)]
    assert states[0] == "Thu"
    assert names(pilot)[-1] == "Ada Lovelace"


# The filter


FILTERS = [
    ("inactive", {3, 4}),
    ("active", {1, 2, 5, 6}),
    ("api", {5}),
    ("anonymised", {4}),
    ("anonym", {4}),
    ("inac", {3, 4}),
    ("no 2FA", {2}),
    ("no2fa", {2}),
    ("hopper no 2fa", {2}),
    ("!no 2fa", {1, 6}),
    ("name unknown", set()),
    ("!name unknown api", {5}),
    ("2fa", {1, 6}),
    ("!2fa", {2}),
    ("!active !anonymised", {3}),
    ("joined", {6}),
    ("left", {2}),
    ("!left active", {1, 5, 6}),
    ("inactive barb", {3}),
    ("barb inactive", {3}),
    ("active barb", set()),
    ("!ada 2fa", {6}),
    ("!ada !hopper active", {5, 6}),
    ("left hopper", {2}),
    ("left ada", set()),
    ("alan.turing@", {5}),
]
"""Texts in the filter, and the ids of the members that match."""


@pytest.mark.parametrize("part", range(3))
async def test_filter_by_state_change_and_name(pilot, part):
    await press(pilot, "tab")
    for text, found in FILTERS[part::3]:
        await press(pilot, "/")
        for character in text:
            await pilot.press(KEYS.get(character, character))
        await settled(pilot)
        assert {user.id for user in pilot.app.screen.members.table.rows} == found, text
        await press(pilot, "escape")
        assert len(pilot.app.screen.members.table.rows) == 6


KEYS = {"!": "exclamation_mark", " ": "space", ".": "full_stop", "@": "at"}


async def test_filtered_count_is_of_members(pilot):
    await press(pilot, "tab", "/")
    await type_text(pilot, "a")
    here = pilot.app.screen.members
    count = sum("a" in name.casefold() for name in names(pilot)) - 1
    assert f"{count} of 5 members · 1 left" in drawn(pilot, "#members")
    assert here.match_count == count + 1


async def test_the_filter_names_its_words(pilot):
    await press(pilot, "tab", "/")
    for size in ((120, 40), (80, 24)):
        await pilot.resize_terminal(*size)
        await settled(pilot)
        assert "a name or id · inactive · !2fa" in drawn(pilot, "#members")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("inactive !2fa", "no 2FA is only shown for active users."),
        ("no 2fa api", "no 2FA is only shown for active users."),
        ("2fa anonym", "2FA is only shown for active users."),
        ("active inactive", "these words exclude each other."),
        ("joined left", "these words exclude each other."),
        ("api !api", "these words exclude each other."),
    ],
)
async def test_a_filter_that_nobody_can_match_says_why(pilot, text, reason):
    await press(pilot, "tab", "/")
    for character in text:
        await pilot.press(KEYS.get(character, character))
    await settled(pilot)
    assert f"Nothing here matches “{text}”: {reason}" in words(pilot, "#members")


async def test_only_a_search_for_names_is_ranked(pilot):
    await press(pilot, "tab", "/")
    await type_text(pilot, "active")
    assert "Name▲" in drawn(pilot, "#members")
    assert len(names(pilot)) > 2
    assert names(pilot) == sorted(names(pilot))
    await type_text(pilot, " a")
    assert "▲" not in drawn(pilot, "#members")


async def test_columns_stay_while_a_filter_is_typed(pilot):
    header = drawn(pilot, "#members").splitlines()[5]
    await press(pilot, "tab", "/")
    await type_text(pilot, "ada")
    assert names(pilot) == ["Ada Lovelace"]
    columns = header.replace("▲", " ").split()
    assert "State" in columns
    assert drawn(pilot, "#members").splitlines()[6].split() == columns


# What the filter of the groups has found


async def test_the_member_by_whom_a_group_was_found_is_under_the_cursor(demo, clock):
    async with browser_app(demo.url, demo.token, clock).run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        await press(pilot, "/", "tab")
        await type_text(pilot, "hopper")
        await press(pilot, "enter")
        for _ in range(3):
            assert "Grace Hopper" in cursor(pilot, "#members")
            assert "underline" in str(style_at_cursor(pilot, "Hopper"))
            await press(pilot, "down")
        await press(pilot, "escape")
        assert pilot.app.screen.members.table.highlighted_text == ""


def style_at_cursor(pilot, text: str) -> object:
    table = pilot.app.screen.members.table
    strip = table.render_line(1 + table.cursor - table.scroll_offset.y)
    (style,) = (segment.style for segment in strip if segment.text == text)
    return style


# The facts


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (200, 60), (60, 30), (60, 20)])
async def test_the_name_of_a_group_wraps_and_the_table_has_the_rest(demo, clock, size):
    name = "Accessibility, localisation and documentation of the customer portal in all regions"
    demo.site.rename_group(1, name)
    async with browser_app(demo.url, demo.token, clock).run_test(size=size) as pilot:
        await settled(pilot)
        if size != (60, 20):
            assert name in words(pilot, "#facts")
        facts, table = (pilot.app.screen.query_one(each) for each in ("#facts", "#members Table"))
        assert all(cell_len(line.rstrip()) for line in drawn(pilot, "#facts").splitlines())
        assert "updated" in drawn(pilot, "#facts")
        assert table.region.y == facts.region.bottom
        assert table.region.height >= 2


async def test_an_endless_name_ends_with_an_ellipsis(demo, clock):
    demo.site.rename_group(1, "endless " * 30)
    async with browser_app(demo.url, demo.token, clock).run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        lines = drawn(pilot, "#facts").splitlines()
        assert lines[3].rstrip().endswith("…")
        assert "#1" in lines[4]


async def test_counts_of_changes_are_short_if_there_is_little_room(pilot):
    await pilot.resize_terminal(80, 24)
    await settled(pilot)
    assert "5 members · +1 −1 ─╯" in drawn(pilot, "#members")


async def test_the_groups_of_a_user_who_joined(pilot):
    pilot.app.screen.members.table.move_to(6)
    await press(pilot, "tab", "u")
    (joined,) = (line for line in drawn(pilot).splitlines() if " QA " in line)
    assert "+ joined Thu" in joined
