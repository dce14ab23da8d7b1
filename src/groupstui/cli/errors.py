"""Turns what a command raises into a line on stderr and an exit code."""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Callable

from ..errors import AmbiguousMatch, FileAlreadyExists, GroupstuiError
from ..exit_codes import ExitCode
from ..terminal.stdio import print_error
from .lookup import candidates

UNWRITABLE = (errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EFBIG, errno.EBADF)
"""What comes of writing an answer where there is no room, or nothing to write to."""


def run_command(command: Callable[[], ExitCode]) -> ExitCode:
    """Carry out a command and give its exit code; a failure is told on stderr."""
    try:
        code = command()
        sys.stdout.flush()
        return code
    except FileAlreadyExists as error:
        return _say(f"{error}: add --force to replace it", error.exit_code)
    except AmbiguousMatch as error:
        listed = candidates({"id": each.id, "name": each.name} for each in error.candidates)
        return _say(f"{error}: {listed}", error.exit_code)
    except GroupstuiError as error:
        return _say(error.full, error.exit_code)
    except BrokenPipeError:
        # Whoever reads the answer has seen enough. Python would complain once more when it closes stdout.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return ExitCode.OK
    except OSError as error:
        if error.errno not in UNWRITABLE:
            return _bug(error)
        return _say(f"the answer can't be written: {error.strerror}", ExitCode.UNKNOWN)
    except KeyboardInterrupt:
        return ExitCode.INTERRUPTED
    except Exception as error:
        return _bug(error)


def _bug(error: Exception) -> ExitCode:
    """Write down what went wrong; Python would end with 1, which means "no"."""
    from ..diagnostics import crash_notice

    return _say(crash_notice(error), ExitCode.UNKNOWN)


def _say(text: str, code: ExitCode) -> ExitCode:
    print_error(text)
    return code
