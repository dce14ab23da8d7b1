"""The README's pictures show the app as it is, exact to the cell."""

from __future__ import annotations

import io
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import pytest
from rich.cells import cell_len
from rich.console import Console
from terminal_svg import CELL_HEIGHT, CELL_WIDTH, Frame, picture

PICTURES = Path(__file__).parents[2] / "screenshots"
KEPT = sorted(PICTURES.glob("*.svg"))

pictures = pytest.mark.parametrize("path", KEPT, ids=[path.stem for path in KEPT])


def test_screenshots_are_up_to_date(tmp_path):
    make = [sys.executable, str(PICTURES / "make.py"), str(tmp_path)]
    subprocess.run(make, check=True, env={**os.environ, "XDG_CONFIG_HOME": str(tmp_path)})
    drawn = {path.name: path.read_text() for path in tmp_path.glob("*.svg")}
    kept = {path.name: path.read_text() for path in KEPT}
    assert drawn.keys() == kept.keys()
    assert [name for name in kept if drawn[name] != kept[name]] == []


def times(svg: str) -> list[float]:
    """Return when the frames of an animation begin, in percent; 0 for a still picture."""
    return sorted({0.0, *(float(percent) for percent in re.findall(r"([\d.]+)% \{", svg))})


def texts(svg: str, percent: float | None = None) -> Iterator[tuple[int, int, str]]:
    """Yield column, row and text of each run at a time of the animation, or without animation."""
    steps = {
        name: [(float(at), state == "visible") for at, state in re.findall(r"([\d.]+)% \{ \w+: (\w+)", rule)]
        for name, rule in re.findall(r"@keyframes (\S+) (.*)", svg)
    }
    for group in ElementTree.fromstring(svg).findall("*/{*}g"):
        visible = group.get("visibility") != "hidden"
        if percent is not None and "class" in group.attrib:
            visible = [state for at, state in steps[group.attrib["class"]] if at <= percent][-1]
        for text in group.findall("{*}text") if visible else ():
            left, over = divmod(int(text.attrib["x"]), CELL_WIDTH)
            assert over == 0
            assert int(text.attrib["textLength"]) == cell_len(text.text) * CELL_WIDTH
            yield left, int(text.attrib["y"]) // CELL_HEIGHT, text.text


def screen(svg: str, percent: float | None = None) -> dict[tuple[int, int], str]:
    """Return the text that begins at each cell, and "" for its other cells; assert that none overlap."""
    cells: dict[tuple[int, int], str] = {}
    for left, row, text in texts(svg, percent):
        for column in range(left, left + cell_len(text)):
            assert (column, row) not in cells
            cells[column, row] = text if column == left else ""
    return cells


@pictures
def test_texts_fill_whole_cells_and_do_not_overlap(path):
    svg = path.read_text()
    assert screen(svg)
    for percent in times(svg):
        assert screen(svg, percent)


@pictures
def test_pictures_load_nothing(path):
    svg = re.sub(r">[^<>]*</text>", "/>", path.read_text())
    assert re.findall(r"\w+://[^\"]*", svg) == ["http://www.w3.org/2000/svg"]
    assert not re.search(r"@import|@font-face|url\(|<image|<script|href", svg)


def test_animation_is_small_and_begins_with_the_browser():
    path = PICTURES / "session.svg"
    svg = path.read_text()
    assert path.stat().st_size < 400_000
    assert screen(svg) == screen(svg, 0)
    assert "Release managers" in screen(svg).values()


NAMES = ["QA", "品質保証チーム", "Launch 🚀 crew", "Zoe\N{COMBINING DIAERESIS} 王芳", "ทดสอบ ที่", "👩‍🚀"]


def rich_screen(*lines: str) -> str:
    console = Console(record=True, file=io.StringIO(), width=40, force_terminal=True)
    for line in lines:
        console.print(line, markup=False, emoji=False, highlight=False, style="on black")
    return console.export_svg()


@pytest.mark.parametrize("name", NAMES)
def test_column_after_wide_or_combined_letters(name):
    cells = screen(picture((40, 1), [Frame(rich_screen(f"{name}   after"), "")]))
    assert cells[cell_len(name) + 3, 0] == "after"
    assert "".join(cells.values()).replace(" ", "") == f"{name}after".replace(" ", "")


def test_frames_show_what_they_have_in_common_and_of_their_own():
    screens = [("one", "same"), ("two", "same"), ("one", "other"), ("two", "same")]
    seconds = (1, 2, 1, 4)
    frames = [
        Frame(rich_screen(*lines), "title", length) for lines, length in zip(screens, seconds, strict=True)
    ]
    svg = picture((40, 2), frames)
    assert times(svg) == [0, 12.5, 37.5, 50]
    for percent, frame in zip((0, 12.5, 37.5, 50, 99), [*frames, frames[-1]], strict=True):
        assert screen(svg, percent) == screen(picture((40, 2), [frame]))
    assert svg.count(">same<") == 1
