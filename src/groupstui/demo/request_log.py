"""What was asked of the site, for tests to read."""

from collections.abc import Iterator
from contextlib import contextmanager


class RequestLog:
    """The requests in the order they came, and how many were answered at the same time."""

    def __init__(self) -> None:
        self.requests: list[tuple[str, str]] = []
        """Method and path with query of every request: `("GET", "/api/v1/groups?page=2")`."""
        self.in_flight = 0
        """Requests that are being answered now."""
        self.most_in_flight = 0
        """The highest number of requests that were answered at the same time."""

    @property
    def paths(self) -> list[str]:
        """Path with query of every request."""
        return [path for _, path in self.requests]

    def clear(self) -> None:
        """Forget the past; requests in flight stay counted."""
        self.requests.clear()
        self.most_in_flight = self.in_flight

    @contextmanager
    def entry(self, method: str, path: str) -> Iterator[None]:
        """Note a request, in flight for as long as the block runs."""
        self.requests.append((method, path))
        self.in_flight += 1
        self.most_in_flight = max(self.most_in_flight, self.in_flight)
        try:
            yield
        finally:
            self.in_flight -= 1
