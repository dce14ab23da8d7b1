"""An embedded site that speaks Testmo's API, with seeded data and faults on request.

`make_site` makes the data, `create_app` answers for it, and `Faults` spoils the answers. The app runs in the
same process through `httpx.ASGITransport`, or over TCP with `groupstui.demo.server.DemoServer`, which is
imported on its own because it alone needs uvicorn.
"""

from __future__ import annotations

from .asgi import create_app
from .faults import KINDS, Faults
from .last_week import week_ago
from .request_log import RequestLog
from .seed import make_site
from .site import Group, Site, User

DEMO_TOKEN = "demo-admin-token"
"""The token of the demo site's admin, Ada Lovelace."""

DEMO_MEMBER_TOKEN = "demo-member-token"
"""A valid token of someone who is not an admin, Grace Hopper: it may ask who it is, and nothing else."""

__all__ = [
    "DEMO_MEMBER_TOKEN",
    "DEMO_TOKEN",
    "KINDS",
    "Faults",
    "Group",
    "RequestLog",
    "Site",
    "User",
    "create_app",
    "make_site",
    "week_ago",
]
