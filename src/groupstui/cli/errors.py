"""Turns what a command raises into a line on stderr and an exit code."""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Callable

from ..directory.directory import AmbiguousMatch, NoMatch
from ..errors import TestmoError
from ..history.database import HistoryUnavailable
from ..history.time_spec import InvalidTime
from ..output.files import FileAlreadyExists, FileNotWritten
from ..output.report import InvalidField
from ..terminal.stdio import print_error
from .context import UnknownAnswer, UsageError
from .exit_codes import ExitCode, exit_code_for
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
        return _say(f"{error}: add --force to replace it", ExitCode.USAGE)
    except (UsageError, InvalidField, InvalidTime, FileNotWritten) as error:
        return _say(str(error), ExitCode.USAGE)
    except UnknownAnswer as error:
        return _say(str(error), ExitCode.UNKNOWN)
    except HistoryUnavailable as error:
        return _say(f"{error}. {error.hint}", ExitCode.UNKNOWN)
    except TestmoError as error:
        return _say(f"{error}. {error.hint}", exit_code_for(error))
    except NoMatch as error:
        return _say(str(error), ExitCode.NOT_FOUND)
    except AmbiguousMatch as error:
        listed = candidates({"id": each.id, "name": each.name} for each in error.candidates)
        return _say(f"{error}: {listed}", ExitCode.NOT_FOUND)
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
