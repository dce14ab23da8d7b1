"""Print completion scripts."""

from __future__ import annotations

import shtab

from ..exit_codes import ExitCode
from .context import Context
from .parser import build_parser


async def completion(context: Context) -> ExitCode:
    """Print the script for a shell."""
    print(shtab.complete(build_parser(), context.options.shell))
    return ExitCode.OK
