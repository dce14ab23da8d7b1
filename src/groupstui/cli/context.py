"""Resolve the instance, the token and the history for every command, and read the groups."""

from __future__ import annotations

import argparse
import asyncio
import getpass
import sys
from collections.abc import MutableMapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any, Self

from ..credentials import TokenStore, token_from_environment
from ..demo.demo import Demo
from ..directory.directory import Directory
from ..directory.search import is_id
from ..durations import parse_duration
from ..errors import (
    HistoryUnavailable,
    InvalidInstance,
    InvalidToken,
    KeyringUnavailable,
    MatchError,
    SettingsUnreadable,
    Unauthorized,
    UnknownAnswer,
    UsageError,
    quoted,
)
from ..exit_codes import ExitCode
from ..history import History, Snapshot, history_of
from ..history.time_spec import PointInTime
from ..output.records import as_of
from ..settings import Settings, SettingsFile, default_cache, default_path
from ..terminal.stdio import print_error
from ..testmo.http_options import REQUEST_TIMEOUT_S, HttpOptions
from ..testmo.instance import Instance
from ..testmo.rate_limit import Clock
from ..text import pluralize
from ..times import local_clock, utc_minute
from ..token import MAX_TOKEN_CHARS, Token
from .preferences import VARIABLES, from_environment

if TYPE_CHECKING:
    from ..service.service import CrawlProgress, GroupsService, TokenSource

INCOMPLETE = "the data is incomplete: the instance changed while it was read"

DEFAULT_CONCURRENCY = 4
"""Requests at the same time."""

MAX_MATCHED_USERS = 2_000
"""Users that are read to match a name: 20 requests. In a larger instance, `--all-users` reads them."""

MAX_USERS_AGE = timedelta(days=1)
"""The age up to which the users of an earlier snapshot are used in an instance with more users."""

MAX_TOKEN_LINE_CHARS = 2 * MAX_TOKEN_CHARS
"""What is read of a file or a line with a token: enough to see that it is too long."""

UNREAD = "users in no group"
"""The users who are unknown if only the groups were read."""

NO_INSTANCE = "no instance: add --instance, set TESTMO_INSTANCE, or run: groupstui auth login --instance …"

NO_HISTORY = "there is no history: the settings contain history = false"

MAX_CLOCK_SKEW = timedelta(minutes=1)
"""A snapshot that lies further in the future is not recent: the clock was ahead when it was taken."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What a command has read, and which users it does not know."""

    directory: Directory
    unread_users: str = ""
    """Which users are unknown, in words; empty if all are known, or none is needed."""
    reason: str = ""
    """Why they are unknown."""
    from_history: bool = False
    """Whether the data is a snapshot."""
    at: datetime | None = None
    """The time of `--at`, of which the data is; None for the present."""
    without_addresses: Directory | None = None
    """What is matched to names and ids if all users were read only because of an address.

    So the answer for a name does not depend on what else is asked for. `unread_users` is about this then.
    """


@dataclass
class Context:
    """Options and environment of a command, and what follows from them."""

    options: argparse.Namespace
    environ: MutableMapping[str, str]
    clock: Clock = field(default_factory=Clock)
    show_progress: bool = True
    label: str = ""
    """What messages begin with: the instance, if several are read."""
    parts: Sequence[Context] = ()
    """The contexts of all instances, if several are read."""
    token_source: str = ""
    """Where the token came from, in words, after it was requested."""
    verdict: ExitCode | None = None
    """The exit code of the answer, once it is known: a closed pipe does not change it."""
    incomplete: str = ""
    """Why the data of the answer is incomplete; empty if it is complete."""
    certain: bool = False
    """Whether the answer is right even if groups are missing."""
    doubt: str = ""
    """Why the user of the answer may be another one; empty if that is certain."""
    _service: GroupsService | None = None
    """The service whose crawl is not saved yet."""
    _histories: dict[str, History | None] = field(default_factory=dict)
    """The histories that were opened, by the address of the instance."""
    _warnings: set[str] = field(default_factory=set)
    """What was printed already."""

    @cached_property
    def demo(self) -> Demo | None:
        """The demo instance, with `--demo`."""
        return Demo() if getattr(self.options, "demo", False) else None

    @cached_property
    def settings_file(self) -> SettingsFile:
        """The settings file, which may not exist."""
        return SettingsFile(default_path(), default_cache())

    @cached_property
    def settings(self) -> Settings:
        """The settings.

        Raises:
            SettingsError: If they cannot be read.
        """
        try:
            settings = self.settings_file.load()
            if settings.unknown and not self.opens_app:
                names = ", ".join(map(quoted, settings.unknown))
                self._warn_once(f"{self.settings_file.path}: ignored unknown settings: {names}")
            return settings
        except SettingsUnreadable as error:  # they may turn the history off
            self._warn_once(f"{error}; there is no history")
            return Settings(history=False)

    # Options

    @property
    def opens_app(self) -> bool:
        """Whether the command is the app, which has notices of its own."""
        return self.options.command == "browse" and not self.options.plain

    @property
    def at(self) -> str | None:
        """The time of `--at`, as it was typed; None without it."""
        at: str | None = getattr(self.options, "at", None)
        return at

    def preference(self, option: str) -> Any:
        """Return the value of an option: as given, otherwise of the environment, otherwise of the settings.

        Raises:
            UsageError: If the value in the environment is not valid.
        """
        value = getattr(self.options, option)
        if value is None:
            value = from_environment(option, self.environ)
        if value is None and self.demo is None:
            value = getattr(self.settings, option)
        return value

    def check_environment(self) -> None:
        """Check the values of options in the environment, before anything else is done.

        Raises:
            UsageError: If one is not valid.
        """
        for option in VARIABLES:
            if option in self.options and getattr(self.options, option) is None:
                from_environment(option, self.environ)

    @property
    def is_json(self) -> bool:
        """Whether `--json` or `--jq` selects the format."""
        return any(getattr(self.options, name, None) is not None for name in ("json", "jq"))

    @cached_property
    def format(self) -> str | None:
        """The output format; None for a table on a terminal, and rows elsewhere."""
        if self.is_json:
            return "json"
        format: str | None = self.preference("format")
        return format

    # Instance

    @property
    def instance(self) -> Instance:
        """The instance, by `--instance`, the environment or the last sign-in.

        Raises:
            UsageError: If there is none.
        """
        instance = self.find_instance()
        if instance is None:
            raise UsageError(NO_INSTANCE)
        return instance

    def find_instance(self) -> Instance | None:
        """Return the instance, or None if there is none.

        Raises:
            UsageError: If it is not valid.
        """
        if self.demo is not None:
            return self.demo.instance
        return self.named_instance() or self._current_instance()

    def named_instance(self) -> Instance | None:
        """Return the instance that `--instance` or the environment names.

        Raises:
            UsageError: If it is not valid.
        """
        return self._resolve(self.options.instance or "") or self._environment_instance()

    def _environment_instance(self) -> Instance | None:
        return self._resolve(self.environ.get("TESTMO_INSTANCE", "").strip())

    def _resolve(self, text: str) -> Instance | None:
        return _parse_instance(self.settings.origin_of(text) or text) if text else None

    def offline_instance(self) -> Instance:
        """Return the instance for `--offline`, of which there must be a snapshot.

        Raises:
            UsageError: If there is none.
        """
        instance = self.find_instance()
        if instance is None:
            raise UsageError("no instance: add --instance")
        history = history_of(instance.origin, self.settings)
        if history is None:
            raise UsageError(NO_HISTORY)
        if not history.exists:
            raise UsageError(f"there is no snapshot of {instance.name}", hint="Run once without --offline.")
        return instance

    def _current_instance(self) -> Instance | None:
        return _parse_instance(self.settings.last_used) if self.settings.last_used else None

    # Token

    async def token(self) -> Token:
        """Return the token: as `given_token`, otherwise from the keyring.

        Raises:
            Unauthorized: If there is none.
            UsageError: If it is not valid.
        """
        if self.demo is not None:
            self.token_source = "the demo instance"
            return self.demo.token
        return self.given_token() or await self._keyring_token()

    def given_token(self) -> Token | None:
        """Return the token from stdin or a file if an option asks for it, otherwise from the environment.

        Raises:
            UsageError: If it is not valid, or if it is not known which instance it is for.
        """
        options = self.options
        try:
            if options.token_stdin:
                self.token_source = "standard input"
                if sys.stdin.isatty():
                    return Token.parse(getpass.getpass("Token: "))  # not shown
                return Token.parse(sys.stdin.readline(MAX_TOKEN_LINE_CHARS))
            if options.token_file is not None:
                self.token_source = "the file of --token-file"  # its name may be a token, by mistake
                with open(options.token_file, encoding="utf-8", errors="replace") as file:
                    return Token.parse(file.read(MAX_TOKEN_LINE_CHARS))
            self.token_source = "TESTMO_TOKEN"
            token = token_from_environment(self.environ)
        except EOFError:  # ctrl+d
            raise UsageError("no token was typed") from None
        except (InvalidToken, OSError, UnicodeDecodeError) as error:
            reason = error.strerror if isinstance(error, OSError) else str(error)
            if isinstance(error, UnicodeDecodeError):
                reason = "it is not UTF-8"
            raise UsageError(f"no token from {self.token_source}: {reason}") from None
        if token is None:
            return None
        # A token must not be sent to an instance that it was not made for.
        if (named := self.named_instance()) is None:
            raise UsageError("TESTMO_TOKEN is set: name its instance with --instance or TESTMO_INSTANCE")
        return token if self._environment_instance() in (None, named) else None

    async def _keyring_token(self) -> Token:
        self.token_source, name = "the keyring", self.instance.name
        hint = "Run groupstui auth login, or set TESTMO_TOKEN."
        if self.label:
            hint = f"Run groupstui auth login --instance {name}."
        missing = Unauthorized(f"no token for {name}", hint)
        try:
            token = await TokenStore().load(self.instance.origin)
        except KeyringUnavailable as error:
            token, missing = None, Unauthorized(f"no token: {error}", hint=error.hint)
        if token is not None:
            return token
        if token_from_environment(self.environ) is not None and not self.label:
            raise UsageError(
                f"TESTMO_TOKEN is not for {name}, but for TESTMO_INSTANCE; {missing}",
                hint="Set both variables, or run groupstui auth login.",
            )
        raise missing

    # Service and history

    @cached_property
    def history(self) -> History | None:
        """The history of the instance; None if the settings turn it off."""
        if self.demo is not None:
            self.demo.prepare()
            return self.demo.history
        return self._history_of(self.instance)

    def _history_of(self, instance: Instance) -> History | None:
        """Return the history of an instance; always the same object, as it remembers damage."""
        if instance.origin not in self._histories:
            self._histories[instance.origin] = history_of(instance.origin, self.settings)
        return self._histories[instance.origin]

    def required_history(self) -> History:
        """Return the history, for commands that need one.

        Raises:
            UsageError: If the settings turn it off.
        """
        if self.history is None:
            raise UsageError(NO_HISTORY)
        return self.history

    def connect(self, instance: Instance, token: TokenSource) -> GroupsService:
        """Return a service with the history of its instance, which the caller closes. Nothing is sent yet."""
        # Part of the httpx and pydantic boundary: a snapshot answers without the service.
        from ..service.service import GroupsService

        options, demo = self.options, self.demo
        return GroupsService(
            instance,
            token,
            transport=None if demo is None else lambda: demo.transport,  # made when it is first needed
            concurrency=self.preference("concurrency") or DEFAULT_CONCURRENCY,
            http=HttpOptions(
                self.preference("proxy") or "",
                options.ca_bundle,
                self.preference("timeout") or REQUEST_TIMEOUT_S,
            ),
            history=self._history_of(instance) if demo is None else demo.history,
            offline=getattr(options, "offline", False),
            clock=self.clock,
        )

    async def open(self) -> GroupsService:
        """Return the service of the instance, which the caller closes.

        Raises:
            UsageError: If there is no instance, or if the token is not valid.
            Unauthorized: If there is no token.
        """
        return self.connect(self.instance, await self.token())

    async def read(self, *, users: bool = False, match: Sequence[str] = ()) -> Reading:
        """Read all groups: from the last snapshot if an option allows that, otherwise from a crawl.

        Args:
            users: Read all users as well, for e-mail addresses and account properties.
            match: Texts that are matched to users, so that the answer depends on all users. They are read if
                there are no more than `MAX_MATCHED_USERS`; for an address or `--all-users`, in any case.

        Raises:
            TestmoError: If the instance cannot be read.
            InvalidTime: If the time of `--at` is not valid, or in the future.
            UnknownAnswer: With `--offline` and `--at`, if there is no snapshot, or none of that time.
        """
        reading = self._snapshot(users=users, match=match)
        if reading is not None:
            if users:
                options = "--at" if self.at is not None else "--offline and --max-age"
                self.warn(f"snapshots contain no e-mail addresses or user details: omit {options}")
        else:
            reading = await self._crawl(users=users, match=match)
            if users and not reading.directory.has_profiles:
                self.warn("e-mail addresses and user details are not available with this token or instance")
            elif users and not reading.directory.users_complete:
                self.incomplete = INCOMPLETE
        if users and reading.unread_users and reading.directory.has_profiles:
            self.incomplete = self.incomplete or f"users may be missing: {reading.reason}"
        return reading

    async def _crawl(self, *, users: bool, match: Sequence[str]) -> Reading:
        """Return all groups, and all users if they are needed or if there are not too many."""
        read_all = users or getattr(self.options, "all_users", False)
        by_address = any("@" in text for text in match)
        max_users = None if read_all or by_address else MAX_MATCHED_USERS if match else 0
        service = await self.open()
        async with service, self.progress(service) as progress:
            await service.load(progress.draw if progress.enabled else None, max_users=max_users)
        self._service = service
        if service.repaired_values:
            values = pluralize(service.repaired_values, "invalid value")
            self.warn(f"the instance sent {values}, treated as missing")
        directory = service.directory
        if not directory.complete:
            self.incomplete = INCOMPLETE
        if not (users or match) or (directory.users_complete and read_all):
            return Reading(directory)
        too_many = f"there are more than {MAX_MATCHED_USERS:,} users; --all-users reads them"
        if directory.users_complete and len(directory.profiles_by_id) <= MAX_MATCHED_USERS:
            return Reading(directory)
        if directory.users_complete:  # a name has the same answer as if no address had been asked for
            names = self._with_recent_users(directory.without_profiles(), self.clock.now(), too_many)
            return replace(names, directory=directory, without_addresses=names.directory)
        if service.users_failure:
            reason = service.users_failure
        elif directory.has_profiles:
            reason = "they changed while they were read; try again"
        else:
            reason = too_many
        if not match:
            return Reading(directory, UNREAD, reason)
        return self._with_recent_users(directory, self.clock.now(), reason)

    def _snapshot(self, *, users: bool, match: Sequence[str]) -> Reading | None:
        """Return the last snapshot if an option or a preference asks for it, or that of the time of `--at`.

        With an age, it must also contain the users to match; snapshots contain no addresses. An age that is
        only preferred is of no use either if details of users are needed.
        """
        if self.at is not None:
            return self.read_at(PointInTime.parse_past(self.at, self.clock.now()), users=users, match=match)
        offline: bool = getattr(self.options, "offline", False)
        max_age: timedelta | None = getattr(self.options, "max_age", None)
        preferred = None if offline or max_age or users else self._preferred_max_age()
        max_age = max_age or preferred
        if not offline and (max_age is None or any("@" in text for text in match)):
            return None
        history = self.history
        try:
            known = None if history is None else history.latest()
        except HistoryUnavailable as error:
            if offline:
                raise
            self._warn_once(error.full)
            return None
        if known is not None:
            time = as_of(known)
            if max_age is None or -MAX_CLOCK_SKEW <= self.clock.now() - time <= max_age:
                reason = "no recent snapshot contains them; omit --offline"
                reading = self._from_snapshot(known, time, reason, users=users, match=match)
                if offline or reading.directory.users_complete or _are_known_ids(known, match):
                    hint = "; --fresh reads the instance" if preferred else ""
                    self.warn(f"the data is from the snapshot of {utc_minute(time)}{hint}")
                    return reading
        elif offline:
            reason = "the history is off" if history is None else history.missing
            raise UnknownAnswer(f"no offline data for {self.instance.name}: {reason}")
        return None

    def _preferred_max_age(self) -> timedelta | None:
        """Return the age that the environment or the settings allow, unless `--fresh` asks for new data."""
        if getattr(self.options, "fresh", True):
            return None
        age: timedelta | str | None = self.preference("max_age")
        return parse_duration(age) if isinstance(age, str) else age

    def read_at(self, point: PointInTime, *, users: bool = False, match: Sequence[str] = ()) -> Reading:
        """Return the instance as it was at a time, from the last snapshot up to then.

        Args:
            point: The time.
            users: As for `read`.
            match: As for `read`.

        Raises:
            InvalidTime: If the snapshot that `point` names does not exist.
            UnknownAnswer: If the history has no snapshot from that time or earlier.
        """
        history, name = self.history, self.instance.name
        past = None if history is None else history.past(point)
        if past is None:
            reason = "the history is off" if history is None else history.missing
            raise UnknownAnswer(f"no earlier data of {name}: {reason}")
        begins = f"the history begins on {utc_minute(past.begins)}"
        if past.state is None:
            raise UnknownAnswer(f"no data for that time: {begins}")
        directory = past.state.directory
        time = as_of(directory)
        self.warn(f"the data is from the snapshot of {utc_minute(time)}; {begins}")
        reason = "the snapshot does not contain them"
        reading = self._from_snapshot(
            directory, time, reason, users=users, match=match, snapshot=past.state.snapshot
        )
        return replace(reading, at=past.state.time)

    def _from_snapshot(
        self,
        known: Directory,
        time: datetime,
        reason: str,
        *,
        users: bool,
        match: Sequence[str],
        snapshot: Snapshot | None = None,
    ) -> Reading:
        """Return a snapshot; if users are needed, with those who were read in the day before.

        Args:
            known: What the snapshot contains.
            time: When it was taken.
            reason: Why not all users are known.
            users: As for `read`.
            match: As for `read`.
            snapshot: The snapshot, if there may be later ones.
        """
        if known.users_complete or not (users or match):
            return Reading(known, from_history=True)
        if match:
            reading = self._with_recent_users(known, time, reason, snapshot)
            return replace(reading, from_history=True)
        return Reading(known, UNREAD, reason, from_history=True)

    def _with_recent_users(
        self, directory: Directory, now: datetime, reason: str, snapshot: Snapshot | None = None
    ) -> Reading:
        """Add all users if they were read in the day before.

        Args:
            directory: What was read.
            now: When it was read.
            reason: Why the users were not read then.
            snapshot: The snapshot with the directory; users who were read later are not of that time.
        """
        found = None
        with suppress(HistoryUnavailable):
            if self.history is not None:
                until = now + MAX_CLOCK_SKEW
                found = self.history.all_users(now - MAX_USERS_AGE, until, snapshot)
        if found is None:
            return Reading(directory, UNREAD, reason)
        time, names = found
        return Reading(directory.with_all_users(names), f"users created since {utc_minute(time)}", reason)

    async def save_history(self) -> Snapshot | None:
        """Save the crawl of this command, if that is still to be done, and report a damaged history.

        Returns:
            The snapshot, or that of a later crawl; None if nothing was saved.
        """
        for part in self.parts:
            await part.save_history()
        service, self._service = self._service, None
        saved = None
        if service is not None and service.history is not None:
            saved = await service.save_history(
                lambda: self.warn("waiting for the history, which is locked by another program")
            )
            if service.history.notice:  # that of a saved crawl is about damage
                self._warn_once(service.history.notice, always=saved is not None)
        if "history" in vars(self) and self.history is not None and self.history.notice:
            self._warn_once(self.history.notice, always=True)
        return saved

    # Messages

    def progress(self, service: GroupsService) -> Progress:
        """Return what shows the progress of requests, in an `async with` block."""
        return Progress(service, draws=self.show_progress, quiet=self.options.quiet)

    def warn(self, text: str, *, always: bool = False) -> None:
        """Print a message to stderr; with `--quiet` only if it is `always` printed."""
        if always or not self.options.quiet:
            print_error(f"{self.label}: {text}" if self.label else text)

    def _warn_once(self, text: str, *, always: bool = False) -> None:
        if text not in self._warnings:
            self._warnings.add(text)
            self.warn(text, always=always)

    def confirmed(self, question: str) -> bool:
        """Ask whether to delete something, and return whether the answer is yes, as with `--yes`.

        Raises:
            UsageError: If there is no terminal to ask on.
        """
        if self.options.yes:
            return True
        if not (sys.stdin.isatty() and sys.stderr.isatty()):
            raise UsageError("there is no terminal to ask for confirmation: add --yes")
        print(f"{question} [y/N] ", end="", file=sys.stderr, flush=True)
        if sys.stdin.readline().strip().lower() in ("y", "yes"):
            return True
        self.warn("nothing was deleted")
        return False


class Progress:
    """Shows progress and pauses in one line of a terminal, which is erased at the end.

    Elsewhere it prints only the pauses, so that it is known why a program without a terminal waits.
    """

    def __init__(self, service: GroupsService, *, draws: bool, quiet: bool) -> None:
        self._cooldown = service.cooldown
        self.enabled = draws and not quiet and sys.stderr.isatty()
        self._quiet = quiet
        self._following: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        if not self._quiet:
            self._following = asyncio.create_task(self._follow_cooldown())
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._following is not None:
            self._following.cancel()
        if self.enabled:
            _rewrite_line("")

    def draw(self, progress: CrawlProgress) -> None:
        """Show the number of groups that were read."""
        if self.enabled:
            _rewrite_line(f"reading {progress.groups_read:,} of {progress.total or 0:,} groups")

    async def _follow_cooldown(self) -> None:
        pausing = False  # several requests may be refused, each a moment later
        async for until in self._cooldown.changes():
            if until is not None and (self.enabled or not pausing):
                text = f"rate limited by the instance (429); retrying at {local_clock(until)}"
                (_rewrite_line if self.enabled else print_error)(text)
            pausing = until is not None


def _rewrite_line(text: str) -> None:
    sys.stderr.write(f"\r\x1b[K{text}")
    sys.stderr.flush()


def _are_known_ids(directory: Directory, texts: Sequence[str]) -> bool:
    """Return whether all texts are ids of users in a directory."""
    with suppress(MatchError):
        return all(is_id(text) and directory.user_index.resolve(text) for text in texts)
    return False


def _parse_instance(text: str) -> Instance:
    try:
        return Instance.parse(text)
    except InvalidInstance as error:
        raise UsageError(f"{quoted(text)} is not a valid Testmo address: {error}") from None
