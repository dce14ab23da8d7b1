"""Serves an app over TCP, for the command and for tests."""

from __future__ import annotations

import socket
import threading
from types import TracebackType
from typing import Self

import uvicorn
from starlette.types import ASGIApp

HOST = "127.0.0.1"
"""Loopback only: the demo's token is no secret."""

_PATIENCE = 1
"""Seconds that answers under way get to finish when the server stops."""


class DemoServer:
    """Serves an app on loopback in a thread of its own, from `start` to `stop` or for a `with` block.

    Args:
        app: What to serve.
        port: The port to listen on; 0 takes a free one.
    """

    def __init__(self, app: ASGIApp, port: int = 0) -> None:
        self.port = port
        """The port; the one taken, as soon as the server has started."""
        # uvicorn logs an error for every connection that a fault drops on purpose: nothing below critical is
        # of interest, and no logging of the program around is reconfigured.
        self._server = uvicorn.Server(
            uvicorn.Config(
                app,
                loop="asyncio",
                http="h11",
                ws="none",
                lifespan="off",
                log_config=None,
                date_header=False,  # the app sends its own
                log_level="critical",
                access_log=False,
                timeout_graceful_shutdown=_PATIENCE,
            )
        )

    @property
    def url(self) -> str:
        """The address to send requests to, without a slash at its end."""
        return f"http://{HOST}:{self.port}"

    def start(self) -> None:
        """Listen; requests may be sent at once.

        Raises:
            OSError: Where the port can't be had.
        """
        # asyncio sends small answers at once only on sockets that name TCP; on others each of them waits for
        # the client's system to acknowledge the headers, 40 ms on Linux.
        listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        try:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind((HOST, self.port))
            # The system queues connections from here on, so nobody has to wait until the thread is up.
            listener.listen()
        except OSError:
            listener.close()
            raise
        self.port = listener.getsockname()[1]
        self._thread = threading.Thread(target=self._server.run, args=([listener],), daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Stop listening, and wait until everything is closed."""
        self._server.should_exit = True
        self._thread.join()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
