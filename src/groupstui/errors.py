"""All errors of the package, by what the user has to do about them.

GroupstuiError
├── InvalidInput            what was typed, configured or named cannot be used
│   ├── UsageError            options that cannot be combined, or a missing terminal
│   ├── InvalidInstance       not the address of a Testmo instance
│   ├── InvalidToken          not a token
│   ├── InvalidTime           not a time, a duration or a snapshot
│   ├── InvalidField          not a field of the report
│   ├── SettingsError         the settings file cannot be read or written
│   │   └── SettingsUnreadable  this user may not read it
│   └── FileNotWritten        an export cannot be written
│       └── FileAlreadyExists   a file of that name exists
├── TestmoError             a request to the instance got no usable response
│   ├── Unauthorized          the token is missing, wrong or revoked (401)
│   ├── Forbidden             the token is valid, but its user is not a site admin (403)
│   ├── NotFound              the id does not exist, or no longer exists (404)
│   ├── RateLimited           too many requests (429)
│   ├── WrongAddress          the address is not that of Testmo's API
│   ├── Unreachable           network, TLS, proxy, time-out, 5xx
│   ├── Offline               nothing was requested, because of --offline
│   └── InvalidResponse       a response that cannot be used (400, 422, truncated JSON)
├── MatchError              a name or id does not identify one user or group
│   ├── NoMatch               nothing has this name or id
│   └── AmbiguousMatch        several users or groups match
├── KeyringUnavailable      the keyring cannot be used
│   └── KeyringLocked         it is locked
├── HistoryUnavailable      the history cannot be read or written
│   └── HistoryLocked         another program is using it
└── UnknownAnswer           a question that the available data cannot answer
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import ClassVar, Generic, TypeVar

from .exit_codes import ExitCode
from .redaction import mask, without_tokens
from .text import sanitize

T = TypeVar("T")

MAX_PATH_CHARS = 1_000
"""Length at which a path in a message is cut."""

_EXTENSION = re.compile(r"\.[A-Za-z]\w{0,7}")
"""What only the name of a file ends with."""


def shown(text: str) -> str:
    """Return a typed text for a message: safe to show, and without a token in the wrong place.

    An e-mail address is shown in full.
    """
    is_address = "@" in text and not {":", "/"} & set(text)
    return sanitize(text if is_address else without_tokens(text))


def quoted(text: str) -> str:
    """Return the same as `shown`, in quotation marks."""
    return f"“{shown(text)}”"


def shown_path(path: Path | str) -> str:
    """Return a path for a message: safe to show, and without a token in the place of a file's name."""
    path = Path(path)
    if not _EXTENSION.fullmatch(path.suffix):
        with suppress(OSError, ValueError):  # such as a NUL in the path
            folder = next((each for each in path.parents if each.is_dir()), path)
            path = folder / without_tokens(str(path.relative_to(folder)))  # a token may contain slashes
    return sanitize(str(path), MAX_PATH_CHARS)


class GroupstuiError(Exception):
    """The root of all errors that the package raises on purpose.

    `str()` gives one line that names the fact. It contains no token and is safe to print.
    """

    exit_code: ClassVar[ExitCode] = ExitCode.UNKNOWN
    """The exit code of a command that ends with this error."""
    hint: str = ""
    """What the user can do about it: one sentence, or nothing."""

    def __init__(self, message: str, hint: str | None = None) -> None:
        super().__init__(mask(message))  # an instance may repeat the token
        if hint is not None:
            self.hint = mask(hint)

    @property
    def full(self) -> str:
        """The message followed by the hint."""
        return f"{str(self).rstrip('.')}. {self.hint}" if self.hint else str(self)


class InvalidInput(GroupstuiError):
    """Something that was typed, configured or named cannot be used."""

    exit_code = ExitCode.USAGE


class UsageError(InvalidInput):
    """Options that cannot be combined, or something that is missing."""


class InvalidInstance(InvalidInput):
    """The text is not the address of a Testmo instance."""


class InvalidToken(InvalidInput):
    """The text cannot be a token. The message never contains the text."""


class InvalidTime(InvalidInput):
    """The text is not a time, a duration or a snapshot."""


class InvalidField(InvalidInput):
    """A report has no field of that name."""


class SettingsError(InvalidInput):
    """The settings cannot be read or written."""


class SettingsUnreadable(SettingsError):
    """The settings may not be read by this user."""


class FileNotWritten(InvalidInput):
    """A file cannot be written."""


class FileAlreadyExists(FileNotWritten):
    """A file of that name exists."""


class TestmoError(GroupstuiError):
    """A request to the instance got no usable response."""

    hint = "Try again."


class Unauthorized(TestmoError):
    """401: the token is missing, wrong or revoked."""

    exit_code = ExitCode.UNAUTHORIZED
    hint = "Sign in again with a new token."


class Forbidden(TestmoError):
    """403: the token is valid, but its user is not a site admin."""

    exit_code = ExitCode.NOT_ADMIN
    hint = "Only the token of a site admin can read groups."


class NotFound(TestmoError):
    """404, and 422 for a deleted id: the requested object does not exist."""

    exit_code = ExitCode.NOT_FOUND
    hint = "Reload the list; if that fails as well, check the address of the instance."


class RateLimited(TestmoError):
    """429: too many requests."""

    exit_code = ExitCode.RATE_LIMITED
    hint = "Wait before you try again: more requests may lengthen the block."

    def __init__(self, message: str, *, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after
        """Seconds to wait, as the instance requests; None if it sent no `Retry-After`."""


class WrongAddress(TestmoError):
    """The address is not that of Testmo's API."""

    exit_code = ExitCode.UNREACHABLE
    hint = "Check the address of the instance."


class Unreachable(TestmoError):
    """The instance could not be reached, or failed: network, TLS, proxy, time-out, 5xx."""

    exit_code = ExitCode.UNREACHABLE
    hint = "Check the network, then try again."

    def __init__(self, message: str, *, hint: str | None = None, transient: bool = False) -> None:
        super().__init__(message, hint=hint)
        self.transient = transient
        """Whether the same request may succeed a moment later, as after a dropped connection."""


class Offline(TestmoError):
    """Nothing was requested, because of `--offline`."""

    exit_code = ExitCode.UNREACHABLE
    hint = "Omit --offline to read the instance."


class InvalidResponse(TestmoError):
    """The instance sent a response that cannot be used: 400, 422, truncated JSON, an unknown structure."""

    hint = "Try again; if it happens again, report it with this message."


class MatchError(GroupstuiError, Generic[T]):
    """A name or id does not identify exactly one user or group."""

    exit_code = ExitCode.NOT_FOUND

    def __init__(self, message: str, candidates: Sequence[T] = (), hint: str | None = None) -> None:
        super().__init__(message, hint)
        self.candidates = candidates
        """What matches, or what may be meant; best first."""


class NoMatch(MatchError[T]):
    """Nothing has this name or id."""


class AmbiguousMatch(MatchError[T]):
    """Several users or groups match equally well."""


class KeyringUnavailable(GroupstuiError):
    """The keyring cannot be used."""

    exit_code = ExitCode.UNAUTHORIZED
    hint = "Try again; if it fails again, set TESTMO_TOKEN for now."


class KeyringLocked(KeyringUnavailable):
    """The keyring is locked."""


class HistoryUnavailable(GroupstuiError):
    """The history cannot be read or written; nothing in it is lost."""


class HistoryLocked(HistoryUnavailable):
    """Another program is using the history, or its file system has no locks."""

    hint = "Try again, or set history = false."


class UnknownAnswer(GroupstuiError):
    """A question that the available data cannot answer."""
