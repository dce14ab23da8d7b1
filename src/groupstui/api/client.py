"""Asks one site for one thing, and says what the user must do where it fails."""

import logging
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from time import monotonic
from typing import TypeVar
from urllib.parse import urlencode

from ..text import clean
from .body import NotUnderstood, error_message, is_web_page
from .errors import (
    AdminRequired,
    BadAnswer,
    NotFound,
    RateLimited,
    SignInRequired,
    TestmoError,
    Unreachable,
    WrongAddress,
)
from .instance import Instance
from .pacing import Gate
from .wire import Answer, Wire

R = TypeVar("R")

log = logging.getLogger(__name__)


class Client:
    """Sends requests to one site."""

    def __init__(self, instance: Instance, wire: Wire, gate: Gate) -> None:
        """Prepare; nothing is sent yet.

        Args:
            instance: The site.
            wire: The way to it.
            gate: What every request has to pass.
        """
        self.instance = instance
        self.server_time: datetime | None = None
        """The server's clock, as its last answer has told it."""
        self._wire = wire
        self._gate = gate

    async def close(self) -> None:
        """Close the connections."""
        await self._wire.close()

    async def get(
        self,
        path: str,
        params: Mapping[str, str | int] | None = None,
        *,
        read: Callable[[bytes], Awaitable[R]],
    ) -> R:
        """Ask for one thing and give what is read of the answer.

        The next request may go out while the answer is read.

        Args:
            path: Below `/api/v1/`, such as `groups/17`.
            params: The query.
            read: Turns the JSON into what is wanted; raises `NotUnderstood` where it can't.

        Raises:
            TestmoError: One of its kinds, by what the user must do.
        """
        target = f"/api/v1/{path}" + (f"?{urlencode(params)}" if params else "")
        began = monotonic()
        try:
            async with self._gate:
                began = monotonic()
                answer = await self._wire.get(target)
        except TestmoError as error:
            log.debug("GET %s: %s, after %.3f s", target, error, monotonic() - began)
            raise
        log.debug(
            "GET %s: %d, %d bytes, %.3f s", target, answer.status, len(answer.body), monotonic() - began
        )
        self.server_time = answer.date
        if answer.status != 200:
            raise self._refusal(answer, path)
        try:
            return await read(answer.body)
        except NotUnderstood as error:
            raise self._nonsense(answer, error) from None

    def _refusal(self, answer: Answer, path: str) -> TestmoError:
        """Turn a status other than 200 into the error that says what to do."""
        status = answer.status
        because = f": {said}" if (said := error_message(answer.body)) else ""
        if 300 <= status < 400:
            target = clean(answer.headers.get("location", "nowhere"))
            return WrongAddress(f"the site redirects to {target} ({status}); the token was not sent there")
        if status == 429:
            return RateLimited(f"the site asks for a pause (429{because})", retry_after=_retry_after(answer))
        if status >= 500:
            return Unreachable(
                f"the site is in trouble ({status}{because})", advice="Try again in a minute.", momentary=True
            )
        if _is_web_page(answer):
            return self._web_page(answer)
        match status:
            case 401:
                return SignInRequired(f"the site does not accept the token (401{because})")
            case 403:
                return AdminRequired(f"the token's user may not read this (403{because})")
            case 404:
                return NotFound(f"not found (404{because})")
            case 422 if path.rpartition("/")[2].isdecimal():
                # So Testmo answers for some ids that were deleted.
                return NotFound(f"not found (422{because})")
            case _:
                return BadAnswer(f"the site refused the request ({status}{because})")

    def _web_page(self, answer: Answer) -> TestmoError:
        return WrongAddress(
            f"{self.instance.name} answered with a web page, not with Testmo's API ({answer.status})"
        )

    def _nonsense(self, answer: Answer, error: NotUnderstood) -> TestmoError:
        if _is_web_page(answer):
            return self._web_page(answer)
        if not answer.body.strip():
            return BadAnswer(f"{self.instance.name} answered with nothing")
        return BadAnswer(f"{self.instance.name} answered with {clean(str(error))}")


def _is_web_page(answer: Answer) -> bool:
    return is_web_page(answer.headers.get("content-type", ""), answer.body)


def _retry_after(answer: Answer) -> float | None:
    """Read `Retry-After`, as seconds or as a date; a date is held against the server's own clock."""
    value = answer.headers.get("retry-after", "").strip()
    if value.isascii() and value.isdigit():
        return float(value[:9])
    try:
        until = parsedate_to_datetime(value)
        return max(0.0, (until - (answer.date or datetime.now(UTC))).total_seconds())
    except (ValueError, TypeError, OverflowError):
        return None
