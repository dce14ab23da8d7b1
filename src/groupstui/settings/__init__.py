"""Sites, theme and page size, in a TOML file that users may edit; never a secret.

theme = "nord"
page_size = 25
history = true
history_days = 400
current = "https://acme.testmo.net"

[sites]
acme = "https://acme.testmo.net"
"acme staging" = "https://acme-staging.testmo.net"
"""

from __future__ import annotations

from ..errors import SettingsError
from .file import SettingsFile, default_path
from .model import PAGE_SIZES, BadValue, PageSize, Settings, Site

__all__ = [
    "PAGE_SIZES",
    "BadValue",
    "PageSize",
    "Settings",
    "SettingsError",
    "SettingsFile",
    "Site",
    "default_path",
]
