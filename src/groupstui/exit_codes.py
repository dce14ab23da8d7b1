"""The exit codes of every command, and of the app."""

from __future__ import annotations

from enum import IntEnum


class ExitCode(IntEnum):
    """What a script can learn from the program without reading its output."""

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
    CLOSED_PIPE = 141

    @property
    def meaning(self) -> str:
        """The meaning of the code, as `--help` and the README print it."""
        return MEANINGS[self]


MEANINGS: dict[ExitCode, str] = {
    ExitCode.OK: "done; yes",
    ExitCode.FALSE: "no: not a member, findings, differences, changes",
    ExitCode.USAGE: "wrong usage, invalid settings, file not written, no terminal for the app",
    ExitCode.UNKNOWN: "unknown: incomplete data, no history for that time, invalid response, a bug",
    ExitCode.UNAUTHORIZED: "no token, or the instance does not accept it (401)",
    ExitCode.NOT_ADMIN: "the token's user is not a site admin (403)",
    ExitCode.NOT_FOUND: "no such user or group, or several match",
    ExitCode.RATE_LIMITED: "still rate limited after waiting (429)",
    ExitCode.UNREACHABLE: "network, TLS, proxy, time-out, or a server error (5xx)",
    ExitCode.INTERRUPTED: "interrupted",
    ExitCode.CLOSED_PIPE: "the reader closed the pipe before the answer was known",
}
