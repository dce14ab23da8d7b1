"""Servers that are not Testmo sites; some do not even speak HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from socket import SO_LINGER, SOL_SOCKET
from socketserver import StreamRequestHandler, ThreadingTCPServer
from struct import pack
from threading import Thread

RESET = b"\0"
"""In place of a response: reset the connection."""


class FakeServer(ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True


@contextmanager
def fake_server(response: bytes, port: int = 0) -> Iterator[str]:
    """Serve the same bytes for every request, or reset the connection for `RESET`; yield the URL."""

    class Handler(StreamRequestHandler):
        def handle(self) -> None:
            while self.rfile.readline().strip():
                pass
            if response is RESET:
                self.request.setsockopt(SOL_SOCKET, SO_LINGER, pack("ii", 1, 0))
                self.request.close()
            else:
                self.wfile.write(response)

    with FakeServer(("127.0.0.1", port), Handler) as server:
        thread = Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()
            thread.join()


def http(status: str, body: str, content_type: str = "application/json") -> bytes:
    """Return an HTTP response as bytes."""
    head = f"HTTP/1.1 {status}\r\nContent-Type: {content_type}\r\nConnection: close\r\n\r\n"
    return (head + body).encode()
