"""Shows where the settings are, and what they are."""

from __future__ import annotations

import sys

from ..errors import SettingsError, UsageError
from ..exit_codes import ExitCode
from ..settings import SettingsFile, default_path
from .context import Context


async def config(context: Context) -> ExitCode:
    """Tell the path of the settings, or what they are.

    Raises:
        UsageError: If they can't be read, or hold what makes no sense.
    """
    file = SettingsFile(default_path())
    if context.options.action == "path":
        print(file.path)
        return ExitCode.OK
    try:
        settings = file.load()
    except SettingsError as error:
        raise UsageError(str(error)) from None
    lines = [
        f"theme = {settings.theme or 'the default'}",
        f"page_size = {settings.page_size}",
        f"history = {'true' if settings.history else 'false'}",
        f"history_days = {settings.history_days}",
        f"current = {settings.current or 'no site yet'}",
        *(f"sites.{site.name} = {site.instance}" for site in settings.sites),
    ]
    sys.stdout.write("".join(f"{line}\n" for line in lines))
    return ExitCode.OK
