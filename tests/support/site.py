"""Serve a demo site over TCP until interrupted: `python -m tests.support.site`."""

from __future__ import annotations

import argparse
import errno
import signal
import ssl
import sys
import threading
from collections.abc import Callable, Sequence
from tempfile import NamedTemporaryFile

import trustme

from groupstui.demo.seed import make_site

from .faults import KINDS, Faults
from .site_app import TOKEN, SiteApp
from .site_server import HOST, SiteServer

EXAMPLES = """\
examples:
  python -m tests.support.site --port 8765
  python -m tests.support.site --groups 2000 --users 9000 --latency-ms 300
  python -m tests.support.site --fault 429
  python -m tests.support.site --tls

The first line of output is the URL and the admin's token, with --tls the second line is the path of the
CA file. Ctrl+C stops the server.
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve a site until SIGINT or SIGTERM and return the exit code.

    Args:
        arguments: The command line without the program's name; `sys.argv` by default.
    """
    options = _parser().parse_args(arguments)
    stopped = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopped.set())
    faults = Faults(seconds=options.fault_seconds)
    if options.fault:
        faults.always(options.fault)
    site = make_site(options.groups, options.users, options.members_max, options.seed)
    app = SiteApp(site, token=options.token, latency=options.latency_ms / 1000, faults=faults)
    authority = trustme.CA() if options.tls else None
    server = SiteServer(app, options.port, tls=None if authority is None else server_context(authority))
    try:
        server.start()
    except OSError as error:
        reason = "in use" if error.errno == errno.EADDRINUSE else error.strerror
        print(f"tests.support.site: cannot listen on port {options.port}: {reason}", file=sys.stderr)
        return 2
    print(server.url, options.token, flush=True)
    with NamedTemporaryFile(prefix="groupstui-ca-", suffix=".pem") as ca_file:
        if authority is not None:
            authority.cert_pem.write_to_path(ca_file.name)
            print(ca_file.name, flush=True)
        stopped.wait()
    server.stop()
    return 0


def server_context(authority: trustme.CA) -> ssl.SSLContext:
    """Return a TLS context with a certificate for loopback."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert(HOST, "localhost").configure_cert(context)
    return context


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m tests.support.site",
        description="Serve a demo site with Testmo's API on loopback.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )

    def number(name: str, least: int, most: int, default: int, help: str) -> None:
        parser.add_argument(
            name, type=_number(least, most), default=default, metavar="N", help=f"{help} (%(default)s)"
        )

    number("--port", 0, 65_535, 0, "port; 0 picks a free one")
    number("--groups", 0, 100_000, 230, "number of groups")
    number("--users", 1, 1_000_000, 900, "number of users")
    number("--members-max", 0, 1_000_000, 500, "size of the largest group")
    number("--seed", 0, 2**32, 1, "seed of the data")
    number("--latency-ms", 0, 600_000, 0, "milliseconds before every response")
    parser.add_argument("--fault", choices=KINDS, metavar="KIND", help=f"spoil responses: {', '.join(KINDS)}")
    number("--fault-seconds", 0, 3600, 60, "duration of the faults slow and hang")
    parser.add_argument("--tls", action="store_true", help="serve HTTPS with a certificate of a new CA")
    parser.add_argument("--token", type=_token, default=TOKEN, help="the admin's token (%(default)s)")
    return parser


def _number(least: int, most: int) -> Callable[[str], int]:
    """Return a parser of integers from `least` to `most`."""

    def parse(text: str) -> int:
        if not text.isascii() or not text.isdecimal() or not least <= int(text) <= most:
            raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from {least} to {most}")
        return int(text)

    return parse


def _token(text: str) -> str:
    if not text or not text.isascii() or not text.isprintable() or " " in text:
        raise argparse.ArgumentTypeError("a token is printable ASCII without spaces")
    return text


if __name__ == "__main__":
    sys.exit(main())
