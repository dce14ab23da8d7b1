"""The timeline of a group or user."""

from __future__ import annotations

import pytest

from ..support.pilot import browser_app, drawn, press, settled, type_text

DAY = 24 * 3600


@pytest.fixture
async def known(demo, clock, earlier_run) -> None:
    """A run three days ago, and edits since then."""
    demo.site.add_member(1, 30)
    demo.site.remove_member(1, 4)
    demo.site.rename_group(1, "Quality")
    demo.site.delete_group(
        next(id for id, group in demo.site.groups.items() if id > 2 and 2 in group.members)
    )
    clock.seconds += 3 * DAY


def app(demo, clock, history):
    return browser_app(demo.url, demo.token, clock, history=history)


SIZES = [(80, 24), (120, 40)]


@pytest.mark.usefixtures("known")
@pytest.mark.parametrize("size", SIZES)
async def test_timeline_of_a_group(demo, clock, history, size):
    async with app(demo, clock, history).run_test(size=size) as pilot:
        await settled(pilot)
        await press(pilot, "H")
        screen = drawn(pilot)
        assert "Timeline of Quality · #1" in screen
        assert " members now, " in screen
        assert "was QA" in screen
        assert "+ joined" in screen
        assert any("− left" in line and "Margaret Hamilton" in line for line in screen.splitlines())
        assert "3 changes since 2026-11-23 14:02, the start of the history" in screen
        await press(pilot, "escape")
        assert "Timeline" not in drawn(pilot)


async def test_names_are_whole_in_a_narrow_timeline(demo, clock, history, earlier_run):
    longer = "Quality assurance of all releases"
    for name in (longer, "Quality"):
        clock.seconds += DAY
        demo.site.rename_group(1, name)
        async with app(demo, clock, history).run_test(size=(60, 20)) as pilot:
            await settled(pilot)
            await press(pilot, "H")
            screen = drawn(pilot)
    assert "Timeline of Quality · #1" in screen
    assert f"was {longer[:20]}" in screen
    assert "was QA" in screen


async def test_group_without_a_name_is_shown_by_its_id(demo, clock, history, earlier_run):
    clock.seconds += DAY
    demo.site.rename_group(1, "")
    demo.site.add_member(1, 30)
    async with app(demo, clock, history).run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        assert "1 #1 " in drawn(pilot, "#list")
        await press(pilot, "colon")
        await type_text(pilot, "#1")
        assert "#1" in drawn(pilot, "Table")
        await press(pilot, "escape", "2", "/")
        await type_text(pilot, "guido")
        await press(pilot, "enter", "H")
        assert "+ joined   #1" in drawn(pilot, "Table")


@pytest.mark.usefixtures("known")
async def test_enter_opens_the_user_and_then_the_way_leads_back(demo, clock, history):
    async with app(demo, clock, history).run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        await press(pilot, "H", "down", "enter")
        assert "Groups of " in drawn(pilot)
        await press(pilot, "H")
        assert "Timeline of " in drawn(pilot)
        await press(pilot, "escape", "escape")
        assert "Timeline of Quality · #1" in drawn(pilot)


@pytest.mark.usefixtures("known")
async def test_timeline_of_a_member(demo, clock, history):
    async with app(demo, clock, history).run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        await press(pilot, "enter", "slash")
        await type_text(pilot, "grace hopper")
        await press(pilot, "enter", "H")
        assert "groups now, in " in drawn(pilot)
        assert "Timeline of Grace Hopper · #2" in drawn(pilot)
        assert "− left" in drawn(pilot)
        await press(pilot, "enter")
        assert "That group no longer exists" in drawn(pilot)


@pytest.mark.usefixtures("known")
@pytest.mark.parametrize("key", ["d", "a"])
async def test_timeline_opens_from_other_dialogs(demo, clock, history, key):
    async with app(demo, clock, history).run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        await press(pilot, key, "H")
        assert "This line is about no group or user" in drawn(pilot)
        await press(pilot, *(["enter"] if key == "a" else []), "down", "H")
        assert "Timeline of " in drawn(pilot)


@pytest.mark.usefixtures("known")
async def test_palette_opens_the_timeline(demo, clock, history):
    async with app(demo, clock, history).run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        await press(pilot, "colon")
        await type_text(pilot, "timeline")
        await press(pilot, "enter")
        assert "Timeline of Quality · #1" in drawn(pilot)


@pytest.mark.usefixtures("known")
async def test_timeline_can_be_exported(demo, clock, history, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    async with app(demo, clock, history).run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        await press(pilot, "H", "e", "enter")
        (file,) = tmp_path.glob("*quality-timeline*.csv")
        assert file.read_text("utf-8").startswith("seen,change,user,group,before,group_id,user_id\n")


async def test_without_history_a_notice_says_why(demo, clock):
    async with browser_app(demo.url, demo.token, clock).run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        await press(pilot, "H")
        assert "There is no history" in drawn(pilot)
