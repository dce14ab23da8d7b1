"""Sends the terminal only the cells that have changed.

Textual repaints whole regions: a dialog that opens or a pane that is laid out anew costs up to 10 kB, and
most of it is on the screen already. Over SSH that is what one waits for.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import chain, groupby, takewhile
from operator import itemgetter
from weakref import WeakSet

from rich.cells import cell_len
from rich.color import ColorSystem
from rich.console import Console, RenderableType
from rich.segment import Segment
from rich.style import Style
from textual._compositor import ChopsUpdate, CompositorUpdate, LayoutUpdate
from textual.app import App
from textual.geometry import Size
from textual.message import Message
from textual.screen import Screen
from textual.strip import Strip

Cell = tuple[str, str, str]
"""A character, with the marks that stand on it; what can be seen of the SGR parameters it is drawn with; and
all of them. The right half of a wide character has no text."""

UNKNOWN: Cell = (" ", "?", "")
"""Stands for a cell that was never drawn; no cell looks like it."""

NEAR = 8
"""Cells between two changes that are sent once more: to jump over them takes as many bytes."""


FIRST_DOUBTFUL, FIRST_AGREED, FIRST_EAST_ASIAN, LAST_AGREED = "\u0590", "\u1e00", "\u2e80", "\ufb00"
"""Latin, Greek, Cyrillic, lines, arrows and the wide characters of East Asia have the same width everywhere.
From Hebrew to Mongolian, for emoji, and for presentation forms, terminals have tables of their own."""


is_plain = re.compile(
    "[ -~\u00a0-\u00ac\u00ae-\u02ff\u0370-\u0482\u048a-\u058f\u1e00-\u1fff\u2010-\u2027\u2500-\u25fc]*"
).fullmatch
"""Whether every character of a text takes one cell, and no terminal doubts it: most of what is drawn."""


class FirstPaint(Message):
    """Tells a screen that the terminal shows it, for the first time."""


class DiffRenderer(App[None]):
    """An app that remembers what the terminal shows."""

    def __init__(self) -> None:
        super().__init__()
        self.picture = ScreenBuffer()
        self._drawn = WeakSet[Screen[object]]()

    def _display(self, screen: Screen[object], renderable: RenderableType | None) -> None:
        if isinstance(renderable, LayoutUpdate | ChopsUpdate):
            # The annotation lacks what every update of the compositor is.
            super()._display(screen, DiffUpdate(self.picture, renderable))  # type: ignore[arg-type]
            if screen is self.screen and screen not in self._drawn:
                self._drawn.add(screen)
                screen.post_message(FirstPaint())
        else:
            super()._display(screen, renderable)

    def action_draw_again(self) -> None:
        """Draw everything, for the terminal shows something else than what was sent to it."""
        self.picture.forget()
        self.refresh(repaint=True, layout=True)


class DiffUpdate(CompositorUpdate):
    """An update that is compared with the picture when, and only if, it is written to the terminal."""

    def __init__(self, picture: ScreenBuffer, update: LayoutUpdate | ChopsUpdate) -> None:
        self._picture = picture
        self._update = update

    def render_segments(self, console: Console) -> str:
        """Return what has to be sent."""
        colours = console._color_system or ColorSystem.TRUECOLOR
        if isinstance(self._update, LayoutUpdate):
            self._picture.resize(self._update.region.size)
        return "".join(
            self._picture.draw(x, y, _cells(segments, colours)) for x, y, segments in _pieces(self._update)
        )


class ScreenBuffer:
    """What the terminal shows, as far as it is known."""

    def __init__(self) -> None:
        self._size = Size(0, 0)
        self._lines: dict[int, list[Cell]] = {}

    def forget(self) -> None:
        """Take nothing for granted any more."""
        self._lines.clear()

    def resize(self, size: Size) -> None:
        """Note the terminal's size; one that has changed may have moved anything."""
        if size != self._size:
            self._size = size
            self.forget()

    def draw(self, x: int, y: int, cells: list[Cell]) -> str:
        """Put cells into the picture, and give what the terminal has to be sent for it."""
        line = self._lines.setdefault(y, [])
        line.extend([UNKNOWN] * (x + len(cells) - len(line)))
        before = line[x : x + len(cells)]
        if before == cells:
            return ""
        changed = [
            index
            for index, (old, new) in enumerate(zip(before, cells, strict=True), x)
            if old[0] != new[0] or old[1] != new[1]
        ]
        line[x : x + len(cells)] = cells
        if (end := x + len(cells)) < len(line) and not line[end][0]:
            line[end] = UNKNOWN  # what a terminal makes of half a wide character is its own affair
        if not is_plain("".join([line[index][0] for index in changed])):
            changed = sorted(_with_neighbours(changed, line))
        return "".join(
            f"\x1b[{y + 1};{begin + 1}H{_written(line[begin:end], begin)}"
            for begin, end in _runs(changed, line)
        )


def _with_neighbours(changed: list[int], line: list[Cell]) -> set[int]:
    """Add what a terminal that counts other cells would draw elsewhere, or draw over."""
    found = set(changed)
    place = 0
    for doubtful, run in groupby(_judged(text for text, *_ in line), itemgetter(0)):
        texts = [text for _, text in run]
        stretch = range(place, place + len(texts))
        place = stretch.stop
        if doubtful and not found.isdisjoint(stretch):
            overflow = range(stretch.start, min(stretch.start + 2 * len("".join(texts)), len(line)))
            found.update(takewhile(lambda index: line[index] is not UNKNOWN, overflow))
    return found


def _runs(changed: list[int], line: list[Cell]) -> Iterator[tuple[int, int]]:
    """Join changes that are near to each other, and do not begin in the middle of a wide character."""
    begin = end = None
    for index in changed:
        if end is None or index - end > NEAR:
            if begin is not None and end is not None:
                yield begin, end
            begin = index if line[index][0] or index == 0 else index - 1
        end = index + 1
    if begin is not None and end is not None:
        yield begin, end


def _written(cells: Iterable[Cell], x: int) -> str:
    """Return cells as they are sent, with each way of drawing named once.

    Args:
        cells: What is drawn from the left to the right.
        x: The column of the first, counted from 0.
    """
    drawn: list[str] = []
    for look, group in groupby(cells, itemgetter(2)):
        drawn.append(f"\x1b[{f'0;{look}' if look else 0}m")
        alike = [text for text, *_ in group]
        if is_plain(text := "".join(alike)):
            x += len(alike)
            drawn.append(text)
            continue
        for doubtful, run in groupby(_judged(alike), itemgetter(0)):
            texts = [text for _, text in run]
            x += len(texts)
            text = "".join(texts)
            # The terminal may count other cells than these: what it skips must be blank, and what follows
            # has to stand in its place.
            drawn.append(f"\x1b[{len(texts)}X{text}\x1b[{x + 1}G" if doubtful else text)
    return "".join(drawn) + "\x1b[0m"


def _judged(texts: Iterable[str]) -> Iterator[tuple[bool, str]]:
    """Return each cell's text, and whether terminals disagree on its width; so for its right half."""
    doubtful = False
    for text in texts:
        doubtful = _is_doubtful(text) if text else doubtful
        yield doubtful, text


@lru_cache(4096)
def _is_doubtful(text: str) -> bool:
    """Return whether terminals disagree on a text's width: marks, joined signs, emoji, many scripts."""
    if len(text) > 1 or FIRST_DOUBTFUL <= text < FIRST_AGREED or text >= LAST_AGREED:
        return True
    return text < FIRST_EAST_ASIAN and cell_len(text) > 1


def _pieces(update: LayoutUpdate | ChopsUpdate) -> Iterator[tuple[int, int, Iterable[Segment]]]:
    """Return what an update draws, as the places of its pieces and what is there."""
    if isinstance(update, LayoutUpdate):
        left = update.region.x
        for y, strips in enumerate(update.strips, update.region.y):
            yield left, y, chain.from_iterable(strips)
        return
    for y, first, last in update.spans:
        for end, (x, strip) in zip(update.chop_ends[y], update.chops[y].items(), strict=False):
            if strip is not None and x <= last and end > first:
                yield x, y, strip if end <= last else strip.crop(0, last - x)


def _cells(segments: Iterable[Segment], colours: ColorSystem) -> list[Cell]:
    cells: list[Cell] = []
    for text, style, _ in segments:
        look, blank = ("", "") if style is None else _looks(style, colours)
        if is_plain(text):
            cells.extend([(character, blank if character == " " else look, look) for character in text])
            continue
        for character in text:
            width = cell_len(character)
            if width == 0 and cells:
                before = len(cells) - 1
                before -= not cells[before][0]  # a mark stands on the character, not on its right half
                cells[before] = (cells[before][0] + character, *cells[before][1:])
            else:
                cells.append((character, look, look))
                cells.extend([("", look, look)] * (width - 1))
    return cells


@lru_cache(4096)
def _looks(style: Style, colours: ColorSystem) -> tuple[str, str]:
    """Return how a character is drawn in a style, and how a space is: nobody sees what colour that has."""
    look = Strip.render_ansi(style, colours)
    if style.reverse or style.underline or style.strike or style.underline2 or style.overline:
        return look, look
    return look, Strip.render_ansi(Style(bgcolor=style.bgcolor), colours)
