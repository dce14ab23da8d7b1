"""Colors of text are readable on their background in every theme."""

from __future__ import annotations

import pytest
from textual.color import Color
from textual.theme import BUILTIN_THEMES

from groupstui.widgets.colors import MIN_CONTRAST, contrast, readable, readable_variables


def test_contrast_is_that_of_wcag():
    assert contrast(Color(0, 0, 0), Color(255, 255, 255)) == pytest.approx(21)
    assert contrast(Color.parse("#777"), Color(255, 255, 255)) == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("background", ["#000", "#fff", "#777", "#268bd2"])
def test_any_color_becomes_readable(background):
    below = Color.parse(background)
    for color in ("#777", "#f00", "#268bd2", background):
        assert contrast(readable(Color.parse(color), [below]), below) >= MIN_CONTRAST


def test_readable_colors_stay():
    assert readable(Color.parse("#123456"), [Color.parse("#fff")]) == Color.parse("#123456")


@pytest.mark.parametrize("name", BUILTIN_THEMES)
def test_variables_of_every_theme(name):
    theme = BUILTIN_THEMES[name]
    variables = {**theme.to_color_system().generate(), **theme.variables}
    changed = readable_variables(variables)
    assert changed.keys() == variables.keys()
    if theme.ansi:
        assert changed["border-blurred"] != theme.variables["ansi-background"]
