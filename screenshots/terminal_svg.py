"""Write pictures of a terminal as SVG, exact to the cell, still or animated.

Rich exports a screen as SVG with lengths in characters, so that wide letters and combining marks move the
rest of their row. This module reads Rich's export and writes it again: each run of text starts at the column
of its first cell and is as long as its cells, in any monospace font.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape, unescape
from itertools import groupby

from rich.cells import cell_len, split_graphemes

CELL_WIDTH, CELL_HEIGHT, FONT_SIZE, BASELINE = 12, 23, 20, 18
"""In pixels: letters 0.6 em wide, and rows without a gap between the lines of a border."""

MARGIN, TITLE_HEIGHT = 12, 34
"""Around the cells, in pixels."""

FONTS = 'ui-monospace, "Cascadia Mono", Menlo, "DejaVu Sans Mono", monospace'
"""Monospace fonts of several systems; none is downloaded."""

HORIZONTAL_LINES = re.compile("[─━▀-▟]{2}")
"""Characters to scale to the width of their cells, so that they meet."""

TITLE_RULES = "fill: #808080"
BUTTON_COLORS = ("#ff5f57", "#febc2e", "#28c840")

RICH_CELL_WIDTH, RICH_CELL_HEIGHT = 12.2, 24.4
RICH_RULES = re.compile(r"^\s*\.\S+-(r\d+) \{ (.*?);* \}$", re.M)
RICH_BACKGROUND = re.compile(r'<rect fill="(\S+)" x="(\S+)" y="(\S+)" width="(\S+)"')
RICH_TEXT = re.compile(r'<text class="\S+-(r\d+)" x="(\S+)" y="(\S+)"[^>]*>([^<]*)</text>')


@dataclass(frozen=True, slots=True)
class Frame:
    """A screen and what an animation needs of it."""

    screen: str
    """The SVG that Rich exports."""
    title: str
    seconds: float = 1.0


def picture(size: tuple[int, int], frames: list[Frame]) -> str:
    """Return an SVG that shows screens of this size in turn; the first one if there is no animation.

    Rows that several frames have in common are written once.
    """
    width, height = size[0] * CELL_WIDTH, size[1] * CELL_HEIGHT
    area = Counter[str]()
    for color, _, _, length in RICH_BACKGROUND.findall(frames[0].screen):
        area[color] += round(float(length))
    background = area.most_common(1)[0][0]
    classes: dict[str, str] = {}
    numbers: dict[str, list[int]] = {}
    for number, frame in enumerate(frames):
        title = "".join(_texts(frame.title, (size[0] - cell_len(frame.title)) // 2, -1, TITLE_RULES, classes))
        for row in (title, *_rows(frame.screen, background, classes)):
            numbers.setdefault(row, []).append(number)
    return "\n".join(
        (
            '<svg xmlns="http://www.w3.org/2000/svg" xml:space="preserve"'
            f' viewBox="0 0 {width + 2 * MARGIN} {height + TITLE_HEIGHT + MARGIN}">',
            f"<style>\ntext {{ font: {FONT_SIZE}px {FONTS} }}",
            *(f".{name} {{ {rules} }}" for rules, name in classes.items()),
            *_animations(frames, {tuple(shown) for shown in numbers.values()}),
            f'</style>\n<rect width="100%" height="100%" rx="8" fill="{background}"/>',
            *(
                f'<circle cx="{MARGIN + 8 + 22 * position}" cy="22" r="7" fill="{color}"/>'
                for position, color in enumerate(BUTTON_COLORS)
            ),
            f'<g transform="translate({MARGIN} {TITLE_HEIGHT})">',
            *(f"<g{_attributes(shown, len(frames))}>{row}</g>" for row, shown in numbers.items()),
            "</g>\n</svg>\n",
        )
    )


def _rows(screen: str, background: str, classes: dict[str, str]) -> list[str]:
    """Return the backgrounds and texts of each row that has any."""
    rows: dict[int, list[str]] = {}
    for color, x, y, width in RICH_BACKGROUND.findall(screen):
        if color != background:
            row, column = int(float(y) / RICH_CELL_HEIGHT), round(float(x) / RICH_CELL_WIDTH)
            cells = round(float(width) / RICH_CELL_WIDTH)
            rows.setdefault(row, []).append(
                f'<rect x="{column * CELL_WIDTH}" y="{row * CELL_HEIGHT}"'
                f' width="{cells * CELL_WIDTH}" height="{CELL_HEIGHT}" fill="{color}"/>'
            )
    rules = dict(RICH_RULES.findall(screen))
    for name, x, y, text in RICH_TEXT.findall(screen):
        row, column = int(float(y) / RICH_CELL_HEIGHT), round(float(x) / RICH_CELL_WIDTH)
        text = unescape(text).replace("\N{NO-BREAK SPACE}", " ")
        rows.setdefault(row, []).extend(_texts(text, column, row, rules[name], classes))
    return ["".join(parts) for parts in rows.values() if parts]


def _texts(text: str, column: int, row: int, rules: str, classes: dict[str, str]) -> Iterator[str]:
    """Yield an element for each run of words, and for each run of letters that are two cells wide."""
    graphemes = [(text[start:end], cells) for start, end, cells in split_graphemes(text)[0]]
    for _, group in groupby(graphemes, lambda grapheme: grapheme[1] > 1):
        part = "".join(letters for letters, _ in group)
        for run in re.finditer(r"\S+(?: \S+)*", part):
            x, cells = column + cell_len(part[: run.start()]), cell_len(run[0])
            adjust = ' lengthAdjust="spacingAndGlyphs"' if HORIZONTAL_LINES.search(run[0]) else ""
            yield (
                f'<text class="{classes.setdefault(rules, f"c{len(classes)}")}" x="{x * CELL_WIDTH}"'
                f' y="{row * CELL_HEIGHT + BASELINE}" textLength="{cells * CELL_WIDTH}"{adjust}>'
                f"{escape(run[0], quote=False)}</text>"
            )
        column += cell_len(part)


def _attributes(shown: list[int], total: int) -> str:
    """Return the attributes of what some frames of an animation show."""
    if len(shown) == total:
        return ""
    return f' class="{_name(shown)}"' + ("" if shown[0] == 0 else ' visibility="hidden"')


def _name(shown: list[int] | tuple[int, ...]) -> str:
    return "f" + "-".join(map(str, shown))


def _animations(frames: list[Frame], parts: set[tuple[int, ...]]) -> Iterator[str]:
    """Yield the style rules that show each part during its frames."""
    total = sum(frame.seconds for frame in frames)
    starts = [sum(frame.seconds for frame in frames[:number]) / total for number in range(len(frames))]
    for shown in sorted(parts):
        if len(shown) == len(frames):
            continue
        steps = " ".join(
            f"{start:.2%} {{ visibility: {'visible' if number in shown else 'hidden'} }}"
            for number, start in enumerate(starts)
            if number == 0 or (number in shown) != (number - 1 in shown)
        )
        yield f".{_name(shown)} {{ animation: {_name(shown)} {total:g}s step-end infinite }}"
        yield f"@keyframes {_name(shown)} {{ {steps} }}"
    if len(frames) > 1:
        yield "@media (prefers-reduced-motion: reduce) { g { animation: none !important } }"
