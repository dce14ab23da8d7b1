"""Print the help and the version."""

from __future__ import annotations

from ..errors import UsageError, quoted
from ..exit_codes import ExitCode
from ..version import __version__
from .context import Context
from .parser import build_parser, similar_command


async def help(context: Context) -> ExitCode:
    """Print the help of the program or of a command.

    Raises:
        UsageError: If there is no such command.
    """
    parser = build_parser()
    if not (topic := context.options.topic):
        parser.print_help()
        return ExitCode.OK
    if topic[0] not in parser.commands:
        similar = similar_command(topic[0])
        hint = f"Did you mean {similar}?" if similar else "See: groupstui help"
        raise UsageError(f"{quoted(topic[0])} is not a command", hint=hint)
    parser.commands[topic[0]].print_help()
    return ExitCode.OK


async def version(context: Context) -> ExitCode:
    """Print the version."""
    print(f"groupstui {__version__}")
    return ExitCode.OK
