"""Type into the palette what users of other programs type."""

from __future__ import annotations

import pytest

from groupstui.dialogs.palette import PaletteDialog
from groupstui.text import fold
from groupstui.widgets.commands import PALETTE_ID, Command, commands_of

from ..support.pilot import browser_app, cursor, drawn, press, settled, type_text, words


@pytest.fixture
async def pilot(demo, clock):
    async with browser_app(demo.url, demo.token, clock).run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        yield pilot


async def type_into_palette(pilot, text: str) -> None:
    await press(pilot, ":")
    await type_text(pilot, text)


def offered(pilot) -> list[str]:
    """Return the rows of the palette that are in view, without its header."""
    return [
        " ".join(line.strip("▸▁▂▃▄▅▆▇█ ").split())
        for line in drawn(pilot, "PaletteDialog Table").splitlines()[1:]
    ]


TYPED = [
    ("q", "Quit groupstui"),
    ("quit", "Quit groupstui"),
    ("help", "Show the keys"),
    ("export", "Write the visible rows to a file"),
    ("copy", "Copy the id, the e-mail address, or the list"),
    ("copy name", "Copy the name, or the line, under the cursor"),
    ("export csv", "Write the visible rows to a file"),
    ("copy emails", "Copy the id, the e-mail address, or the list"),
    ("copy csv", "Copy the id, the e-mail address, or the list"),
    ("sort members", "Sort by members"),
    ("members sort", "Sort by members"),
    ("page 7", "Go to page 7"),
    ("PAGE 7", "Go to page 7"),
    ("size 25", "Page size 25"),
    ("theme nord", "Theme: nord"),
    ("theme solarized-l", "Theme: solarized-light"),
    ("light", "Theme: atom-one-light"),
    ("dark", "Theme: atom-one-dark"),
    ("largest", "Sort by members, largest groups first"),
    ("biggest", "Sort by members, largest groups first"),
    ("users", "Find a user"),
    ("user", "Find a user"),
    ("groups", "Find a group"),
    ("group", "Find a group"),
    ("members", "Go to the members"),
    ("refresh", "Reload this view"),
    ("reload all", "Reload all groups"),
    ("empty", "Audit: groups and members that need attention"),
    ("inactive", "Audit: groups and members that need attention"),
    ("history", "Show recent changes: joined, left, new groups"),
    ("suspend", "Suspend groupstui; fg resumes it"),
    ("redraw", "Draw the screen again"),
    ("version", "Show the version"),
    ("unmark", "Unmark everything"),
    ("instances", "Choose an instance, sign in, or sign out"),
    ("sign out", "Sign out: delete the token of this instance"),
    ("all", "Clear the filters"),
    ("expotr", "Write the visible rows to a file"),
    ("theem nord", "Theme: nord"),
    ("lovelace ada", "Ada Lovelace"),
    ("hopper gr", "Grace Hopper"),
    ("g hopper", "Grace Hopper"),
    ("hopr", "Grace Hopper"),
    ("lovelcae", "Ada Lovelace"),
    ("developr portal", "Developer portal"),
]
"""What users type, and how the first row begins then."""


@pytest.mark.parametrize("part", range(5))
async def test_palette_understands(pilot, part):
    for typed, command in TYPED[part::5]:
        await type_into_palette(pilot, typed)
        assert cursor(pilot, "PaletteDialog Table").startswith(command), typed
        await press(pilot, "escape")
        assert not isinstance(pilot.app.screen, PaletteDialog)


async def test_every_alias_means_its_command(pilot):
    commands = [each for each in commands_of(pilot.app.screen) if each.enabled and each.id != PALETTE_ID]
    aliases = [alias for command in commands if not command.argument for alias in command.aliases]
    assert len(aliases) == len({*aliases})
    await press(pilot, ":")
    for command in commands:
        for alias in command.aliases:
            pilot.app.screen._input.value = f">{alias}"
            await pilot.pause()
            chosen = pilot.app.screen._table.rows
            assert any(alias in row.aliases or row.value for row in chosen), alias


@pytest.mark.parametrize(
    ("typed", "command"),
    [
        ("theme", "app.theme"),
        ("color", "app.theme"),
        ("theme at", "app.theme"),
        ("size", "page.size"),
        ("size 2", "page.size"),
        ("page 7", "page.go_to"),
        ("column", "table.column"),
        ("live", "load.live_every"),
        ("live 5", "load.live_every"),
    ],
)
async def test_nothing_unrelated_is_offered_with_arguments(pilot, typed, command):
    await type_into_palette(pilot, typed)
    rows = pilot.app.screen._table.rows
    assert {row.id for row in rows if isinstance(row, Command)} == {command}
    names = [row.name for row in rows if not isinstance(row, Command)]
    assert [name for name in names if f" {typed}" not in f" {fold(name)}"] == []


async def test_names_that_begin_like_a_command_are_found(pilot, demo):
    for name in ("List managers", "At", "Page 7 testers"):
        demo.site.add_group(name, [])
    await press(pilot, "R")
    for typed, name in (("list m", "List managers"), ("at", "At"), ("page 7", "Page 7 testers")):
        await type_into_palette(pilot, typed)
        assert any(row.startswith(f"{name} group") for row in offered(pilot)), typed
        await press(pilot, "escape")


async def test_number_goes_to_the_page(pilot):
    await type_into_palette(pilot, "page 7")
    await press(pilot, "enter")
    assert "page 7 of 16" in drawn(pilot)
    await type_into_palette(pilot, "page 99")
    await press(pilot, "enter")
    assert "page 16 of 16" in drawn(pilot)


async def test_sort_of_a_column(pilot):
    await type_into_palette(pilot, "sort members")
    await press(pilot, "enter")
    sizes = [len(group.members) for group in pilot.app.screen.groups.table.rows]
    assert sizes in (sorted(sizes), sorted(sizes, reverse=True))


async def test_bare_id_offers_group_and_user_first(pilot):
    await type_into_palette(pilot, "62")
    first, second, *_ = offered(pilot)
    assert first.endswith("group #62")
    assert second.endswith("user #62")


@pytest.mark.parametrize(("prefix", "kinds"), [("@", {"user"}), ("#", {"group"}), (">", {""})])
async def test_prefix_limits_to_one_kind(pilot, prefix, kinds):
    for text in ("", "a", "62"):
        await type_into_palette(pilot, prefix + text)
        table = pilot.app.screen._table
        shown = {table.columns[1].text(row) for row in table.rows if type(row).__name__ != "Heading"}
        assert shown <= kinds
        await press(pilot, "escape")


@pytest.mark.parametrize(
    ("typed", "first", "name", "found"),
    [("users", "Users", "hopper", "Grace Hopper"), ("groups", "Groups", "releas", "Release managers")],
)
async def test_command_finds_a_user_or_a_group_by_name(pilot, typed, first, name, found):
    await type_into_palette(pilot, typed)
    await press(pilot, "enter")
    heading, *names = offered(pilot)
    assert heading == first
    assert names == sorted(names, key=fold)
    await type_text(pilot, name)
    assert cursor(pilot, "PaletteDialog Table").startswith(found)


async def test_name_of_the_program_is_not_searched_in_commands(pilot):
    for typed in ("groups", "groupstui"):
        await type_into_palette(pilot, f">{typed}")
        assert "Quit" not in drawn(pilot, "PaletteDialog Table")
        await press(pilot, "escape")


async def test_largest_groups_come_first(pilot):
    for _ in range(2):
        await type_into_palette(pilot, "largest")
        await press(pilot, "enter")
        sizes = [len(group.members) for group in pilot.app.screen.groups.table.rows]
        assert sizes == sorted(sizes, reverse=True)
        assert sizes[0] > sizes[-1]


async def test_group_by_id(pilot):
    await type_into_palette(pilot, "#62")
    assert cursor(pilot, "PaletteDialog Table").endswith("group #62")


async def test_page_sizes_are_in_order_and_the_current_is_marked(pilot):
    await type_into_palette(pilot, ">page size")
    sizes = [row.partition("Page size ")[2] for row in offered(pilot) if "Page size" in row]
    assert sizes == ["auto", "15 ✓", "25", "50", "100"]


async def test_recent_places_are_first(pilot):
    await press(pilot, "enter", "escape")
    await type_into_palette(pilot, "@hopper grace")
    await press(pilot, "enter", "escape")
    await type_into_palette(pilot, "#62")
    await press(pilot, "enter", ":")
    group = pilot.app.screen._directory.group(62).name
    assert offered(pilot)[:5] == [
        "Recent groups",
        f"{group} group #62",
        "QA group #1",
        "Recent users",
        "Grace Hopper user #2",
    ]
    assert "#62" in cursor(pilot, "PaletteDialog Table")
    await press(pilot, "down", "down")
    assert "#2" in cursor(pilot, "PaletteDialog Table")
    await press(pilot, "up")
    assert "#1" in cursor(pilot, "PaletteDialog Table")
    await press(pilot, "up", "up", "enter")
    assert cursor(pilot, "#list").startswith("62 ")


async def test_theme_is_previewed_and_restored(pilot):
    before = pilot.app.theme
    await type_into_palette(pilot, "theme")
    assert pilot.app.theme == before
    await press(pilot, "down")
    assert "Theme: atom-one-light" in words(pilot, "PaletteDialog Table")
    assert pilot.app.theme == "atom-one-light"
    await press(pilot, "escape")
    assert pilot.app.theme == before
    await type_into_palette(pilot, "theme")
    await press(pilot, "down")
    await type_text(pilot, " ")
    assert pilot.app.theme == before
    await press(pilot, "down", "enter")
    assert not isinstance(pilot.app.screen, PaletteDialog)
    assert pilot.app.theme == "atom-one-light"


@pytest.mark.parametrize("size", [(60, 20), (40, 12), (80, 21), (80, 24)])
@pytest.mark.parametrize("keys", [":", "Y"])
async def test_keys_of_a_list_stay_in_a_low_window(pilot, size, keys):
    await press(pilot, "space", "down")
    await pilot.resize_terminal(*size)
    await press(pilot, keys, "down", "down")
    assert "esc close" in drawn(pilot)
    assert "▸" in drawn(pilot, "Dialog Table")
