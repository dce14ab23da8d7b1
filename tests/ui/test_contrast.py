"""Every text on the screen can be read in every theme."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from textual.color import Color
from textual.theme import BUILTIN_THEMES

from groupstui.history import History
from groupstui.widgets.colors import MIN_CONTRAST, contrast

from ..support.pilot import browser_app, drawn, press, settled, type_text

THEMES = [name for name, theme in BUILTIN_THEMES.items() if not theme.ansi]

FRAMES = set("│╭╮╰╯─┃▁▂▃▄▅▆▇█▔▊▎▌▐▏▕ ")
"""Characters that are drawn, not read."""

VIEWS = {
    "list": ["down"],
    "members": ["tab", "down"],
    "filter": ["/", "t", "e"],
    "error": ["r"],
    "palette": [":", "q"],
    "help": ["?"],
    "user": ["tab", "u", "/", "t"],
    "audit": ["a", "down", "enter", "down", "down"],
    "changes": ["d", "down", "down"],
    "past": [":", "a", "t", "space", "#", "1", "enter"],
    "copy from the past": [":", "a", "t", "space", "#", "1", "enter", "Y"],
    "comparison": ["space", "down", "space", "c", "down"],
    "instances": ["i"],
    "sign out": ["i", "o"],
    "copy": ["Y"],
    "export": ["e"],
}
"""The keys that open each view."""


@pytest.fixture
def history(demo, tmp_path):
    return History(demo.url, tmp_path)


def texts(pilot) -> Iterator[tuple[str, Color, Color]]:
    """Return the texts of the top screen with their colors, without what a dialog covers."""
    screen = pilot.app.screen
    boxes = list(screen.query(".dialog"))
    region = boxes[0].region if boxes else screen.region
    for line in screen._compositor.render_strips(pilot.app.size)[region.y : region.bottom]:
        for text, style, _ in line.crop(region.x, region.right):
            if set(text) <= FRAMES or style is None or style.color is None or style.bgcolor is None:
                continue
            front, back = Color.from_rich_color(style.color), Color.from_rich_color(style.bgcolor)
            if style.reverse:
                front, back = back, front
            yield text, back.blend(front, 0.5, 1) if style.dim else front, back


@pytest.mark.parametrize("view", VIEWS)
async def test_texts_are_readable_in_every_theme(demo, clock, history, view):
    if view == "changes" or "past" in view:
        async with browser_app(demo.url, demo.token, clock, history=history).run_test() as pilot:
            await settled(pilot)
        demo.site.add_member(1, 30)
        demo.site.remove_member(1, 4)
        clock.seconds += 60
    app = browser_app(demo.url, demo.token, clock, history=history)
    async with app.run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        if view == "error":
            demo.faults.always("500")
        for key in VIEWS[view]:
            await (press(pilot, key) if not key.isalpha() or len(key) > 1 else type_text(pilot, key))
        assert ("AS OF" in drawn(pilot)) == ("past" in view)
        unreadable = set()
        for theme in THEMES:
            app.theme = theme
            await pilot.pause()
            for text, front, back in texts(pilot):
                if (ratio := contrast(front, back)) < MIN_CONTRAST - 0.05:
                    unreadable.add(f"{theme}: “{text.strip()}” {front.hex} on {back.hex}: {ratio:.1f}")
        assert not unreadable, "\n".join(sorted(unreadable)[:40])
