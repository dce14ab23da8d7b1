"""Store tokens in the operating system's keyring, and never wait for it without a time limit.

`keyring` is imported only in the thread that uses it: it loads more slowly than the first screen is drawn,
and a token from the environment or a file does not need it. This is one of the program's three lazy imports.
"""

from __future__ import annotations

import asyncio
import logging
import os
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from ..diagnostics import redact
from ..errors import InvalidToken, KeyringLocked, KeyringUnavailable
from ..event_loop import DaemonExecutor
from ..redaction import without_tokens
from ..text import sanitize
from ..token import Token

if TYPE_CHECKING:
    from keyring.backend import KeyringBackend

SERVICE = "groupstui"
"""The service name of the entries in the keyring; their user name is the origin of the instance."""

BACKEND_VARIABLE = "PYTHON_KEYRING_BACKEND"
"""The environment variable that names a backend to the `keyring` library."""

START_HINT = "Start a keyring (see docs/ssh.md), or set TESTMO_TOKEN."
UNLOCK_HINT = "Unlock the keyring (see docs/ssh.md)."
if sys.platform == "darwin":  # over SSH, macOS shows no dialog for it
    UNLOCK_HINT = "Unlock the keychain with “security unlock-keychain”."

READ_LIMIT_S = 5.0 if sys.platform == "linux" else 60.0
"""Seconds to wait for a token: keyrings hang on Linux, and macOS asks the user after updates of Python."""

CREDENTIAL_TOO_LONG = 1783
"""The code of Windows for a credential of more than 2,560 bytes; each character takes two."""

R = TypeVar("R")


def system_backend() -> KeyringBackend:
    """Return the backend that the user chose for `keyring`, or the best one of this system.

    The limit keeps keyring's chainer from trying backends that ask for a password on the terminal, over
    the app.

    Raises:
        KeyringUnavailable: If the chosen backend is missing or does not work.
    """
    from keyring import core
    from keyring.util.platform_ import config_root

    # Without a handler, Python prints the library's warnings on the terminal, over the app.
    logging.getLogger("keyring").addHandler(logging.NullHandler())
    try:
        core.init_backend(limit=core.recommended)
    except Exception as error:  # importing and creating a named class may raise anything
        source = BACKEND_VARIABLE if BACKEND_VARIABLE in os.environ else config_root() / "keyringrc.cfg"
        raise KeyringUnavailable(
            f"the keyring backend set in {source} does not work ({without_tokens(_describe(error))})",
            f"Correct or remove {source}.",
        ) from None
    return core.get_keyring()


class TokenStore:
    """The tokens in a keyring, one for each instance.

    A locked or hung keyring may never answer, and `keyring` has no time limit. So every call runs in its own
    daemon thread, which delays neither the event loop nor the end of the program.
    """

    def __init__(
        self,
        backend: Callable[[], KeyringBackend] = system_backend,
        *,
        read_limit: float = READ_LIMIT_S,
        write_limit: float = 30.0,
    ) -> None:
        """Prepare the store; the keyring is not used yet.

        Args:
            backend: Returns the keyring's backend. It is called once, in a thread.
            read_limit: Seconds to wait for a token.
            write_limit: Seconds to wait for a change: the user may have to answer a dialog.
        """
        self._choose_backend = backend
        self._backend: KeyringBackend | None = None
        self._read_limit = read_limit
        self._write_limit = write_limit
        self._readers = DaemonExecutor("keyring")
        self._writers = DaemonExecutor("keyring")

    def finish(self, limit: float) -> None:
        """Wait some seconds for changes in progress: the user may quit right after signing in."""
        self._writers.finish(limit)

    async def describe(self) -> str:
        """Return the name of the keyring, such as `SecretService Keyring`, after reading from it.

        Raises:
            KeyringUnavailable: If there is none, or if it cannot be read.
        """

        def describe(backend: KeyringBackend) -> str:
            backend.get_password(SERVICE, "")  # a keyring that hangs has a name, too
            return _name(backend)

        return await self._run(describe, self._read_limit)

    async def load(self, origin: str) -> Token | None:
        """Return the token of an instance, or None if the keyring has none.

        Raises:
            KeyringUnavailable: If the keyring cannot be read, or its entry is not a token.
        """

        def load(backend: KeyringBackend) -> Token | None:
            text = backend.get_password(SERVICE, origin)
            try:
                return Token.parse(text) if text else None
            except InvalidToken as error:
                raise KeyringUnavailable(
                    f"the keyring's entry for {origin} is not a token ({error})",
                    "Sign in again to replace it.",
                ) from None

        return await self._run(load, self._read_limit)

    async def save(self, origin: str, token: Token) -> None:
        """Store the token of an instance, and read it back: some keyrings only pretend to store it.

        Raises:
            KeyringUnavailable: If it is not stored, or not yet.
        """

        def save(backend: KeyringBackend) -> None:
            backend.set_password(SERVICE, origin, token.reveal())
            if backend.get_password(SERVICE, origin) != token.reveal():
                raise KeyringUnavailable(f"the keyring {_name(backend)} did not store the token", START_HINT)

        await self._run(save, self._write_limit, on_timeout="the token may still be stored later")

    async def delete(self, origin: str) -> bool:
        """Delete the token of an instance, and return whether there was one.

        Raises:
            KeyringUnavailable: If it is not deleted, or not yet.
        """

        def delete(backend: KeyringBackend) -> bool:
            # Keyrings raise the same error for a missing token as for a refusal, so look first.
            if backend.get_password(SERVICE, origin) is None:
                return False
            backend.delete_password(SERVICE, origin)
            if backend.get_password(SERVICE, origin) is not None:
                raise KeyringUnavailable(f"the keyring {_name(backend)} still contains the token")
            return True

        return await self._run(delete, self._write_limit, on_timeout="the token may still be deleted later")

    async def _run(
        self,
        work: Callable[[KeyringBackend], R],
        limit: float,
        *,
        on_timeout: str = "",
    ) -> R:
        """Return the result of a function that uses the backend, from a daemon thread.

        Args:
            work: The function.
            limit: Seconds to wait for it.
            on_timeout: What may still happen after the limit; not empty for a change.
        """

        def result_or_error() -> R | KeyringUnavailable:
            try:
                if self._backend is None:
                    backend = self._choose_backend()
                    _refuse_unsafe(backend)
                    self._backend = backend
                return work(self._backend)
            except BaseException as error:  # a panic in cryptography's Rust part is no Exception
                return _explain(error)

        threads = self._writers if on_timeout else self._readers
        try:
            async with asyncio.timeout(limit):  # unlike `wait_for` in Python 3.11, it loses no cancellation
                result = await asyncio.get_running_loop().run_in_executor(threads, result_or_error)
        except TimeoutError:
            reason = f"the keyring did not answer within {limit:g} s: it hangs, or waits for a dialog"
            raise KeyringUnavailable(
                f"{reason}; {on_timeout}" if on_timeout else reason, UNLOCK_HINT
            ) from None
        if isinstance(result, KeyringUnavailable):
            raise result
        return result


def _name(backend: KeyringBackend) -> str:
    """Return the name of a backend; instead of a chain of backends, the names of these."""
    return ", ".join(str(each.name) for each in getattr(backend, "backends", [backend]))


def _refuse_unsafe(backend: KeyringBackend) -> None:
    """Refuse a backend that does not store secrets safely.

    By keyring's convention a safe backend has a priority of one or more. `null` (which forgets what it
    "stores") and `fail` have less, and so have those of keyrings.alt, which write plain files or ask for a
    password on the terminal. A backend that is named in the environment or in keyringrc.cfg is not subject
    to the limit in `system_backend`, so it is checked here.
    """
    from keyring.backends.fail import Keyring as NoKeyring
    from keyring.core import recommended

    if isinstance(backend, NoKeyring):
        remove = f"Remove {BACKEND_VARIABLE}, or set TESTMO_TOKEN."  # it turns the keyring off
        hint = remove if BACKEND_VARIABLE in os.environ else START_HINT
        raise KeyringUnavailable("no keyring is available", hint)
    if not recommended(backend):
        name = f"{type(backend).__module__}.{type(backend).__qualname__}"
        raise KeyringUnavailable(
            f"the keyring backend {name} does not store tokens safely",
            f"Choose another with {BACKEND_VARIABLE} or keyringrc.cfg, or set TESTMO_TOKEN.",
        )


def _explain(error: BaseException) -> KeyringUnavailable:
    """Return the error to raise for what a keyring raised, which is more than `keyring.errors` lists.

    It is a new exception without cause, context and traceback: the frames of a keyring contain the token in
    plain text, and a crash report may print them.
    """
    from keyring import errors

    match error:
        case KeyringUnavailable():
            return type(error)(str(error), error.hint)
        case errors.NoKeyringError():
            return KeyringUnavailable("no keyring is available", START_HINT)
        case errors.KeyringLocked():
            return KeyringLocked("the keyring is locked", UNLOCK_HINT)
        case errors.InitError():
            # An account that never signed in on a desktop has no collection, not even to read from.
            return KeyringUnavailable(f"the keyring cannot be opened ({_describe(error)})", UNLOCK_HINT)
        case _ if getattr(error, "winerror", None) == CREDENTIAL_TOO_LONG:
            reason = (
                "the token is too long: the Credential Locker of Windows stores 2,560 bytes, 1,280 characters"
            )
            return KeyringUnavailable(reason, "Set TESTMO_TOKEN and TESTMO_INSTANCE instead.")
        case _:
            return KeyringUnavailable(f"the keyring failed ({_describe(error)})")


def _describe(error: BaseException) -> str:
    """Return the type and text of an exception, as in `OSError: no space left`."""
    name, text = type(error).__name__, redact(str(error))
    return f"{name}: {sanitize(text)}" if text else name
