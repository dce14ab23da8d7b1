"""The diff renderer leaves the terminal as if everything had been sent."""

from __future__ import annotations

import sys
from dataclasses import dataclass

import pyte
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.color import ColorSystem
from rich.console import Console
from rich.segment import Segment
from rich.style import Style
from textual._compositor import ChopsUpdate, LayoutUpdate
from textual.geometry import Region
from textual.strip import Strip
from wcwidth import wcwidth

from groupstui.terminal.diff_renderer import DiffUpdate, ScreenBuffer, _cells, _is_ambiguous, is_plain

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
    """A terminal, and the number of bytes it was sent."""

    sent: int = 0

    def __post_init__(self) -> None:
        self.screen = pyte.Screen(WIDTH, HEIGHT)
        self.stream = pyte.Stream(self.screen)
        self.stream.feed("\x1b[?7l")  # as Textual does: full lines do not wrap

    def take(self, text: str) -> None:
        self.sent += len(text)
        self.stream.feed(text)

    @property
    def shown(self) -> list[list[object]]:
        """Every cell, without the color of invisible characters."""
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
def test_layout_updates_leave_the_last_screen(updates):
    emulator, buffer = Emulator(), ScreenBuffer()
    for update in updates:
        emulator.take(DiffUpdate(buffer, update).render_segments(CONSOLE))
        assert emulator.shown == shown_whole(update)


@given(layouts, strips, st.integers(0, HEIGHT - 1), st.integers(0, WIDTH - 1), st.integers(1, WIDTH))
def test_partial_update_is_drawn_in_its_place(update, strip, y, first, last):
    emulator, buffer = Emulator(), ScreenBuffer()
    emulator.take(DiffUpdate(buffer, update).render_segments(CONSOLE))
    chops = [{0: None} if line != y else {0: strip} for line in range(HEIGHT)]
    part = ChopsUpdate(chops, [(y, min(first, last - 1), last)], [[WIDTH]] * HEIGHT)
    emulator.take(DiffUpdate(buffer, part).render_segments(CONSOLE))

    whole = Emulator()
    whole.take(update.render_segments(CONSOLE))
    whole.take(part.render_segments(CONSOLE))
    assert emulator.shown == whole.shown


@given(layouts)
def test_unchanged_screen_sends_nothing(update):
    buffer = ScreenBuffer()
    DiffUpdate(buffer, update).render_segments(CONSOLE)
    assert DiffUpdate(buffer, update).render_segments(CONSOLE) == ""


@pytest.mark.parametrize(
    "lose", [ScreenBuffer.invalidate, lambda buffer: buffer.resize(Region(0, 0, 9, 9).size)]
)
def test_invalidated_screen_is_sent_again(lose):
    buffer = ScreenBuffer()
    update = LayoutUpdate([[Strip([Segment("a" * WIDTH)])]] * HEIGHT, Region(0, 0, WIDTH, HEIGHT))
    first = DiffUpdate(buffer, update).render_segments(CONSOLE)
    lose(buffer)
    assert DiffUpdate(buffer, update).render_segments(CONSOLE) == first


@pytest.mark.parametrize(
    ("after", "sent"),
    [
        ("abXdYfghijkl", "\x1b[1;3HXdY"),
        ("-bcdefghijk-", "\x1b[1;1H-\x1b[1;12H-"),
    ],
)
def test_close_changes_are_sent_as_one_run(after, sent):
    buffer = ScreenBuffer()
    buffer.draw(0, 0, [(character, "", "") for character in "abcdefghijkl"])
    assert buffer.draw(0, 0, [(character, "", "") for character in after]) == sent


@pytest.mark.parametrize("name", ["सुनीता", "⚡️ team", "🏳️‍🌈 team", "יעל שפ", "พิมพ์ชนก"])
@pytest.mark.parametrize("cells", [1, 2])
def test_other_character_widths_move_no_following_cells(monkeypatch, name, cells):
    usual = pyte.screens.wcwidth
    monkeypatch.setattr(pyte.screens, "wcwidth", lambda c: cells if c in name and c > "z" else usual(c))
    emulator, buffer = Emulator(), ScreenBuffer()
    for text in ("abcdefghijk", name):
        line = Strip([Segment(text)]).adjust_cell_length(WIDTH - 1)
        update = LayoutUpdate([[line, Strip([Segment("|")])]] * HEIGHT, Region(0, 0, WIDTH, HEIGHT))
        emulator.take(DiffUpdate(buffer, update).render_segments(CONSOLE))
    for row in emulator.screen.display:
        assert row.endswith("|")
        assert not set(row) & set("bcdfghijk")


def test_plain_characters_are_one_cell_wide_everywhere():
    plain = [character for character in map(chr, range(sys.maxunicode + 1)) if is_plain(character)]
    assert [each for each in plain if _is_ambiguous(each) or cell_len(each) != 1 or wcwidth(each) != 1] == []
    assert len(plain) > 1000


class OtherUpdate(LayoutUpdate):
    """An update of another version of Textual, with other attributes."""

    def __init__(self, **attributes: object) -> None:
        self.__dict__ |= attributes

    def render_segments(self, console: Console) -> str:
        return "drawn by Textual"


@pytest.mark.parametrize(
    "attributes",
    [{}, {"region": None, "strips": []}, {"region": Region(0, 0, WIDTH, HEIGHT), "strips": [["text"]]}],
)
def test_update_with_other_attributes_is_drawn_by_textual(attributes):
    buffer = ScreenBuffer()
    known = LayoutUpdate([[Strip([Segment("a" * WIDTH)])]] * HEIGHT, Region(0, 0, WIDTH, HEIGHT))
    whole = DiffUpdate(buffer, known).render_segments(CONSOLE)
    assert DiffUpdate(buffer, OtherUpdate(**attributes)).render_segments(CONSOLE) == "drawn by Textual"
    assert DiffUpdate(buffer, known).render_segments(CONSOLE) == whole


EMOJI = [
    "⚙️ Operations",
    "☁️x",
    "❤️",
    "👩‍💻 Dev",
    "👩‍👩‍👧‍👦",
    "e\u0301",
    "品⚠️品",
    "\ufe0f",
    "a\u200d",
    "🇩🇪",
    "1️⃣ one",
]


@pytest.mark.parametrize("text", EMOJI)
def test_characters_take_as_many_cells_as_rich_counts(text):
    cells = _cells([Segment(text)], ColorSystem.TRUECOLOR)
    assert len(cells) == max(cell_len(text), 1)
    assert "".join(text for text, *_ in cells) == text


@given(st.text(st.sampled_from("ab品⚙☁👩💻\ufe0f\u200d\u0301 ש"), max_size=12))
def test_any_text_takes_as_many_cells_as_rich_counts(text):
    assert len(_cells([Segment(f"x{text}")], ColorSystem.TRUECOLOR)) == cell_len(f"x{text}")


def test_of_a_style_only_what_differs_is_sent():
    def cells(*styled):
        segments = [Segment(text, Style.parse(style)) for text, style in styled]
        return _cells(segments, ColorSystem.STANDARD)

    buffer = ScreenBuffer()
    given = cells(
        ("a", "red on blue"), (" ", "green on blue"), ("b", "bold red on blue"), ("c", "red on blue")
    )
    assert buffer.draw(0, 0, given) == "\x1b[1;1H\x1b[0;31;44ma \x1b[1mb\x1b[22mc"
    assert buffer.draw(0, 1, cells(("d", "red on black"))) == "\x1b[2;1H\x1b[40md"
    assert buffer.end_style() == "\x1b[0m"
    assert buffer.end_style() == ""


def test_left_half_is_drawn_again_after_its_right_half_was_overwritten():
    buffer = ScreenBuffer()
    buffer.draw(0, 0, _cells([Segment("a品b")], ColorSystem.TRUECOLOR))
    buffer.draw(2, 0, _cells([Segment("x")], ColorSystem.TRUECOLOR))
    cells = _cells([Segment("a x")], ColorSystem.TRUECOLOR)
    assert buffer.draw(0, 0, cells) == "\x1b[1;2H "


def test_all_that_follows_an_ambiguous_character_is_cleared_first():
    cells = _cells([Segment("⚙️ ab")], ColorSystem.TRUECOLOR)
    assert "\x1b[5X⚙️" in ScreenBuffer().draw(0, 0, cells)
