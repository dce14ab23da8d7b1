"""Cancel a coroutine wherever it waits."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

END_S = 10.0
"""Seconds within which a cancelled coroutine must end."""


async def cancel_everywhere(start: Callable[[], Coroutine[Any, Any, object]]) -> int:
    """Run a coroutine again and again, and cancel it one turn of the event loop later each time.

    Fail if a cancellation is lost: if the coroutine goes on, or ends as if it had not been cancelled.

    Returns:
        The turns that the coroutine takes if it is not cancelled.
    """
    turns = 0
    while True:
        task = asyncio.create_task(start())
        for _ in range(turns):
            await asyncio.sleep(0)
        if not task.cancel():
            await task
            return turns
        await asyncio.wait((task,), timeout=END_S)
        assert task.cancelled(), f"a cancellation after {turns} turns was lost: {task}"
        turns += 1
