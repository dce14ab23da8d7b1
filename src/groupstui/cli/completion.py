"""Print completion scripts."""

from __future__ import annotations

from ..exit_codes import ExitCode
from .context import Context
from .parser import build_parser


async def completion(context: Context) -> ExitCode:
    """Print the script for a shell."""
    # Imported here because it takes 6 % of a look-up: see `python -m benchmarks commands`.
    import shtab

    print(shtab.complete(build_parser(), context.options.shell))
    return ExitCode.OK
