"""Servers that are no Testmo site, down to some that do not even speak HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from socket import SO_LINGER, SOL_SOCKET
from socketserver import StreamRequestHandler, ThreadingTCPServer
from struct import pack
from threading import Thread

RESET = b"\0"
"""What no server says."""


class Stranger(ThreadingTCPServer):
    """Says the same to everybody, and hangs up."""

    allow_reuse_address = True
    daemon_threads = True


@contextmanager
def stranger(answer: bytes, port: int = 0) -> Iterator[str]:
    """Let a server say this to every request, or tear the connection for `RESET`; gives its address."""

    class Handler(StreamRequestHandler):
        def handle(self) -> None:
            while self.rfile.readline().strip():
                pass
            if answer is RESET:
                self.request.setsockopt(SOL_SOCKET, SO_LINGER, pack("ii", 1, 0))
                self.request.close()
            else:
                self.wfile.write(answer)

    with Stranger(("127.0.0.1", port), Handler) as server:
        thread = Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()
            thread.join()


def http(status: str, body: str, content_type: str = "application/json") -> bytes:
    """Return an answer in HTTP."""
    head = f"HTTP/1.1 {status}\r\nContent-Type: {content_type}\r\nConnection: close\r\n\r\n"
    return (head + body).encode()
