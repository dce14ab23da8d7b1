"""Draws with ASCII only, for terminals and locales without Unicode."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

from rich.cells import cell_len
from rich.segment import Segment
from textual.color import Color
from textual.filter import LineFilter

GLYPHS = str.maketrans(
    {
        **dict.fromkeys("─━═╌┄▔▀", "-"),
        **dict(zip("▁▂▃▄▅▆▇", "_.-=+*#", strict=True)),
        **dict.fromkeys("│┃║▏▎▐▌▕┆", "|"),
        **dict.fromkeys("╭╮╰╯┌┐└┘├┤┬┴┼╔╗╚╝", "+"),
        **dict.fromkeys("█▓▒■●•◉", "*"),
        **dict.fromkeys("∙·", "."),
        **dict.fromkeys("▸▹▶›→❯", ">"),
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
"""Replacements for the glyphs of the app itself, each one cell wide."""


class AsciiFilter(LineFilter):
    """Replaces everything but ASCII, cell by cell: letters lose their accents, other scripts become `?`."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        return [
            Segment(text if text.isascii() else _ascii(text), style, control)
            for text, style, control in segments
        ]


@lru_cache(4096)
def _ascii(text: str) -> str:
    return "".join(_ascii_character(character) for character in text.translate(GLYPHS))


@lru_cache(4096)
def _ascii_character(character: str) -> str:
    if character.isascii():
        return character
    width = cell_len(character)
    plain = unicodedata.normalize("NFKD", character).encode("ascii", "ignore").decode()
    return plain if len(plain) == width else "?" * width
