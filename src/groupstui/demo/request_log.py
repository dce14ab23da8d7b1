"""What was asked of the site, for tests to read."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event


class RequestLog:
    """The requests in the order they came, and how many were answered at the same time."""

    def __init__(self) -> None:
        self.requests: list[tuple[str, str]] = []
        """Method and path with query of every request: `("GET", "/api/v1/groups?page=2")`."""
        self.in_flight = 0
        """Requests that are being answered now."""
        self.most_in_flight = 0
        """The highest number of requests that were answered at the same time."""
        self._calls: dict[int, Callable[[], object]] = {}
        self._some = Event()

    def call_after(self, count: int, call: Callable[[], object]) -> None:
        """Call something when so many requests more have come in, before the last of them is answered."""
        self._calls[len(self.requests) + count] = call

    def wait_for_request(self, seconds: float = 30) -> None:
        """Wait until a request is being answered; from another thread than the server's.

        Raises:
            TimeoutError: If none comes.
        """
        if not self._some.wait(seconds):
            raise TimeoutError(f"no request within {seconds:g} s")

    @property
    def paths(self) -> list[str]:
        """Path with query of every request."""
        return [path for _, path in self.requests]

    def clear(self) -> None:
        """Forget the past; requests in flight stay counted."""
        self.requests.clear()
        self._some.clear()
        self.most_in_flight = self.in_flight

    @contextmanager
    def entry(self, method: str, path: str) -> Iterator[None]:
        """Note a request, in flight for as long as the block runs."""
        self.requests.append((method, path))
        self._calls.pop(len(self.requests), lambda: None)()
        self._some.set()
        self.in_flight += 1
        self.most_in_flight = max(self.most_in_flight, self.in_flight)
        try:
            yield
        finally:
            self.in_flight -= 1
