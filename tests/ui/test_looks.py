"""How the app is drawn where the terminal can do less."""

from __future__ import annotations

import pytest

from groupstui.app import Credentials, GroupsApp, make_app
from groupstui.settings import SettingsFile
from groupstui.terminal.display import DisplayOptions
from groupstui.terminal.line_filters import GLYPHS
from groupstui.token import Token

from ..support.pilot import connector, drawn, press, settled


@pytest.fixture
def make(demo, clock, settings_path):
    """Make the app, drawn in some way."""

    def make(looks: DisplayOptions | None = None) -> GroupsApp:
        return make_app(
            settings_file=SettingsFile(settings_path),
            connect=connector(clock),
            access=Credentials(demo.instance, Token.parse(demo.token)),
            looks=looks,
        )

    return make


def styles(pilot) -> list[object]:
    lines = pilot.app.screen._compositor.render_strips(pilot.app.size)
    return [segment.style for line in lines for segment in line if segment.style is not None]


async def visit_every_screen(pilot) -> str:
    """Open every dialog, and give all that was drawn."""
    seen = [drawn(pilot)]
    for keys in (["slash", "q"], ["escape", "question_mark"], ["escape", "colon"], ["escape", "tab", "u"]):
        await press(pilot, *keys)
        seen.append(drawn(pilot))
    return "".join(seen)


async def test_ascii_alone_draws_everything(make):
    async with make(DisplayOptions(ascii_only=True)).run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        seen = await visit_every_screen(pilot)
        assert seen.isascii()
        assert "|>  1 QA" in seen
        assert "17 ??????????????" in seen  # wide characters leave their room
        assert "+- Groups -" in seen


async def test_in_ascii_members_and_strangers_have_different_signs(make):
    async with make(DisplayOptions(ascii_only=True)).run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        await press(pilot, "space", "down", "space", "c")
        lines = drawn(pilot).splitlines()
        assert any("> Ada Lovelace" in line and "*   *" in line for line in lines)
        assert any("  Adele Goldberg" in line and ".   *" in line for line in lines)


async def test_without_colours_a_field_has_a_cursor(make, monkeypatch):
    monkeypatch.setenv("NO_COLOR", "1")
    async with make().run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        await press(pilot, "slash", "q")
        field = pilot.app.screen.query_one("FilterInput").region
        strip = pilot.app.screen._compositor.render_strips(pilot.app.size)[field.y]
        assert any(each.style and each.style.reverse for each in strip.crop(field.x, field.right))


async def test_on_the_smallest_screen_the_pane_with_the_keys_shows_its_rows(make):
    async with make().run_test(size=(40, 12)) as pilot:
        await settled(pilot)
        assert "▸  1 QA" in drawn(pilot)
        await press(pilot, "enter", "down", "down")
        assert "▸  3 Barbara Liskov" in drawn(pilot)


async def test_without_colours_none_is_sent_and_the_cursor_is_seen(make, monkeypatch):
    monkeypatch.setenv("NO_COLOR", "1")
    async with make().run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        seen = await visit_every_screen(pilot)
        assert all(style.color is None and style.bgcolor is None for style in styles(pilot))
        assert any(style.reverse for style in styles(pilot))
        assert "▸" in seen


async def test_a_theme_that_16_colours_cannot_show_is_put_aside_for_the_run(make, monkeypatch, settings_path):
    settings_path.write_text('theme = "nord"\n')
    monkeypatch.setenv("TERM", "xterm")
    async with make().run_test() as pilot:
        await settled(pilot)
        assert pilot.app.theme == "ansi-dark"
    assert 'theme = "nord"' in settings_path.read_text()


async def test_a_theme_that_256_colours_can_show_is_used(make, settings_path):
    settings_path.write_text('theme = "nord"\n')
    async with make().run_test() as pilot:
        await settled(pilot)
        assert pilot.app.theme == "nord"


@pytest.mark.parametrize(("animations", "level"), [(True, "full"), (False, "none")])
async def test_nothing_glides_where_nothing_should(make, animations, level):
    assert make(DisplayOptions(animations=animations)).animation_level == level


def test_every_glyph_stands_for_one_cell():
    assert all(len(sign) == 1 and sign.isascii() for sign in GLYPHS.values())
