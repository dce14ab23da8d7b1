"""The site as it was last read is there at once, and offline; what changed is shown."""

import pytest

from groupstui.history import History

from .driving import browser_app, drawn, press, settled, until

LATER = 3 * 24 * 3600


@pytest.fixture
def history(tmp_path, demo):
    return History(demo.url, tmp_path)


@pytest.fixture
async def known(demo, clock, history) -> None:
    """A run three days ago, and edits since."""
    async with browser_app(demo.url, demo.token, clock, history=history).run_test() as pilot:
        await settled(pilot)
    demo.site.add_member(1, 30)
    demo.site.add_member(1, 31)
    demo.site.remove_member(1, 4)
    demo.site.rename_group(2, "Release people")
    demo.site.delete_group(10)
    clock.seconds += LATER


def app(demo, clock, history, **more):
    return browser_app(demo.url, demo.token, clock, history=history, **more)


@pytest.mark.usefixtures("known")
async def test_the_last_reading_is_there_before_any_answer(demo, clock, history):
    demo.faults.always("hang")
    async with app(demo, clock, history).run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: "page 1 of 16 · 1–15 of 230" in drawn(pilot))
        assert "Release managers" in drawn(pilot)
        await until(pilot, lambda: "as of 2026-11-23 14:02" in drawn(pilot))
        await pilot.press("n")
        await until(pilot, lambda: "page 2 of 16" in drawn(pilot))


@pytest.mark.usefixtures("known")
async def test_the_fresh_reading_takes_its_place_and_the_cursor_stays(demo, clock, history):
    async with app(demo, clock, history).run_test(size=(120, 40)) as pilot:
        await pilot.press("down")
        await settled(pilot)
        assert "Release people" in drawn(pilot)
        assert "Release managers" not in drawn(pilot)
        assert "as of Thu 14:02:11" in drawn(pilot)
        assert pilot.app.screen.groups.table.current.id == 2


@pytest.mark.usefixtures("known")
async def test_a_site_that_can_t_be_reached_leaves_the_last_reading_and_says_so(demo, clock, history):
    demo.faults.always("500")
    async with app(demo, clock, history).run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        assert "Release managers" in drawn(pilot)
        assert "STALE as of 2026-11-23 14:02" in drawn(pilot)
        assert "The site is in trouble" in drawn(pilot)


@pytest.mark.usefixtures("known")
async def test_offline_asks_nothing(demo, clock, history):
    before = len(demo.log.requests)
    async with app(demo, clock, history, offline=True).run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        await press(pilot, "n", "p", "R")
        assert "Release managers" in drawn(pilot)
        assert "from the history as of 2026-11-23 14:02" in drawn(pilot)
        assert "the site is not asked" in drawn(pilot)
        await press(pilot, ":", *"ada lovelace".replace(" ", ""), "escape")
    assert len(demo.log.requests) == before


async def test_an_incomplete_reading_is_not_kept(demo, clock, history):
    demo.faults.always("wrong-total")
    async with app(demo, clock, history).run_test(size=(120, 40)) as pilot:
        await settled(pilot)
    assert history.snapshots() == []


@pytest.mark.usefixtures("known")
async def test_a_damaged_history_is_told(demo, clock, history):
    history.path.write_bytes(b"no database" * 1000)
    async with app(demo, clock, history).run_test(size=(160, 40)) as pilot:
        await settled(pilot)
        assert "The history was damaged" in drawn(pilot)
        assert "Release people" in drawn(pilot)
