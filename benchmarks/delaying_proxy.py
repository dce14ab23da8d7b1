"""Forward connections to a loopback port with a delay: `python -m benchmarks.delaying_proxy PORT MS`.

The first line of output is the port of the proxy. Every byte arrives MS milliseconds later, in each
direction. The TCP handshake is not delayed.
"""

from __future__ import annotations

import asyncio
import sys
from contextlib import suppress


async def main(port: int, delay_s: float) -> None:
    """Forward connections until the process is terminated."""

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        server_reader, server_writer = await asyncio.open_connection("127.0.0.1", port)
        await asyncio.gather(
            forward(reader, server_writer, delay_s),
            forward(server_reader, writer, delay_s),
        )

    server = await asyncio.start_server(connected, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


async def forward(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, delay_s: float) -> None:
    """Copy bytes with a delay; chunks in flight do not delay each other."""
    loop = asyncio.get_running_loop()
    with suppress(ConnectionError):
        while data := await reader.read(1 << 16):
            loop.call_later(delay_s, writer.write, data)
    loop.call_later(delay_s, writer.close)


if __name__ == "__main__":
    with suppress(KeyboardInterrupt):
        asyncio.run(main(int(sys.argv[1]), float(sys.argv[2]) / 1000))
