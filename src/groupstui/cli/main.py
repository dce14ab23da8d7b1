"""The command line: a question in, an answer out. Never imports Textual."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Coroutine, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ..exit_codes import ExitCode
from ..terminal.stdio import print_error
from .parsing import COMMANDS, app_parser, command_parser

if TYPE_CHECKING:
    from .context import Context
    from .demo_site import Demo

__all__ = ["COMMANDS", "ExitCode", "complain", "is_command", "parse", "run"]

Command = Callable[["Context"], Coroutine[Any, Any, ExitCode]]

VALUED = (
    *("--instance", "--token-file", "--timeout", "--concurrency", "--proxy", "--ca-bundle"),
    *("--max-age", "--since", "--until", "--older-than", "--fail-on", "--interval", "--exec"),
    *("--format", "--sort", "--limit", "--columns", "-o", "--output"),
)
"""Options that take the next word with them, so that a command's name can be told from a value."""


def is_command(arguments: Sequence[str]) -> bool:
    """Return whether a command is asked for, rather than the app."""
    return (word := _first_word(arguments)) in COMMANDS and not _opens_the_app(word, arguments)


def _opens_the_app(word: str | None, arguments: Sequence[str]) -> bool:
    """Return whether `browse` means what no command means, too."""
    return word == "browse" and not {"--plain", "-h", "--help"}.intersection(arguments)


def _first_word(arguments: Sequence[str]) -> str | None:
    value_follows = False
    for argument in arguments:
        if value_follows:
            value_follows = False
        elif argument in VALUED:
            value_follows = True
        elif not argument.startswith("-"):
            return argument
    return None


def parse(arguments: Sequence[str]) -> argparse.Namespace:
    """Read the command line.

    Raises:
        SystemExit: With 2 after a message on stderr, or with 0 after `--help` and `--version`.
    """
    if (word := _first_word(arguments)) not in COMMANDS:
        return app_parser().parse_args(arguments)
    rest = _sort_joined(arguments)
    rest.remove(word)
    if _opens_the_app(word, arguments):
        return app_parser().parse_args(rest)
    return command_parser(word).parse_args([word, *rest])


def _sort_joined(arguments: Sequence[str]) -> list[str]:
    """Let `--sort -members` mean what it says: argparse would take the field for an option."""
    joined: list[str] = []
    for argument in arguments:
        if joined and joined[-1] == "--sort":
            joined[-1] = f"--sort={argument}"
        else:
            joined.append(argument)
    return joined


def run(options: argparse.Namespace, environ: Mapping[str, str], demo: Demo | None = None) -> ExitCode:
    """Carry out a command; what fails is told on stderr.

    Args:
        options: What `parse` gave.
        environ: The environment.
        demo: The demo site, where `--demo` asks for it.
    """
    import asyncio

    from .context import Context
    from .errors import run_command

    if getattr(options, "debug", False):
        from ..diagnostics import log_to_stderr

        log_to_stderr()
    return run_command(lambda: asyncio.run(_command(options.command)(Context(options, environ, demo))))


def _command(name: str) -> Command:
    """Return what carries out a command; only that is imported."""
    match name:
        case "export":
            from .export import export

            return export
        case "compare":
            from .analysis import compare_groups

            return compare_groups
        case "audit":
            from .analysis import audit_site

            return audit_site
        case "changes":
            from .changes import changes

            return changes
        case "snapshot":
            from .changes import snapshot

            return snapshot
        case "watch":
            from .watch import watch

            return watch
        case "browse":
            from .browse import browse

            return browse
        case "auth":
            from .auth import auth

            return auth
        case "doctor":
            from .doctor import doctor

            return doctor
        case "config":
            from .config import config

            return config
        case "completion":
            from .completion import completion

            return completion
        case _:
            from . import lookup as lookups

            found: Command = getattr(lookups, name)
            return found


def complain(text: str) -> ExitCode:
    """Say on stderr why a command can't be carried out."""
    print_error(text)
    return ExitCode.USAGE
