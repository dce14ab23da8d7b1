"""The command line: every command, its options and its help."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import NoReturn

from ..directory.audit import CHECKS
from ..errors import InvalidTime
from ..exit_codes import ExitCode
from ..history.time_spec import parse_duration
from ..output.formats import FORMATS
from ..terminal.stdio import print_error
from ..version import __version__

MAX_NUMBER = 1_000_000
"""The largest number that an option accepts."""

FILE = {
    "bash": "_shtab_compgen_files",
    "zsh": "_files",
    "fish": "(__fish_complete_path (commandline -ct))",
    "tcsh": "f",
}
"""Marks an argument as a file name for completion: `shtab.FILE`, which would take 13 ms to import."""

ENVIRONMENT = """\
environment:
  TESTMO_INSTANCE   the Testmo instance, in any form that --instance accepts
  TESTMO_TOKEN      the API token of a site admin; the keyring is not used then
  NO_COLOR          draw without colors
  HTTPS_PROXY, NO_PROXY, SSL_CERT_FILE
                    proxy and certificates, as for other programs
"""

EXAMPLES = """\
examples:
  groupstui --demo                   open the app with made-up data
  groupstui                          open the app, or sign in first
  groupstui QA                       open the app at a group or user
  groupstui --instance acme          open the app at acme.testmo.net
  groupstui who ada                  list the groups of a user
  groupstui members QA --format csv  list the members of a group as CSV
"""


class Parser(argparse.ArgumentParser):
    """Reports a usage error in one line."""

    def error(self, message: str) -> NoReturn:
        """Print the error and exit.

        Raises:
            SystemExit: With 2, always.
        """
        if message == "argument --sort: expected one argument":
            message = "--sort needs a field; for descending order join both: --sort=-FIELD"
        print_error(f"{message}; see: {self.prog} --help")
        raise SystemExit(ExitCode.USAGE)


@dataclass(frozen=True, slots=True)
class Command:
    """A command, as the help describes it."""

    summary: str
    usage: str
    examples: tuple[str, ...]
    add_arguments: tuple[Callable[[argparse.ArgumentParser], None], ...]
    """Add its own options, and those that it shares with other commands."""
    description: str = ""
    """Text for its own help, if that says more than the summary."""
    notes: str = ""
    """A paragraph after the examples."""
    meanings: Mapping[ExitCode, str] = field(default_factory=dict)
    """Exit codes that mean something particular."""


def parse(arguments: Sequence[str]) -> argparse.Namespace:
    """Parse the command line. Without a command, it is that of `browse`, which opens the app.

    Args:
        arguments: The words after the program's name. Options may precede the command.

    Raises:
        SystemExit: With 2 after a usage error, with 0 after `--help` and `--version`.
    """
    command = next((word for word in arguments if word in COMMANDS), None)
    if command is not None:
        rest = list(arguments)
        rest.remove(command)
        arguments = [command, *rest]
    elif {"-h", "--help", "--version"}.isdisjoint(arguments):
        arguments = ["browse", *arguments]
    options, unknown = build_parser().parse_known_args(arguments)
    if unknown:
        Parser(prog=f"groupstui {options.command}").error(f"unrecognized arguments: {' '.join(unknown)}")
    return options


def build_parser() -> Parser:
    """Return the parser of the whole command line."""
    parser = Parser(
        prog="groupstui",
        usage="groupstui [--instance INSTANCE | --demo] [NAME]\n       groupstui COMMAND [OPTIONS]",
        description="Show who is in which Testmo group. Without a command, open the app.",
        epilog=(
            f"For the options of the app, see: groupstui browse --help\n\n"
            f"{EXAMPLES}\n{ENVIRONMENT}\n{_exit_codes(ExitCode, {})}"
        ),
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"groupstui {__version__}")
    # With `prog`, argparse need not format a usage line to find it out.
    commands = parser.add_subparsers(
        dest="command", metavar="COMMAND [OPTIONS]", title="commands", prog="groupstui", required=True
    )
    for name, command in COMMANDS.items():
        examples = "\n".join(f"  {example}" for example in command.examples)
        codes = COMMON_EXIT_CODES if _instance in command.add_arguments else (ExitCode.OK, ExitCode.USAGE)
        command_parser = commands.add_parser(
            name,
            help=command.summary,
            usage=f"groupstui {name} {command.usage}",
            description=command.description or f"{command.summary}.",
            epilog=f"examples:\n{examples}\n\n{command.notes}{_exit_codes(codes, command.meanings)}",
            formatter_class=argparse.RawDescriptionHelpFormatter,
            allow_abbrev=False,
        )
        for add_arguments in command.add_arguments:
            add_arguments(command_parser)
    return parser


COMMON_EXIT_CODES = tuple(code for code in ExitCode if code is not ExitCode.FALSE)
"""The exit codes of every command that reads an instance."""


def _exit_codes(codes: Sequence[ExitCode] | type[ExitCode], meanings: Mapping[ExitCode, str]) -> str:
    """Return the paragraph of a help text that lists exit codes."""
    shown = sorted({*codes, *meanings})
    return "\n".join(["exit codes:", *(f"{code:>3}  {meanings.get(code, code.meaning)}" for code in shown)])


# Options that several commands share


def _instance(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("instance and connection")
    instance = group.add_mutually_exclusive_group()
    instance.add_argument(
        "--instance",
        metavar="INSTANCE",
        help="the Testmo instance: acme, acme.testmo.net, any of its URLs, or a name from the settings",
    )
    instance.add_argument(
        "--demo", action="store_true", help="use made-up data; no network, account or keyring"
    )
    token = group.add_mutually_exclusive_group()
    token.add_argument(
        "--token-stdin", action="store_true", help="read the API token from the first line of stdin"
    )
    _complete_files(token.add_argument("--token-file", metavar="FILE", help="read the API token from a file"))
    group.add_argument(
        "--timeout",
        metavar="SECONDS",
        type=_positive_float,
        default=30.0,
        help="time limit for each request (default: 30)",
    )
    group.add_argument(
        "--concurrency",
        metavar="N",
        type=_positive_int,
        default=4,
        help="maximum number of requests at a time (default: 4)",
    )
    group.add_argument(
        "--proxy",
        metavar="URL",
        default="",
        help="proxy for all requests, such as http://proxy.example:3128 (default: HTTPS_PROXY)",
    )
    ca_bundle = group.add_argument(
        "--ca-bundle",
        metavar="FILE",
        default="",
        help="trust the certificates in this file, in addition to the system's",
    )
    _complete_files(ca_bundle)
    parser.add_argument("-q", "--quiet", action="store_true", help="suppress messages on stderr")
    parser.add_argument(
        "--debug",
        action="store_true",
        help="log requests, to stderr or, in the app, to a file; never the token",
    )


def _history(parser: argparse.ArgumentParser) -> None:
    age = parser.add_argument_group("history").add_mutually_exclusive_group()
    age.add_argument("--offline", action="store_true", help="use the last snapshot; send no requests")
    age.add_argument(
        "--max-age",
        metavar="AGE",
        type=_duration,
        help="use the last snapshot if it is not older than this: 10m, 12h, 7d",
    )


def _output(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("output")
    group.add_argument(
        "--format",
        choices=tuple(FORMATS),
        help="output format (default: a table on a terminal, otherwise tab-separated rows)",
    )
    group.add_argument("--sort", metavar="FIELD", help="sort by a field; --sort=-FIELD for descending order")
    group.add_argument("--limit", metavar="N", type=_positive_int, help="print only the first N rows")
    group.add_argument(
        "--columns",
        metavar="FIELDS",
        type=_field_names,
        help="print only these fields, separated by commas",
    )
    group.add_argument(
        "--raw", action="store_true", help="do not escape CSV cells that a spreadsheet would run as formulas"
    )


# The commands

USER_HELP = "name, unique part of a name, id, or e-mail address"
GROUP_HELP = "name, unique part of a name, or id"


def _browse(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name", nargs="?", metavar="NAME", help="group or user to open first")
    parser.add_argument(
        "--plain",
        action="store_true",
        help="browse by numbered lines instead: for screen readers and simple terminals",
    )
    group = parser.add_argument_group("display")
    group.add_argument("--ascii", action="store_true", help="draw with ASCII characters only")
    group.add_argument("--no-color", action="store_true", help="draw without colors")
    group.add_argument("--mouse", action="store_true", help="enable the mouse over SSH")
    group.add_argument("--animations", action="store_true", help="enable animations over SSH")


def _groups(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "search", nargs="?", metavar="TEXT", help="list only groups with this text in their name"
    )


def _members(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("group", metavar="GROUP", help=GROUP_HELP)


def _who(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("user", metavar="USER", help=USER_HELP)


def _check(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("user", metavar="USER", help=USER_HELP)
    parser.add_argument("groups", metavar="GROUP", nargs="+", help=GROUP_HELP)


def _lookup(parser: argparse.ArgumentParser) -> None:
    file = parser.add_argument(
        "file", metavar="FILE", nargs="?", default="-", help="file with one user a line (default: stdin)"
    )
    _complete_files(file)


def _compare(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("groups", metavar="GROUP", nargs="+", help=GROUP_HELP)
    parser.add_argument("--differ", action="store_true", help="show only users who are not in every group")
    parser.add_argument("--exit-code", action="store_true", help="exit with 1 if the groups differ")


def _audit(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "checks", metavar="CHECK", nargs="*", help="run only these checks (default: all; see below)"
    )
    parser.add_argument(
        "--fail-on",
        metavar="CHECK",
        action="append",
        default=[],
        help="exit with 1 if this check has findings; may be repeated",
    )


def _changes(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--since",
        metavar="WHEN",
        default="7d",
        help="start: 7d, 12h, a date, or a snapshot such as #12 (default: 7d)",
    )
    parser.add_argument("--until", metavar="WHEN", help="end, in the same forms (default: now)")
    parser.add_argument("--exit-code", action="store_true", help="exit with 1 if anything changed")


def _snapshot(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("action", choices=("list", "save", "prune"))
    parser.add_argument(
        "--older-than",
        metavar="AGE",
        type=_duration,
        help="with prune: delete snapshots older than this, such as 90d; the last one is kept",
    )


def _watch(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--interval",
        metavar="TIME",
        type=_duration,
        default="5m",
        help="time between two crawls, at least 1m (default: 5m)",
    )
    parser.add_argument(
        "--exec",
        metavar="CMD",
        help="run a shell command for each change (JSON on its stdin); if it fails, print the change",
    )


def _export(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "what", type=_export_kind, choices=EXPORT_KINDS, help="what to export; a review is a directory"
    )
    output = parser.add_argument(
        "-o",
        "--output",
        metavar="FILE",
        required=True,
        help="output file (format from its extension), or - for stdout; a directory for a review",
    )
    _complete_files(output)
    parser.add_argument("--force", action="store_true", help="replace an existing file or unmodified review")


def _auth(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("action", choices=("login", "logout", "status"))
    parser.add_argument(
        "--purge", action="store_true", help="with logout: delete the history of the instance, too"
    )


def _config(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("action", choices=("path", "show"))


def _completion(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("shell", choices=SHELLS)


EXPORT_KINDS = ("groups", "memberships", "users", "matrix", "review")

SHELLS = ("bash", "zsh", "fish", "tcsh")
"""The shells that shtab writes completions for and that run where groupstui does."""

LOOKUP = (_instance, _history, _output)
"""The options of commands that read groups and print rows."""

COMMANDS = {
    "browse": Command(
        "Open the app (the default), or browse by numbered lines",
        "[NAME] [OPTIONS]",
        (
            "groupstui browse QA",
            "groupstui browse --plain",
            "printf '1\\nq\\n' | groupstui browse --plain",
        ),
        (_browse, _instance, _history),
    ),
    "groups": Command(
        "List groups",
        "[TEXT] [OPTIONS]",
        ("groupstui groups", "groupstui groups qa --sort=-members --limit 5"),
        (_groups, *LOOKUP),
    ),
    "members": Command(
        "List the members of a group",
        "GROUP [OPTIONS]",
        ("groupstui members QA", "groupstui members '#4' --format csv"),
        (_members, *LOOKUP),
    ),
    "who": Command(
        "List the groups of a user",
        "USER [OPTIONS]",
        ("groupstui who ada", "groupstui who ada --format json | jq -r '.groups[].name'"),
        (_who, *LOOKUP),
    ),
    "check": Command(
        "Check whether a user is a member of all given groups",
        "USER GROUP... [OPTIONS]",
        ("groupstui check ada QA && echo yes", "groupstui check ada QA 'Release managers' -q"),
        (_check, *LOOKUP),
        meanings={ExitCode.OK: "member of all groups", ExitCode.FALSE: "not a member of all groups"},
    ),
    "lookup": Command(
        "List the groups of many users, read from a file or stdin",
        "[FILE] [OPTIONS]",
        ("groupstui lookup leavers.txt", "printf 'ada\\ngrace\\n' | groupstui lookup - --format csv"),
        (_lookup, *LOOKUP),
    ),
    "compare": Command(
        "Compare the members of two to six groups",
        "GROUP GROUP... [OPTIONS]",
        (
            "groupstui compare QA 'Release managers'",
            "groupstui compare QA QA-EU --differ --format csv",
            "groupstui compare QA QA-EU --exit-code -q > /dev/null || echo different",
        ),
        (_compare, *LOOKUP),
        meanings={ExitCode.FALSE: "the groups differ (with --exit-code)"},
    ),
    "audit": Command(
        "Find unusual groups and members who may not need access",
        "[CHECK...] [OPTIONS]",
        (
            "groupstui audit",
            "groupstui audit empty identical --format markdown",
            "groupstui audit --fail-on inactive --fail-on no-two-factor -q",
        ),
        (_audit, *LOOKUP),
        description=(
            "Find empty, duplicate or similar groups, and members who should perhaps not\n"
            "have access. Without CHECK, run all checks."
        ),
        notes="checks:\n" + "".join(f"  {check.id:<20}{check.title}\n" for check in CHECKS) + "\n",
        meanings={
            ExitCode.FALSE: "a check named by --fail-on has findings",
            ExitCode.UNKNOWN: "a check named by --fail-on could not be run",
        },
    ),
    "changes": Command(
        "Show who joined or left which group, and other changes",
        "[OPTIONS]",
        (
            "groupstui changes",
            "groupstui changes --since 24h --format markdown",
            "groupstui changes --since 2026-11-01 --until 2026-11-16 --offline",
            "groupstui changes --since '#12' --exit-code -q || echo changed",
        ),
        (_changes, *LOOKUP),
        meanings={ExitCode.FALSE: "something changed (with --exit-code)"},
    ),
    "snapshot": Command(
        "List, save or delete snapshots of an instance",
        "list|save|prune [OPTIONS]",
        (
            "groupstui snapshot list",
            "groupstui snapshot save",
            "groupstui snapshot prune --older-than 90d",
        ),
        (_snapshot, _instance, _output),
    ),
    "watch": Command(
        "Print changes as lines of JSON, as they happen",
        "[OPTIONS]",
        (
            "groupstui watch --interval 15m",
            "groupstui watch | jq --unbuffered -r 'select(.change == \"joined\") | .user'",
            "groupstui watch --exec 'mail -s \"Testmo groups\" admins@example.com'",
        ),
        (_watch, _instance),
        meanings={ExitCode.OK: "stopped by ctrl+c or SIGTERM"},
    ),
    "export": Command(
        "Export all groups, users or memberships to a file",
        "groups|memberships|users|matrix|review -o FILE [OPTIONS]",
        (
            "groupstui export memberships -o memberships.csv",
            "groupstui export matrix -o access.md",
            "groupstui export review -o review-2026-11",
        ),
        (_export, *LOOKUP),
    ),
    "auth": Command(
        "Sign in, sign out, or show the signed-in user",
        "login|logout|status [OPTIONS]",
        (
            "groupstui auth login --instance acme",
            "groupstui auth status",
            "groupstui auth logout --purge",
        ),
        (_auth, _instance),
    ),
    "config": Command(
        "Show the settings or the path of their file",
        "path|show",
        ("groupstui config path", "groupstui config show"),
        (_config,),
    ),
    "doctor": Command(
        "Check terminal, keyring, proxy, TLS and instance",
        "[OPTIONS]",
        ("groupstui doctor",),
        (_instance,),
        description="Check terminal, keyring, proxy, TLS and instance. Prints no secrets.",
    ),
    "completion": Command(
        "Print a completion script for a shell",
        "bash|zsh|fish|tcsh",
        (
            'eval "$(groupstui completion bash)"',
            "groupstui completion fish | source",
        ),
        (_completion,),
    ),
}
"""Every command, in the order of the help."""


# Types of arguments


def _complete_files(argument: argparse.Action) -> None:
    argument.complete = FILE  # type: ignore[attr-defined]  # read by shtab


def _duration(text: str) -> timedelta:
    """Parse a duration such as `10m`."""
    try:
        return parse_duration(text)
    except InvalidTime as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def _positive_int(text: str) -> int:
    if text.isdecimal() and 0 < int(text) < MAX_NUMBER:
        return int(text)
    raise argparse.ArgumentTypeError(f"“{text}” is not a positive integer")


def _positive_float(text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = 0.0
    if 0 < number < MAX_NUMBER:
        return number
    raise argparse.ArgumentTypeError(f"“{text}” is not a positive number")


def _field_names(text: str) -> list[str]:
    return [name.strip() for name in text.split(",") if name.strip()]


def _export_kind(text: str) -> str:
    return "users" if text == "people" else text  # the older name
