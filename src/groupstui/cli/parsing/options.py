"""What the options of several commands have in common."""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, NoReturn, TypeAlias

from ...exit_codes import ExitCode
from ...terminal.stdio import print_error

if TYPE_CHECKING:
    from datetime import timedelta

    Commands: TypeAlias = argparse._SubParsersAction["Parser"]

FORMATS = ("table", "json", "ndjson", "csv", "tsv", "markdown")
"""What `report.formats` writes; loading that takes longer than all the help."""

LOOKUP_EXITS = (
    ExitCode.OK,
    ExitCode.USAGE,
    ExitCode.UNKNOWN,
    ExitCode.UNAUTHORIZED,
    ExitCode.NOT_ADMIN,
    ExitCode.NOT_FOUND,
    ExitCode.RATE_LIMITED,
    ExitCode.UNREACHABLE,
    ExitCode.INTERRUPTED,
)
"""What every command may end with that asks a site."""


def add_command(
    commands: Commands,
    name: str,
    summary: str,
    examples: Sequence[str],
    parents: list[Parser],
    meanings: dict[ExitCode, str] | None = None,
    exits: Iterable[ExitCode] = LOOKUP_EXITS,
) -> argparse.ArgumentParser:
    """Add a command, with its examples and exit codes in its help."""
    exits = sorted({*exits, *(meanings or {}), ExitCode.OK, ExitCode.USAGE})
    shown = "\n".join(f"  {example}" for example in examples)
    return commands.add_parser(
        name,
        help=summary,
        description=f"{summary[:1].upper()}{summary[1:]}.",
        epilog=f"examples:\n{shown}\n\n{exit_codes(exits, meanings)}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        parents=parents,
        allow_abbrev=False,
    )


def exit_codes(exits: Iterable[ExitCode], meanings: dict[ExitCode, str] | None = None) -> str:
    """Return the paragraph of a help text that explains exit codes."""
    lines = (f"  {code.value:>3}  {(meanings or {}).get(code, code.meaning)}" for code in exits)
    return "exit codes:\n" + "\n".join(lines) + "\n"


class Parser(argparse.ArgumentParser):
    """Says what is wrong in one line, and where to read more."""

    def error(self, message: str) -> NoReturn:
        """Say what is wrong.

        Raises:
            SystemExit: With 2, always.
        """
        print_error(f"{message}; see: {self.prog} --help")
        raise SystemExit(ExitCode.USAGE)


class Shared:
    """The options that several commands take, to be their parents."""

    def __init__(self) -> None:
        self.site = site_options()
        """Of every command that asks a site."""
        self.age = age_options()
        """Of what can be answered from the history."""
        self.output = output_options()
        """Of what answers with rows."""
        self.look = [self.site, self.age, self.output]
        """Of what looks something up."""


def add_site(parser: argparse.ArgumentParser) -> None:
    """Add which site is meant."""
    which = parser.add_mutually_exclusive_group()
    which.add_argument(
        "--instance",
        metavar="SITE",
        help="a site: acme, acme.testmo.net, any of its pages, or a name you gave it",
    )
    which.add_argument(
        "--demo", action="store_true", help="a made-up site: no network, no account, no keyring"
    )


def site_options() -> Parser:
    """Return what every command takes that asks a site."""
    parser = Parser(add_help=False)
    site = parser.add_argument_group("site")
    add_site(site)  # type: ignore[arg-type]  # a group takes what a parser takes
    token = site.add_mutually_exclusive_group()
    token.add_argument(
        "--token-stdin", action="store_true", help="read the token from the first line of stdin"
    )
    token.add_argument("--token-file", metavar="FILE", help="read the token from a file")
    site.add_argument(
        "--timeout", metavar="SECONDS", type=positive(float), default=30.0, help="for one request; 30"
    )
    site.add_argument("--concurrency", metavar="N", type=positive(int), default=4, help="requests at once; 4")
    add_network(site)
    _add_talk(parser)
    return parser


def add_network(group: argparse._ArgumentGroup) -> None:
    """Add the way to the site."""
    group.add_argument(
        "--proxy", metavar="URL", default="", help="in place of HTTPS_PROXY, as http://proxy.example:3128"
    )
    group.add_argument(
        "--ca-bundle", metavar="FILE", default="", help="certificates to trust beside the system's"
    )


def _add_talk(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("-q", "--quiet", action="store_true", help="say nothing beside the answer")
    parser.add_argument(
        "--debug", action="store_true", help="tell on stderr what is asked, without the token"
    )


def output_options() -> Parser:
    """Return what every command takes that answers with rows."""
    parser = Parser(add_help=False)
    output = parser.add_argument_group("output")
    output.add_argument("--format", choices=FORMATS, help="a table on a terminal, rows with tabs in a pipe")
    output.add_argument("--sort", metavar="FIELD", help="sort by a field; -FIELD from the largest down")
    output.add_argument("--limit", metavar="N", type=positive(int), help="the first N rows only")
    output.add_argument(
        "--columns", metavar="FIELDS", type=_names, help="these fields only, with commas between"
    )
    output.add_argument(
        "--raw", action="store_true", help="do not guard CSV cells against being run as formulas"
    )
    output.add_argument("--no-color", action="store_true", help="no colours; there are none in a pipe")
    return parser


def age_options() -> Parser:
    """Return what every command takes that can answer from the history."""
    parser = Parser(add_help=False)
    age = parser.add_argument_group("age")
    which = age.add_mutually_exclusive_group()
    which.add_argument(
        "--offline", action="store_true", help="answer from the last reading that was kept; ask nothing"
    )
    which.add_argument(
        "--max-age", metavar="AGE", type=length, help="take that reading if it is no older: 10m, 12h, 7d"
    )
    return parser


def length(text: str) -> timedelta:
    """Read a length of time, as `10m`."""
    from ...errors import InvalidTime
    from ...history.time_spec import parse_duration

    try:
        return parse_duration(text)
    except InvalidTime as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def positive(kind: type[int] | type[float]) -> type[int] | type[float]:
    """Return the type of an argument that is a number above 0."""

    def number(text: str) -> float:
        try:
            value = kind(text)
        except ValueError:
            value = kind(0)
        if not 0 < value < 1_000_000:
            raise argparse.ArgumentTypeError(f"“{text}” is no number above 0")
        return value

    return number  # type: ignore[return-value]  # argparse only calls it


def _names(text: str) -> list[str]:
    return [name.strip() for name in text.split(",") if name.strip()]
