"""Turns what a command raises into a line on stderr and an exit code."""

import errno
import os
import sys
from collections.abc import Callable

from ..api.errors import TestmoError
from ..directory import Ambiguous, NotFoundByName
from ..history.file import HistoryUnavailable
from ..history.moments import BadMoment
from ..report import BadField
from ..report.files import FileRefused, FileThere
from ..streams import tell
from .exits import Exit, exit_for
from .lookups import candidates
from .session import CantTell, UsageError

UNWRITABLE = (errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EFBIG, errno.EBADF)
"""What comes of writing an answer where there is no room, or nothing to write to."""


def told(command: Callable[[], Exit]) -> Exit:
    """Carry out a command and give its exit code; a failure is told on stderr."""
    try:
        code = command()
        sys.stdout.flush()
        return code
    except FileThere as error:
        return _say(f"{error}: add --force to replace it", Exit.USAGE)
    except (UsageError, BadField, BadMoment, FileRefused) as error:
        return _say(str(error), Exit.USAGE)
    except CantTell as error:
        return _say(str(error), Exit.UNCERTAIN)
    except HistoryUnavailable as error:
        return _say(f"{error}. {error.advice}", Exit.UNCERTAIN)
    except TestmoError as error:
        return _say(f"{error}. {error.advice}", exit_for(error))
    except NotFoundByName as error:
        return _say(str(error), Exit.NOT_FOUND)
    except Ambiguous as error:
        listed = candidates({"id": each.id, "name": each.name} for each in error.candidates)
        return _say(f"{error}: {listed}", Exit.NOT_FOUND)
    except BrokenPipeError:
        # Whoever reads the answer has seen enough. Python would complain once more when it closes stdout.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return Exit.OK
    except OSError as error:
        if error.errno not in UNWRITABLE:
            return _bug(error)
        return _say(f"the answer can't be written: {error.strerror}", Exit.UNCERTAIN)
    except KeyboardInterrupt:
        return Exit.INTERRUPTED
    except Exception as error:
        return _bug(error)


def _bug(error: Exception) -> Exit:
    """Write down what went wrong; Python would end with 1, which means "no"."""
    from ..crash import crash_notice

    return _say(crash_notice(error), Exit.UNCERTAIN)


def _say(text: str, code: Exit) -> Exit:
    tell(text)
    return code
