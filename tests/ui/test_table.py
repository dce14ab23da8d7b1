"""The table alone: any number of rows, by keys and by mouse."""

from __future__ import annotations

import pytest
from textual import events
from textual.app import App, ComposeResult

from groupstui.widgets.key_footer import KeyFooter
from groupstui.widgets.table import Column, Table

from ..support.pilot import cursor, drawn

COLUMNS = (
    Column("id", "ID", str, sort_key=lambda number: number, align="right", width=9),
    Column("name", "Name", lambda number: f"row {number}", min_width=4),
    Column("extra", "Priority", lambda number: "x" * 8, width=8, priority=1),
)


class TableApp(App[None]):
    """A table, and a record of the messages it posts."""

    def __init__(self, rows):
        super().__init__()
        self.rows = rows
        self.selected = []
        self.highlighted = []

    def compose(self) -> ComposeResult:
        yield Table(COLUMNS, identity=lambda number: number)

    def on_mount(self) -> None:
        table = self.query_one(Table)
        table.empty = "There is nothing."
        table.show(self.rows)

    def on_table_selected(self, event: Table.Selected[int]) -> None:
        self.selected.append(event.row)

    def on_table_highlighted(self, event: Table.Highlighted[int]) -> None:
        self.highlighted.append(event.row)


class LazyRows:
    """Rows that are created when they are read, and a record of those."""

    def __init__(self, size: int):
        self.size = size
        self.read: set[int] = set()

    def __len__(self) -> int:
        return self.size

    def __getitem__(self, index: int) -> int:
        if not -self.size <= index < self.size:
            raise IndexError(index)
        self.read.add(index)
        return index


@pytest.fixture
def running():
    return lambda rows, size=(40, 12): TableApp(rows).run_test(size=size)


def table(pilot) -> Table[int]:
    return pilot.app.query_one(Table)


def top(pilot) -> int:
    """Return the index of the first row in view."""
    return table(pilot).scroll_offset.y


def height(pilot) -> int:
    """Return the number of rows that fit."""
    return table(pilot).size.height - 1


async def test_only_rows_in_view_are_read(running):
    rows = LazyRows(1_000_000)
    async with running(rows) as pilot:
        await pilot.press("end", "up", "pageup")
        assert cursor(pilot, "Table").startswith("999988")
        assert len(rows.read) < 100


async def test_cursor_stays_in_view(running):
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
            assert top(pilot) <= shown.cursor < top(pilot) + height(pilot)
            assert cursor(pilot, "Table").startswith(f"{shown.cursor} row {shown.cursor}")


async def test_cursor_stays_in_view_when_the_window_is_resized(running):
    async with running(range(100)) as pilot:
        await pilot.press("end")
        for size in ((40, 5), (10, 3), (1, 1), (200, 60), (40, 12)):
            await pilot.resize_terminal(*size)
            await pilot.pause()
        assert cursor(pilot, "Table").startswith("99 row 99")
        assert top(pilot) == 100 - height(pilot)


async def test_columns_are_left_out_by_priority(running):
    async with running(range(3)) as pilot:
        assert "Priority" in drawn(pilot)
        await pilot.resize_terminal(22, 12)
        await pilot.pause()
        assert "Priority" not in drawn(pilot)
        assert "row 2" in drawn(pilot)


async def test_columns_make_room_for_the_scrollbar(running):
    async with running(range(3)) as pilot:
        for count, shown, end in ((3, False, "xxxxxxxx"), (100, True, "xxxxxxxx "), (3, False, "xxxxxxxx")):
            table(pilot).show(range(count))
            await pilot.pause()
            assert table(pilot).show_vertical_scrollbar is shown
            assert drawn(pilot).splitlines()[2].endswith(end)


async def test_click_moves_and_double_click_selects(running):
    async with running(range(5)) as pilot:
        await pilot.click(Table, offset=(5, 4))
        assert table(pilot).cursor == 3
        assert pilot.app.selected == []
        await pilot.click(Table, offset=(5, 4), times=2)
        assert pilot.app.selected == [3]


async def test_click_below_the_rows_is_ignored(running):
    async with running(range(2)) as pilot:
        await pilot.click(Table, offset=(5, 9))
        assert table(pilot).cursor == 0


async def test_click_on_a_header_sorts_and_reverses(running):
    async with running([2, 10, 1]) as pilot:
        await pilot.click(Table, offset=(9, 0))
        assert list(table(pilot).rows) == [1, 2, 10]
        assert "▲ID" in drawn(pilot)
        await pilot.click(Table, offset=(9, 0))
        assert list(table(pilot).rows) == [10, 2, 1]
        assert "▼ID" in drawn(pilot)
        await pilot.click(Table, offset=(14, 0))
        assert list(table(pilot).rows) == [1, 2, 10]  # not "row 10" before "row 2"


async def test_another_order_moves_the_cursor_to_the_first_row(running):
    async with running(range(100)) as pilot:
        for sort in (
            lambda: pilot.press("s"),
            lambda: pilot.press("S"),
            lambda: pilot.click(Table, offset=(14, 0)),
        ):
            await pilot.press("end")
            await sort()
            await pilot.pause()
            assert (table(pilot).cursor, top(pilot)) == (0, 0)


async def test_a_table_that_cannot_be_sorted_offers_no_order():
    class FixedApp(App[None]):
        def compose(self) -> ComposeResult:
            yield Table(COLUMNS, identity=lambda number: number, sortable=False)
            yield KeyFooter()

    async with FixedApp().run_test(size=(60, 12)) as pilot:
        table(pilot).show([2, 10, 1])
        await pilot.pause()
        assert "open" in drawn(pilot, "KeyFooter")
        assert "sort" not in drawn(pilot, "KeyFooter")
        await pilot.press("s", "S")
        await pilot.click(Table, offset=(9, 0))
        assert list(table(pilot).rows) == [2, 10, 1]


async def test_ranked_rows_keep_their_order_until_sorted(running):
    async with running([2, 10, 1]) as pilot:
        table(pilot).sort_column = "id"
        table(pilot).show([2, 10, 1], ranked=True)
        await pilot.pause()
        assert list(table(pilot).rows) == [2, 10, 1]
        assert "▲" not in drawn(pilot)
        table(pilot).show([2, 10, 1])
        assert list(table(pilot).rows) == [1, 2, 10]
        table(pilot).show([2, 10, 1], ranked=True)
        await pilot.press("s")
        assert list(table(pilot).rows) == [1, 2, 10]
        table(pilot).show([10, 2], ranked=True)
        assert list(table(pilot).rows) == [2, 10]


async def test_wheel_scrolls_and_takes_the_cursor_along(running):
    async with running(range(100)) as pilot:
        for _ in range(3):
            await pilot._post_mouse_events([events.MouseScrollDown], Table, offset=(5, 5), button=0)
        assert top(pilot) == table(pilot).cursor > 3
        for _ in range(3):
            await pilot._post_mouse_events([events.MouseScrollUp], Table, offset=(5, 5), button=0)
        assert top(pilot) == 0


async def test_scrollbar_can_be_dragged(running):
    async with running(range(100)) as pilot:
        await pilot.mouse_down(table(pilot).vertical_scrollbar, offset=(0, 0))
        await pilot.hover(Table, offset=(39, 11))
        await pilot.mouse_up(Table, offset=(39, 11))
        assert top(pilot) == 100 - height(pilot)
        assert table(pilot).cursor == top(pilot)
        await pilot.hover(Table, offset=(39, 1))
        assert top(pilot) == 100 - height(pilot)


async def test_each_highlighted_row_is_posted_once(running):
    async with running(range(3)) as pilot:
        await pilot.press("down", "up", "up", "end")
        assert pilot.app.highlighted == [0, 1, 0, 2]


async def test_cursor_stays_on_its_row_when_rows_are_replaced(running):
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


async def test_empty_table_shows_its_text_and_ignores_keys(running):
    async with running([]) as pilot:
        assert "There is nothing." in drawn(pilot)
        await pilot.press("down", "up", "pagedown", "end", "home", "enter", "s", "S")
        assert pilot.app.selected == []
        assert table(pilot).current is None
