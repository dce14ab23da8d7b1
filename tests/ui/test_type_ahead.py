"""Keys that arrive in one packet, as on a slow connection, work as if typed one by one."""

from __future__ import annotations

import pytest
from textual.events import Key, Paste

from groupstui.terminal.type_ahead import MAX_REPEATS

from ..support.pilot import browser_app, drawn, settled, until


@pytest.fixture
async def pilot(demo, clock):
    async with browser_app(demo.url, demo.token, clock).run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        yield pilot


def send(pilot, *typed: str | Paste) -> None:
    """Send keys to the app as a driver does, without waiting for their effect."""
    for event in typed:
        if isinstance(event, str):
            character = event if len(event) == 1 else None
            event = Key({"/": "slash", ":": "colon"}.get(event, event), character)
        pilot.app.post_message(event)


async def test_filter_receives_letters_typed_ahead(pilot):
    send(pilot, *"/beta")
    await until(pilot, lambda: "Beta testers" in drawn(pilot) and "Release managers" not in drawn(pilot))


@pytest.mark.parametrize("before", [["down"] * 2_000, [*"/" + "ab" * 1_000], [*"?u:jn" * 400]], ids=str)
async def test_ctrl_q_does_not_wait_for_keys_typed_ahead(pilot, before):
    send(pilot, *before, "ctrl+q")
    await until(pilot, lambda: pilot.app.return_code is not None or not pilot.app.is_running)
    assert len(pilot.app._pending) == 0


async def test_key_that_is_held_down_does_not_delay_the_next_one(pilot):
    send(pilot, "/", *"x" * 2_000, "y")
    await until(pilot, lambda: getattr(pilot.app.focused, "value", "").endswith("y"))
    assert len(pilot.app.focused.value) <= MAX_REPEATS + 3


async def test_different_keys_typed_ahead_are_all_kept(pilot):
    text = "release managers of all " * 10
    send(pilot, "/", *text)
    await until(pilot, lambda: not pilot.app._pending and text[-20:-1] in drawn(pilot))


async def test_filter_receives_a_paste_after_its_key(pilot):
    send(pilot, "/", Paste("beta"))
    await until(pilot, lambda: "Beta testers" in drawn(pilot) and "Release managers" not in drawn(pilot))


async def test_list_receives_keys_after_enter_in_the_filter(pilot):
    send(pilot, *"/t", "enter", "down", "down", "escape", "n")
    await until(pilot, lambda: "page 2 of 16" in drawn(pilot))


async def test_dialog_receives_letters_typed_ahead(pilot):
    send(pilot, *":ada", "enter")
    await until(pilot, lambda: "Groups of Ada Lovelace" in drawn(pilot))


async def test_screen_receives_keys_after_a_dialog_is_closed(pilot):
    send(pilot, "?", "escape", "n")
    await until(pilot, lambda: "page 2 of 16" in drawn(pilot))
