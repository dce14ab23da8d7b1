"""What is sent for a picture that changes leaves the terminal as if all of it had been sent."""

from __future__ import annotations

import sys
from dataclasses import dataclass

import pyte
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.console import Console
from rich.segment import Segment
from rich.style import Style
from textual._compositor import ChopsUpdate, LayoutUpdate
from textual.geometry import Region
from textual.strip import Strip
from wcwidth import wcwidth

from groupstui.terminal.diff_renderer import DiffUpdate, ScreenBuffer, _is_doubtful, is_plain

WIDTH, HEIGHT = 12, 3
CONSOLE = Console(color_system="truecolor", force_terminal=True, width=WIDTH)
STYLES = [
    None,
    Style.parse("bold red"),
    Style.parse("on blue"),
    Style.parse("red on blue"),
    Style(reverse=True),
]

pieces = st.lists(
    st.tuples(
        st.sampled_from(["a", "b ", "  ", "é", "e\u0301", "品", "🚀", "ש", "⚡", "|"]),
        st.sampled_from(STYLES),
    ),
    max_size=WIDTH,
)
strips = pieces.map(
    lambda parts: (
        Strip([Segment(text, style) for text, style in parts]).adjust_cell_length(WIDTH).crop(0, WIDTH)
    )
)
layouts = st.lists(strips, min_size=HEIGHT, max_size=HEIGHT).map(
    lambda lines: LayoutUpdate([[line] for line in lines], Region(0, 0, WIDTH, HEIGHT))
)


@dataclass
class Emulator:
    """A terminal, and what was sent to it."""

    sent: int = 0

    def __post_init__(self) -> None:
        self.screen = pyte.Screen(WIDTH, HEIGHT)
        self.stream = pyte.Stream(self.screen)
        self.stream.feed("\x1b[?7l")  # as Textual begins: a full line does not wrap

    def take(self, text: str) -> None:
        self.sent += len(text)
        self.stream.feed(text)

    @property
    def shown(self) -> list[list[object]]:
        """Every cell, without the colour of what cannot be seen."""
        return [
            [
                cell if cell.data.strip() or cell.reverse else (cell.bg, cell.data)
                for cell in (self.screen.buffer[y][x] for x in range(WIDTH))
            ]
            for y in range(HEIGHT)
        ]


def shown_whole(update: LayoutUpdate) -> list[list[object]]:
    emulator = Emulator()
    emulator.take(update.render_segments(CONSOLE))
    return emulator.shown


@given(st.lists(layouts, min_size=2, max_size=4))
def test_pictures_one_after_another_leave_the_last(updates):
    emulator, picture = Emulator(), ScreenBuffer()
    for update in updates:
        emulator.take(DiffUpdate(picture, update).render_segments(CONSOLE))
        assert emulator.shown == shown_whole(update)


@given(layouts, strips, st.integers(0, HEIGHT - 1), st.integers(0, WIDTH - 1), st.integers(1, WIDTH))
def test_a_part_of_a_line_is_drawn_in_its_place(update, strip, y, first, last):
    emulator, picture = Emulator(), ScreenBuffer()
    emulator.take(DiffUpdate(picture, update).render_segments(CONSOLE))
    chops = [{0: None} if line != y else {0: strip} for line in range(HEIGHT)]
    part = ChopsUpdate(chops, [(y, min(first, last - 1), last)], [[WIDTH]] * HEIGHT)
    emulator.take(DiffUpdate(picture, part).render_segments(CONSOLE))

    whole = Emulator()
    whole.take(update.render_segments(CONSOLE))
    whole.take(part.render_segments(CONSOLE))
    assert emulator.shown == whole.shown


@given(layouts)
def test_what_is_there_is_not_sent_again(update):
    picture = ScreenBuffer()
    DiffUpdate(picture, update).render_segments(CONSOLE)
    assert DiffUpdate(picture, update).render_segments(CONSOLE) == ""


@pytest.mark.parametrize(
    "lose", [ScreenBuffer.forget, lambda picture: picture.resize(Region(0, 0, 9, 9).size)]
)
def test_what_may_be_gone_is_sent_again(lose):
    picture = ScreenBuffer()
    update = LayoutUpdate([[Strip([Segment("a" * WIDTH)])]] * HEIGHT, Region(0, 0, WIDTH, HEIGHT))
    first = DiffUpdate(picture, update).render_segments(CONSOLE)
    lose(picture)
    assert DiffUpdate(picture, update).render_segments(CONSOLE) == first


@pytest.mark.parametrize(
    ("after", "sent"),
    [
        ("abXdYfghijkl", "\x1b[1;3H\x1b[0mXdY\x1b[0m"),
        ("-bcdefghijk-", "\x1b[1;1H\x1b[0m-\x1b[0m\x1b[1;12H\x1b[0m-\x1b[0m"),
    ],
)
def test_changes_near_to_each_other_are_sent_in_one_go(after, sent):
    picture = ScreenBuffer()
    picture.draw(0, 0, [(character, "", "") for character in "abcdefghijkl"])
    assert picture.draw(0, 0, [(character, "", "") for character in after]) == sent


@pytest.mark.parametrize("name", ["सुनीता", "⚡️ team", "🏳️‍🌈 team", "יעל שפ", "พิมพ์ชนก"])
@pytest.mark.parametrize("cells", [1, 2])
def test_a_terminal_that_counts_other_cells_keeps_what_follows_in_its_place(monkeypatch, name, cells):
    usual = pyte.screens.wcwidth
    monkeypatch.setattr(pyte.screens, "wcwidth", lambda c: cells if c in name and c > "z" else usual(c))
    emulator, picture = Emulator(), ScreenBuffer()
    for text in ("abcdefghijk", name):
        line = Strip([Segment(text)]).adjust_cell_length(WIDTH - 1)
        update = LayoutUpdate([[line, Strip([Segment("|")])]] * HEIGHT, Region(0, 0, WIDTH, HEIGHT))
        emulator.take(DiffUpdate(picture, update).render_segments(CONSOLE))
    for row in emulator.screen.display:
        assert row.endswith("|")
        assert not set(row) & set("bcdfghijk")


def test_what_is_plain_takes_a_cell_and_is_doubted_by_no_terminal():
    plain = [character for character in map(chr, range(sys.maxunicode + 1)) if is_plain(character)]
    assert [each for each in plain if _is_doubtful(each) or cell_len(each) != 1 or wcwidth(each) != 1] == []
    assert len(plain) > 1000
