"""The demo site and its past, behind a transport of httpx."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import httpx

from ..directory.builder import crawled_directory
from ..directory.directory import Directory
from ..directory.models import Group
from ..history import History
from .handler import ADMIN_ID, DemoHandler
from .last_week import week_ago
from .seed import make_site
from .site import Site


def make_transport(history: History, token: str) -> httpx.MockTransport:
    """Make the demo site and return its transport; save a snapshot of a week ago in the history."""
    site = make_site()
    history.save(_crawled(week_ago(site), as_of=datetime.now(UTC) - timedelta(days=7, minutes=1)))
    return httpx.MockTransport(DemoHandler(site, {token: ADMIN_ID}))


def _crawled(site: Site, as_of: datetime) -> Directory:
    groups = [
        Group(
            group.id,
            group.name,
            tuple(dict.fromkeys(group.members)),  # once, as a crawl has them
            created_at=_time(group.created_at),
            created_by=group.created_by,
            updated_at=_time(group.updated_at),
            updated_by=group.updated_by,
        )
        for group in site.groups.values()
    ]
    names = {user.id: user.name for user in site.users.values()}
    return crawled_directory(groups, names, as_of=as_of, users_complete=True)


def _time(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text).astimezone(UTC)
