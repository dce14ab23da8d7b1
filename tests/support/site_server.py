"""Serve an app over TCP on loopback."""

from __future__ import annotations

import asyncio
import socket
import ssl
import threading
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from types import TracebackType
from typing import Self

import h11
import httpx

from groupstui.demo.site import Site
from groupstui.testmo.instance import Instance

from .faults import Faults
from .request_log import RequestLog
from .site_app import MEMBER_TOKEN, TOKEN

App = Callable[[httpx.Request], Awaitable[httpx.Response]]

HOST = "127.0.0.1"

BAD_REQUEST = b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n"


class SiteServer:
    """Serve an app in a thread, from `start` to `stop` or within a `with` block.

    The body of a response is sent chunk by chunk; an exception of its stream closes the connection.

    Args:
        app: The function from request to response.
        port: The port; 0 picks a free one.
        tls: The context for HTTPS; plain HTTP by default.
    """

    def __init__(self, app: App, port: int = 0, *, tls: ssl.SSLContext | None = None) -> None:
        self.port = port
        """The port; after `start` the one that is used."""
        self._app = app
        self._tls = tls

    @property
    def url(self) -> str:
        """The base URL, without a slash at its end."""
        return f"{'http' if self._tls is None else 'https'}://{HOST}:{self.port}"

    def start(self) -> None:
        """Listen; requests may be sent at once.

        Raises:
            OSError: If the port cannot be used.
        """
        # asyncio sets TCP_NODELAY only on sockets whose protocol is named. Without it each small response
        # waits for the client's acknowledgement of the headers, 40 ms on Linux.
        listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        try:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind((HOST, self.port))
            listener.listen()  # connections queue from here on, even before the thread runs
        except OSError:
            listener.close()
            raise
        self.port = listener.getsockname()[1]
        self._loop = asyncio.new_event_loop()
        self._stopped = asyncio.Event()
        self._thread = threading.Thread(target=self._run, args=(listener,), daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Stop listening and close every connection, even within a response."""
        if self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._stopped.set)
            self._thread.join()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _run(self, listener: socket.socket) -> None:
        with asyncio.Runner(loop_factory=lambda: self._loop) as runner:
            runner.run(self._serve(listener))

    async def _serve(self, listener: socket.socket) -> None:
        server = await asyncio.start_server(self._converse, sock=listener, ssl=self._tls)
        await self._stopped.wait()
        server.close()  # the runner cancels the connections

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer the requests of one connection."""
        connection = h11.Connection(h11.SERVER)
        try:
            with suppress(ConnectionError):  # closed by the client or by a fault
                while (request := await self._next_request(connection, reader)) is not None:
                    await _send(await self._app(request), connection, writer)
                    if connection.our_state is not h11.DONE:
                        break
                    connection.start_next_cycle()
        except h11.RemoteProtocolError:
            writer.write(BAD_REQUEST)
        except asyncio.CancelledError:  # the server stops: do not wait for the client
            writer.transport.abort()
        finally:
            writer.close()

    async def _next_request(
        self, connection: h11.Connection, reader: asyncio.StreamReader
    ) -> httpx.Request | None:
        """Read a request, or return None at the end of the connection."""
        request = None
        while True:
            match connection.next_event():
                case h11.NEED_DATA:
                    connection.receive_data(await reader.read(1 << 16))
                case h11.Request(method=method, target=target, headers=headers):
                    url = httpx.URL(self.url).copy_with(raw_path=bytes(target))
                    request = httpx.Request(method.decode(), url, headers=list(headers))
                case h11.EndOfMessage():
                    return request
                case h11.ConnectionClosed() | h11.PAUSED:
                    return None


async def _send(response: httpx.Response, connection: h11.Connection, writer: asyncio.StreamWriter) -> None:
    head = h11.Response(
        status_code=response.status_code,
        headers=response.headers.raw,
        reason=response.reason_phrase.encode(),
    )
    writer.write(connection.send(head))
    assert isinstance(response.stream, httpx.AsyncByteStream)
    async for chunk in response.stream:
        writer.write(connection.send(h11.Data(chunk)))
        await writer.drain()
    writer.write(connection.send(h11.EndOfMessage()))
    await writer.drain()


@dataclass(frozen=True)
class RunningSite:
    """A site that is served on a loopback port."""

    url: str
    site: Site
    faults: Faults
    log: RequestLog
    token: str = TOKEN
    member_token: str = MEMBER_TOKEN

    @property
    def instance(self) -> Instance:
        return Instance.parse(self.url)
