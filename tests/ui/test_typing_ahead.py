"""Keys that arrive in one packet, as on a slow line, do what they do one by one."""

from __future__ import annotations

import pytest
from textual.events import Key, Paste

from ..support.pilot import browser_app, drawn, settled, until


@pytest.fixture
async def pilot(demo, clock):
    async with browser_app(demo.url, demo.token, clock).run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        yield pilot


def at_once(pilot, *typed: str | Paste) -> None:
    """Hand keys to the app as the terminal's driver does, without waiting for their effect."""
    for event in typed:
        if isinstance(event, str):
            character = event if len(event) == 1 else None
            event = Key({"/": "slash", ":": "colon"}.get(event, event), character)
        pilot.app.post_message(event)


async def test_a_filter_takes_the_letters_that_follow_its_key(pilot):
    at_once(pilot, *"/beta")
    await until(pilot, lambda: "Beta testers" in drawn(pilot) and "Release managers" not in drawn(pilot))


async def test_a_filter_takes_what_is_pasted_behind_its_key(pilot):
    at_once(pilot, "/", Paste("beta"))
    await until(pilot, lambda: "Beta testers" in drawn(pilot) and "Release managers" not in drawn(pilot))


async def test_the_list_takes_what_follows_enter_in_the_filter(pilot):
    at_once(pilot, *"/t", "enter", "down", "down", "escape", "n")
    await until(pilot, lambda: "page 2 of 16" in drawn(pilot))


async def test_a_dialog_takes_the_letters_that_follow_its_key(pilot):
    at_once(pilot, *":ada", "enter")
    await until(pilot, lambda: "Groups of Ada Lovelace" in drawn(pilot))


async def test_keys_behind_a_dialog_go_to_the_screen_below(pilot):
    at_once(pilot, "?", "escape", "n")
    await until(pilot, lambda: "page 2 of 16" in drawn(pilot))
