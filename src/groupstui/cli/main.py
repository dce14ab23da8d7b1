"""Run the command line: parse it, run a command or the app, and turn every failure into an exit code."""

from __future__ import annotations

import asyncio
import errno
import os
import sys
from collections.abc import Callable, Coroutine, MutableMapping, Sequence
from importlib import import_module
from types import ModuleType
from typing import Any, TextIO

from .. import event_loop
from ..diagnostics import crash_notice, log_to_stderr
from ..errors import GroupstuiError, MatchError, UnknownAnswer
from ..exit_codes import ExitCode
from ..terminal.stdio import print_error, replaced_on_stdout
from ..text import pluralize
from . import collection
from .context import Context
from .launch import launch
from .output import exit_code
from .parser import parse

Handler = Callable[[Context], Coroutine[Any, Any, ExitCode]]

MODULES = dict.fromkeys(("groups", "members", "who", "check"), "lookup") | {"version": "help"}
"""The modules of commands that have none of their own name."""

OUTPUT_ERRORS = {errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EFBIG, errno.EBADF}
"""Errors of a stdout that takes no more: a full disk, a closed terminal."""


def main(arguments: Sequence[str], environ: MutableMapping[str, str]) -> int:
    """Run the program, and return its exit code.

    The app removes variables of Textual that could reveal the token from the environment.
    """
    code: int = ExitCode.CLOSED_PIPE
    try:
        code = _run(arguments, environ)
        sys.stdout.flush()
        if replaced_on_stdout.count:
            missing = f"{pluralize(replaced_on_stdout.count, 'character')} that {sys.stdout.encoding} lacks"
            print_error(f"{missing}: replaced on stdout. To get all, set PYTHONIOENCODING=utf-8.")
        return code
    except GroupstuiError as error:
        print_error(error.full)
        return error.exit_code
    except BrokenPipeError:  # the reader has closed the pipe, as `head` does
        return code
    except KeyboardInterrupt:
        return ExitCode.INTERRUPTED
    except Exception as error:
        if isinstance(error, OSError) and error.errno in OUTPUT_ERRORS:
            print_error(f"cannot write to stdout: {error.strerror}")
        else:
            print_error(crash_notice(error))  # Python would exit with 1, which means "no"
        return ExitCode.UNKNOWN
    finally:
        _discard_unwritable(sys.stdout)
        _discard_unwritable(sys.stderr)


def _run(arguments: Sequence[str], environ: MutableMapping[str, str]) -> int:
    if arguments[:1] == ["__complete"]:
        code: int = _load("completion").complete(arguments[1:], environ)
        return code
    try:
        options = parse(arguments)
    except SystemExit as end:  # after `--help`, `--version` or a usage error
        return end.code if isinstance(end.code, int) else ExitCode.USAGE
    context = Context(options, environ)
    context.check_environment()
    if context.opens_app:
        return launch(context)
    if getattr(options, "debug", False):
        log_to_stderr()
    return event_loop.run(_run_command(load_handler(options.command), context))


def load_handler(command: str) -> Handler:
    """Return what runs a command.

    Lazy boundary: the app needs no command, and a command no other. Importing all of them takes a twentieth
    of the time to the first paint (`python -m benchmarks start`).
    """
    handler: Handler = getattr(_load(MODULES.get(command, command)), command)
    return handler


def _load(module: str) -> ModuleType:
    return import_module(f".{module}", __package__)


async def _run_command(handler: Handler, context: Context) -> ExitCode:
    """Run a command, and store what it has read only after it has printed its answer.

    Every command gets its exit code here, so none can ignore incomplete data or a closed pipe.
    """
    collection.resume_later()
    try:
        code = await handler(context)
    except MatchError as error:
        if not context.incomplete:
            raise
        raise UnknownAnswer(f"{error}, but {context.incomplete}", hint="Try again.") from None
    except BrokenPipeError:  # what was not printed does not change the answer
        if context.verdict is None:
            raise
        code = context.verdict
    finally:
        if not _is_interrupted():
            await context.save_history()
    return exit_code(context, code)


def _is_interrupted() -> bool:
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0


def _discard_unwritable(stream: TextIO) -> None:
    """Redirect a stream that cannot be written to `/dev/null`: Python flushes it once more when it exits."""
    try:
        stream.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
