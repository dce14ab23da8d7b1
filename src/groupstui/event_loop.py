"""Run coroutines and threads so that nothing delays the end of the program."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Coroutine
from concurrent.futures import Future, ThreadPoolExecutor
from time import monotonic
from typing import Any, ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")

FINISH_S = 0.3
"""Seconds that the end of the program waits for threads: enough to finish writing a file."""


def run(main: Coroutine[Any, Any, R]) -> R:
    """Run a coroutine with a new event loop, and return its result.

    Unlike `asyncio.run`, this leaves ctrl+c to Python: it interrupts the main thread at once, also while that
    waits for a typed line. And it does not wait for a thread that hangs, such as one that resolves a name.
    """
    with asyncio.Runner() as runner:
        loop = runner.get_loop()
        loop.set_default_executor(DaemonExecutor())
        return loop.run_until_complete(main)


class DaemonExecutor(ThreadPoolExecutor):
    """Runs each call in a daemon thread of its own; Python does not wait for these when it exits."""

    def __init__(self, name: str = "worker") -> None:
        super().__init__(thread_name_prefix=name)
        self._name = name
        self._running: list[threading.Thread] = []

    def submit(self, call: Callable[P, R], /, *args: P.args, **kwargs: P.kwargs) -> Future[R]:
        """Start a call, and return its future result."""
        future: Future[R] = Future()

        def work() -> None:
            if not future.set_running_or_notify_cancel():
                return
            try:
                result = call(*args, **kwargs)
            except BaseException as error:
                future.set_exception(error)
            else:
                future.set_result(result)

        thread = threading.Thread(target=work, name=self._name, daemon=True)
        self._running = [each for each in self._running if each.is_alive()] + [thread]
        thread.start()
        return future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Wait for calls in progress, but no longer than `FINISH_S`."""
        self.finish(FINISH_S if wait else 0.0)

    def finish(self, limit: float) -> None:
        """Wait for calls in progress, at most this number of seconds."""
        end = monotonic() + limit
        for thread in self._running:
            thread.join(max(0.0, end - monotonic()))
