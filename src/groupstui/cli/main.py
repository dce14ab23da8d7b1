"""Run the command line: parse it, run a command or the app, and turn every failure into an exit code."""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import MutableMapping, Sequence
from importlib import import_module
from types import ModuleType
from typing import TextIO

from ..errors import GroupstuiError
from ..exit_codes import ExitCode
from ..terminal.stdio import print_error, replaced_on_stdout
from ..text import pluralize
from .parser import parse

OUTPUT_ERRORS = {errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EFBIG, errno.EBADF}
"""Errors of a stdout that takes no more: a full disk, a closed terminal."""


def main(arguments: Sequence[str], environ: MutableMapping[str, str]) -> int:
    """Run the program, and return its exit code; `runner.run` may change the environment."""
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
            print_error(
                _load("..diagnostics").crash_notice(error)
            )  # Python would exit with 1, which means "no"
        return ExitCode.UNKNOWN
    finally:
        _discard_unwritable(sys.stdout)
        _discard_unwritable(sys.stderr)


def _run(arguments: Sequence[str], environ: MutableMapping[str, str]) -> int:
    code: int
    if arguments[:1] == ["__complete"]:
        code = _load(".completion").complete(arguments[1:], environ)
        return code
    try:
        options = parse(arguments)
    except SystemExit as end:  # after `--help`, `--version` or a usage error
        return end.code if isinstance(end.code, int) else ExitCode.USAGE
    code = _load(".runner").run(options, environ)
    return code


def _load(module: str) -> ModuleType:
    """Return a module by its name from here.

    Lazy boundary: help and usage errors need none of what answers a command, which takes twice as long to
    import as all the rest (`python -m benchmarks commands`).
    """
    return import_module(module, __package__)


def _discard_unwritable(stream: TextIO) -> None:
    """Redirect a stream that cannot be written to `/dev/null`: Python flushes it once more when it exits."""
    try:
        stream.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
