"""From the command line to a site: which one, with which token, and how to say that it failed."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from ..directory.directory import Directory
from ..errors import InvalidInstance, SettingsError, Unauthorized, UnknownAnswer, UsageError
from ..settings import Settings, SettingsFile, default_path
from ..terminal.stdio import print_error
from ..testmo.instance import Instance
from ..testmo.rate_limit import Clock
from ..token import Token
from .demo_site import DEMO_INSTANCE, Demo

if TYPE_CHECKING:
    from ..history import History
    from ..service.service import GroupsService


@dataclass
class Context:
    """What a command works with."""

    options: argparse.Namespace
    environ: Mapping[str, str]
    demo: Demo | None = None
    clock: Clock = field(default_factory=Clock)
    """What tells the time."""
    plain: bool = False
    """Whether nothing but whole lines may be written, not even to say how far the reading is."""
    token_source: str = ""
    """Where the token comes from, in words, once `open` was asked."""

    @property
    def instance(self) -> Instance:
        """The site that is meant: by `--instance`, by the environment, or by the last sign-in.

        Raises:
            UsageError: If none is named.
        """
        if self.demo is not None:
            return DEMO_INSTANCE
        text = self.options.instance or self.environ.get("TESTMO_INSTANCE", "").strip()
        settings = self._settings()
        text = settings.origin_of(text) or text or settings.current
        if not text:
            raise UsageError("no site: add --instance, set TESTMO_INSTANCE, or run: groupstui auth login")
        try:
            return Instance.parse(text)
        except InvalidInstance as error:
            raise UsageError(f"“{text}” names no site: {error}") from None

    def _settings(self) -> Settings:
        try:
            return SettingsFile(default_path()).load()
        except SettingsError as error:
            raise UsageError(str(error)) from None

    @cached_property
    def history(self) -> History | None:
        """What the site looked like before; None where the settings want none kept."""
        from ..history import history_of

        if self.demo is not None:
            self.demo.begin()
            return self.demo.history
        return history_of(self.instance.origin, self._settings())

    async def token(self) -> Token:
        """Return the token: from stdin or a file if asked for, else the environment, else the keyring.

        Raises:
            Unauthorized: If there is none.
            UsageError: If what was given is no token.
        """
        from ..credentials import token_from_environment
        from ..errors import InvalidToken

        try:
            if self.demo is not None:
                self.token_source = "the demo site"
                return self.demo.token
            if (given := self._given()) is not None:
                return Token.parse(given)
            if (token := token_from_environment(self.environ)) is not None:
                self.token_source = "TESTMO_TOKEN"
                return self._meant_for_this_site(token)
        except (InvalidToken, OSError) as error:
            why = error.strerror if isinstance(error, OSError) else str(error)
            raise UsageError(f"no token from {self.token_source or 'TESTMO_TOKEN'}: {why}") from None
        return await self._token_from_keyring()

    def _given(self) -> str | None:
        if self.options.token_stdin:
            self.token_source = "standard input"
            return sys.stdin.readline()
        if self.options.token_file is not None:
            self.token_source = f"the file {self.options.token_file}"
            return Path(self.options.token_file).read_text(encoding="ascii", errors="replace")
        return None

    def _meant_for_this_site(self, token: Token) -> Token:
        if not (self.options.instance or self.environ.get("TESTMO_INSTANCE", "").strip()):
            # A token must not travel to a site that it was not meant for.
            raise UsageError("TESTMO_TOKEN is set: name its site with --instance or TESTMO_INSTANCE")
        return token

    async def _token_from_keyring(self) -> Token:
        from ..credentials import TokenStore
        from ..errors import KeyringUnavailable

        try:
            token = await TokenStore().load(self.instance.origin)
        except KeyringUnavailable as error:
            raise Unauthorized(f"no token: {error}", hint=error.hint) from None
        if token is None:
            raise Unauthorized(
                f"no token for {self.instance.name}",
                hint="Run: groupstui auth login; or set TESTMO_TOKEN.",
            )
        self.token_source = "the keyring"
        return token

    async def open(self) -> GroupsService:
        """Return the service, which the caller closes.

        Raises:
            UsageError: If no site or no usable token was given.
            Unauthorized: If there is no token.
        """
        from ..service.service import GroupsService
        from ..testmo.network import Network

        instance = self.instance
        return GroupsService(
            instance,
            await self.token(),
            transport=self.demo.transport if self.demo is not None else None,
            timeout=self.options.timeout,
            concurrency=self.options.concurrency,
            network=Network(self.options.proxy, self.options.ca_bundle),
            history=self.history,
            clock=self.clock,
        )

    async def directory(self, *, users: bool = False, addresses: bool = False) -> Directory:
        """Read the whole site and give what is there.

        Args:
            users: Read `/users`, too: only there are e-mail addresses and marks.
            addresses: The same, for an answer that hangs on e-mail addresses: what was kept is not enough
                then, where the site may be asked.

        Raises:
            TestmoError: If it can't be read.
            UnknownAnswer: If it is to be recalled, and was never kept.
        """
        users = users or addresses
        if (known := self._recalled(addresses=addresses)) is not None:
            if users:
                self.warn("e-mail addresses and marks are not kept: leave --offline and --max-age out")
            return known
        async with await self.open() as service:
            with Progress(service, quiet=self.options.quiet or self.plain):
                directory = await service.index()
                told = await service.index_users() if users else True
        if service.past is not None and service.past.notice:
            self.warn(service.past.notice)
        if not told:
            self.warn("this token or this site does not tell e-mail addresses and marks")
        return directory

    def _recalled(self, *, addresses: bool) -> Directory | None:
        """Return the last reading that was kept, where it is to be taken and young enough."""
        offline: bool = getattr(self.options, "offline", False)
        max_age: timedelta | None = getattr(self.options, "max_age", None)
        if not offline and (max_age is None or addresses):
            return None
        history = self.history
        known = history.latest() if history is not None and history.exists else None
        if known is not None and known.as_of is not None:
            if max_age is None or datetime.now(UTC) - known.as_of <= max_age:
                self.warn(f"as of {known.as_of.astimezone():%Y-%m-%d %H:%M:%S}, from the history")
                return known
        elif offline:
            why = "the history is off" if history is None else "no reading was kept yet"
            raise UnknownAnswer(f"nothing is known of {self.instance.name} offline: {why}")
        return None

    def warn(self, text: str) -> None:
        """Say something beside the answer."""
        if not self.options.quiet:
            print_error(text)


class Progress:
    """Says on a terminal how far the reading is; one line, which goes when it is done."""

    def __init__(self, service: GroupsService, *, quiet: bool) -> None:
        self._service = service
        self._shown = sys.stderr.isatty() and not quiet

    def __enter__(self) -> None:
        if self._shown:
            self._service.indexed = self._draw
            self._service.pause.changed = self._draw

    def __exit__(self, *_: object) -> None:
        if self._shown:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()

    def _draw(self) -> None:
        directory, until = self._service.directory, self._service.pause.until
        text = f"reading {directory.arrived:,} of {directory.total or 0:,} groups"
        if until is not None:
            text = f"the site asks for a pause; going on at {until.astimezone():%H:%M:%S}"
        sys.stderr.write(f"\r\x1b[K{text}")
        sys.stderr.flush()
