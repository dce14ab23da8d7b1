"""What the exit codes mean, and which failure ends with which."""

from __future__ import annotations

from enum import IntEnum

from ..errors import Forbidden, InvalidResponse, NotFound, RateLimited, TestmoError, Unauthorized


class ExitCode(IntEnum):
    """The exit codes of every command."""

    OK = 0
    FALSE = 1
    USAGE = 2
    UNKNOWN = 3
    UNAUTHORIZED = 4
    NOT_ADMIN = 5
    NOT_FOUND = 6
    RATE_LIMITED = 7
    UNREACHABLE = 8
    INTERRUPTED = 130

    @property
    def meaning(self) -> str:
        """What it says to a script's author."""
        return MEANINGS[self]


MEANINGS: dict[ExitCode, str] = {
    ExitCode.OK: "done; yes",
    ExitCode.FALSE: "no: not a member, findings, differences, changes",
    ExitCode.USAGE: "wrong usage, bad settings, no terminal for the app",
    ExitCode.UNKNOWN: "can't tell: incomplete data, what is not known, an answer that makes no sense, a bug",
    ExitCode.UNAUTHORIZED: "no token, or the site does not accept it (401)",
    ExitCode.NOT_ADMIN: "the token is not a site admin's (403)",
    ExitCode.NOT_FOUND: "not found, or ambiguous",
    ExitCode.RATE_LIMITED: "rate limited, after waiting",
    ExitCode.UNREACHABLE: "network, TLS, proxy, time-out, or the site is in trouble",
    ExitCode.INTERRUPTED: "interrupted",
}


def exit_code_for(error: TestmoError) -> ExitCode:
    """Return the exit code for a failure."""
    match error:
        case Unauthorized():
            return ExitCode.UNAUTHORIZED
        case Forbidden():
            return ExitCode.NOT_ADMIN
        case NotFound():
            return ExitCode.NOT_FOUND
        case RateLimited():
            return ExitCode.RATE_LIMITED
        case InvalidResponse():
            return ExitCode.UNKNOWN
        case _:
            return ExitCode.UNREACHABLE
