"""Open the demo site of `--demo`: no port, no login, no keyring, no file."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import cached_property

import httpx

from ..directory.builder import crawled_directory
from ..directory.directory import Directory
from ..directory.models import Group
from ..history import History
from ..testmo.instance import Instance
from ..token import Token
from .handler import DemoHandler
from .last_week import week_ago
from .seed import make_site
from .site import Site

DEMO_INSTANCE = Instance("https://demo.testmo.net")

DEMO_TOKEN = "demo-admin-token"
"""The token of the demo site's admin, Ada Lovelace. It is no secret."""


class Demo:
    """What the program needs of the demo site: instance, token, transport, history.

    The site and its past are made with the first request, so that the first screen does not wait for them.
    """

    def __init__(self) -> None:
        self.instance = DEMO_INSTANCE
        self.token = Token.parse(DEMO_TOKEN)
        self.transport = httpx.MockTransport(lambda request: self._handler(request))
        self.history = History(DEMO_INSTANCE.origin, None)
        """In memory; it holds a snapshot of a week ago once the site is made."""

    def prepare(self) -> None:
        """Make the site and its past before the first request, for commands that only read the history."""
        _ = self._handler

    @cached_property
    def _handler(self) -> DemoHandler:
        site = make_site()
        self.history.save(_snapshot(week_ago(site), datetime.now(UTC) - timedelta(days=7, minutes=1)))
        return DemoHandler(site, token=DEMO_TOKEN)


def open_demo() -> Demo:
    """Return a new demo site."""
    return Demo()


def _snapshot(site: Site, as_of: datetime) -> Directory:
    """Return what a complete crawl of the site finds."""
    groups = [Group(group.id, group.name, group.members) for group in site.groups.values()]
    return crawled_directory(groups, {user.id: user.name for user in site.users.values()}, as_of=as_of)
