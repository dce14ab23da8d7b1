"""The list of groups: page size, order, columns, and how panes share the window; driven by keys."""

from __future__ import annotations

from dataclasses import replace

import pytest

from groupstui.dialogs.base import JumpTarget
from groupstui.directory.models import Group
from groupstui.screens.browser import MAX_VISITS
from groupstui.settings import PAGE_SIZES, Settings, SettingsFile
from groupstui.text import natural_key

from ..support.pilot import browser_app, cursor, drawn, press, settled, type_text, until, words


@pytest.fixture
async def pilot(demo, clock):
    async with browser_app(demo.url, demo.token, clock).run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        yield pilot


def groups(pilot) -> list[Group]:
    return list(pilot.app.screen.groups.table.rows)


def sizes(pilot) -> list[int]:
    """Return the numbers of members of all groups, the largest first."""
    return sorted((len(group.members) for group in pilot.app.screen.directory.groups), reverse=True)


def all_pages(pilot) -> list[Group]:
    """Return the groups of all pages, as the list pages them."""
    groups = pilot.app.screen.groups
    return [group for number in range(1, 17) for group in groups.page_in_order(number).groups]


async def choose(pilot, command: str) -> None:
    """Choose a command in the palette."""
    await press(pilot, ":")
    await type_text(pilot, command)
    await press(pilot, "enter")


# Page size


@pytest.mark.parametrize(("lines", "per_page"), [(20, 15), (24, 25), (40, 50), (60, 100), (200, 100)])
async def test_auto_is_the_smallest_page_that_fills_the_window(demo, clock, lines, per_page):
    app = browser_app(demo.url, demo.token, clock, settings=Settings())
    async with app.run_test(size=(120, lines)) as pilot:
        await settled(pilot)
        assert len(groups(pilot)) == per_page
        assert f"{per_page}/page" in drawn(pilot)


async def test_auto_follows_the_window_and_keeps_the_group(demo, clock):
    app = browser_app(demo.url, demo.token, clock, settings=Settings())
    async with app.run_test(size=(120, 20)) as pilot:
        await settled(pilot)
        await press(pilot, "n", "down")
        group = cursor(pilot, "#list")
        for lines in (60, 24):
            await pilot.resize_terminal(120, lines)
            await settled(pilot)
            assert cursor(pilot, "#list") == group
        assert "25/page" in drawn(pilot)


@pytest.mark.parametrize("key", ["down", "pagedown", "ctrl+d"])
async def test_cursor_goes_on_to_the_next_page_and_back(pilot, key):
    await press(pilot, "end", key)
    assert "page 2 of 16" in drawn(pilot)
    assert pilot.app.screen.groups.table.cursor == 0
    await press(pilot, "up")
    assert "page 1 of 16" in drawn(pilot)
    assert pilot.app.screen.groups.table.cursor == 14


async def test_end_twice_goes_to_the_last_group_and_home_twice_back(pilot):
    await press(pilot, "end", "end")
    assert "page 16 of 16" in drawn(pilot)
    assert pilot.app.screen.groups.table.current == groups(pilot)[-1]
    await press(pilot, "home", "home")
    assert "page 1 of 16" in drawn(pilot)
    assert pilot.app.screen.groups.table.cursor == 0


# Order


async def test_sorting_sorts_the_whole_instance(pilot):
    await choose(pilot, "sort members")
    shown = [len(group.members) for group in all_pages(pilot)]
    assert shown == sizes(pilot)
    assert [len(group.members) for group in groups(pilot)] == sizes(pilot)[:15]
    await press(pilot, "n")
    assert [len(group.members) for group in groups(pilot)] == sizes(pilot)[15:30]
    assert "▼Members" in drawn(pilot)
    await press(pilot, "S")
    assert [len(group.members) for group in groups(pilot)] == sizes(pilot)[::-1][:15]


async def test_s_sorts_by_every_column_in_turn_and_then_by_none(pilot):
    given = groups(pilot)
    for key in ("name", "members", "changed", "id"):  # the others have nothing to show
        await press(pilot, "s")
        assert pilot.app.screen.groups.table.sort_column == key
        assert len({group.id for group in all_pages(pilot)}) == 230
        assert "page 1 of 16" in drawn(pilot)
    await press(pilot, "s")
    assert groups(pilot) == given


async def test_names_sort_naturally(pilot):
    await choose(pilot, "sort name")
    names = [group.name for group in all_pages(pilot)]
    assert names == sorted(names, key=natural_key)


async def test_jumps_find_the_page_in_the_chosen_order(pilot):
    await choose(pilot, "sort members")
    group = all_pages(pilot)[100]
    await press(pilot, ":")
    await type_text(pilot, str(group.id))
    await press(pilot, "enter")
    assert pilot.app.screen.groups.table.current.id == group.id
    assert "page 7 of 16" in drawn(pilot)
    await press(pilot, "backspace")
    assert "page 1 of 16" in drawn(pilot)


async def test_until_all_is_loaded_the_title_says_that_only_the_page_is_sorted(demo, clock):
    demo.faults.always("403", after=2)
    async with browser_app(demo.url, demo.token, clock).run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        await press(pilot, "s")
        assert "only this page is sorted" in drawn(pilot)


async def test_order_and_columns_are_remembered(demo, clock, tmp_path):
    file = SettingsFile(tmp_path / "settings.toml")
    file.update(lambda settings: Settings(page_size=15))
    async with browser_app(demo.url, demo.token, clock, settings_file=file).run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        await choose(pilot, "sort members")
        await choose(pilot, "column changed")
        await choose(pilot, "column created")
        await until(pilot, lambda: "created_by" in file.load().columns)
    assert file.load().sort == "-members"
    assert "changed" not in file.load().columns
    async with browser_app(demo.url, demo.token, clock, settings_file=file).run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        assert "Created by" in drawn(pilot)
        assert "Changed" not in drawn(pilot)
        assert cursor(pilot, "#list").split()[1] == "Everyone"


async def test_a_remembered_order_is_kept_in_a_filter(demo, clock):
    settings = Settings(page_size=15, sort="-members")
    async with browser_app(demo.url, demo.token, clock, settings=settings).run_test() as pilot:
        await settled(pilot)
        await press(pilot, "/")
        await type_text(pilot, "re")
        shown = [len(group.members) for group in pilot.app.screen.groups.table.rows]
        assert shown == sorted(shown, reverse=True)
        assert "▼Members" in drawn(pilot)


@pytest.mark.parametrize("size", PAGE_SIZES)
async def test_an_order_works_with_every_page_size(demo, clock, size):
    app = browser_app(demo.url, demo.token, clock, settings=Settings(page_size=size, sort="-members"))
    async with app.run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        assert [len(group.members) for group in groups(pilot)] == sizes(pilot)[:size]


# Panes


async def test_z_shows_only_the_pane_with_the_focus(pilot):
    await press(pilot, "z")
    assert pilot.app.screen.groups.size.width > 110
    await press(pilot, "tab")
    assert pilot.app.screen.members.size.width > 110
    assert pilot.app.screen.members.has_focus_within
    await press(pilot, "z")
    assert pilot.app.screen.groups.display


async def test_border_moves_within_limits(pilot):
    widths = [pilot.app.screen.groups.size.width]
    for _ in range(4):
        await press(pilot, ">")
        widths.append(pilot.app.screen.groups.size.width)
    assert widths[0] < widths[1] < widths[2] < widths[3] == widths[4]
    for _ in range(9):
        await press(pilot, "<")
    assert 30 < pilot.app.screen.groups.size.width < widths[0]


async def test_names_come_before_dates(pilot):
    assert "Changed" in drawn(pilot)
    await pilot.resize_terminal(80, 24)
    await settled(pilot)
    assert "Changed" not in drawn(pilot)


async def test_path_shows_where_the_user_is(pilot):
    await press(pilot, "down")
    group = pilot.app.screen.groups.table.current
    assert f"groups › {group.name}" in words(pilot, "NoticeBar")
    await press(pilot, "enter")
    member = pilot.app.screen.members.table.current
    assert f"groups › {group.name} › {member.label}" in words(pilot, "NoticeBar")
    await press(pilot, "u", "down", "enter")
    assert f"› {pilot.app.screen.groups.table.current.name} › {member.label}" in words(pilot, "NoticeBar")


# Times


async def test_times_name_their_zone_and_can_be_those_of_the_account(demo, clock):
    demo.site.users[1] = replace(demo.site.users[1], timezone="Asia/Tokyo")
    async with browser_app(demo.url, demo.token, clock).run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        assert "as of Mon 14:02:11 UTC" in drawn(pilot)
        await choose(pilot, "times account")
        assert "as of Mon 23:02:11 JST" in drawn(pilot)
        await choose(pilot, "times utc")
        assert "as of Mon 14:02:11 UTC" in drawn(pilot)
        await choose(pilot, "times local")


# Coming back


async def test_back_restores_the_filters(pilot):
    await press(pilot, "/")
    await type_text(pilot, "web")
    await press(pilot, "enter", "down", "down")
    before = cursor(pilot, "#list"), [group.id for group in groups(pilot)]
    await press(pilot, "tab", "u", "down", "enter")
    assert not pilot.app.screen.groups.filtered
    await press(pilot, "backspace", "backspace")
    assert (cursor(pilot, "#list"), [group.id for group in groups(pilot)]) == before
    assert "/ web" in words(pilot, "#list")


async def test_back_restores_a_filter_by_members(pilot):
    await press(pilot, "/")
    await type_text(pilot, "grace hopper")
    await press(pilot, "tab", "enter", "down")
    found = [group.id for group in groups(pilot)]
    await press(pilot, "tab", "u", "down", "enter", "backspace", "backspace")
    assert [group.id for group in groups(pilot)] == found


async def test_zoom_follows_the_focus_of_a_jump(pilot):
    await press(pilot, "tab", "u")
    await press(pilot, "escape", "1", "z", ":")
    await type_text(pilot, "@grace hopper")
    await press(pilot, "enter", "down", "enter")
    assert pilot.app.screen.members.has_focus_within
    assert pilot.app.screen.members.display
    assert not pilot.app.screen.groups.display


async def test_focus_returns_after_a_window_that_was_too_small(pilot):
    await press(pilot, "down")
    await pilot.resize_terminal(38, 9)
    await settled(pilot)
    await pilot.resize_terminal(80, 24)
    await settled(pilot)
    await press(pilot, "down")
    assert pilot.app.screen.groups.table.cursor == 2


async def test_order_by_a_hidden_column_is_in_the_title(pilot):
    await choose(pilot, "sort changed")
    assert "by Changed" not in words(pilot, "#list")
    await pilot.resize_terminal(80, 24)
    await settled(pilot)
    assert "Groups · by Changed ▼" in words(pilot, "#list")


async def test_the_oldest_visits_are_forgotten(pilot):
    await press(pilot, "tab", "u")
    dialog = pilot.app.screen
    await press(pilot, "down", "enter")
    for group in pilot.app.screen.directory.groups[: MAX_VISITS + 1]:
        pilot.app.screen.jump(JumpTarget(group.id))
    await until(pilot, lambda: not dialog.is_running)
    assert not pilot.app.is_screen_installed(dialog)
    await press(pilot, *["backspace"] * MAX_VISITS)
    at = cursor(pilot, "#list")
    await press(pilot, "backspace")
    assert cursor(pilot, "#list") == at
