"""Audit: checks that unfold, findings that are opened, accepted and compared with the last audit."""

from __future__ import annotations

import asyncio
import csv
import json
import sqlite3
import threading
from contextlib import closing

import pytest

from groupstui.demo.seed import make_site
from groupstui.history import History

from ..support.pilot import browser_app, drawn, press, settled, type_text, words
from ..support.site_app import TOKEN, SiteApp
from ..support.site_server import SiteServer

IDENTICAL = "Identical groups"
LAST_ACTIVE = "Last active member"

MAX_THREADS = 64
"""More threads than asyncio starts, so that a new one has to wait."""


@pytest.fixture
def history(tmp_path, demo):
    return History(demo.url, tmp_path / "history")


@pytest.fixture
def audit(demo, clock, history):
    """Return the app on the demo site, with a history."""

    def app(size=(80, 24)):
        return browser_app(demo.url, demo.token, clock, history=history).run_test(size=size)

    return app


@pytest.fixture
async def pilot(audit):
    async with audit() as pilot:
        await settled(pilot)
        yield pilot


SCROLLBAR = str.maketrans(dict.fromkeys("▁▂▃▄▅▆▇█", " "))


def rows(pilot) -> list[str]:
    """Return the lines of the list, without the cursor."""
    return [row.replace("▸", "").strip() for row in lines(pilot)]


def cursor(pilot) -> str:
    """Return the line under the cursor."""
    (row,) = (row for row in lines(pilot) if row.startswith("▸"))
    return row.replace("▸", "").strip()


def lines(pilot) -> list[str]:
    drawn_lines = drawn(pilot, "Table").translate(SCROLLBAR).splitlines()[1:]
    return [" ".join(line.split()) for line in drawn_lines if line.strip()]


async def unfold(pilot, title: str) -> None:
    """Move to a check from the first row, and unfold it."""
    await press(
        pilot, "home", *["down"] * next(i for i, row in enumerate(rows(pilot)) if title in row), "enter"
    )
    assert f"▾ {title}" in cursor(pilot)


async def move_to(pilot, text: str) -> None:
    """Move down to a row that contains a text."""
    for _ in range(1_000):
        if text in cursor(pilot):
            return
        await pilot.press("down")
        await pilot.pause()
    raise AssertionError(text)


# Checks


async def test_checks_are_listed_by_severity(pilot):
    await press(pilot, "a")
    listed = rows(pilot)
    severities = [row.split()[0] for row in listed if "no findings" not in row]
    assert severities == sorted(severities, key=["high", "medium", "low"].index)
    assert listed[0].startswith("high ▹ Inactive users in groups ")
    assert [row for row in listed if "no findings" in row] == listed[len(severities) :]
    assert "open findings in 230 groups" in drawn(pilot)
    assert "A deactivated user gets all access back when reactivated." in words(pilot)


async def test_checks_unfold_and_fold_in_place(pilot):
    await press(pilot, "a")
    before = rows(pilot)
    await unfold(pilot, LAST_ACTIVE)
    count = int(cursor(pilot).split()[-1])
    after = rows(pilot)
    place = next(place for place, row in enumerate(after) if LAST_ACTIVE in row)
    assert all(" is the only active user in " in row for row in after[place + 1 : place + 1 + count])
    await press(pilot, "down")
    assert "Last active member: When the last active member leaves" in words(pilot)
    await press(pilot, "up", "l")
    assert rows(pilot) == before


@pytest.mark.parametrize("key", ["h", "left"])
async def test_going_back_folds_first(pilot, key):
    await press(pilot, "a")
    before = rows(pilot)
    await unfold(pilot, LAST_ACTIVE)
    await press(pilot, "down", "down", key)
    assert f"▹ {LAST_ACTIVE}" in cursor(pilot)
    assert rows(pilot) == before
    await press(pilot, "enter", key)
    assert rows(pilot) == before
    await press(pilot, key)
    assert pilot.app.screen.query("#list")


async def test_n_and_p_make_a_check_the_first_line(pilot):
    await press(pilot, "a", "enter", "n", "enter")
    await press(pilot, *["pageup"] * 10, *["down"] * 30, "n")
    assert "Members without two-factor" in cursor(pilot)
    assert rows(pilot)[0] == cursor(pilot)
    await press(pilot, *["down"] * 30, "p", "p")
    assert "Inactive users in groups" in cursor(pilot)
    assert rows(pilot)[0] == cursor(pilot)


async def test_n_passes_over_checks_without_findings(pilot):
    await press(pilot, "a", *["n"] * 20)
    assert "no findings" not in cursor(pilot)


async def test_unfolding_brings_findings_into_view(pilot):
    await press(pilot, "a")
    await unfold(pilot, "Groups with one member")
    assert rows(pilot)[0] == cursor(pilot)
    assert sum("has one member" in row for row in rows(pilot)) > 8


async def test_skipped_check_shows_the_reason(clock):
    with SiteServer(SiteApp(make_site(), token=TOKEN, users_status=403)) as server:
        async with browser_app(server.url, TOKEN, clock).run_test(size=(120, 40)) as pilot:
            await settled(pilot)
            await press(pilot, "a")
            reason = "not checked, because user details (/users) are unavailable"
            assert f"Inactive users in groups {reason}" in rows(pilot)
            assert "not checked" not in rows(pilot)[0]


async def test_audit_in_progress_is_shown(pilot):
    release = threading.Event()
    waiting = [asyncio.get_running_loop().run_in_executor(None, release.wait) for _ in range(MAX_THREADS)]
    await pilot.press("a")
    await pilot.pause()
    assert "Auditing 230 groups…" in drawn(pilot)
    release.set()
    await asyncio.gather(*waiting)
    await settled(pilot)
    assert "Inactive users in groups" in drawn(pilot)


# The filter


async def test_filter_shows_the_findings_of_all_checks(pilot):
    await press(pilot, "a", "/")
    await type_text(pilot, "kay is")
    listed = rows(pilot)
    assert listed[0].startswith("high ▾ Inactive users in groups 1 of ")
    assert listed[1].startswith("Alan Kay is inactive")
    findings = [row for row in listed if "▾" not in row]
    assert all("Kay is" in row for row in findings)
    assert f"{len(findings)} shown" in drawn(pilot)
    assert cursor(pilot) == listed[1]
    await press(pilot, "up", "escape")
    assert "▾" not in drawn(pilot, "Table")


async def test_filter_finds_checks_by_title_and_state(pilot):
    await press(pilot, "a", "/")
    await type_text(pilot, "last active")
    assert len(rows(pilot)) > 1
    assert all(LAST_ACTIVE in row or "is the only active user" in row for row in rows(pilot))


async def test_found_finding_stays_under_the_cursor_without_the_filter(pilot):
    await press(pilot, "a", "/")
    await type_text(pilot, "kay is")
    found = cursor(pilot)
    await press(pilot, "escape")
    assert cursor(pilot) == found
    assert "Inactive users in groups" in "".join(row for row in rows(pilot) if "▾" in row)
    assert len(rows(pilot)) > 12


# Opening


async def test_finding_about_a_user_of_one_group_puts_the_cursor_on_the_user(pilot):
    await press(pilot, "a")
    await unfold(pilot, LAST_ACTIVE)
    await press(pilot, "down")
    user, _, group = pilot.app.screen.table.current.finding.text.partition(" is the only active user in ")
    await press(pilot, "enter")
    assert pilot.app.screen.groups.table.current.name == group
    assert pilot.app.screen.member.label == user


async def test_coming_back_restores_folding_position_and_visits(pilot):
    await press(pilot, "a")
    await unfold(pilot, "Groups with one member")
    await press(pilot, "down", "down")
    before = rows(pilot)
    here = cursor(pilot)
    await press(pilot, "enter", "left")
    assert cursor(pilot) == f"· {here}"
    assert [row.removeprefix("· ") for row in rows(pilot)] == before
    await press(pilot, "escape", "a")
    await unfold(pilot, "Groups with one member")
    assert [row for row in rows(pilot) if row.startswith("·")] == [f"· {here}"]


async def test_groups_of_marked_findings_are_compared(pilot):
    await press(pilot, "a")
    await unfold(pilot, "Groups with one member")
    await press(pilot, "down", "c")
    assert "The findings are about fewer than two groups. space marks more." in words(pilot, ".dialog")
    await press(pilot, "space", "space", "c")
    assert "Comparison of 2 groups" in drawn(pilot)
    await press(pilot, "escape")
    assert "2 marked" in drawn(pilot)


async def test_finding_about_a_user_of_many_groups_shows_these(pilot):
    await press(pilot, "a", "enter", "down")
    name = pilot.app.screen.table.current.finding.text.partition(" is inactive")[0]
    await press(pilot, "u")
    assert f"Groups of {name}" in drawn(pilot)
    await press(pilot, "escape", "enter")
    assert f"Groups of {name}" in drawn(pilot)
    await press(pilot, "left")
    assert name in cursor(pilot)


async def test_identical_groups_are_compared(demo, audit):
    twins = [demo.site.add_group("Twin A").id, demo.site.add_group("Twin B").id]
    for user in (1, 2, 3):
        for group in twins:
            demo.site.add_member(group, user)
    async with audit() as pilot:
        await settled(pilot)
        await press(pilot, "a")
        await unfold(pilot, IDENTICAL)
        await move_to(pilot, "Twin A and Twin B have the same 3 members")
        await press(pilot, "enter")
        assert "Comparison of 2 groups" in drawn(pilot)
        assert "Twin A" in words(pilot)
        assert "3 users, 3 of them in every group" in drawn(pilot)
        await press(pilot, "escape")
        assert "Twin A and Twin B" in cursor(pilot)


# Acceptance


async def accept(pilot, reason: str) -> None:
    await press(pilot, "A")
    await type_text(pilot, reason)
    await press(pilot, "enter")


async def test_accepted_findings_are_shown_last_and_not_counted(pilot, history):
    await press(pilot, "a")
    await unfold(pilot, "Groups with one member")
    count = int(cursor(pilot).split()[-1])
    await press(pilot, "down")
    first, second = cursor(pilot), rows(pilot)[rows(pilot).index(cursor(pilot)) + 1]
    await accept(pilot, "on purpose")
    assert cursor(pilot) == second, "the next finding is under the cursor"
    assert f"▾ Groups with one member {count - 1} open, 1 accepted" in words(pilot, "Table")
    await press(pilot, *["down"] * (count - 1))
    assert cursor(pilot).startswith(f"accepted {first}")
    assert "accepted 2026-11-23: on purpose" in words(pilot)
    assert "1 accepted" in drawn(pilot).splitlines()[-1]
    assert [acceptance.reason for acceptance in history.acceptances().values()] == ["on purpose"]


async def test_audit_of_the_past_shows_what_was_accepted_then(pilot, history, clock):
    clock.seconds += 3600
    await press(pilot, "a")
    await unfold(pilot, "Groups with one member")
    await press(pilot, "down")
    await accept(pilot, "on purpose")
    clock.seconds += 3600
    for when, count in (("#1", 0), ("10m", 1)):
        await press(pilot, "escape", "colon")
        await type_text(pilot, f"at {when}")
        await press(pilot, "enter", "a")
        assert ("1 accepted" in words(pilot, "Table")) is bool(count)
        await unfold(pilot, "Groups with one member")
        await press(pilot, "down")
        assert "accept" not in words(pilot, "AuditDialog KeyFooter")
        await press(pilot, "A")
        assert "Findings of the past cannot be accepted" in words(pilot)
    assert len(history.acceptances()) == 1


async def test_a_reason_is_required(pilot, history):
    await press(pilot, "a")
    await unfold(pilot, LAST_ACTIVE)
    await press(pilot, "down", "A", "space", "enter")
    assert "Type a reason." in drawn(pilot)
    await press(pilot, "escape")
    assert not history.acceptances()
    assert "is the only active user in" in cursor(pilot)


async def test_acceptance_is_kept_until_withdrawn(audit, history):
    async with audit() as pilot:
        await settled(pilot)
        await press(pilot, "a")
        await unfold(pilot, "Empty groups")
        await press(pilot, "down")
        await accept(pilot, "for 2027")
    async with audit() as pilot:
        await settled(pilot)
        await press(pilot, "a")
        await unfold(pilot, "Empty groups")
        assert "0 open, 1 accepted" in cursor(pilot)
        await press(pilot, "down", "A")
        assert "for 2027" not in words(pilot, "Table")
        assert "Open again: “Contractors 2027 has no members”" in words(pilot)
    assert not history.acceptances()


async def test_marked_findings_are_accepted_together(pilot, history):
    await press(pilot, "a")
    await unfold(pilot, LAST_ACTIVE)
    count = int(cursor(pilot).split()[-1])
    await press(pilot, "space")
    assert f"{count} marked" in drawn(pilot)
    assert all(row.startswith("*") for row in rows(pilot) if "is the only active user in" in row)
    await accept(pilot, "all fine")
    assert len(history.acceptances()) == count > 1
    assert "marked" not in drawn(pilot)


async def test_accept_needs_a_finding(pilot):
    await press(pilot, "a", "A")
    assert "No finding is chosen. enter unfolds a check; space marks its findings." in words(pilot)


async def test_changed_finding_is_open_again(demo, audit):
    group = demo.site.add_group("Lone")
    demo.site.add_member(group.id, 1)
    async with audit() as pilot:
        await settled(pilot)
        await press(pilot, "a", "/")
        await type_text(pilot, "lone has one")
        await press(pilot, "enter")
        await accept(pilot, "fine")
    demo.site.rename_group(group.id, "Alone")
    async with audit() as pilot:
        await settled(pilot)
        await press(pilot, "a", "/")
        await type_text(pilot, "alone has one")
        assert "accepted" in rows(pilot)[1]
    demo.site.remove_member(group.id, 1)
    demo.site.add_member(group.id, 2)
    async with audit() as pilot:
        await settled(pilot)
        await press(pilot, "a", "/")
        await type_text(pilot, "alone has one")
        assert "accepted" not in rows(pilot)[1]


async def test_unwritable_history_is_reported(pilot, history):
    await press(pilot, "a")
    await unfold(pilot, "Empty groups")
    await press(pilot, "down")
    with closing(sqlite3.connect(history.path, isolation_level=None)) as other_program:
        other_program.execute("BEGIN IMMEDIATE")
        await accept(pilot, "fine")
    assert "for this run only: no history: " in words(pilot)
    assert "accepted 2026-11-23: fine" in words(pilot)


# New findings


async def test_new_findings_are_marked_and_can_be_shown_alone(demo, audit):
    async with audit() as pilot:
        await settled(pilot)
        await press(pilot, "a")
        assert "new" not in words(pilot, "Table")
    demo.site.add_group("Just made")
    async with audit() as pilot:
        await settled(pilot)
        await press(pilot, "a")
        assert "Empty groups 2 open, 1 new" in words(pilot, "Table")
        assert "1 new" in drawn(pilot).splitlines()[-1]
        await press(pilot, "f", "f")
        assert rows(pilot) == ["low ▹ Empty groups 1 of 2"]
        await press(pilot, "home", "enter", "down")
        assert cursor(pilot) == "new Just made has no members"
        await press(pilot, "f")
        assert "Inactive users" in words(pilot, "Table")
    async with audit() as pilot:
        await settled(pilot)
        await press(pilot, "a")
        assert "1 new" not in words(pilot)


async def test_f_hides_accepted_findings(pilot):
    await press(pilot, "a")
    await unfold(pilot, "Empty groups")
    await press(pilot, "down")
    await accept(pilot, "fine")
    await press(pilot, "f")
    assert "Empty groups" not in words(pilot, "Table")
    assert "only open · " in drawn(pilot)


async def test_f_says_if_there_are_no_such_findings(pilot):
    await press(pilot, "a", "f")
    assert "only open · " in drawn(pilot)
    await press(pilot, "f")
    assert "There are no new findings. f shows all." in drawn(pilot)
    assert "only new: 0 of " in drawn(pilot)
    await press(pilot, "f")
    assert len(rows(pilot)) > 1
    assert "only new" not in drawn(pilot)


# Copy and export


async def test_findings_are_copied_and_exported(pilot, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    await press(pilot, "a")
    await unfold(pilot, "Empty groups")
    await press(pilot, "down", "y")
    assert pilot.app.clipboard == "Contractors 2027 has no members"
    await press(pilot, "space", "e", "enter")
    (file,) = tmp_path.glob("*.csv")
    with file.open(encoding="utf-8", newline="") as exported:
        assert [row["finding"] for row in csv.DictReader(exported)] == ["Contractors 2027 has no members"]


async def test_findings_of_folded_checks_are_exported(pilot, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    await press(pilot, "a", "e", *["backspace"] * 40)
    await type_text(pilot, "all.json")
    await press(pilot, "enter")
    found = json.loads((tmp_path / "all.json").read_text(encoding="utf-8"))
    assert len(found["findings"]) == sum(check["findings"] for check in found["checks"]) > 100
