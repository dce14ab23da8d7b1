"""What programs import from `groupstui`."""

from __future__ import annotations

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
]
