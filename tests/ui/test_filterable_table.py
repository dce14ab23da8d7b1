"""A table with a filter: what a search function returns, inline or in a thread."""

from __future__ import annotations

import threading

import pytest
from textual.app import App, ComposeResult

from groupstui.widgets import table
from groupstui.widgets.filter_input import FilterInput
from groupstui.widgets.table import Column, FilterableTable, Table

from ..support.pilot import browser_app, cursor, drawn, press, settled, until

NAMES = ("bear", "ant", "bee", "antelope", "elephant")

COLUMNS = (Column("name", "Name", str, match="words"),)


class FilterApp(App[None]):
    """A filterable table whose matches are sorted by length."""

    AUTO_FOCUS = "Table"

    def __init__(self) -> None:
        super().__init__()
        self.threads: list[threading.Thread] = []
        self.scope_toggled = 0

    def search(self, text: str) -> list[str]:
        self.threads.append(threading.current_thread())
        return sorted((name for name in NAMES if text in name), key=len)

    def compose(self) -> ComposeResult:
        yield FilterableTable(
            Table(COLUMNS, identity=str, sort_column="name"),
            search=self.search,
            search_size=lambda: len(NAMES),
            placeholder="name",
            has_scopes=True,
        )

    def on_mount(self) -> None:
        self.pane.show(NAMES, empty="There is nothing.")

    def on_filter_input_scope_toggled(self, event: FilterInput.ScopeToggled) -> None:
        self.scope_toggled += 1

    @property
    def pane(self) -> FilterableTable[str]:
        return self.query_one(FilterableTable)


@pytest.fixture
async def pilot():
    async with FilterApp().run_test(size=(60, 12)) as pilot:
        await pilot.pause()
        yield pilot


def rows(pilot) -> list[str]:
    return list(pilot.app.query_one(Table).rows)


async def test_matches_are_shown_best_first(pilot):
    assert rows(pilot) == sorted(NAMES)
    await pilot.press("slash")
    await pilot.press(*"ant")
    assert rows(pilot) == ["ant", "antelope", "elephant"]
    assert pilot.app.pane.match_count == 3
    assert cursor(pilot, "Table") == "ant"


async def test_sorting_applies_to_matches(pilot):
    await pilot.press("slash")
    await pilot.press(*"an", "enter", "S")
    assert rows(pilot) == ["elephant", "antelope", "ant"]


async def test_escape_shows_all_rows_and_keeps_the_chosen_one(pilot):
    await pilot.press("down", "down")
    assert cursor(pilot, "Table") == "bear"
    await pilot.press("slash", *"ant", "down", "escape")
    assert rows(pilot) == sorted(NAMES)
    assert cursor(pilot, "Table") == "antelope"
    assert pilot.app.pane.match_count is None


async def test_emptied_filter_restores_the_cursor(pilot):
    await pilot.press("down", "down", "slash", *"ant", "backspace", "backspace", "backspace")
    assert cursor(pilot, "Table") == "bear"


async def test_filter_keeps_the_focus_while_the_cursor_moves(pilot):
    await pilot.press("slash", *"ant", "down", "down", "up")
    assert cursor(pilot, "Table") == "antelope"
    await pilot.press(*"el")
    assert rows(pilot) == ["antelope"]


async def test_matching_letters_are_underlined(pilot):
    await pilot.press("slash", *"ant")
    underlined = [
        segment.text
        for y in range(1, 4)
        for segment in pilot.app.pane.table.render_line(y)
        if segment.style is not None and segment.style.underline
    ]
    assert underlined == ["ant", "ant", "ant"]


async def test_without_a_search_rows_match_by_words_in_their_order(pilot):
    pane = FilterableTable(Table((Column("name", "Name", str, match="words"),), identity=str))
    await pilot.app.mount(pane)
    pane.show(("Ünit tests", "test lab", "QA"), empty="")
    pane.table.focus()
    await pilot.press("slash", *"test")
    assert list(pane.table.rows) == ["Ünit tests", "test lab"]
    await pilot.press("space", *"unit")
    assert list(pane.table.rows) == ["Ünit tests"]
    await pilot.press(*["backspace"] * 4, *"!lab")
    assert list(pane.table.rows) == ["Ünit tests"]


async def test_space_marks_rows(pilot):
    await pilot.press("space", "down", "space")
    assert pilot.app.pane.marked_rows == ["bear", "ant"]
    await pilot.press("up", "space")
    assert pilot.app.pane.marked_rows == ["ant"]


async def test_accepted_filter_keeps_the_cursor_when_cleared(pilot):
    await pilot.press("slash")
    await pilot.press(*"ele", "enter")
    assert pilot.app.focused is pilot.app.pane.table
    assert pilot.app.pane.clear_filter()
    assert cursor(pilot, "Table") == "elephant"


async def test_no_match_is_shown_with_the_text(pilot):
    await pilot.press("slash")
    await pilot.press(*"yak")
    assert "Nothing here matches “yak”. tab searches members, too." in drawn(pilot)


async def test_empty_filter_is_hidden_on_enter(pilot):
    await pilot.press("slash")
    await pilot.press("enter")
    assert not pilot.app.pane.query_one(".filter").display


async def test_tab_toggles_the_scope(pilot):
    await pilot.press("slash")
    await pilot.press("tab")
    assert pilot.app.scope_toggled == 1


async def test_large_search_runs_in_a_thread(pilot, monkeypatch):
    monkeypatch.setattr(table, "MAX_INLINE_NAMES", 1)
    await pilot.press("slash")
    await pilot.press(*"ant")
    await until(pilot, lambda: rows(pilot) == ["ant", "antelope", "elephant"])
    assert threading.main_thread() not in pilot.app.threads


async def test_both_panes_find_ids_by_prefix(demo, clock):
    async with browser_app(demo.url, demo.token, clock).run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        screen = pilot.app.screen
        await press(pilot, "down", "down")
        everyone = [member.id for member in screen.members.table.rows]
        groups = [group.id for group in screen.groups.directory.groups]
        for pane, known in ((screen.groups, groups), (screen.members, everyone)):
            pane.table.focus()
            await press(pilot, "/", "2", "9", "enter")
            with_prefix = sorted(id for id in known if str(id).startswith("29"))
            assert len(with_prefix) > 1
            assert [row.id for row in pane.table.rows][: len(with_prefix)] == with_prefix
            await press(pilot, "escape")
            await press(pilot, "1", "home", "down", "down")


async def test_members_are_found_by_address(demo, clock):
    async with browser_app(demo.url, demo.token, clock).run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        await press(pilot, "2", "/", *"ada.lovelace@", "enter")
        assert [member.label for member in pilot.app.screen.members.table.rows] == ["Ada Lovelace"]
