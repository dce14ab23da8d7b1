"""The command line: reads what is asked for. Never imports Textual."""

import argparse
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from . import __version__
from .api.instance import BadInstance, Instance

EXAMPLES = """\
examples:
  groupstui --demo                  look around, without a Testmo site
  groupstui                         go on with the site of the last time, or sign in
  groupstui --instance acme         open acme.testmo.net
  TESTMO_TOKEN=… groupstui --instance https://acme.testmo.net

environment:
  TESTMO_INSTANCE   the site, as --instance takes it
  TESTMO_TOKEN      a site admin's token; nothing is asked then, and the keyring stays untouched

exit codes:
  0  done                         2  wrong usage, bad settings, no terminal
  3  a bug                        130  interrupted
"""


@dataclass(frozen=True, slots=True)
class Options:
    """What the command line asks for."""

    instance: Instance | None
    demo: bool


def parse(arguments: Sequence[str], environ: Mapping[str, str]) -> Options:
    """Read the command line; the environment fills in what it leaves open.

    Raises:
        SystemExit: With 2 after a message on stderr, or with 0 after `--help` and `--version`.
    """
    parser = _parser()
    options = parser.parse_args(arguments)
    text = options.instance if options.instance is not None else environ.get("TESTMO_INSTANCE", "")
    try:
        instance = Instance.parse(text) if text.strip() or options.instance is not None else None
    except BadInstance as error:
        parser.error(f"{text!r} names no site: {error}")
    if options.demo and options.instance is not None:
        parser.error("--demo brings its own site: leave --instance out")
    return Options(instance=instance, demo=options.demo)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="groupstui",
        description="Who is in which Testmo group? Answered in a terminal.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument(
        "--instance", metavar="SITE", help="a site: acme, acme.testmo.net, or any of its pages' addresses"
    )
    parser.add_argument(
        "--demo", action="store_true", help="open a made-up site: no network, no account, no keyring"
    )
    parser.add_argument("--version", action="version", version=f"groupstui {__version__}")
    return parser
