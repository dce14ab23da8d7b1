"""groupstui: browse and look up the members of Testmo user groups.

The library's front door::

    async with GroupsService("acme", token) as service:
        group = await service.group(1)
"""

from __future__ import annotations

from . import early_interrupt  # noqa: F401  # before everything else
from .directory.directory import Directory
from .directory.models import Group, GroupDetail, GroupPage, User, UserProfile
from .errors import (
    AmbiguousMatch,
    Forbidden,
    GroupstuiError,
    InvalidInstance,
    InvalidResponse,
    InvalidToken,
    MatchError,
    NoMatch,
    NotFound,
    Offline,
    RateLimited,
    TestmoError,
    Unauthorized,
    Unreachable,
    WrongAddress,
)
from .service.service import CrawlProgress, GroupsService
from .testmo.http_options import HttpOptions
from .testmo.instance import Instance
from .token import Token
from .version import __version__

__all__ = [
    "AmbiguousMatch",
    "CrawlProgress",
    "Directory",
    "Forbidden",
    "Group",
    "GroupDetail",
    "GroupPage",
    "GroupsService",
    "GroupstuiError",
    "HttpOptions",
    "Instance",
    "InvalidInstance",
    "InvalidResponse",
    "InvalidToken",
    "MatchError",
    "NoMatch",
    "NotFound",
    "Offline",
    "RateLimited",
    "TestmoError",
    "Token",
    "Unauthorized",
    "Unreachable",
    "User",
    "UserProfile",
    "WrongAddress",
    "__version__",
]
