"""Browsing, by key presses, on the demo site over TCP."""

import pytest

from .driving import browser_app, drawn, press, settled


@pytest.fixture
async def pilot(demo, clock):
    """The app, started as with a token in the environment, with its first page on the screen."""
    async with browser_app(demo.url, demo.token, clock).run_test(size=(120, 40), notifications=True) as pilot:
        await settled(pilot)
        yield pilot


async def test_the_first_page_is_there_with_its_position_in_words(pilot) -> None:
    screen = drawn(pilot)
    assert "page 1 of 16 · 1–15 of 230 · 15/page" in screen
    assert "Ada Lovelace" in screen
    assert "as of Mon 14:02:11" in screen


async def test_pages_turn_forward_and_back(pilot) -> None:
    await press(pilot, "n")
    assert "page 2 of 16 · 16–30 of 230" in drawn(pilot)
    await press(pilot, "p")
    assert "page 1 of 16" in drawn(pilot)
