"""groupstui: browse and look up the members of Testmo user groups.

The library's front door::

    async with GroupsService("acme", token) as service:
        group = await service.group(1)
"""

from __future__ import annotations

from .directory.directory import Directory
from .directory.models import Group, GroupDetail, GroupPage, User, UserProfile
from .errors import (
    Forbidden,
    InvalidResponse,
    NotFound,
    Offline,
    RateLimited,
    TestmoError,
    Unauthorized,
    Unreachable,
    WrongAddress,
)
from .service.service import GroupsService
from .version import __version__

__all__ = [
    "Directory",
    "Forbidden",
    "Group",
    "GroupDetail",
    "GroupPage",
    "GroupsService",
    "InvalidResponse",
    "NotFound",
    "Offline",
    "RateLimited",
    "TestmoError",
    "Unauthorized",
    "Unreachable",
    "User",
    "UserProfile",
    "WrongAddress",
    "__version__",
]
