"""Show the settings."""

from __future__ import annotations

import sys

from ..exit_codes import ExitCode
from .context import Context


async def config(context: Context) -> ExitCode:
    """Print the path of the settings file, or the settings.

    Raises:
        SettingsError: If the file cannot be read.
    """
    if context.options.action == "path":
        print(context.settings_file.path)
        return ExitCode.OK
    settings = context.settings_file.load()
    lines = [
        f"theme = {settings.theme or 'the default'}",
        f"page_size = {settings.page_size}",
        f"columns = {', '.join(settings.columns)}",
        f"sort = {settings.sort or 'none'}",
        f"history = {'true' if settings.history else 'false'}",
        f"history_days = {settings.history_days}",
        f"current = {settings.current or 'no instance yet'}",
        *(f"sites.{site.name} = {site.instance}" for site in settings.sites),
    ]
    sys.stdout.writelines(f"{line}\n" for line in lines)
    return ExitCode.OK
