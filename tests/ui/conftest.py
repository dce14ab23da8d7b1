from __future__ import annotations

import pytest

from groupstui.history import History

from ..support.pilot import browser_app, settled


@pytest.fixture
def history(tmp_path, demo) -> History:
    """The history of the demo site, which is empty at first."""
    return History(demo.url, tmp_path)


@pytest.fixture
async def earlier_run(demo, clock, history) -> None:
    """A run of the app that has saved a snapshot."""
    async with browser_app(demo.url, demo.token, clock, history=history).run_test() as pilot:
        await settled(pilot)
