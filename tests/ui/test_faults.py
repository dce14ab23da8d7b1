"""Whatever a site responds, the app keeps running, shows a remedy, and keeps the data."""

from __future__ import annotations

import pytest

from groupstui.testmo.rate_limit import Clock

from ..support.error_cases import ERROR_CASES, HARMLESS, INCOMPLETE, REPAIRED, TIMEOUT, TIMEOUTS
from ..support.faults import KINDS
from ..support.pilot import browser_app, cursor, press, settled, type_text, until, words

error_cases = pytest.mark.parametrize("case", ERROR_CASES, ids=lambda case: case.kind)


REFUSED = "The refused token is from TESTMO_TOKEN. Press i to sign in again."

PRESS = {"401": REFUSED, "403": f"This token is that of Ada Lovelace. {REFUSED}"}
"""The end of the message, if another try would not help."""


def app(demo, clock, case=None):
    """Return the app, with a short timeout if no response comes."""
    timeout = TIMEOUT if case is not None and case.kind in TIMEOUTS else 20
    return browser_app(demo.url, demo.token, clock, timeout).run_test(size=(160, 40), notifications=True)


def saw(record_property, case, pilot) -> None:
    """Add what the user sees to the summary of the tests."""
    record_property("saw", ("app", case.kind, words(pilot, "NoticeBar")))


def test_every_fault_is_covered():
    listed = {case.kind for case in ERROR_CASES}.union(HARMLESS, REPAIRED, INCOMPLETE)
    assert listed == set(KINDS)


@error_cases
async def test_fault_at_the_start(demo, clock, case, record_property):
    demo.faults.always(case.kind)
    async with app(demo, clock, case) as pilot:
        await settled(pilot)
        saw(record_property, case, pilot)
        assert case.message.lower() in words(pilot).lower()
        assert f"{case.hint} {REFUSED if case.kind in PRESS else 'Press r to try again.'}" in words(pilot)

        demo.faults.clear()
        await press(pilot, "r")
        assert "page 1 of 16 · 1–15 of 230" in words(pilot)
        assert case.message.lower() not in words(pilot).lower()


@error_cases
async def test_fault_on_refresh_keeps_the_data(demo, clock, case):
    async with app(demo, clock, case) as pilot:
        await settled(pilot)
        before = words(pilot)
        demo.site.rename_group(2, "Renamed meanwhile")
        demo.faults.always(case.kind)
        await press(pilot, "r")
        assert case.message.lower() in words(pilot).lower()
        assert f"{case.hint} {PRESS.get(case.kind, 'Press r to try again.')}" in words(pilot)
        assert "STALE as of Mon 14:02:11" in words(pilot)
        await press(pilot, "n", "p")  # known pages are stale, too
        assert "STALE as of Mon 14:02:11" in words(pilot)
        assert case.message.lower() in words(pilot).lower()
        for text in ("Release managers", "Grace Hopper", "page 1 of 16 · 1–15 of 230"):
            assert text in before
            assert text in words(pilot)

        demo.faults.clear()
        clock.seconds = 3600
        await press(pilot, "r")
        assert "Renamed meanwhile" in words(pilot)
        assert "as of Mon 15:02:11" in words(pilot)
        assert "STALE" not in words(pilot)
        assert case.message.lower() not in words(pilot).lower()


@pytest.mark.parametrize("kind", HARMLESS + REPAIRED + INCOMPLETE)
async def test_odd_answers_are_shown(demo, clock, kind):
    demo.faults.always(kind)
    async with app(demo, clock) as pilot:
        await settled(pilot)
        assert "Release managers" in words(pilot)
        assert "Barbara Liskov" in words(pilot)
        await press(pilot, "n", "p", "/", *"release", "escape", "tab", "u", "escape")
        assert "Release managers" in words(pilot)


async def test_repeated_members_are_shown_once(demo, clock):
    demo.faults.always("repeats")
    async with app(demo, clock) as pilot:
        await settled(pilot)
        assert words(pilot).count("Barbara Liskov") == 1
        assert words(pilot).count("#9999999") == 1


async def test_incomplete_crawl_shows_a_notice(demo, clock):
    demo.faults.always("wrong-total")
    async with app(demo, clock) as pilot:
        await settled(pilot)
        assert "Some groups may be missing" in words(pilot)
        await press(pilot, "tab", "u", "escape")
        assert "Some groups may be missing" in words(pilot)


async def test_connection_refused(clock):
    async with browser_app("http://127.0.0.1:1", "t0ken", clock).run_test(size=(160, 40)) as pilot:
        await settled(pilot)
        assert "cannot connect to 127.0.0.1:1" in words(pilot)
        assert "Check the network, then try again." in words(pilot)


async def test_unknown_host(clock):
    async with browser_app("https://no-such-host.invalid", "t0ken", clock).run_test(size=(160, 40)) as pilot:
        await settled(pilot)
        assert "the host name no-such-host.invalid cannot be resolved" in words(pilot)
        assert "Check the address of the instance, and the network." in words(pilot)


async def test_429_is_shown_and_can_be_stopped(demo):
    async with browser_app(demo.url, demo.token, Clock()).run_test(size=(160, 40)) as pilot:
        await settled(pilot)
        demo.faults.retry_after = 500
        demo.faults.always("429")
        await pilot.press("r")
        await until(pilot, lambda: "Rate limited by the instance (429); retrying at" in words(pilot))
        assert "Release managers" in words(pilot)
        await press(pilot, "x")
        assert "Stopped. Press r to try again." in words(pilot)
        assert "Release managers" in words(pilot)


async def test_new_token_after_401_keeps_the_place(demo, clock):
    async with app(demo, clock) as pilot:
        await settled(pilot)
        await press(pilot, "n", "down", "down")
        before = cursor(pilot, "#list")
        demo.faults.always("401")
        await press(pilot, "r")
        assert f"Sign in again with a new token. {REFUSED}" in words(pilot)

        demo.faults.clear()
        await press(pilot, "i")
        assert "Sign in to Testmo" in words(pilot)
        await type_text(pilot, demo.token)
        await press(pilot, "enter")
        assert "page 2 of 16" in words(pilot)
        assert cursor(pilot, "#list") == before


@pytest.mark.parametrize("answers", [[], ["422"]], ids=["404", "422"])
async def test_refresh_of_a_deleted_group(demo, clock, answers):
    async with app(demo, clock) as pilot:
        await settled(pilot)
        demo.site.delete_group(1)
        demo.faults.next(*answers)
        await press(pilot, "enter", "r")
        assert "Group #1 does not exist. Press R to reload all groups." in words(pilot)
        assert "Release managers" in words(pilot)
        await press(pilot, "h", "R")
        assert "1–15 of 229" in words(pilot)
