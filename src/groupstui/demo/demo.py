"""Open the demo site of `--demo`: no port, no login, no keyring, no file."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from ..history import History
from ..testmo.instance import Instance
from ..token import Token

if TYPE_CHECKING:
    import httpx

DEMO_INSTANCE = Instance("https://demo.testmo.net")

DEMO_TOKEN = "demo-admin-token"
"""The token of the demo site's admin, Ada Lovelace. It is no secret."""


class Demo:
    """What the program needs of the demo site: instance, token, transport, history."""

    def __init__(self) -> None:
        self.instance = DEMO_INSTANCE
        self.token = Token.parse(DEMO_TOKEN)
        self.history = History(DEMO_INSTANCE.origin, None)
        """In memory; it holds a snapshot of a week ago once the transport is made."""

    @cached_property
    def transport(self) -> httpx.MockTransport:
        """The transport that answers requests. Making it makes the site and its past."""
        # Lazy boundary (httpx): it is needed when the service connects, after the first paint.
        from .transport import make_transport

        return make_transport(self.history, DEMO_TOKEN)

    def prepare(self) -> None:
        """Make the site and its past before the first request, for commands that only read the history."""
        _ = self.transport
