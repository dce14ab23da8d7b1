"""The command line: every command, its options and its help."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import timedelta
from typing import NoReturn

from ..directory.audit import CHECKS
from ..errors import InvalidTime
from ..exit_codes import ExitCode
from ..history.time_spec import parse_duration
from ..output.formats import FORMATS
from ..terminal.stdio import print_error
from ..text import sanitize
from ..version import __version__

MAX_NUMBER = 1_000_000
"""The largest number that an option accepts."""

MAX_ERROR_CHARS = 1_000
"""Length at which a usage error, which repeats arguments, is cut."""

COMMANDS = (
    *("browse", "groups", "members", "who", "check", "lookup", "compare", "audit", "changes", "snapshot"),
    *("watch", "export", "auth", "config", "doctor", "completion"),
)

VALUE_OPTIONS = (
    *("--instance", "--token-file", "--timeout", "--concurrency", "--proxy", "--ca-bundle", "--max-age"),
    *("--format", "--sort", "--limit", "--columns", "--fail-on", "--since", "--until", "--older-than"),
    *("--interval", "--exec", "-o", "--output"),
)
"""The options that take the next word as their value: it is no command, even if it reads like one."""

COMMON_EXIT_CODES = tuple(code for code in ExitCode if code is not ExitCode.FALSE)
"""The exit codes of every command that reads an instance."""

EXPORT_KINDS = ("groups", "memberships", "users", "matrix", "review")

SHELLS = ("bash", "zsh", "fish", "tcsh")
"""The shells that shtab writes completions for and that run where groupstui does."""

USER_HELP = "name, unique part of a name, id, or e-mail address"
GROUP_HELP = "name, unique part of a name, or id"

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
  HTTPS_PROXY, ALL_PROXY, NO_PROXY, SSL_CERT_FILE
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
    """Reports a usage error on one line."""

    def error(self, message: str) -> NoReturn:
        """Print the error and exit.

        Raises:
            SystemExit: With 2, always.
        """
        if message == "argument --sort: expected one argument":
            message = "--sort needs a field; for descending order, write --sort=-FIELD"
        print_error(f"{sanitize(message, MAX_ERROR_CHARS)}; see: {self.prog} --help")
        raise SystemExit(ExitCode.USAGE)


AddOptions = Callable[[argparse.ArgumentParser], None]
"""Adds options that several commands share."""

AddCommand = Callable[..., Parser]
"""Adds a command: see `build_parser`."""


def parse(arguments: Sequence[str]) -> argparse.Namespace:
    """Parse the command line. Without a command, run `browse`, which opens the app.

    Args:
        arguments: The words after the program's name. Options may precede the command.

    Raises:
        SystemExit: With 2 after a usage error, with 0 after `--help` and `--version`.
    """
    place = _first_word(arguments)
    if place is not None and arguments[place] in COMMANDS:
        arguments = [arguments[place], *arguments[:place], *arguments[place + 1 :]]
    elif {"-h", "--help", "--version"}.isdisjoint(arguments):
        arguments = ["browse", *arguments]
    options, unknown = build_parser().parse_known_args(arguments)
    if unknown:
        Parser(prog=f"groupstui {options.command}").error(f"unrecognized arguments: {' '.join(unknown)}")
    return options


def _first_word(arguments: Sequence[str]) -> int | None:
    """Return the place of the first word that is neither an option nor the value of one."""
    words = ((place, word) for place, word in enumerate(arguments) if not word.startswith("-"))
    return next((place for place, _ in words if not place or arguments[place - 1] not in VALUE_OPTIONS), None)


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

    def add(
        name: str,
        summary: str,
        usage: str,
        examples: str,
        shared: Sequence[AddOptions] = (),
        *,
        description: str = "",
        notes: str = "",
        meanings: Mapping[ExitCode, str] | None = None,
    ) -> Parser:
        lines = "\n".join(f"  groupstui {example}" for example in examples.splitlines())
        codes = COMMON_EXIT_CODES if shared else (ExitCode.OK, ExitCode.USAGE)
        command = commands.add_parser(
            name,
            help=summary,
            usage=" ".join(["groupstui", name, *usage.split(), *(["[OPTIONS]"] if shared else [])]),
            description=description or f"{summary}.",
            epilog=f"examples:\n{lines}\n\n{notes}{_exit_codes(codes, meanings or {})}",
            formatter_class=argparse.RawDescriptionHelpFormatter,
            allow_abbrev=False,
        )
        for add_options in shared:
            add_options(command)
        return command

    _add_browse(add)
    _add_lookups(add)
    _add_analysis(add)
    _add_history(add)
    _add_export(add)
    _add_setup(add)
    return parser


def _exit_codes(codes: Iterable[ExitCode], meanings: Mapping[ExitCode, str]) -> str:
    """Return the paragraph of a help text that lists exit codes."""
    shown = sorted({*codes, *meanings})
    return "\n".join(["exit codes:", *(f"{code:>3}  {meanings.get(code, code.meaning)}" for code in shown)])


# Options that several commands share


def _add_instance(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("instance and connection")
    instance = group.add_mutually_exclusive_group()
    instance.add_argument(
        "--instance",
        metavar="INSTANCE",
        help="acme, acme.testmo.net, any URL of the instance, or a name from the settings",
    )
    instance.add_argument(
        "--demo", action="store_true", help="use made-up data; no network, account or keyring needed"
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
        help="maximum number of simultaneous requests (default: 4)",
    )
    group.add_argument(
        "--proxy",
        metavar="URL",
        default="",
        help="proxy, such as http://proxy.example:3128 (default: HTTPS_PROXY)",
    )
    ca_bundle = group.add_argument(
        "--ca-bundle", metavar="FILE", default="", help="trust these certificates in addition to the system's"
    )
    _complete_files(ca_bundle)
    parser.add_argument("-q", "--quiet", action="store_true", help="suppress messages on stderr")
    parser.add_argument(
        "--debug",
        action="store_true",
        help="log requests, without the token, to stderr; in the app, to a file",
    )


def _add_age(parser: argparse.ArgumentParser) -> None:
    age = parser.add_argument_group("history").add_mutually_exclusive_group()
    age.add_argument("--offline", action="store_true", help="use the last snapshot; send no requests")
    age.add_argument(
        "--max-age",
        metavar="AGE",
        type=_duration,
        help="use the last snapshot if it is no older than this, such as 10m, 12h or 7d",
    )


def _add_output(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("output")
    group.add_argument(
        "--format",
        choices=tuple(FORMATS),
        help="output format (default: table on a terminal, otherwise tab-separated rows)",
    )
    group.add_argument("--sort", metavar="FIELD", help="sort by a field; --sort=-FIELD for descending order")
    group.add_argument("--limit", metavar="N", type=_positive_int, help="print only the first N rows")
    group.add_argument(
        "--columns", metavar="FIELDS", type=_field_names, help="print only these fields, separated by commas"
    )
    group.add_argument(
        "--raw",
        action="store_true",
        help="do not escape CSV and TSV cells that a spreadsheet would run as formulas",
    )


LOOKUP = (_add_instance, _add_age, _add_output)
"""The options of commands that read groups and print rows."""


# Commands


def _add_browse(add: AddCommand) -> None:
    browse = add(
        "browse",
        "Open the app (the default), or browse by numbered lines",
        "[NAME]",
        "browse QA\nbrowse --plain\nbrowse --plain < commands.txt",
        (_add_instance, _add_age),
    )
    browse.add_argument("name", nargs="?", metavar="NAME", help="group or user to open first")
    browse.add_argument(
        "--plain", action="store_true", help="print numbered lines, for screen readers and simple terminals"
    )
    display = browse.add_argument_group("display")
    display.add_argument("--ascii", action="store_true", help="draw with ASCII characters only")
    display.add_argument("--no-color", action="store_true", help="draw without colors")
    display.add_argument("--mouse", action="store_true", help="enable the mouse over SSH")
    display.add_argument("--animations", action="store_true", help="enable animations over SSH")


def _add_lookups(add: AddCommand) -> None:
    groups = add("groups", "List groups", "[TEXT]", "groups\ngroups qa --sort=-members --limit 5", LOOKUP)
    groups.add_argument(
        "search", nargs="?", metavar="TEXT", help="list only groups with this text in their name"
    )

    members = add(
        "members", "List the members of a group", "GROUP", "members QA\nmembers '#4' --format csv", LOOKUP
    )
    members.add_argument("group", metavar="GROUP", help=GROUP_HELP)

    who = add(
        "who",
        "List the groups of a user",
        "USER",
        "who ada\nwho ada --format json | jq -r '.groups[].name'",
        LOOKUP,
    )
    who.add_argument("user", metavar="USER", help=USER_HELP)

    check = add(
        "check",
        "Check whether a user is a member of all given groups",
        "USER GROUP...",
        "check ada QA && echo yes\ncheck ada QA 'Release managers' -q",
        LOOKUP,
        meanings={ExitCode.OK: "member of all groups", ExitCode.FALSE: "not a member of all groups"},
    )
    check.add_argument("user", metavar="USER", help=USER_HELP)
    check.add_argument("groups", metavar="GROUP", nargs="+", help=GROUP_HELP)

    lookup = add(
        "lookup",
        "List the groups of many users, read from a file or stdin",
        "[FILE]",
        "lookup leavers.txt\nlookup --format csv < leavers.txt",
        LOOKUP,
    )
    file = lookup.add_argument(
        "file", metavar="FILE", nargs="?", default="-", help="file with one user per line (default: stdin)"
    )
    _complete_files(file)


def _add_analysis(add: AddCommand) -> None:
    compare = add(
        "compare",
        "Compare the members of two to six groups",
        "GROUP GROUP...",
        "compare QA 'Release managers'\n"
        "compare QA QA-EU --differ --format csv\n"
        "compare QA QA-EU --exit-code -q > /dev/null && echo same",
        LOOKUP,
        meanings={ExitCode.FALSE: "the groups differ (with --exit-code)"},
    )
    compare.add_argument("groups", metavar="GROUP", nargs="+", help=GROUP_HELP)
    compare.add_argument("--differ", action="store_true", help="list only users who are not in every group")
    compare.add_argument("--exit-code", action="store_true", help="exit with 1 if the groups differ")

    audit = add(
        "audit",
        "Find unusual groups and members who may not need access",
        "[CHECK...]",
        "audit\naudit empty identical --format markdown\naudit --fail-on inactive --fail-on no-two-factor -q",
        LOOKUP,
        description="Find empty, duplicate or similar groups, and members who may not need access.",
        notes="checks:\n" + "".join(f"  {check.id:<20}{check.title}\n" for check in CHECKS) + "\n",
        meanings={
            ExitCode.FALSE: "a check named by --fail-on has findings",
            ExitCode.UNKNOWN: "a check named by --fail-on could not be run",
        },
    )
    audit.add_argument(
        "checks", metavar="CHECK", nargs="*", help="run only these checks (default: all; see below)"
    )
    audit.add_argument(
        "--fail-on",
        metavar="CHECK",
        action="append",
        default=[],
        help="exit with 1 if this check has findings (repeatable)",
    )


def _add_history(add: AddCommand) -> None:
    changes = add(
        "changes",
        "Show who joined or left which group, and other changes",
        "",
        "changes\nchanges --since 24h --format markdown\n"
        "changes --since 2026-11-01 --until 2026-11-16 --offline\n"
        "changes --since '#12' --exit-code -q > /dev/null && echo unchanged",
        LOOKUP,
        meanings={ExitCode.FALSE: "something changed (with --exit-code)"},
    )
    changes.add_argument(
        "--since",
        metavar="WHEN",
        default="7d",
        help="start: an age (7d, 12h), a date or a snapshot (#12); default: 7d",
    )
    changes.add_argument("--until", metavar="WHEN", help="end, in the same form (default: now)")
    changes.add_argument("--exit-code", action="store_true", help="exit with 1 if anything changed")

    snapshot = add(
        "snapshot",
        "List, save or delete snapshots of an instance",
        "list|save|prune",
        "snapshot list\nsnapshot save\nsnapshot prune --older-than 90d",
        (_add_instance, _add_output),
    )
    snapshot.add_argument("action", choices=("list", "save", "prune"), help="prune deletes old snapshots")
    snapshot.add_argument(
        "--older-than",
        metavar="AGE",
        type=_duration,
        help="with prune: delete older snapshots than this, such as 90d, but not the last",
    )

    watch = add(
        "watch",
        "Print changes as lines of JSON, as they happen",
        "",
        "watch --interval 15m\n"
        "watch | jq --unbuffered -r 'select(.change == \"joined\") | .user'\n"
        "watch --exec 'mail -s \"Testmo groups\" admins@example.com'",
        (_add_instance,),
        meanings={ExitCode.OK: "stopped by ctrl+c or SIGTERM"},
    )
    watch.add_argument(
        "--interval",
        metavar="TIME",
        type=_duration,
        default="5m",
        help="time between crawls, at least 1m (default: 5m)",
    )
    watch.add_argument(
        "--exec", metavar="CMD", help="run CMD for each change (JSON on stdin); print the change if CMD fails"
    )


def _add_export(add: AddCommand) -> None:
    export = add(
        "export",
        "Export all groups, users or memberships to a file",
        "groups|memberships|users|matrix|review -o FILE",
        "export memberships -o memberships.csv\nexport matrix -o access.md\nexport review -o review-2026-11",
        LOOKUP,
    )
    export.add_argument(
        "what",
        type=_export_kind,
        choices=EXPORT_KINDS,
        help="matrix: users by groups; review: a directory for an access review",
    )
    output = export.add_argument(
        "-o",
        "--output",
        metavar="FILE",
        required=True,
        help="file, whose extension selects the format, or - for stdout; for a review, a directory",
    )
    _complete_files(output)
    export.add_argument(
        "--force", action="store_true", help="replace an existing file, or a review that was not modified"
    )


def _add_setup(add: AddCommand) -> None:
    auth = add(
        "auth",
        "Sign in, sign out, or show the signed-in user",
        "login|logout|status",
        "auth login --instance acme\nauth status\nauth logout --purge",
        (_add_instance,),
    )
    auth.add_argument("action", choices=("login", "logout", "status"))
    auth.add_argument(
        "--purge", action="store_true", help="with logout: delete the history of the instance, too"
    )

    config = add(
        "config",
        "Show the settings, or the path of the settings file",
        "path|show",
        "config path\nconfig show",
    )
    config.add_argument("action", choices=("path", "show"))

    add(
        "doctor",
        "Check the terminal, keyring, proxy, TLS and instance",
        "",
        "doctor",
        (_add_instance,),
        description="Check the terminal, keyring, proxy, TLS and instance. Print no secrets.",
    )

    completion = add(
        "completion",
        "Print a completion script for a shell",
        "bash|zsh|fish|tcsh",
        "completion bash > /etc/bash_completion.d/groupstui\ncompletion fish | source",
    )
    completion.add_argument("shell", choices=SHELLS)


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
