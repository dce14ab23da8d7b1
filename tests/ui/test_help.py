"""The help lists every key and command, in as many columns as fit, and can be filtered."""

from __future__ import annotations

import pytest

from groupstui.dialogs.help import HelpDialog
from groupstui.screens.browser import BrowserScreen
from groupstui.widgets.commands import commands_of

from ..support.pilot import KEY_NAMES, browser_app, drawn, press, settled, type_text, words
from ..test_readme import keys_in_table


@pytest.fixture
async def pilot(demo, clock):
    async with browser_app(demo.url, demo.token, clock).run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        yield pilot


async def test_help_lists_every_command(pilot):
    commands = commands_of(pilot.app.screen)
    await pilot.resize_terminal(200, 60)
    await press(pilot, "?")
    text = words(pilot, ".dialog")
    for command in commands:
        assert command.text in text
        assert " ".join(command.keys) or f":{command.aliases[0]}" in text


async def test_page_of_keys_has_the_keys_of_the_help(pilot):
    active = pilot.app.screen.active_bindings
    displayed = {key for command in commands_of(pilot.app.screen) for key in command.keys}
    in_help = {key for key, each in active.items() if pilot.app.get_key_display(each.binding) in displayed}
    assert in_help == keys_in_table("docs/keys.md")
    assert keys_in_table("README.md") <= in_help


async def test_help_fits_without_scrolling(pilot):
    await press(pilot, "?")
    assert pilot.app.screen.body.max_scroll_y == 0


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (40, 12), (200, 60)])
async def test_lines_that_continue_a_sentence_are_aligned(pilot, size):
    await pilot.resize_terminal(*size)
    await press(pilot, "?")
    await pilot.pause()
    help = pilot.app.screen
    width = help.body.scrollable_content_region.width
    assert all(line.cell_length <= width for line in help.keys.content.split("\n"))


@pytest.mark.parametrize("key", ["q", "escape", "h", "backspace", "left", "?"])
async def test_key_closes_the_help(pilot, key):
    await press(pilot, "?")
    assert isinstance(pilot.app.screen, HelpDialog)
    await press(pilot, key)
    assert not isinstance(pilot.app.screen, HelpDialog)


async def test_letters_do_nothing_before_the_filter_is_open(pilot):
    await press(pilot, "?")
    before = drawn(pilot)
    await press(pilot, *"copyrunM2")
    assert drawn(pilot) == before
    await press(pilot, "q")
    assert isinstance(pilot.app.screen, BrowserScreen)


async def test_help_scrolls_by_letters(pilot):
    await pilot.resize_terminal(80, 24)
    await press(pilot, "?", "j", "j", "k")
    assert pilot.app.screen.body.scroll_offset.y == 1
    await press(pilot, "G")
    assert pilot.app.screen.body.scroll_offset.y == pilot.app.screen.body.max_scroll_y
    await press(pilot, "g")
    assert pilot.app.screen.body.scroll_offset.y == 0


@pytest.mark.parametrize("word", ["inactive", "!2fa", "2fa", "joined", "left"])
async def test_help_finds_the_words_of_the_filter_of_members(pilot, word):
    await press(pilot, "?", "/", *(KEY_NAMES.get(character, character) for character in word))
    assert (
        words(pilot, "HelpDialog VerticalScroll").partition("Lists")[2].startswith(" /WORD Filter members by")
    )


async def test_help_is_filtered(pilot):
    await press(pilot, "?", "/", "c", "o", "p")
    assert "Copy the name" in drawn(pilot)
    assert "Audit" not in drawn(pilot, "HelpDialog VerticalScroll")
    await type_text(pilot, "xxh")  # a key that closes is a letter in the filter
    assert "No key matches “copxxh”." in drawn(pilot)
    await press(pilot, "escape")
    assert "Audit" in drawn(pilot, "HelpDialog VerticalScroll")
    await press(pilot, "slash", "q", "u", "i", "t", "enter")
    assert words(pilot, "HelpDialog VerticalScroll") == "Application q ctrl+q Quit groupstui"
    await press(pilot, "q")
    assert not isinstance(pilot.app.screen, HelpDialog)
