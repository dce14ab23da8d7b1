"""`python -m groupstui.demo`: serves the demo site over TCP until it is interrupted."""

from __future__ import annotations

import argparse
import errno
import signal
import sys
import threading
from collections.abc import Callable, Sequence

from . import DEMO_TOKEN, KINDS, Faults, create_app, make_site
from .server import DemoServer

_EXAMPLES = """\
examples:
  python -m groupstui.demo --port 8765
  python -m groupstui.demo --port 0 --groups 2000 --users 9000 --latency-ms 300
  python -m groupstui.demo --fault 429

The first line that is printed is the address and the admin's token. Ctrl+C ends it.
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve the site until SIGINT or SIGTERM, and give the exit code.

    Args:
        arguments: The command line without the program's name; the process's own by default.
    """
    options = _parser().parse_args(arguments)
    ended = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: ended.set())
    faults = Faults()
    if options.fault:
        faults.always(options.fault)
    site = make_site(options.groups, options.users, options.members_max, options.seed)
    app = create_app(site, token=options.token, latency=options.latency_ms / 1000, faults=faults)
    server = DemoServer(app, options.port)
    try:
        server.start()
    except OSError as error:
        taken = error.errno == errno.EADDRINUSE
        reason = "is taken" if taken else f"can't be used: {error.strerror}"
        print(f"groupstui.demo: port {options.port} {reason}", file=sys.stderr)
        return 2
    print(server.url, options.token, flush=True)
    ended.wait()
    server.stop()
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m groupstui.demo",
        description="Serve a made-up site that speaks Testmo's API, on this machine only.",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add(
        "--port",
        type=_number(0, 65_535),
        default=8765,
        metavar="N",
        help="port; 0 takes a free one (%(default)s)",
    )
    add("--groups", type=_number(0, 100_000), default=230, metavar="N", help="groups (%(default)s)")
    add("--users", type=_number(1, 1_000_000), default=900, metavar="N", help="users (%(default)s)")
    add(
        "--members-max",
        type=_number(0, 1_000_000),
        default=500,
        metavar="N",
        help="most members of a group (%(default)s)",
    )
    add(
        "--seed",
        type=_number(0, 2**32),
        default=1,
        metavar="N",
        help="another seed makes another site (%(default)s)",
    )
    add(
        "--latency-ms",
        type=_number(0, 600_000),
        default=0,
        metavar="N",
        help="wait before every answer (%(default)s)",
    )
    add("--fault", choices=KINDS, metavar="KIND", help=f"spoil every answer: {', '.join(KINDS)}")
    add("--token", type=_token, default=DEMO_TOKEN, help="the admin's token (%(default)s)")
    return parser


def _number(least: int, most: int) -> Callable[[str], int]:
    """Return a reader of whole numbers within bounds."""

    def read(text: str) -> int:
        if not text.isascii() or not text.isdecimal() or not least <= int(text) <= most:
            raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from {least} to {most}")
        return int(text)

    return read


def _token(text: str) -> str:
    """Take a token that a header can carry."""
    if not text or not text.isascii() or not text.isprintable() or " " in text:
        raise argparse.ArgumentTypeError("a token is printable ASCII without spaces")
    return text


if __name__ == "__main__":
    sys.exit(main())
