"""The table alone: rows of any number, by keys and by the mouse."""

from __future__ import annotations

import pytest
from textual import events
from textual.app import App, ComposeResult

from groupstui.widgets.table import Column, Table

from ..support.pilot import cursor, drawn

COLUMNS = (
    Column("id", "ID", str, order=lambda number: number, align="right", width=9),
    Column("name", "Name", lambda number: f"row {number}", least=4),
    Column("extra", "PaletteCommand", lambda number: "x" * 8, width=8, priority=1),
)


class TableApp(App[None]):
    """A table and what it says."""

    def __init__(self, rows):
        super().__init__()
        self.rows = rows
        self.selected = []
        self.highlighted = []

    def compose(self) -> ComposeResult:
        yield Table(COLUMNS, identity=lambda number: number, empty="There is nothing.")

    def on_mount(self) -> None:
        self.query_one(Table).show(self.rows)

    def on_table_selected(self, event: Table.Selected[int]) -> None:
        self.selected.append(event.row)

    def on_table_highlighted(self, event: Table.Highlighted[int]) -> None:
        self.highlighted.append(event.row)


class Counted:
    """Rows that are made when they are looked at, and a record of which were."""

    def __init__(self, size: int):
        self.size = size
        self.seen: set[int] = set()

    def __len__(self) -> int:
        return self.size

    def __getitem__(self, index: int) -> int:
        if not -self.size <= index < self.size:
            raise IndexError(index)
        self.seen.add(index)
        return index


@pytest.fixture
def running():
    return lambda rows, size=(40, 12): TableApp(rows).run_test(size=size)


def table(pilot) -> Table[int]:
    return pilot.app.query_one(Table)


async def test_only_the_rows_in_view_are_looked_at(running):
    rows = Counted(1_000_000)
    async with running(rows) as pilot:
        await pilot.press("end", "up", "pageup")
        assert cursor(pilot, "Table").startswith("999988")
        assert len(rows.seen) < 100


async def test_the_cursor_stays_in_view_whatever_is_pressed(running):
    async with running(range(100)) as pilot:
        for key in (
            "down",
            "down",
            "pagedown",
            "pagedown",
            "up",
            "end",
            "pageup",
            "home",
            "k",
            "j",
            "G",
            "g",
        ):
            await pilot.press(key)
            shown = table(pilot)
            assert shown.top <= shown.cursor < shown.top + shown.view
            assert cursor(pilot, "Table").startswith(f"{shown.cursor} row {shown.cursor}")


async def test_a_window_of_any_size_shows_the_cursor(running):
    async with running(range(100)) as pilot:
        await pilot.press("end")
        for size in ((40, 5), (10, 3), (1, 1), (200, 60), (40, 12)):
            await pilot.resize_terminal(*size)
            await pilot.pause()
        assert cursor(pilot, "Table").startswith("99 row 99")
        assert table(pilot).top == 100 - table(pilot).view


async def test_columns_give_way_by_their_priority(running):
    async with running(range(3)) as pilot:
        assert "PaletteCommand" in drawn(pilot)
        await pilot.resize_terminal(22, 12)
        await pilot.pause()
        assert "PaletteCommand" not in drawn(pilot)
        assert "row 2" in drawn(pilot)


async def test_a_click_moves_the_cursor_and_a_second_one_chooses(running):
    async with running(range(5)) as pilot:
        await pilot.click(Table, offset=(5, 4))
        assert table(pilot).cursor == 3
        assert pilot.app.selected == []
        await pilot.click(Table, offset=(5, 4), times=2)
        assert pilot.app.selected == [3]


async def test_a_click_below_the_rows_does_nothing(running):
    async with running(range(2)) as pilot:
        await pilot.click(Table, offset=(5, 9))
        assert table(pilot).cursor == 0


async def test_a_click_on_a_header_sorts_and_another_turns_round(running):
    async with running([2, 10, 1]) as pilot:
        await pilot.click(Table, offset=(9, 0))
        assert list(table(pilot).rows) == [1, 2, 10]
        assert "ID▲" in drawn(pilot)
        await pilot.click(Table, offset=(9, 0))
        assert list(table(pilot).rows) == [10, 2, 1]
        assert "ID▼" in drawn(pilot)
        await pilot.click(Table, offset=(14, 0))
        assert list(table(pilot).rows) == [1, 10, 2]


async def test_the_wheel_moves_the_view(running):
    async with running(range(100)) as pilot:
        await pilot._post_mouse_events([events.MouseScrollDown], Table, offset=(5, 5), button=0)
        assert table(pilot).top == 3
        await pilot._post_mouse_events([events.MouseScrollUp], Table, offset=(5, 5), button=0)
        assert table(pilot).top == 0


async def test_the_scrollbar_is_dragged(running):
    async with running(range(100)) as pilot:
        await pilot.mouse_down(Table, offset=(39, 1))
        await pilot.hover(Table, offset=(39, 11))
        await pilot.mouse_up(Table, offset=(39, 11))
        assert table(pilot).top == 100 - table(pilot).view
        await pilot.hover(Table, offset=(39, 1))
        assert table(pilot).top == 100 - table(pilot).view


async def test_every_row_that_comes_under_the_cursor_is_told_once(running):
    async with running(range(3)) as pilot:
        await pilot.press("down", "up", "up", "end")
        assert pilot.app.highlighted == [0, 1, 0, 2]


async def test_other_rows_leave_the_cursor_on_its_row(running):
    async with running([5, 6, 7]) as pilot:
        await pilot.press("down")
        table(pilot).show([9, 8, 7, 6])
        await pilot.pause()
        assert cursor(pilot, "Table").startswith("6 ")
        table(pilot).show([9])
        await pilot.pause()
        assert cursor(pilot, "Table").startswith("9 ")
        table(pilot).show([6, 9], keep=False)
        await pilot.pause()
        assert cursor(pilot, "Table").startswith("6 ")


async def test_no_rows_are_told_and_take_every_key(running):
    async with running([]) as pilot:
        assert "There is nothing." in drawn(pilot)
        await pilot.press("down", "up", "pagedown", "end", "home", "enter", "s", "S")
        assert pilot.app.selected == []
        assert table(pilot).current is None
