"""Sites, theme and page size, in a TOML file that people may edit; never a secret.

theme = "nord"
page_size = 25
history = true
history_days = 400
current = "https://acme.testmo.net"

[sites]
acme = "https://acme.testmo.net"
"acme staging" = "https://acme-staging.testmo.net"
"""

from .file import SettingsError, SettingsFile, default_path
from .values import PAGE_SIZES, BadValue, PageSize, Settings, Site

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
