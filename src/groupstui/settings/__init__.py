"""Theme, page size, history and instances, in a TOML file that users may edit; never a secret.

theme = "nord"
page_size = "auto"
columns = ["id", "name", "change", "members", "changed"]
sort = "-members"
history = true
history_days = 400
current = "https://acme.testmo.net"
recent = ["https://acme-staging.testmo.net"]

[sites]
acme = "https://acme.testmo.net"
"acme staging" = "https://acme-staging.testmo.net"
"""

from __future__ import annotations

from .cache import default_cache
from .file import SettingsFile, default_path
from .settings import GROUP_COLUMNS, PAGE_SIZES, GroupColumn, ListView, PageSize, SavedList, Settings, Site

__all__ = [
    "GROUP_COLUMNS",
    "PAGE_SIZES",
    "GroupColumn",
    "ListView",
    "PageSize",
    "SavedList",
    "Settings",
    "SettingsFile",
    "Site",
    "default_cache",
    "default_path",
]
