"""How the app is drawn in terminals without Unicode, colors or animations."""

from __future__ import annotations

import pytest

from groupstui.app import Credentials, GroupsApp
from groupstui.settings import SettingsFile
from groupstui.terminal.diff_renderer import MAX_SIZE
from groupstui.terminal.display import DisplayOptions
from groupstui.token import Token

from ..support.pilot import connector, drawn, press, settled


@pytest.fixture
def make(demo, clock, settings_path):
    """Create the app with display options."""

    def make(looks: DisplayOptions | None = None) -> GroupsApp:
        return GroupsApp(
            settings_file=SettingsFile(settings_path),
            connect=connector(clock),
            access=Credentials(demo.instance, Token.parse(demo.token)),
            display=looks,
        )

    return make


def styles(pilot) -> list[object]:
    lines = pilot.app.screen._compositor.render_strips(pilot.app.size)
    return [segment.style for line in lines for segment in line if segment.style is not None]


async def visit_every_screen(pilot) -> str:
    """Open several dialogs, and return all text that was drawn."""
    seen = [drawn(pilot)]
    for keys in (["slash", "q"], ["escape", "question_mark"], ["escape", "colon"], ["escape", "tab", "u"]):
        await press(pilot, *keys)
        seen.append(drawn(pilot))
    return "".join(seen)


async def test_only_a_part_of_a_very_large_terminal_is_used(make):
    app = make()
    async with app.run_test(size=(1000, 1000)) as pilot:
        await settled(pilot)
        assert app.size == app.screen.size == MAX_SIZE
        await pilot.resize_terminal(900, 100)
        assert app.size == app.screen.size == (MAX_SIZE.width, 100)
        await pilot.resize_terminal(80, 24)
        assert app.size == app.screen.size == (80, 24)


async def test_ascii_mode_draws_ascii_only(make):
    async with make(DisplayOptions(ascii_only=True)).run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        seen = await visit_every_screen(pilot)
        assert seen.isascii()
        assert "|>  1 QA" in seen
        assert "21 ??????????????" in seen  # wide characters leave their room
        assert "+- Groups -" in seen


async def test_ascii_mode_distinguishes_members_in_comparisons(make):
    async with make(DisplayOptions(ascii_only=True)).run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        await press(pilot, "space", "down", "space", "c")
        lines = drawn(pilot).splitlines()
        assert any("> Ada Lovelace" in line and "*    *" in line for line in lines)
        assert any("  Adele Goldberg" in line and ".    *" in line for line in lines)


async def test_ascii_mode_distinguishes_folded_checks_in_the_audit(make):
    async with make(DisplayOptions(ascii_only=True)).run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        await press(pilot, "a", "enter")
        assert "v Inactive users in groups" in drawn(pilot)
        assert "> Members without two-factor" not in drawn(pilot)  # it is below the findings
        await press(pilot, "enter")
        assert "> Members without two-factor" in drawn(pilot)


async def test_input_cursor_is_visible_with_no_color(make, monkeypatch):
    monkeypatch.setenv("NO_COLOR", "1")
    async with make().run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        await press(pilot, "slash", "q")
        field = pilot.app.screen.query_one("FilterInput").region
        strip = pilot.app.screen._compositor.render_strips(pilot.app.size)[field.y]
        assert any(each.style and each.style.reverse for each in strip.crop(field.x, field.right))


async def test_focused_pane_shows_rows_on_the_smallest_screen(make):
    async with make().run_test(size=(40, 12)) as pilot:
        await settled(pilot)
        assert "▸  1 QA" in drawn(pilot)
        await press(pilot, "enter", "down", "down")
        assert "▸  3 Barbara Liskov" in drawn(pilot)


async def test_no_color_sends_no_colors_and_marks_the_cursor(make, monkeypatch):
    monkeypatch.setenv("NO_COLOR", "1")
    async with make().run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        seen = await visit_every_screen(pilot)
        colors = {color for style in styles(pilot) for color in (style.color, style.bgcolor)}
        assert all(color is None or color.is_default for color in colors)
        assert any(style.reverse for style in styles(pilot))
        assert "▸" in seen


async def test_16_colors_use_an_ansi_theme_for_this_run(make, monkeypatch, settings_path):
    settings_path.write_text('theme = "nord"\n')
    monkeypatch.setenv("TERM", "xterm")
    async with make().run_test() as pilot:
        await settled(pilot)
        assert pilot.app.theme == "ansi-dark"
    assert 'theme = "nord"' in settings_path.read_text()


async def test_256_colors_use_the_theme_of_the_settings(make, settings_path):
    settings_path.write_text('theme = "nord"\n')
    async with make().run_test() as pilot:
        await settled(pilot)
        assert pilot.app.theme == "nord"


@pytest.mark.parametrize(("animations", "level"), [(True, "full"), (False, "none")])
async def test_animations_can_be_disabled(make, animations, level):
    assert make(DisplayOptions(animations=animations)).animation_level == level
