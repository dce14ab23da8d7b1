"""What can go wrong with a site, by what the user must do about it.

TestmoError
├── Unauthorized    the token is missing, wrong or revoked (401): sign in again
├── Forbidden     the token is valid, its user is no site admin (403): use an admin's token
├── NotFound          the id is gone, or the address is wrong (404): refresh, check the instance
├── RateLimited       the site asks for a pause (429): wait
├── WrongAddress      what answers is not Testmo's API: check the instance
├── Unreachable       network, TLS, proxy, time-out, 5xx: try again
├── Offline           nothing was asked, as was wanted
└── InvalidResponse         an answer that makes no sense (400, 422, cut JSON): try again, then report it
"""

from __future__ import annotations


class TestmoError(Exception):
    """A request to a site that brought no answer of use.

    `str()` gives one line that says what failed and why. It holds no token and is safe to show.
    """

    hint = "Try again."
    """What to do next: one sentence."""

    def __init__(self, message: str, *, hint: str | None = None) -> None:
        super().__init__(message)
        if hint is not None:
            self.hint = hint


class Unauthorized(TestmoError):
    """401: the token is missing, wrong or revoked."""

    hint = "Sign in again with a new token."


class Forbidden(TestmoError):
    """403: the token is valid, but its user is not a site admin."""

    hint = "Groups can only be read with the token of a site admin."


class NotFound(TestmoError):
    """404, and 422 for a deleted id: what was asked for is not there."""

    hint = "Refresh the list; if that fails too, check the instance's address."


class RateLimited(TestmoError):
    """429: the site asks for a pause."""

    def __init__(self, message: str, *, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after
        """Seconds that the site asks to wait; None where it did not say."""

    hint = "Wait before you try again: repeats may lengthen the block."


class WrongAddress(TestmoError):
    """What answers at this address is not Testmo's API."""

    hint = "Check the instance's address."


class Unreachable(TestmoError):
    """The site could not be reached, or is in trouble itself: network, TLS, proxy, time-out, 5xx."""

    def __init__(self, message: str, *, hint: str | None = None, transient: bool = False) -> None:
        super().__init__(message, hint=hint)
        self.transient = transient
        """True where the same request may well succeed a moment later, as after a dropped connection."""

    hint = "Check the network, then try again."


class Offline(TestmoError):
    """The site was not asked, because that was wanted."""

    hint = "Leave --offline out to ask the site."


class InvalidResponse(TestmoError):
    """The site answered with something that makes no sense: 400, 422, cut JSON, an unknown shape."""

    hint = "Try again; if it stays, report it with this message."
