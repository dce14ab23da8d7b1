"""Sends the terminal only the cells that have changed.

Textual repaints whole regions, most of which are on the screen already. On a slow connection bytes are time:
without this module the first screen takes 60 kB instead of 13 (`python -m benchmarks sent`).

This module uses private names of Textual: three classes of `textual._compositor`, their attributes, and the
method `App._display` that sends them to the terminal. If a name is missing or means something else in another
version, Textual draws in its own way.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain, groupby, takewhile
from operator import itemgetter
from typing import Any

from rich.cells import cell_len
from rich.color import ColorSystem
from rich.console import Console
from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.app import App
from textual.geometry import Size
from textual.strip import Strip

try:
    from textual._compositor import ChopsUpdate, CompositorUpdate, LayoutUpdate
except ImportError:
    CompositorUpdate = object  # type: ignore[assignment, misc]

UPDATES = (LayoutUpdate, ChopsUpdate) if hasattr(CompositorUpdate, "render_segments") else ()
"""The updates that are compared with the screen; none if this version of Textual has others."""

MAX_SIZE = Size(500, 200)
"""Columns and lines that are used of a larger terminal: Textual needs over a second for a thousand lines."""

Cell = tuple[str, str, str]
"""A character with its combining marks, the visible part of its SGR parameters, and all of them.

The right half of a wide character has no text.
"""

UNKNOWN: Cell = (" ", "?", "")
"""A cell that was never drawn; it equals no other cell."""

MAX_GAP_CELLS = 8
"""Unchanged cells between two changes that are sent again: to move the cursor takes as many bytes."""

ATTRIBUTES_OFF = {
    "1": "22",
    "2": "22",
    "3": "23",
    "4": "24",
    "5": "25",
    "6": "25",
    "7": "27",
    "8": "28",
    "9": "29",
}
"""The SGR parameters that switch an attribute off."""

INVISIBLE_ON_SPACES = {"1", "2", "3", "5", "6"}
"""SGR attributes that a space does not show: bold, dim, italic and blinking."""

FIRST_AMBIGUOUS, FIRST_AGREED, FIRST_EAST_ASIAN, LAST_AGREED = "\u0590", "\u1e00", "\u2e80", "\ufb00"
"""Terminals agree on the width of Latin, Greek, Cyrillic, lines, arrows and wide East Asian characters.

They disagree from Hebrew to Mongolian, on emoji, and on presentation forms.
"""

VARIATION_SELECTOR = "\N{VARIATION SELECTOR-16}"
"""Makes an emoji of the character before it, which has two cells then."""

is_plain = re.compile(
    "[ -~\u00a0-\u00ac\u00ae-\u02ff\u0370-\u0482\u048a-\u058f\u1e00-\u1fff\u2010-\u2027\u2500-\u25fc]*"
).fullmatch
"""Return whether all characters of a text, as of most texts, are one cell wide in every terminal."""


class DiffRenderer(App[None]):
    """An app that remembers the contents of the screen."""

    def __init__(self) -> None:
        super().__init__()
        self._screen_buffer = ScreenBuffer()

    def _display(self, *args: Any, **kwargs: Any) -> None:
        super()._display(*map(self._diff, args), **kwargs)

    def _diff(self, argument: Any) -> Any:
        if isinstance(argument, UPDATES):
            return DiffUpdate(self._screen_buffer, argument)
        return argument

    @property
    def size(self) -> Size:
        """The size of the terminal, or of the part of it that is used."""
        return _clamped(super().size)

    async def on_event(self, event: events.Event) -> None:
        """Handle an event; of a very large terminal, use only a part."""
        if isinstance(event, events.Resize) and event.size != _clamped(event.size):
            event = events.Resize(_clamped(event.size), _clamped(event.virtual_size))
        await super().on_event(event)

    def on_resize(self, event: events.Resize) -> None:
        """Repaint everything after a resize to the same size: dtach reports another terminal in this way."""
        if event.size == self._screen_buffer.size:
            self.action_draw_again()

    def action_draw_again(self) -> None:
        """Repaint everything, in case another program has drawn on the terminal."""
        self._screen_buffer.invalidate()
        self.refresh(repaint=True, layout=True)


def _clamped(size: Size) -> Size:
    return Size(min(size.width, MAX_SIZE.width), min(size.height, MAX_SIZE.height))


class DiffUpdate(CompositorUpdate):
    """An update that is compared with the screen when it is written to the terminal."""

    def __init__(self, screen_buffer: ScreenBuffer, update: CompositorUpdate) -> None:
        self._screen_buffer = screen_buffer
        self._update = update

    def render_segments(self, console: Console) -> str:
        """Return the text that has to be sent."""
        try:
            return self._changes(console)
        except (AttributeError, TypeError, ValueError):  # the update has other attributes than in Textual 8.2
            self._screen_buffer.invalidate()
            return self._update.render_segments(console)

    def _changes(self, console: Console) -> str:
        colors = COLOR_SYSTEMS.get(console.color_system or "", ColorSystem.TRUECOLOR)
        spans = [(x, y, _cells(segments, colors)) for x, y, segments in _spans(self._update)]
        if isinstance(self._update, LayoutUpdate):
            self._screen_buffer.resize(self._update.region.size)
        drawn = "".join([self._screen_buffer.draw(x, y, cells) for x, y, cells in spans])
        return drawn + self._screen_buffer.end_style()


COLOR_SYSTEMS = {
    "standard": ColorSystem.STANDARD,
    "256": ColorSystem.EIGHT_BIT,
    "truecolor": ColorSystem.TRUECOLOR,
    "windows": ColorSystem.WINDOWS,
}


class ScreenBuffer:
    """The known contents of the screen."""

    def __init__(self) -> None:
        self.size = Size(0, 0)
        """The size at the last update of the whole screen."""
        self._lines: dict[int, list[Cell]] = {}
        self._style: str | None = None
        """The SGR parameters that are set in the terminal; None if it is in its default state."""

    def end_style(self) -> str:
        """Return the text that sets the terminal back to its default state."""
        style, self._style = self._style, None
        return "" if style is None else "\x1b[0m"

    def invalidate(self) -> None:
        """Forget all contents."""
        self._lines.clear()

    def resize(self, size: Size) -> None:
        """Forget all contents if the size has changed: a terminal may move anything."""
        if size != self.size:
            self.size = size
            self.invalidate()

    def draw(self, x: int, y: int, cells: list[Cell]) -> str:
        """Store cells, and return the text that draws those that have changed.

        The terminal keeps the last style until `end_style`.
        """
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
        # Half of a wide character may have been overwritten; a terminal clears the other half.
        if x and not before[0][0]:
            line[x - 1] = UNKNOWN
        if (end := x + len(cells)) < len(line) and not line[end][0]:
            line[end] = UNKNOWN
        if not is_plain("".join([line[index][0] for index in changed])):
            changed = sorted(_with_neighbours(changed, line))
        return "".join(
            f"\x1b[{y + 1};{begin + 1}H{self._encode(line[begin:end], begin)}"
            for begin, end in _runs(changed, line)
        )

    def _encode(self, cells: Sequence[Cell], x: int) -> str:
        """Return the text that draws cells from a column, counted from 0."""
        encoded: list[str] = []
        end = x + len(cells)
        for sgr, texts in _styled_runs(cells, self._style):
            parameters = _from_default(sgr) if self._style is None else _difference(self._style, sgr)
            encoded.append(f"\x1b[{parameters}m" if parameters else "")
            self._style = sgr
            if is_plain(text := "".join(texts)):
                x += len(texts)
                encoded.append(text)
                continue
            for ambiguous, run in groupby(_with_ambiguity(texts), itemgetter(0)):
                run_texts = [text for _, text in run]
                start, x = x, x + len(run_texts)
                text = "".join(run_texts)
                # The terminal may use other widths: cells that it skips must be blank, and the next run
                # must begin in its own column. All cells that follow are cleared, too: a right half that is
                # left over of a wide character would take the cell before it along when it is overwritten.
                encoded.append(f"\x1b[{end - start}X{text}\x1b[{x + 1}G" if ambiguous else text)
        return "".join(encoded)


def _with_neighbours(changed: list[int], line: list[Cell]) -> set[int]:
    """Add the cells that a terminal with other character widths would move or overwrite."""
    found = set(changed)
    place = 0
    for ambiguous, run in groupby(_with_ambiguity(text for text, *_ in line), itemgetter(0)):
        texts = [text for _, text in run]
        stretch = range(place, place + len(texts))
        place = stretch.stop
        if ambiguous and not found.isdisjoint(stretch):
            overflow = range(stretch.start, min(stretch.start + 2 * len("".join(texts)), len(line)))
            found.update(takewhile(lambda index: line[index] is not UNKNOWN, overflow))
    return found


def _runs(changed: list[int], line: list[Cell]) -> Iterator[tuple[int, int]]:
    """Join changes that are close to each other; a run never begins within a wide character."""
    begin = end = None
    for index in changed:
        if end is None or index - end > MAX_GAP_CELLS:
            if begin is not None and end is not None:
                yield begin, end
            begin = index if line[index][0] or index == 0 else index - 1
        end = index + 1
    if begin is not None and end is not None:
        yield begin, end


def _styled_runs(cells: Iterable[Cell], style: str | None) -> Iterator[tuple[str, list[str]]]:
    """Yield SGR parameters with the cells that have them, after a style.

    A space continues a style that looks the same.
    """
    texts: list[str] = []
    for text, visible, sgr in cells:
        if sgr != style and not (style is not None and text == " " and visible == _Sgr.parse(style).blank):
            if style is not None and texts:
                yield style, texts
            style, texts = sgr, []
        texts.append(text)
    if style is not None:
        yield style, texts


@dataclass(frozen=True, slots=True)
class _Sgr:
    """The SGR parameters of a style, apart."""

    attributes: frozenset[str]
    front: str
    back: str

    @staticmethod
    @lru_cache(4096)
    def parse(parameters: str) -> _Sgr:
        """Return the parts of parameters such as `1;38;2;0;0;0;41`."""
        attributes, colors = set(), {"3": "", "4": ""}
        rest = deque(parameters.split(";") if parameters else ())
        while rest:
            parameter = rest.popleft()
            if parameter in ("38", "48"):
                values = [rest.popleft() for _ in range(4 if rest[0] == "2" else 2)]
                colors[parameter[0]] = ";".join([parameter, *values])
            elif len(parameter) == 1:
                attributes.add(parameter)
            else:  # 31 and 91 are foregrounds, 41 and 101 are backgrounds
                colors["4" if parameter[:-1] in ("4", "10") else "3"] = parameter
        return _Sgr(frozenset(attributes), colors["3"], colors["4"])

    @property
    def blank(self) -> str | None:
        """The parameters that a space shows: the background; None if it shows more."""
        return self.back if self.attributes <= INVISIBLE_ON_SPACES else None


def _from_default(style: str) -> str:
    """Return the SGR parameters that set a style, whatever was set before."""
    return f"0;{style}" if style else "0"


@lru_cache(4096)
def _difference(before: str, after: str) -> str:
    """Return the SGR parameters that change a style into another."""
    old, new = _Sgr.parse(before), _Sgr.parse(after)
    gone = old.attributes - new.attributes
    parameters = sorted({ATTRIBUTES_OFF[each] for each in gone})
    # Bold and dim are switched off together.
    kept = new.attributes if "22" in parameters else new.attributes - old.attributes
    parameters += sorted(kept)
    if new.front != old.front:
        parameters.append(new.front or "39")
    if new.back != old.back:
        parameters.append(new.back or "49")
    return ";".join(parameters)


def _with_ambiguity(texts: Iterable[str]) -> Iterator[tuple[bool, str]]:
    """Return the text of each cell, preceded by whether terminals disagree on its width."""
    ambiguous = False
    for text in texts:
        ambiguous = _is_ambiguous(text) if text else ambiguous  # the right half is as its left half
        yield ambiguous, text


@lru_cache(4096)
def _is_ambiguous(text: str) -> bool:
    """Return whether terminals disagree on the width: of marks, joined characters, emoji, many scripts."""
    if len(text) > 1 or FIRST_AMBIGUOUS <= text < FIRST_AGREED or text >= LAST_AGREED:
        return True
    return text < FIRST_EAST_ASIAN and cell_len(text) > 1


def _spans(update: Any) -> Iterator[tuple[int, int, Iterable[Segment]]]:
    """Return the parts of an update, each with its column and line."""
    if isinstance(update, LayoutUpdate):
        left = update.region.x
        for y, strips in enumerate(update.strips, update.region.y):
            yield left, y, chain.from_iterable(strips)
        return
    for y, first, last in update.spans:
        for end, (x, strip) in zip(update.chop_ends[y], update.chops[y].items(), strict=False):
            if strip is not None and x <= last and end > first:
                yield x, y, strip if end <= last else strip.crop(0, last - x)


def _cells(segments: Iterable[Segment], colors: ColorSystem) -> list[Cell]:
    cells: list[Cell] = []
    for text, style, _ in segments:
        sgr, blank = ("", "") if style is None else _sgr(style, colors)
        if is_plain(text):
            cells.extend([(character, blank if character == " " else sgr, sgr) for character in text])
            continue
        cluster, base = "", 0  # as Rich counts: marks, joined emoji and variation selectors belong together
        for character in text:
            width = cell_len(cluster + character) - cell_len(cluster)
            if (cluster or cells) and (width == 0 or character == VARIATION_SELECTOR):
                if not cluster:  # a mark of the segment before; it belongs to the left half
                    base = len(cells) - 1 - (not cells[-1][0])
                cells[base] = (cells[base][0] + character, *cells[base][1:])
                cells.extend([("", sgr, sgr)] * width)
                cluster += character
            else:
                cluster, base = character, len(cells)
                cells.append((character, sgr, sgr))
                cells.extend([("", sgr, sgr)] * (width - 1))
    return cells


@lru_cache(4096)
def _sgr(style: Style, colors: ColorSystem) -> tuple[str, str]:
    """Return the SGR parameters of a character, and those that are visible if it is a space."""
    sgr = Strip.render_ansi(style, colors)
    if style.reverse or style.underline or style.strike or style.underline2 or style.overline:
        return sgr, sgr
    return sgr, Strip.render_ansi(Style(bgcolor=style.bgcolor), colors)
