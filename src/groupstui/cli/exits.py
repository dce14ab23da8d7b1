"""What the exit codes mean, and which failure ends with which."""

from enum import IntEnum

from ..api.errors import (
    AdminRequired,
    BadAnswer,
    NotFound,
    RateLimited,
    SignInRequired,
    TestmoError,
)


class Exit(IntEnum):
    """The exit codes of every command."""

    OK = 0
    NO = 1
    USAGE = 2
    UNCERTAIN = 3
    SIGN_IN = 4
    ADMIN = 5
    NOT_FOUND = 6
    RATE_LIMITED = 7
    UNREACHABLE = 8
    INTERRUPTED = 130

    @property
    def meaning(self) -> str:
        """What it says to a script's author."""
        return MEANINGS[self]


MEANINGS: dict[Exit, str] = {
    Exit.OK: "done; yes",
    Exit.NO: "no: not a member, findings, differences, changes",
    Exit.USAGE: "wrong usage, bad settings, no terminal for the app",
    Exit.UNCERTAIN: "can't tell: incomplete data, what is not known, an answer that makes no sense, a bug",
    Exit.SIGN_IN: "no token, or the site does not accept it (401)",
    Exit.ADMIN: "the token is not a site admin's (403)",
    Exit.NOT_FOUND: "not found, or ambiguous",
    Exit.RATE_LIMITED: "rate limited, after waiting",
    Exit.UNREACHABLE: "network, TLS, proxy, time-out, or the site is in trouble",
    Exit.INTERRUPTED: "interrupted",
}


def exit_for(error: TestmoError) -> Exit:
    """Give the exit code for a failure."""
    match error:
        case SignInRequired():
            return Exit.SIGN_IN
        case AdminRequired():
            return Exit.ADMIN
        case NotFound():
            return Exit.NOT_FOUND
        case RateLimited():
            return Exit.RATE_LIMITED
        case BadAnswer():
            return Exit.UNCERTAIN
        case _:
            return Exit.UNREACHABLE
