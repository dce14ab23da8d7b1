"""The program: `groupstui` and `python -m groupstui`."""

from __future__ import annotations

import os
import signal
import sys
from contextlib import suppress
from typing import NoReturn

from . import early_interrupt
from .cli import collection
from .cli.main import main as run
from .exit_codes import ExitCode
from .terminal.stdio import prepare_streams, print_error

if sys.platform != "win32":
    import resource

NO_HOME = "/nonexistent"
"""Stands for the home of a user who has none, as in Debian's list of users."""


def main() -> NoReturn:
    """Run the command line and exit with its code."""
    # Without this, pydantic searches every installed package for plugins.
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    if not os.environ.get("HOME"):
        os.environ.pop("HOME", None)  # if it is empty, as if it were not set
    if not os.path.isabs(os.path.expanduser("~")):
        os.environ["HOME"] = NO_HOME  # and never a folder in the working directory
    code: int = ExitCode.UNKNOWN
    try:
        prevent_core_dumps()
        prepare_streams()
        collection.postpone()
        early_interrupt.allow_interrupts()
        code = run(sys.argv[1:], os.environ)
    except KeyboardInterrupt:
        code = ExitCode.INTERRUPTED
    except Exception as error:  # of the report of a failure: Python would exit with 1, which means "no"
        print_error(f"internal error: {type(error).__name__}")
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # from here on, ctrl+c causes no traceback
    collection.skip_final()
    sys.exit(code)


def prevent_core_dumps() -> None:
    """Keep the token out of core dumps.

    A limit of one byte also stops a dump that Linux pipes to a program, which a limit of 0 does not
    (fs/coredump.c). Windows writes none unless an administrator has enabled them.
    """
    if sys.platform != "win32":
        _, hard = resource.getrlimit(resource.RLIMIT_CORE)
        with suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_CORE, (0 if hard == 0 else 1, hard))


if __name__ == "__main__":
    main()
