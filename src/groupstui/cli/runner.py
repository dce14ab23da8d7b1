"""Run a command or the app, with the options of a command line."""

from __future__ import annotations

import argparse
import asyncio
import logging
from collections.abc import Callable, Coroutine, MutableMapping
from importlib import import_module
from typing import Any

from .. import event_loop
from ..diagnostics import log_to_stderr
from ..errors import MatchError, UnknownAnswer
from ..exit_codes import ExitCode
from . import collection
from .context import Context
from .launch import launch

Handler = Callable[[Context], Coroutine[Any, Any, ExitCode]]

MODULES = dict.fromkeys(("groups", "members", "who", "check"), "lookup") | {
    "compare-instances": "compare_instances",
    "diff-users": "compare",
    "version": "help",
}
"""The modules of commands that have none of their own name."""


def run(options: argparse.Namespace, environ: MutableMapping[str, str]) -> int:
    """Run the command, or the app, and return its exit code.

    The app removes variables of Textual that could reveal the token from the environment.
    """
    # Without a handler, Python prints the warnings of libraries on stderr, over the app.
    logging.basicConfig(handlers=[logging.NullHandler()])
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
    module = import_module(f".{MODULES.get(command, command)}", __package__)
    handler: Handler = getattr(module, command.replace("-", "_"))
    return handler


async def _run_command(handler: Handler, context: Context) -> ExitCode:
    """Run a command, and store what it has read only after it has printed its answer.

    Every command gets its exit code here, so none can ignore incomplete data or a closed pipe.
    """
    collection.resume_later(asyncio.get_running_loop())
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


def exit_code(context: Context, code: ExitCode) -> ExitCode:
    """Return the exit code of a command: the one policy for incomplete data.

    Incomplete data is printed, with a warning that `--quiet` does not suppress. The exit code is “unknown”
    then, unless missing groups cannot change the answer: the only such answer is “is a member”. It is also
    “unknown” if a name may be that of another user who was not read.
    Without all this, it is `code`.
    """
    if context.doubt:
        context.warn(context.doubt, always=True)
        code = ExitCode.UNKNOWN
    if not context.incomplete:
        return code
    context.warn(context.incomplete, always=True)
    return code if context.certain else ExitCode.UNKNOWN
