"""Browse groups and members, by key presses, on a demo site over TCP."""

from __future__ import annotations

from collections import Counter

import pytest

from groupstui.demo.seed import make_site

from ..support.pilot import browser_app, cursor, drawn, press, settled, type_text, until, words
from ..support.site_app import TOKEN, SiteApp
from ..support.site_server import SiteServer


@pytest.fixture
async def pilot(demo, clock):
    """The app with a token from the environment, after the crawl."""
    async with browser_app(demo.url, demo.token, clock).run_test(size=(120, 40), notifications=True) as pilot:
        await settled(pilot)
        yield pilot


def rows(pilot) -> list[str]:
    """Return the names in the list of groups."""
    return [group.name for group in pilot.app.screen.groups.table.rows]


def page_requests(demo) -> list[str]:
    return [path for path in demo.log.paths if "/groups?" in path and "per_page=100&" not in path]


# Pages


async def test_first_page_shows_position_user_and_time(pilot):
    assert "page 1 of 16 · 1–15 of 230 · 15/page" in drawn(pilot)
    assert "Ada Lovelace" in drawn(pilot)
    assert "as of Mon 14:02:11" in drawn(pilot)


@pytest.mark.parametrize(("forward", "back"), ["np", "]["])
async def test_pages_turn_forward_and_back(pilot, forward, back):
    first = rows(pilot)
    await press(pilot, forward)
    assert "page 2 of 16 · 16–30 of 230" in drawn(pilot)
    assert not set(first) & set(rows(pilot))
    await press(pilot, back)
    assert "page 1 of 16 · 1–15 of 230" in drawn(pilot)
    assert rows(pilot) == first


async def test_no_page_before_the_first_or_after_the_last(pilot):
    await press(pilot, "p")
    assert "page 1 of 16" in drawn(pilot)
    await press(pilot, ":")
    await type_text(pilot, "last page")
    await press(pilot, "enter", "n")
    assert "page 16 of 16 · 226–230 of 230" in drawn(pilot)
    assert "next" not in enabled_keys(pilot)
    await press(pilot, ":")
    await type_text(pilot, "first page")
    await press(pilot, "enter")
    assert "page 1 of 16" in drawn(pilot)
    assert "prev" not in enabled_keys(pilot)


async def test_go_to_page_by_number(pilot):
    await press(pilot, ":")
    await type_text(pilot, "go to a page")
    await press(pilot, "enter")
    await type_text(pilot, "17")
    await press(pilot, "enter")
    assert "page 1 of 16" in drawn(pilot)
    await press(pilot, "backspace", "2", "enter")
    assert "page 12 of 16 · 166–180 of 230" in drawn(pilot)


@pytest.mark.parametrize(
    ("size", "last", "end"), [("15", 16, 15), ("25", 10, 25), ("50", 5, 50), ("100", 3, 100)]
)
async def test_every_page_size(pilot, size, last, end):
    await press(pilot, ":")
    await type_text(pilot, f"page size {size}")
    await press(pilot, "enter")
    assert f"page 1 of {last} · 1–{end} of 230 · {size}/page" in drawn(pilot)


async def test_page_size_keeps_the_group_under_the_cursor(pilot):
    await press(pilot, "n", "n", "down", "down")
    before = cursor(pilot, "#list")
    await press(pilot, ":")
    await type_text(pilot, "page size 25")
    await press(pilot, "enter")
    assert "page 2 of 10 · 26–50 of 230" in drawn(pilot)
    assert cursor(pilot, "#list") == before


async def test_each_page_keeps_its_cursor(pilot):
    await press(pilot, "down", "down")
    on_first = cursor(pilot, "#list")
    await press(pilot, "n", "down")
    on_second = cursor(pilot, "#list")
    await press(pilot, "p")
    assert cursor(pilot, "#list") == on_first
    await press(pilot, "n")
    assert cursor(pilot, "#list") == on_second


async def test_turning_pages_after_the_crawl_sends_nothing(pilot, demo):
    asked = len(demo.log.paths)
    await press(pilot, *"nnnnnnpp")
    assert "page 5 of 16" in drawn(pilot)
    assert len(demo.log.paths) == asked


async def test_next_page_is_prefetched_before_the_crawl(demo, clock):
    async with browser_app(demo.url, demo.token, clock).run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: len(page_requests(demo)) == 2)
        assert "page=2" in page_requests(demo)[1]


# Rows


async def test_list_shows_id_name_members_and_last_change(pilot, demo):
    assert cursor(pilot, "#list") == f"1 QA 5 {demo.site.groups[1].updated_at[:10]}"
    assert "ID Name Members Changed" in words(pilot)


async def test_cursor_moves_by_rows_and_to_the_ends(pilot):
    await press(pilot, "j", "j", "k")
    assert cursor(pilot, "#list").startswith("2 ")
    await press(pilot, "G")
    assert "Documentation" in cursor(pilot, "#list")
    await press(pilot, "g")
    assert cursor(pilot, "#list").startswith("1 ")


# The filter


async def test_filter_searches_all_pages_while_typing(pilot):
    await press(pilot, "/")
    await type_text(pilot, "paym")
    found = rows(pilot)
    assert found
    assert all("paym" in name.lower() for name in found)
    assert f"{len(found)} of 230 groups" in words(pilot)
    await press(pilot, "backspace", "backspace", "backspace", "backspace")
    assert "page 1 of 16" in drawn(pilot)


async def test_filter_ignores_case_and_accents_and_takes_ids(pilot):
    await press(pilot, "/")
    await type_text(pilot, "ESPANA")
    assert rows(pilot)
    assert all("España" in name for name in rows(pilot))
    await press(pilot, "escape", "/")
    await type_text(pilot, "#2")
    assert rows(pilot)[0] == "Release managers"
    assert len(rows(pilot)) > 1  # ids match by prefix, the exact one first


async def test_filter_searches_members_after_tab(pilot, demo):
    await press(pilot, "/")
    await type_text(pilot, "grace hopper")
    assert rows(pilot) == []
    assert "Nothing here matches “grace hopper”. tab searches members, too." in words(pilot)
    await press(pilot, "tab")
    number = len(demo.site.groups_of([2])[2])
    assert len(rows(pilot)) == number
    assert f"{number} of 230 groups by name or member" in words(pilot)
    await press(pilot, "tab")
    assert rows(pilot) == []


async def test_best_match_is_under_the_cursor(pilot):
    await press(pilot, "end", "/")
    await type_text(pilot, "qa")
    assert cursor(pilot, "#list").startswith("1 QA")
    await press(pilot, "enter", "down")
    assert not cursor(pilot, "#list").startswith("1 QA")


async def test_cleared_filter_keeps_the_cursor_on_the_match(pilot):
    await press(pilot, "down", "down", "/")
    await type_text(pilot, "beta")
    assert "Everyone" not in cursor(pilot, "#list")
    match = cursor(pilot, "#list")
    await press(pilot, "escape")
    assert cursor(pilot, "#list") == match


async def test_accepted_filter_keeps_the_cursor_on_the_match(pilot):
    await press(pilot, "down", "down", "/")
    await type_text(pilot, "night")
    await press(pilot, "enter")
    assert all("night" in name.lower() for name in rows(pilot))
    await press(pilot, "escape")
    assert "Night shift" in cursor(pilot, "#list")


async def test_cleared_filter_shows_the_page_of_the_match(pilot):
    await press(pilot, "down", "down", "/")
    await type_text(pilot, "holiday cover")
    await press(pilot, "enter", "enter")
    assert "Holiday cover #" in words(pilot, "#members")
    await press(pilot, "left", "escape")
    assert "Holiday cover" in cursor(pilot, "#list")
    assert "page 1 of 16" not in drawn(pilot)


async def test_empty_filter_restores_the_cursor(pilot):
    await press(pilot, "down", "/", "escape")
    assert cursor(pilot, "#list").startswith("2 Release managers")
    assert not pilot.app.screen.groups.query_one(".filter").display
    await press(pilot, "/", "enter", "down")
    assert "Everyone" in cursor(pilot, "#list")


async def test_filter_typed_before_the_first_page_stays(demo, clock):
    demo.faults.seconds = 2
    demo.faults.next("slow", "slow")
    async with browser_app(demo.url, demo.token, clock).run_test(size=(120, 40)) as pilot:
        await pilot.press("slash", *"beta")
        assert "loading page 1" in drawn(pilot)
        await settled(pilot)
        assert all("beta" in name.lower() for name in rows(pilot))


async def test_pages_do_not_turn_while_filtered(pilot):
    await press(pilot, "/")
    await type_text(pilot, "qa")
    await press(pilot, "enter")
    found = rows(pilot)
    assert "next" not in enabled_keys(pilot)
    await press(pilot, "n")
    assert rows(pilot) == found
    await press(pilot, "escape", "n")
    assert "page 2 of 16 · 16–30 of 230" in drawn(pilot)


# Refreshing


async def test_refresh_shows_changes_and_keeps_the_cursor(pilot, demo, clock):
    await press(pilot, "down", "down")
    before = cursor(pilot, "#list")
    demo.site.rename_group(1, "Quality")
    clock.seconds = 60
    await press(pilot, "r")
    assert "Quality" in rows(pilot)
    assert cursor(pilot, "#list") == before
    assert "as of Mon 14:03:11" in drawn(pilot)


async def test_refresh_all_reads_every_page_again(pilot, demo, clock):
    demo.site.rename_group(2, "Renamed on page 1")
    demo.site.rename_group(max(demo.site.groups), "Renamed elsewhere")
    clock.seconds = 60
    await press(pilot, "R")
    assert "Renamed on page 1" in rows(pilot)
    await press(pilot, "/")
    await type_text(pilot, "renamed else")
    assert rows(pilot) == ["Renamed elsewhere"]


async def test_refresh_in_the_members_reads_one_group(pilot, demo, clock):
    demo.site.add_member(1, 10)
    clock.seconds = 60
    asked = len(demo.log.paths)
    await press(pilot, "tab", "r")
    assert demo.log.paths[asked:] == ["/api/v1/groups/1?expands=users"]
    assert "#1 · 6 members" in drawn(pilot)
    assert cursor(pilot, "#list").startswith("1 QA 6 ")


# Members


async def test_detail_shows_creation_and_last_change(pilot, demo):
    group = demo.site.groups[1]
    created, updated = (
        f"{time[:10]} by {demo.site.users[user_id].name}"
        for time, user_id in ((group.created_at, group.created_by), (group.updated_at, group.updated_by))
    )
    assert f"QA #1 · 5 members created {created} updated {updated}" in words(pilot, "#members")


def members(pilot) -> list[str]:
    return [member.label for member in pilot.app.screen.members.table.rows]


async def test_members_are_sorted_by_name_at_first(pilot):
    assert members(pilot) == [
        "Ada Lovelace",
        "Alan Turing",
        "Barbara Liskov",
        "Grace Hopper",
        "Margaret Hamilton",
    ]
    await press(pilot, "tab", "S")
    assert members(pilot)[0] == "Margaret Hamilton"
    await press(pilot, "s", "s", "s")
    assert members(pilot) == [
        "Ada Lovelace",
        "Grace Hopper",
        "Barbara Liskov",
        "Margaret Hamilton",
        "Alan Turing",
    ]


async def test_members_have_their_own_filter(pilot):
    await press(pilot, "down", "down", "tab", "/")
    await type_text(pilot, "hopper")
    assert members(pilot) == ["Grace Hopper"]
    assert "1 of 500" in drawn(pilot)
    assert len(rows(pilot)) == 15
    await press(pilot, "escape")
    assert len(members(pilot)) == 500


async def test_group_without_members(pilot):
    await press(pilot, "down", "down", "down")
    assert "This group has no members." in words(pilot)
    assert " · 0 members" in drawn(pilot)


async def test_members_without_a_name_are_last(pilot):
    await press(pilot, *["down"] * 5)
    assert members(pilot)[-3:] == ["#17", "#34", "#51"]
    assert "#" not in "".join(members(pilot)[:-3])


@pytest.mark.parametrize("there", ["tab", "enter", "right", "l", "2"])
async def test_keys_into_a_group_and_back(pilot, there):
    for back in ("shift+tab", "left", "h", "backspace", "escape", "1"):
        await press(pilot, there)
        assert pilot.app.screen.members.has_focus_within
        await press(pilot, back)
        assert pilot.app.screen.groups.has_focus_within, back


# A user's groups


@pytest.mark.parametrize("key", ["u", "enter", "l", "right"])
async def test_the_groups_of_a_member(pilot, demo, key):
    await press(pilot, "tab", "down", "down", "down", key)
    assert "Groups of Grace Hopper · #2" in drawn(pilot)
    assert f"{len(demo.site.groups_of([2])[2])} of 230 groups" in drawn(pilot)


async def test_jump_to_a_group_of_a_member_and_back(pilot):
    await press(pilot, "n", "down", "down", "tab", "down")
    table = pilot.app.screen.members.table
    group, member = cursor(pilot, "#list"), table.current
    await press(pilot, "u", "down", "enter")
    assert cursor(pilot, "#list") != group
    assert table.current == member
    await press(pilot, "left")
    assert pilot.app.screen.table.cursor == 1
    await press(pilot, "left")
    assert cursor(pilot, "#list") == group
    assert table.current == member
    assert pilot.app.screen.members.has_focus_within


async def test_jump_to_the_same_group_comes_back_to_the_dialog(pilot):
    await press(pilot, "tab", "u")
    name = pilot.app.screen.query_one("#groups").current.name
    while name != "QA":
        await press(pilot, "down")
        name = pilot.app.screen.query_one("#groups").current.name
    await press(pilot, "enter", "left")
    assert pilot.app.screen.table.current.name == "QA"
    await press(pilot, "left", "left")
    assert pilot.app.screen.groups.has_focus_within
    assert cursor(pilot, "#list").startswith("1 QA")


async def test_user_groups_say_how_many_groups_are_loaded(demo, clock):
    demo.faults.always("403", after=2)
    async with browser_app(demo.url, demo.token, clock).run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        await press(pilot, "tab", "u")
        assert "of the 15 loaded, of 230" in drawn(pilot)


# The palette, and the start at a name


async def test_palette_finds_users_by_part_of_the_name(pilot):
    await press(pilot, ":")
    await type_text(pilot, "hopp")
    await press(pilot, "enter")
    assert "Groups of Grace Hopper · #2" in drawn(pilot)
    await press(pilot, "enter")
    assert pilot.app.screen.members.has_focus_within
    assert cursor(pilot, "#members").startswith("2 Grace Hopper")


async def test_palette_finds_groups_by_id(pilot, demo):
    last = max(demo.site.groups)
    await press(pilot, "ctrl+p")
    await type_text(pilot, f"#{last}")
    await press(pilot, "enter")
    assert cursor(pilot, "#list").startswith(f"{last} Holiday cover")
    await press(pilot, "left")
    assert cursor(pilot, "#list").startswith("1 QA")


async def test_palette_cursor_moves_while_typing(pilot):
    await press(pilot, ":")
    await type_text(pilot, "page")
    first = cursor(pilot, "Table")
    await press(pilot, "down")
    second = cursor(pilot, "Table")
    assert second != first
    await press(pilot, "down", "up")
    assert cursor(pilot, "Table") == second
    await press(pilot, "up", "s", "x")
    assert "No matches." in drawn(pilot)
    await press(pilot, "escape")
    assert "page 1 of 16" in drawn(pilot)


@pytest.mark.parametrize(
    ("wanted", "there"),
    [
        ("QA", "1 QA 5"),
        ("#2", "2 Release managers"),
        ("holiday", "{last} Holiday cover"),
        ("#{last}", "{last} Holiday cover"),
    ],
)
async def test_start_at_a_group(demo, clock, wanted, there):
    last = max(demo.site.groups)
    app = browser_app(demo.url, demo.token, clock, start_at=wanted.format(last=last))
    async with app.run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        assert cursor(pilot, "#list").startswith(there.format(last=last))


async def test_start_at_a_user(demo, clock):
    app = browser_app(demo.url, demo.token, clock, start_at="grace hopper")
    async with app.run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        assert "Groups of Grace Hopper · #2" in drawn(pilot)


async def test_start_at_an_ambiguous_name_opens_the_palette(demo, clock):
    name, number = Counter(user.name for user in demo.site.users.values()).most_common(1)[0]
    app = browser_app(demo.url, demo.token, clock, start_at=name)
    async with app.run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        assert "Go to" in drawn(pilot)
        assert drawn(pilot, ".dialog").count(name) == number + 1


# Footer


def enabled_keys(pilot) -> list[str]:
    """Return the descriptions of the keys in the footer that work."""
    return [key.description for key in pilot.app.screen.query("FooterKey") if not key.has_class("-disabled")]


@pytest.mark.parametrize(
    ("columns", "hints"),
    [
        (40, ["open", "filter"]),
        (80, ["open", "filter", "go to", "mark", "audit", "changes"]),
        (120, ["audit", "changes", "mark", "compare", "sort", "copy", "export", "instances"]),
        (200, ["next", "reload"]),
    ],
)
async def test_footer_shows_the_most_useful_keys_that_fit(pilot, columns, hints):
    await pilot.resize_terminal(columns, 24)
    await settled(pilot)
    footer = drawn(pilot).splitlines()[-1]
    keys = [f"{key.key_display} {key.description}" for key in pilot.app.screen.query("FooterKey")]
    assert footer.split() == " ".join(keys).split()  # none is cut
    assert {*hints, "help", "quit"} <= set(enabled_keys(pilot))
    assert keys[-2:] == ["? help", "q quit"]


async def test_footer_shows_the_keys_of_the_focused_widget_first(pilot):
    assert enabled_keys(pilot)[0] == "open"
    await press(pilot, "/")
    assert "clear" in enabled_keys(pilot)[:3]


async def test_click_on_a_hint_presses_its_key(pilot):
    (audit,) = (key for key in pilot.app.screen.query("FooterKey") if key.description == "audit")
    await pilot.click(audit)
    await settled(pilot)
    assert "Audit" in drawn(pilot, ".dialog")


@pytest.mark.parametrize(
    ("columns", "keys"), [(40, []), (40, ["tab"]), (80, []), (80, ["tab"]), (80, ["/"]), (80, ["tab", "/"])]
)
async def test_help_and_quit_are_in_a_narrow_footer(pilot, columns, keys):
    await pilot.resize_terminal(columns, 24)
    await press(pilot, *keys)
    footer = drawn(pilot).splitlines()[-1]
    assert "help" in footer
    assert "quit" in footer


async def test_instance_without_groups(clock):
    with SiteServer(SiteApp(make_site(groups=0, users=3), token=TOKEN)) as server:
        async with browser_app(server.url, TOKEN, clock).run_test(size=(100, 30)) as pilot:
            await settled(pilot)
            assert "This instance has no groups." in drawn(pilot)
            await press(
                pilot, "n", "p", "tab", "u", "enter", "y", "Y", "e", "escape", "s", "S", "r", "R", "G"
            )
            assert "This instance has no groups." in drawn(pilot)
