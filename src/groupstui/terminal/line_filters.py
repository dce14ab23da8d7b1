"""Leaves out of every line what the terminal can't draw, or the user does not want."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.color import Color
from textual.filter import LineFilter

GLYPHS = str.maketrans(
    {
        **dict.fromkeys("─━═╌┄▔▁▂▄▀", "-"),
        **dict.fromkeys("│┃║▏▎▐▌▕┆", "|"),
        **dict.fromkeys("╭╮╰╯┌┐└┘├┤┬┴┼╔╗╚╝", "+"),
        **dict.fromkeys("█▓▒■●•◉", "*"),
        **dict.fromkeys("∙·", "."),
        **dict.fromkeys("▸▶›→❯", ">"),
        **dict.fromkeys("◂◀‹←", "<"),
        **dict.fromkeys("↑▲▴", "^"),
        **dict.fromkeys("↓▼▾", "v"),
        **dict.fromkeys("–—−‐‑", "-"),
        **dict.fromkeys("“”„«»", '"'),
        **dict.fromkeys("‘’‚", "'"),
        "…": "~",
        "×": "x",
        "±": "+",
        "\N{NO-BREAK SPACE}": " ",
    }
)
"""What is drawn in place of the program's own signs, each one cell wide."""


class Uncoloured(LineFilter):
    """Leaves the shapes of a line: bold, underlined and reverse text."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """Return a line without colours."""
        return [
            Segment(text, None if style is None else _without_colour(style), control)
            for text, style, control in segments
        ]


class Ascii(LineFilter):
    """Leaves ASCII of a line, cell for cell: names lose their accents, and other scripts become `?`."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """Return a line of ASCII that is as wide as it was."""
        return [
            Segment(text if text.isascii() else _ascii(text), style, control)
            for text, style, control in segments
        ]


@lru_cache(1024)
def _without_colour(style: Style) -> Style:
    return style.without_color


@lru_cache(4096)
def _ascii(text: str) -> str:
    return "".join(_ascii_of(character) for character in text.translate(GLYPHS))


@lru_cache(4096)
def _ascii_of(character: str) -> str:
    if character.isascii():
        return character
    width = cell_len(character)
    plain = unicodedata.normalize("NFKD", character).encode("ascii", "ignore").decode()
    return plain if len(plain) == width else "?" * width
