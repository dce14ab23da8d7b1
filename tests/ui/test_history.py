"""Snapshots of earlier runs: shown at once and offline, and compared with the crawl."""

from __future__ import annotations

import csv

import pytest

from groupstui.history import History

from ..support.pilot import browser_app, drawn, press, settled, until

LATER = 3 * 24 * 3600


@pytest.fixture
def history(tmp_path, demo):
    return History(demo.url, tmp_path)


@pytest.fixture
async def known(demo, clock, history) -> None:
    """A run three days ago, and edits since then."""
    async with browser_app(demo.url, demo.token, clock, history=history).run_test() as pilot:
        await settled(pilot)
    demo.site.add_member(1, 30)
    demo.site.add_member(1, 31)
    demo.site.remove_member(1, 4)
    demo.site.rename_group(2, "Release users")
    demo.site.delete_group(
        next(id for id, group in demo.site.groups.items() if group.name == "Former pilots")
    )
    clock.seconds += LATER


def app(demo, clock, history, **more):
    return browser_app(demo.url, demo.token, clock, history=history, **more)


@pytest.mark.usefixtures("known")
async def test_snapshot_is_shown_before_any_response(demo, clock, history):
    demo.faults.always("hang")
    async with app(demo, clock, history).run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: "page 1 of 16 · 1–15 of 230" in drawn(pilot))
        assert "Release managers" in drawn(pilot)
        await until(pilot, lambda: "as of 2026-11-23 14:02" in drawn(pilot))
        await pilot.press("n")
        await until(pilot, lambda: "page 2 of 16" in drawn(pilot))


@pytest.mark.usefixtures("known")
async def test_crawl_replaces_the_snapshot_and_keeps_the_cursor(demo, clock, history):
    async with app(demo, clock, history).run_test(size=(120, 40)) as pilot:
        await pilot.press("down")
        await settled(pilot)
        assert "Release users" in drawn(pilot)
        assert "Release managers" not in drawn(pilot)
        assert "as of Thu 14:02:11" in drawn(pilot)
        assert pilot.app.screen.groups.table.current.id == 2


@pytest.mark.usefixtures("known")
async def test_snapshot_stays_when_the_site_fails(demo, clock, history):
    demo.faults.always("500")
    async with app(demo, clock, history).run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        assert "Release managers" in drawn(pilot)
        assert "STALE as of 2026-11-23 14:02" in drawn(pilot)
        assert "the instance failed" in drawn(pilot)


@pytest.mark.usefixtures("known")
async def test_offline_sends_nothing(demo, clock, history):
    before = len(demo.log.requests)
    async with app(demo, clock, history, offline=True).run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        await press(pilot, "n", "p", "R")
        assert "Release managers" in drawn(pilot)
        assert "from the snapshot of 2026-11-23 14:02" in drawn(pilot)
        assert "no requests are sent (--offline)" in drawn(pilot)
        await press(pilot, ":", *"ada lovelace".replace(" ", ""), "escape")
    assert len(demo.log.requests) == before


async def test_incomplete_crawl_is_not_saved(demo, clock, history):
    demo.faults.always("wrong-total")
    async with app(demo, clock, history).run_test(size=(120, 40)) as pilot:
        await settled(pilot)
    assert history.snapshots() == []


@pytest.mark.usefixtures("known")
async def test_damaged_history_shows_a_notice(demo, clock, history):
    history.path.write_bytes(b"no database" * 1000)
    async with app(demo, clock, history).run_test(size=(160, 40)) as pilot:
        await settled(pilot)
        assert "the history was damaged" in drawn(pilot)
        assert "Release users" in drawn(pilot)


# Changes


@pytest.fixture
async def pilot(known, demo, clock, history):
    async with app(demo, clock, history).run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        yield pilot


def line(pilot, text: str) -> str:
    return next(line for line in drawn(pilot).splitlines() if text in line)


async def test_changed_groups_have_badges(pilot):
    assert "+2 −1" in line(pilot, "1 QA ")
    assert "± since Mon 11-23" in drawn(pilot)
    assert "+" not in line(pilot, "Release users")


async def test_new_changes_show_a_notice(pilot):
    assert "changes since the last run. d shows them." in drawn(pilot)


async def test_no_badge_without_changes(demo, clock, history):
    async with app(demo, clock, history).run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        assert "since" not in drawn(pilot)


async def test_changes_dialog_lists_kind_group_and_user(pilot):
    await press(pilot, "d")
    assert "Changes in the last 7 days" in drawn(pilot)
    assert "since Mon 2026-11-23 14:02, the start of the history" in drawn(pilot)
    assert "Guido van Rossum" in line(pilot, "+ joined  QA")
    assert "Margaret Hamilton" in line(pilot, "− left    QA")
    assert "was Release managers" in line(pilot, "renamed   Release users")
    assert "deleted   Former pilots" in drawn(pilot)


async def test_enter_opens_the_group_of_a_change(pilot):
    await press(pilot, "down", "down", "d")
    rows = pilot.app.screen.query_one("Table").rows
    index = next(index for index, change in enumerate(rows) if change.group == "QA")
    await press(pilot, *["down"] * index, "enter")
    assert pilot.app.screen.groups.table.current.name == "QA"
    await press(pilot, "backspace")
    assert pilot.app.screen.table.cursor == index
    await press(pilot, "backspace")
    assert pilot.app.screen.groups.table.current.name != "QA"


async def test_u_shows_the_groups_of_the_changed_user(pilot):
    await press(pilot, "d")
    rows = pilot.app.screen.query_one("Table").rows
    index = next(index for index, change in enumerate(rows) if change.user == "Guido van Rossum")
    await press(pilot, *["down"] * index, "u")
    assert "Groups of Guido van Rossum" in drawn(pilot)
    await press(pilot, "escape")
    assert pilot.app.screen.query_one("Table").current.user == "Guido van Rossum"


async def test_w_changes_the_period(pilot):
    await press(pilot, "d", "w")
    assert "in the last 30 days" in drawn(pilot)
    await press(pilot, "w")
    assert "in the whole history" in drawn(pilot)
    await press(pilot, "w")
    assert "in the last 24 hours" in drawn(pilot)


async def test_changes_without_a_history_show_a_notice(demo, clock):
    async with browser_app(demo.url, demo.token, clock).run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        await press(pilot, "d")
        assert "There is no history" in drawn(pilot)


async def test_changes_are_copied_and_exported(pilot, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    await press(pilot, "d")
    rows = pilot.app.screen.query_one("Table").rows
    index = next(index for index, change in enumerate(rows) if change.group == "QA")
    await press(pilot, *["down"] * index, "y")
    assert pilot.app.clipboard == "Guido van Rossum joined QA"
    await press(pilot, "e", "enter")
    with (tmp_path / "changes.csv").open(encoding="utf-8", newline="") as file:
        exported = [(row["change"], row["group"]) for row in csv.DictReader(file)]
    assert exported == [(change.kind.value, change.group) for change in rows]
