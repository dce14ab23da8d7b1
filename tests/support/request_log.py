"""The requests that a site received, for tests."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event


class RequestLog:
    """Requests in the order of arrival, and how many were in flight at once."""

    def __init__(self) -> None:
        self.requests: list[tuple[str, str]] = []
        """Method and path with query of every request: `("GET", "/api/v1/groups?page=2")`."""
        self.in_flight = 0
        """Requests without a response yet."""
        self.most_in_flight = 0
        """The highest value of `in_flight`."""
        self._callbacks: dict[int, Callable[[], object]] = {}
        self._received = Event()

    def call_after(self, count: int, callback: Callable[[], object]) -> None:
        """Call back when `count` more requests have arrived, before the last of them is answered."""
        self._callbacks[len(self.requests) + count] = callback

    def wait_for_request(self, seconds: float = 30) -> None:
        """Wait for a request, in another thread than the server's.

        Raises:
            TimeoutError: If none arrives.
        """
        if not self._received.wait(seconds):
            raise TimeoutError(f"no request within {seconds:g} s")

    @property
    def paths(self) -> list[str]:
        """Path with query of every request."""
        return [path for _, path in self.requests]

    def clear(self) -> None:
        """Forget all requests; those in flight stay counted."""
        self.requests.clear()
        self._received.clear()
        self.most_in_flight = self.in_flight

    @contextmanager
    def entry(self, method: str, path: str) -> Iterator[None]:
        """Record a request that is in flight within the block."""
        self.requests.append((method, path))
        self._callbacks.pop(len(self.requests), lambda: None)()
        self._received.set()
        self.in_flight += 1
        self.most_in_flight = max(self.most_in_flight, self.in_flight)
        try:
            yield
        finally:
            self.in_flight -= 1
