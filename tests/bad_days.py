"""What can go wrong with a site, and what a user is told: one table for the app and the command line."""

from __future__ import annotations

from dataclasses import dataclass

PATIENCE = 1.5
"""Seconds after which a request is given up where an answer never comes."""


@dataclass(frozen=True)
class BadDay:
    """One kind of fault of the demo site."""

    kind: str
    says: str
    """What the message says of it."""
    advises: str
    """What it says to do."""
    code: int
    """The exit code of a command."""


AGAIN = "Try again; if it happens again, report it with this message."
NETWORK = "Check the network, then try again."
MINUTE = "Try again in a minute."
REFRESH = "Refresh the list; if that fails as well, check the address of the instance."
PAUSE = "Wait before you try again: more requests may lengthen the block."
ADDRESS = "Check the address of the instance."
NEVER = f"did not answer within {PATIENCE:g} s"

BAD_DAYS = [
    BadDay("400", "the site refused the request (400: Bad Request)", AGAIN, 3),
    BadDay(
        "401",
        "the site does not accept the token (401: Unauthenticated)",
        "Sign in again with a new token.",
        4,
    ),
    BadDay(
        "403",
        "the token's user may not read this (403: This action is unauthorized)",
        "Only the token of a site admin can read groups.",
        5,
    ),
    BadDay("404", "not found (404: The requested resource was not found)", REFRESH, 6),
    BadDay("405", "the site refused the request (405: Method Not Allowed)", AGAIN, 3),
    BadDay("422", "the site refused the request (422: The given data was invalid)", AGAIN, 3),
    BadDay("429", "the site asks for a pause (429: Too Many Attempts)", PAUSE, 7),
    BadDay("429-date", "the site asks for a pause (429: Too Many Attempts)", PAUSE, 7),
    BadDay("429-bare", "the site asks for a pause (429: Too Many Attempts)", PAUSE, 7),
    BadDay("500", "the site is in trouble (500: Server Error)", MINUTE, 8),
    BadDay("502", "the site is in trouble (502)", MINUTE, 8),
    BadDay("503", "the site is in trouble (503)", MINUTE, 8),
    BadDay("html", "answered with a web page, not with Testmo's API (200)", ADDRESS, 8),
    BadDay("cut-json", "answered with broken JSON", AGAIN, 3),
    BadDay("empty", "answered with nothing", AGAIN, 3),
    BadDay("redirect", "the site redirects to https://elsewhere.example/login (302)", ADDRESS, 8),
    BadDay("drop", "broke: peer closed connection", NETWORK, 8),
    BadDay("slow", NEVER, NETWORK, 8),
    BadDay("hang", NEVER, NETWORK, 8),
    BadDay("trickle", NEVER, NETWORK, 8),
    BadDay("endless", "the answer is larger than 32 MB", AGAIN, 3),
    BadDay("bomb", "the answer is larger than 32 MB", AGAIN, 3),
    BadDay("deep", "answered with broken JSON", AGAIN, 3),
    BadDay("types", "answered with an unknown shape", AGAIN, 3),
    BadDay("nulls", "answered with an unknown shape at result.0.id", AGAIN, 3),
]
"""The kinds of fault after which there is nothing to show."""

ODD_DAYS = ["gzip", "pages-back", "repeats"]
"""Oddities that change nothing."""

DOUBTFUL_DAYS = ["endless-pages", "wrong-total"]
"""Lies after which something can be shown, but it is not known to be all."""

NEVER_ANSWERED = ("slow", "hang", "trickle")
