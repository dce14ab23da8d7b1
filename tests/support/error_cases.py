"""The message, hint and exit code of each kind of fault: one table for the app and the command line."""

from __future__ import annotations

from dataclasses import dataclass

TIMEOUT = 1.5
"""Time limit in seconds for the faults in `TIMEOUTS`."""


@dataclass(frozen=True)
class ErrorCase:
    """What the program shows for a kind of fault."""

    kind: str
    message: str
    """A part of the message."""
    hint: str
    exit_code: int


REPORT = "Try again; if it happens again, report it with this message."
NETWORK = "Check the network, then try again."
MINUTE = "Try again in a minute."
PAUSE = "Wait before you try again: more requests may lengthen the block."
ADDRESS = "Check the address of the instance."
NEVER = f"did not answer within {TIMEOUT:g} s"

ERROR_CASES = [
    ErrorCase("400", "the instance refused the request (400: Bad Request)", REPORT, 3),
    ErrorCase(
        "401",
        "the instance does not accept the token (401: Unauthenticated)",
        "Sign in again with a new token.",
        4,
    ),
    ErrorCase(
        "403",
        "the token's user may not read this (403: This action is unauthorized)",
        "Only the token of a site admin can read groups.",
        5,
    ),
    ErrorCase("404", "has no Testmo API (404: The requested resource was not found)", ADDRESS, 8),
    ErrorCase("405", "the instance refused the request (405: Method Not Allowed)", REPORT, 3),
    ErrorCase("422", "the instance refused the request (422: The given data was invalid)", REPORT, 3),
    ErrorCase("429", "rate limited by the instance (429: Too Many Attempts)", PAUSE, 7),
    ErrorCase("429-date", "rate limited by the instance (429: Too Many Attempts)", PAUSE, 7),
    ErrorCase("429-bare", "rate limited by the instance (429: Too Many Attempts)", PAUSE, 7),
    ErrorCase("500", "the instance failed (500: Server Error)", MINUTE, 8),
    ErrorCase("502", "the instance failed (502)", MINUTE, 8),
    ErrorCase("503", "the instance failed (503)", MINUTE, 8),
    ErrorCase("html", "sent a web page instead of Testmo's API (200)", ADDRESS, 8),
    ErrorCase("cut-json", "sent invalid JSON", REPORT, 3),
    ErrorCase("empty", "sent an empty response", REPORT, 3),
    ErrorCase("redirect", "the instance redirects to https://elsewhere.example/login (302)", ADDRESS, 8),
    ErrorCase("drop", "was lost: peer closed connection", NETWORK, 8),
    ErrorCase("slow", NEVER, NETWORK, 8),
    ErrorCase("hang", NEVER, NETWORK, 8),
    ErrorCase("trickle", NEVER, NETWORK, 8),
    ErrorCase("endless", "the response is larger than 32 MB", REPORT, 3),
    ErrorCase("bomb", "the response is larger than 32 MB", REPORT, 3),
    ErrorCase("deep", "sent invalid JSON", REPORT, 3),
    ErrorCase("types", "sent an unexpected structure", REPORT, 3),
    ErrorCase("nulls", "sent an unexpected structure at result.0.id", REPORT, 3),
]
"""Faults without any data to show."""

HARMLESS = ["gzip", "pages-back", "repeats"]
"""Faults that change nothing for the user."""

REPAIRED = ["odd-values"]
"""Faults in single values, which are read as missing."""

INCOMPLETE = ["endless-pages", "wrong-total"]
"""Faults with data that is not complete."""

TIMEOUTS = ("slow", "hang", "trickle")
"""Faults that end with the time limit."""
