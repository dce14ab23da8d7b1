"""Keeps tokens in the operating system's keyring, without ever waiting for it for long."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from contextlib import suppress
from time import monotonic
from typing import TYPE_CHECKING, TypeVar

from ..errors import InvalidToken, KeyringUnavailable
from ..token import Token
from .backend import refuse_unsafe, system_backend
from .errors import UNLOCK, explain

if TYPE_CHECKING:
    from keyring.backend import KeyringBackend

SERVICE = "groupstui"
"""The name under which the keyring lists the program's tokens; the user name is the site's origin."""

Answer = TypeVar("Answer")


class TokenStore:
    """The tokens in a keyring, one for each site.

    A locked or stuck keyring may never answer, and `keyring` has no time limit. So every call runs in a
    daemon thread of its own, which delays neither the event loop nor the end of the program.
    """

    def __init__(
        self,
        backend: Callable[[], KeyringBackend] = system_backend,
        *,
        read_limit: float = 5.0,
        write_limit: float = 30.0,
    ) -> None:
        """Prepare the store; nothing is asked yet.

        Args:
            backend: Gives the keyring's backend. It is called once, in a thread, when first needed.
            read_limit: Seconds to wait for a token.
            write_limit: Seconds to wait for a change; a user may be typing in the keyring's dialog.
        """
        self._backend = backend
        self._opened: KeyringBackend | None = None
        self._read_limit = read_limit
        self._write_limit = write_limit
        self._writing: list[threading.Thread] = []

    def finish(self, limit: float) -> None:
        """Wait until what was begun is stored or removed: a user may quit right after signing in.

        Args:
            limit: Seconds to wait at most.
        """
        end = monotonic() + limit
        for thread in self._writing:
            thread.join(max(0.0, end - monotonic()))

    async def describe(self) -> str:
        """Return the name of the keyring in use, such as `SecretService Keyring`.

        Raises:
            KeyringUnavailable: If there is none.
        """
        return await self._ask(lambda backend: str(backend.name), self._read_limit)

    async def load(self, origin: str) -> Token | None:
        """Return a site's token, or None if the keyring has none.

        Raises:
            KeyringUnavailable: If the keyring can't tell.
        """

        def read(backend: KeyringBackend) -> Token | None:
            text = backend.get_password(SERVICE, origin)
            try:
                return Token.parse(text) if text else None
            except InvalidToken as error:
                raise KeyringUnavailable(
                    f"what the keyring holds for {origin} is no token ({error})",
                    "Sign in again to replace it.",
                ) from None

        return await self._ask(read, self._read_limit)

    async def save(self, origin: str, token: Token) -> None:
        """Store a site's token, and read it back: some keyrings only pretend to store it.

        Raises:
            KeyringUnavailable: If it is not, or not yet, stored.
        """

        def write(backend: KeyringBackend) -> None:
            backend.set_password(SERVICE, origin, token.reveal())
            if backend.get_password(SERVICE, origin) != token.reveal():
                raise KeyringUnavailable(f"the keyring {backend.name} only pretended to store the token")

        await self._ask(write, self._write_limit, token, late="the token may still be stored later")

    async def delete(self, origin: str) -> bool:
        """Remove a site's token; tell whether there was one.

        Raises:
            KeyringUnavailable: If it is not, or not yet, removed.
        """

        def remove(backend: KeyringBackend) -> bool:
            # Asked first, because keyrings raise the same error for a missing token as for a refusal.
            if backend.get_password(SERVICE, origin) is None:
                return False
            backend.delete_password(SERVICE, origin)
            if backend.get_password(SERVICE, origin) is not None:
                raise KeyringUnavailable(f"the keyring {backend.name} still holds the token")
            return True

        return await self._ask(remove, self._write_limit, late="the token may still be removed later")

    async def _ask(
        self,
        question: Callable[[KeyringBackend], Answer],
        limit: float,
        token: Token | None = None,
        *,
        late: str = "",
    ) -> Answer:
        """Return the backend's answer, from a daemon thread and within a time limit.

        Args:
            question: What to ask; runs in the thread.
            limit: Seconds to wait.
            token: The token that the question hands over; it is kept out of the reason.
            late: What may happen yet once the limit has passed.
        """

        def answer_or_reason() -> Answer | KeyringUnavailable:
            try:
                return question(self._open())
            except BaseException as error:  # a panic in cryptography's Rust part is no Exception
                return explain(error, token)

        thread, future = _in_daemon_thread(answer_or_reason)
        if late:
            self._writing = [each for each in self._writing if each.is_alive()] + [thread]
        try:
            answer = await asyncio.wait_for(future, limit)
        except TimeoutError:
            reason = f"the keyring did not answer within {limit:g} s: it is stuck, or waits for a dialog"
            raise KeyringUnavailable(f"{reason}; {late}" if late else reason, UNLOCK) from None
        if isinstance(answer, KeyringUnavailable):
            raise answer
        return answer

    def _open(self) -> KeyringBackend:
        if self._opened is None:
            backend = self._backend()
            refuse_unsafe(backend)
            self._opened = backend
        return self._opened


def _in_daemon_thread(call: Callable[[], Answer]) -> tuple[threading.Thread, asyncio.Future[Answer]]:
    """Return the future result of a call that raises nothing, and the thread that carries it out.

    A result that comes after the future was given up, or after the program closed its loop, is dropped.
    `asyncio.to_thread` would not do: its threads are waited for when the program ends.
    """
    loop = asyncio.get_running_loop()
    future: asyncio.Future[Answer] = loop.create_future()

    def settle(result: Answer) -> None:
        if not future.done():
            future.set_result(result)

    def run() -> None:
        result = call()
        with suppress(RuntimeError):
            loop.call_soon_threadsafe(settle, result)

    thread = threading.Thread(target=run, name="keyring", daemon=True)
    thread.start()
    return thread, future
