"""The command line: every command, its options and its help."""

from __future__ import annotations

import argparse
import os
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import timedelta
from difflib import get_close_matches
from types import MappingProxyType
from typing import Any, NoReturn

from ..durations import parse_duration
from ..errors import InvalidTime
from ..exit_codes import ExitCode
from ..output_format import AUDIT_FORMATS, FORMATS
from ..redaction import without_tokens
from ..terminal.stdio import print_error
from ..text import sanitize
from ..version import __version__

MAX_NUMBER = 1_000_000
"""The largest number of seconds that an option accepts."""

MAX_DIGITS = 9
"""The length of the largest integer that an option makes a difference for."""

MAX_ERROR_CHARS = 1_000
"""Length at which a usage error, which repeats arguments, is cut."""

TOKEN_REFUSED = (
    "a token is not accepted as an argument, because other users can see it: "
    "set TESTMO_TOKEN, or add --token-file or --token-stdin"
)

COMMANDS = (
    *("browse", "groups", "members", "who", "check", "lookup", "compare", "diff-users"),
    *("compare-instances", "audit", "changes"),
    *("history", "snapshot", "watch", "export", "review", "auth", "config", "doctor", "completion", "help"),
    "version",
)

COMMANDS_OF_OTHERS = {
    "list": "groups",
    "login": "auth login",
    "logout": "auth logout",
    "search": "who",
    "settings": "config",
    "users": "who",
}
"""What other programs call a command, and the command here."""

MIN_PREFIX_CHARS = 3
"""From this length, the beginning of a command is taken for a mistyped command, not for a name."""

VALUE_OPTIONS = (
    *("--instance", "--token-file", "--timeout", "--concurrency", "--proxy", "--ca-bundle", "--max-age"),
    *("--format", "--sort", "--limit", "--columns", "--json", "--jq", "--fail-on", "--since", "--until"),
    *("--older-than", "--interval", "--exec", "-o", "--output", "--policy", "--baseline", "--at"),
    *("--only", "--saved"),
)
"""The options that take the next word as their value: it is not a command, even if it has the name of one."""

COMMON_EXIT_CODES = tuple(code for code in ExitCode if code is not ExitCode.FALSE)
"""The exit codes of every command that reads an instance."""

EXPORT_KINDS = ("groups", "memberships", "users", "matrix", "review")

SHELLS = ("bash", "zsh", "fish", "powershell", "tcsh")

USER_HELP = "name, unique part of a name, id, or e-mail address"
GROUP_HELP = "name, unique part of a name, or id"

_PROFILE_COLUMNS = "more columns: email, active, anonymised, api_user, two_factor\n\n"

ENVIRONMENT = """\
environment:
  TESTMO_INSTANCE   the Testmo instance, in any form that --instance accepts
  TESTMO_TOKEN      the API token of a site admin; the keyring is not used then
  NO_COLOR, CLICOLOR_FORCE
                    never or always use colors and bold text
  GROUPSTUI_PAGER, PAGER
                    shows long tables on a terminal (default: less -FRX)
  HTTPS_PROXY, ALL_PROXY, NO_PROXY, SSL_CERT_FILE
                    proxy and certificates, as for other programs
  GROUPSTUI_FORMAT, GROUPSTUI_TIMEOUT, GROUPSTUI_CONCURRENCY, GROUPSTUI_PROXY,
  GROUPSTUI_MAX_AGE
                    instead of --format, --timeout, --concurrency, --proxy and
                    --max-age; these override the settings file, and options
                    override them
"""

EXAMPLES = """\
examples:
  groupstui --demo                   open the app with made-up data
  groupstui                          open the app, or sign in first
  groupstui QA                       open the app at a group or user
  groupstui browse Check             the same, if the name is like a command
  groupstui --instance acme          open the app at acme.testmo.net
  groupstui who ada                  list the groups of a user
  groupstui members QA --format csv  list the members of a group as CSV
"""


class Parser(argparse.ArgumentParser):
    """Reports a usage error on one line."""

    commands: Mapping[str, Parser] = MappingProxyType({})
    """The parsers of the commands, by name."""

    def error(self, message: str) -> NoReturn:
        """Print the error and exit.

        Raises:
            SystemExit: With 2, always.
        """
        if message == "argument --sort: expected one argument":
            message = "--sort needs a field; for descending order, write --sort=-FIELD"
        if message.startswith("the following arguments are required"):
            message += "; write -- before a name that begins with -"
        message = sanitize(without_tokens(message), MAX_ERROR_CHARS)
        print_error(f"{message}; see: {self.prog} --help")
        raise SystemExit(ExitCode.USAGE)

    def _print_message(self, message: str, file: Any = None) -> None:
        """Print help or the version; argparse itself ignores a full disk."""
        print(message, end="", file=file)


AddOptions = Callable[[argparse.ArgumentParser], None]
"""Adds options that several commands share."""

AddCommand = Callable[..., Parser]
"""Adds a command: see `build_parser`."""


def parse(arguments: Sequence[str]) -> argparse.Namespace:
    """Parse the words after the program's name; options may precede the command.

    Without a command, this is `browse`, which opens the app.

    Raises:
        SystemExit: With 2 after a usage error, with 0 after `--help` and `--version`.
    """
    if any(word.partition("=")[0] == "--token" for word in arguments):
        Parser(prog="groupstui").error(TOKEN_REFUSED)
    place = _first_word(arguments)
    has_command = place is not None and arguments[place] in COMMANDS
    if place is not None and has_command:
        arguments = [arguments[place], *arguments[:place], *arguments[place + 1 :]]
    elif place is not None:
        if similar := similar_command(arguments[place]):
            Parser(prog="groupstui").error(
                f"“{arguments[place]}” is not a command; did you mean {similar}? "
                "To open that group or user, add browse before it"
            )
        arguments = ["browse", *arguments]
    elif {"-h", "--help", "-V", "--version"}.isdisjoint(arguments):
        arguments = ["browse", *arguments]
    if arguments[:2] == ["config", "set"]:
        arguments = [*arguments[:2], "--", *arguments[2:]]  # a value may begin with -
    options, unknown = build_parser(arguments[0]).parse_known_args(arguments)
    if unknown:
        words = " ".join(map(_without_secret, unknown))
        Parser(prog=f"groupstui {options.command}").error(f"unrecognized arguments: {words}")
    options.has_command = has_command
    return options


def similar_command(word: str) -> str | None:
    """Return the command that a mistyped word probably means, or None if it may be a name."""
    word = word.lower()
    if word in COMMANDS_OF_OTHERS:
        return COMMANDS_OF_OTHERS[word]
    if len(word) >= MIN_PREFIX_CHARS:
        if longer := [command for command in COMMANDS if command.startswith(word)]:
            return longer[0]
        # One wrong letter in a short word, or one in five.
        cutoff = min(0.8, (len(word) - 1) / len(word))
        return next(iter(get_close_matches(word, COMMANDS, n=1, cutoff=cutoff)), None)
    return None


def _without_secret(word: str) -> str:
    """Return an unknown word of the command line without what may be a token or a password."""
    if word.startswith("--"):
        return word.partition("=")[0]
    return word[:2] if word.startswith("-") else without_tokens(word)


def _first_word(arguments: Sequence[str]) -> int | None:
    """Return the place of the first word that is neither an option nor the value of one."""
    words = ((place, word) for place, word in enumerate(arguments) if not word.startswith("-"))
    return next((place for place, _ in words if not place or arguments[place - 1] not in VALUE_OPTIONS), None)


def build_parser(only: str | None = None) -> Parser:
    """Return the parser of the command line.

    Args:
        only: The first argument: of all commands but this one, the parser knows only the summary. To add the
            options of all commands takes a tenth of the time of a look-up (`python -m benchmarks commands`).
    """
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
    parser.add_argument("-V", "--version", action="version", version=f"groupstui {__version__}")
    # With `prog`, argparse need not format a usage line to find it out.
    commands = parser.add_subparsers(
        dest="command", metavar="COMMAND [OPTIONS]", title="commands", prog="groupstui", required=True
    )

    def add(
        usage: str,
        summary: str,
        examples: str,
        shared: Sequence[AddOptions] = (),
        *,
        description: str = "",
        notes: str | Callable[[], str] = "",
        meanings: Mapping[ExitCode, str] | None = None,
    ) -> Parser:
        name = usage.split()[0]
        if only not in (None, name):
            return commands.add_parser(name, help=summary, add_help=False)
        lines = "\n".join(f"  groupstui {example}" for example in examples.splitlines())
        after = notes() if callable(notes) else notes
        codes = COMMON_EXIT_CODES if _add_instance in shared else (ExitCode.OK, ExitCode.USAGE)
        command = commands.add_parser(
            name,
            help=summary,
            usage=f"groupstui {usage}{' [OPTIONS]' if shared else ''}",
            description=description or f"{summary}.",
            epilog=f"examples:\n{lines}\n\n{after}{_exit_codes(codes, meanings or {})}",
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
    parser.commands = commands.choices
    return parser


def _exit_codes(codes: Iterable[ExitCode], meanings: Mapping[ExitCode, str]) -> str:
    """Return the paragraph of a help text that lists exit codes."""
    shown = sorted({*codes, *meanings})
    return "\n".join(["exit codes:", *(f"{code:>3}  {meanings.get(code, code.meaning)}" for code in shown)])


def _flag(parser: argparse._ActionsContainer, *names: str, help: str) -> None:
    parser.add_argument(*names, action="store_true", help=help)


def _value(parser: argparse._ActionsContainer, name: str, metavar: str, help: str, **details: Any) -> None:
    """Add an argument, or an option with a value; completion depends on the metavar."""
    parser.add_argument(name, metavar=metavar, help=help, **details)


# Options that several commands share


def _add_instance(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("instance and connection")
    instance = group.add_mutually_exclusive_group()
    instance.add_argument(
        "--instance", help="acme, acme.testmo.net, any URL of the instance, or a name from the settings"
    )
    _flag(instance, "--demo", help="use made-up data; no network, account or keyring needed")
    token = group.add_mutually_exclusive_group()
    _flag(token, "--token-stdin", help="read the API token from the first line of stdin")
    _value(token, "--token-file", "FILE", "read the API token from a file")
    _value(
        group,
        "--timeout",
        "SECONDS",
        "time limit for each request (default: 30)",
        type=seconds,
    )
    _value(
        group,
        "--concurrency",
        "N",
        "maximum number of simultaneous requests (default: 4)",
        type=positive_int,
    )
    _value(group, "--proxy", "URL", "proxy, such as http://proxy.example:3128 (default: HTTPS_PROXY)")
    _value(
        group,
        "--ca-bundle",
        "FILE",
        "trust these certificates in addition to the system's",
        type=_existing_file,
        default="",
    )
    _add_quiet(parser)
    _flag(parser, "--debug", help="log requests, without the token, to stderr; in the app, to a file")


def _add_quiet(parser: argparse.ArgumentParser) -> None:
    _flag(parser, "-q", "--quiet", help="suppress messages on stderr, except that data is incomplete")


def _add_age(parser: argparse.ArgumentParser) -> None:
    _add_last_snapshot(parser, "last snapshot")


def _add_time(parser: argparse.ArgumentParser) -> None:
    snapshot = _add_last_snapshot(parser, "history")
    at = "show the instance as it was: an age (7d, 12h), a local date or time, or a snapshot (#12)"
    _value(snapshot, "--at", "WHEN", at)


def _add_last_snapshot(parser: argparse.ArgumentParser, title: str) -> argparse._MutuallyExclusiveGroup:
    """Add the options for the last snapshot, and return their group: only one of it can be used."""
    age = parser.add_argument_group(title).add_mutually_exclusive_group()
    _flag(age, "--offline", help="use the last snapshot; send no requests")
    _value(
        age,
        "--max-age",
        "AGE",
        "use the last snapshot if it is no older than this, such as 10m, 12h or 7d",
        type=duration,
    )
    _flag(age, "--fresh", help="read the instance, even if the settings contain max_age")
    return age


def _add_output(parser: argparse.ArgumentParser, formats: Sequence[str] = FORMATS) -> None:
    group = parser.add_argument_group("output")
    group.add_argument(
        "--format",
        choices=formats,
        help="output format (default: table on a terminal, otherwise tab-separated rows)",
    )
    _value(group, "--sort", "FIELD", "sort by a field; --sort=-FIELD for descending order", type=_field_name)
    _value(group, "--limit", "N", "print only the first N rows", type=positive_int)
    columns = "print only these fields, separated by commas (repeatable)"
    _value(group, "--columns", "FIELDS", columns, type=_field_names, action="extend")
    _flag(group, "--raw", help="do not escape CSV and TSV cells that a spreadsheet would run as formulas")
    _flag(group, "--bom", help="begin CSV and TSV with a byte order mark, for Excel")
    _flag(group, "--no-color", help="print tables without bold text and colors")
    _flag(group, "--no-pager", help="print long tables at once instead of page by page")


def _add_audit_output(parser: argparse.ArgumentParser) -> None:
    _add_output(parser, (*FORMATS, *AUDIT_FORMATS))


def _add_json(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("JSON")
    fields = "print a JSON array of objects with these fields, separated by commas; none: list the fields"
    _value(group, "--json", "FIELDS", fields, type=_field_names, nargs="?", const=[])
    _value(group, "--jq", "EXPRESSION", "filter the JSON with jq, and print texts without quotes")


def _add_all_instances(parser: argparse.ArgumentParser) -> None:
    _flag(parser, "--all-instances", help="ask all instances of the settings at the same time")


def _add_exact(parser: argparse.ArgumentParser) -> None:
    _flag(parser, "--exact", help="match only complete names, not parts of them")


def _add_matching(parser: argparse.ArgumentParser) -> None:
    _add_exact(parser)
    _flag(parser, "--all-users", help="match all users, even if there are more than 2,000")


LOOKUP = (_add_instance, _add_time, _add_output, _add_json)
"""The options of commands that read groups and print rows."""


# Commands


def _add_browse(add: AddCommand) -> None:
    browse = add(
        "browse [NAME]",
        "Open the app (the default), or browse by numbered lines",
        "browse QA\nbrowse --plain\nbrowse --plain < commands.txt",
        (_add_instance, _add_time),
        notes="browse may be omitted, unless the name is similar to a command.\n\n",
    )
    _value(browse, "name", "NAME", "group or user to open first", nargs="?")
    _flag(browse, "--plain", help="print numbered lines, for screen readers and simple terminals")
    _flag(browse, "--all-users", help="with --plain: list all users, even if there are more than 2,000")
    display = browse.add_argument_group("display")
    _flag(display, "--ascii", help="draw with ASCII characters only")
    _flag(display, "--no-color", help="draw without colors")
    _flag(display, "--mouse", help="enable the mouse over SSH and in GNU screen")
    _flag(display, "--animations", help="enable animations over SSH")


def _add_lookups(add: AddCommand) -> None:
    groups = add("groups [TEXT]", "List groups", "groups\ngroups qa --sort=-members --limit 5", LOOKUP)
    _value(groups, "search", "TEXT", "list only groups with this text in their name", nargs="*")

    members = add(
        "members GROUP...",
        "List the members of groups",
        "members QA\nmembers '#1' --format csv\nmembers QA 'Release managers' --columns group,name,email",
        LOOKUP,
        notes=_PROFILE_COLUMNS,
    )
    _value(members, "groups", "GROUP", GROUP_HELP, nargs="+")
    _add_exact(members)

    who = add(
        "who USER...",
        "List the groups of users",
        "who ada\nwho 'Ada Lovelace' 'Grace Hopper'\nwho ada@example.com --all-instances\n"
        "who ada --json name --jq '.[].name'",
        LOOKUP,
        notes=_PROFILE_COLUMNS,
    )
    _value(who, "users", "USER", USER_HELP, nargs="+")
    _add_matching(who)
    _add_all_instances(who)

    check = add(
        "check USER GROUP...",
        "Check whether a user is a member of all given groups",
        "check ada QA -q && echo yes\ncheck ada QA 'Release managers' -q",
        LOOKUP,
        notes="With --all-instances, the user must be a member in every instance.\n\n",
        meanings={ExitCode.OK: "member of all groups", ExitCode.FALSE: "not a member of all groups"},
    )
    _value(check, "user", "USER", USER_HELP)
    _value(check, "groups", "GROUP", GROUP_HELP, nargs="+")
    _add_matching(check)
    _add_all_instances(check)

    lookup = add(
        "lookup [FILE]",
        "List the groups of many users, read from a file or stdin",
        "lookup leavers.txt\nlookup --format csv < leavers.txt\nlookup leavers.txt --long --format csv",
        LOOKUP,
    )
    one_per_line = "file in UTF-8 with one user per line (default: stdin)"
    _value(lookup, "file", "FILE", one_per_line, nargs="?", default="-")
    _flag(lookup, "--long", help="print one row for each membership")
    _add_matching(lookup)


def _add_analysis(add: AddCommand) -> None:
    compare = add(
        "compare GROUP GROUP...|--saved LIST",
        "Compare the members of two to six groups",
        "compare QA 'Release managers'\n"
        "compare QA 'Release managers' --only QA --format csv\n"
        "compare QA Everyone --exit-code -q > /dev/null && echo same",
        LOOKUP,
        meanings={ExitCode.FALSE: "the groups differ (with --exit-code)"},
    )
    _value(compare, "groups", "GROUP", GROUP_HELP, nargs="*")
    _add_exact(compare)
    part = compare.add_mutually_exclusive_group()
    _flag(part, "--all", help="list only users who are in every group")
    _flag(part, "--differ", help="list only users who are not in every group")
    only = "list only users who are in GROUP and in none of the others (repeatable: in each GROUP)"
    _value(part, "--only", "GROUP", only, action="append", default=[])
    _value(part, "--saved", "LIST", "list the users of a list that was saved in the app")
    _flag(compare, "--exit-code", help="exit with 1 if the groups differ")

    diff_users = add(
        "diff-users USER USER",
        "Compare the groups of two users",
        "diff-users 'ada lovelace' 'grace hopper'\n"
        "diff-users 'ada lovelace' 'grace hopper' --only ada --json name\n"
        "diff-users 'ada lovelace' 'grace hopper' --exit-code -q && echo same",
        LOOKUP,
        meanings={ExitCode.FALSE: "the groups of the users differ (with --exit-code)"},
    )
    _value(diff_users, "users", "USER", USER_HELP, nargs=2)
    _add_matching(diff_users)
    part = diff_users.add_mutually_exclusive_group()
    _flag(part, "--all", help="list only groups of both users")
    _flag(part, "--differ", help="list only groups of one of the users")
    _value(
        part, "--only", "USER", "list only groups of USER and not of the other", action="append", default=[]
    )
    _flag(diff_users, "--exit-code", help="exit with 1 if the groups of the users differ")

    instances = add(
        "compare-instances INSTANCE INSTANCE",
        "Compare the groups of two instances",
        "compare-instances acme acme-staging --differ\n"
        "compare-instances acme acme-staging --format csv > differences.csv",
        LOOKUP,
        description="Compare groups of two instances by name, and members by e-mail address.",
        notes="Case and accents of names do not matter: QA and qa are one name. The status\n"
        "is same, differ, only in 1, only in 2, several (an instance has several groups\n"
        "of that name, which are not compared) or unknown. only_1 and only_2 are the\n"
        "members in one instance only. unknown_1 and unknown_2 are those without an\n"
        "address, or with that of another user: the others may contain them.\n\n",
        meanings={
            ExitCode.FALSE: "the instances differ (with --exit-code)",
            ExitCode.UNKNOWN: "unknown: incomplete data, or groups or members that cannot be compared",
        },
    )
    _value(instances, "instances", "INSTANCE", "instance, in any form that --instance accepts", nargs=2)
    _flag(instances, "--differ", help="list only groups that differ or cannot be compared")
    _flag(instances, "--exit-code", help="exit with 1 if the instances differ")

    audit = add(
        "audit [CHECK...]",
        "Find unusual groups and members who may not need access",
        "audit\naudit empty identical --format markdown\n"
        "audit --fail-on inactive --fail-on no-two-factor -q\n"
        "audit empty inactive --format junit > audit.xml\n"
        "audit policy-owners --policy policy.toml\naudit empty identical --baseline '#12'",
        (_add_instance, _add_time, _add_audit_output, _add_json),
        description="Find empty, duplicate or similar groups, and members who may not need access.",
        notes=_checks,
        meanings={
            ExitCode.FALSE: "open findings: of a --fail-on check, of the policy, or since the baseline",
            ExitCode.UNKNOWN: "unknown: incomplete data, or a check (one of --fail-on) could not be run",
        },
    )
    _value(audit, "checks", "CHECK", "run only these checks (default: all; see below)", nargs="*")
    fail_on = "exit with 1 if this check has findings (repeatable)"
    _value(audit, "--fail-on", "CHECK", fail_on, action="append", default=[])
    _flag(audit, "--accepted", help="list accepted findings, too, with the date and the reason")
    policy = "compare groups, owners and members with this file; exit with 1 if they break its rules"
    _value(audit, "--policy", "FILE", policy)
    baseline = "exit with 1 only for findings that did not exist at a snapshot (#12) or time, as for --since"
    _value(audit, "--baseline", "WHEN", baseline)
    _add_all_instances(audit)


def _checks() -> str:
    """Return the notes on `audit`: its checks and formats.

    Lazy boundary: only the help of `audit` needs it. Importing the checks takes a third of the time of
    `groupstui --help` (`python -m benchmarks commands`).
    """
    from ..directory.audit import CHECKS
    from ..directory.policy import POLICY_CHECKS

    checks = "".join(f"  {check.id:<20}{check.title}\n" for check in CHECKS)
    by_policy = "".join(f"  {id:<20}{title}\n" for id, title in POLICY_CHECKS.items())
    formats = "more formats: junit, sarif; they contain all findings, accepted ones as skipped"
    added = f"checks that --policy adds, all unless you name some of them:\n{by_policy}"
    return f"checks:\n{checks}\n{added}\n{formats}\n\n"


def _add_history(add: AddCommand) -> None:
    changes = add(
        "changes",
        "Show who joined or left which group, and other changes",
        "changes\nchanges --since yesterday --format markdown\n"
        "changes --since 2026-11-01 --until 2026-11-16 --offline\n"
        "changes --since '#12' --exit-code -q > /dev/null && echo unchanged",
        (_add_instance, _add_age, _add_output, _add_json),
        description="Show who joined or left which group, and other changes: the net difference\n"
        "between two snapshots. Who left and came back is not listed; groupstui history\n"
        "lists every change of a group or user.",
        meanings={
            ExitCode.FALSE: "something changed (with --exit-code)",
            ExitCode.UNKNOWN: "unknown: incomplete data, or the history does not reach back that far",
        },
    )
    since = "start: an age (7d, 12h), yesterday, a local date or time, or a snapshot (#12); default: 7d"
    _value(changes, "--since", "WHEN", since)
    _value(changes, "--until", "WHEN", "end, in the same form (default: now)")
    _flag(changes, "--exit-code", help="exit with 1 if anything changed")

    history = add(
        "history GROUP|USER",
        "Show the timeline of a group or user: who joined and left when",
        "history QA\nhistory ada --since 2026-10-01\nhistory '#12' --group --format json",
        (_add_instance, _add_age, _add_output, _add_json),
        meanings={
            ExitCode.UNKNOWN: "unknown: incomplete data, or the history does not reach back that far",
        },
    )
    _value(history, "name", "NAME", "name, former name, unique part of a name, id, or e-mail address")
    since = "start: an age (7d, 12h), a local date or time, or a snapshot (#12); default: the whole history"
    _value(history, "--since", "WHEN", since)
    _value(history, "--until", "WHEN", "end, in the same form (default: now)")
    kind = history.add_mutually_exclusive_group()
    _flag(kind, "--group", help="NAME is a group")
    _flag(kind, "--user", help="NAME is a user")
    _add_matching(history)
    _flag(history, "--ascii", help="draw the size over time with ASCII characters only")

    snapshot = add(
        "snapshot list|save|prune",
        "List, save or delete snapshots of an instance",
        "snapshot list\nsnapshot save\nsnapshot prune --older-than 90d --yes",
        (_add_instance, _add_output, _add_json),
    )
    snapshot.add_argument("action", choices=("list", "save", "prune"), help="prune deletes old snapshots")
    older_than = "with prune: delete older snapshots than this, such as 90d, but not the last"
    _value(snapshot, "--older-than", "AGE", older_than, type=duration)
    _flag(snapshot, "--yes", help="with prune: do not ask for confirmation")

    watch = add(
        "watch",
        "Print changes as lines of JSON, as they happen",
        "watch --interval 15m\nwatch --since '#12'\n"
        "watch | jq --unbuffered -r 'select(.change == \"joined\") | .user'\n"
        "watch --exec 'mail -s \"Testmo groups\" admins@example.com'",
        (_add_instance,),
        meanings={ExitCode.OK: "stopped by ctrl+c or SIGTERM"},
    )
    interval = "time between crawls, at least 1m (default: 5m)"
    _value(watch, "--interval", "TIME", interval, type=duration, default="5m")
    since = "deliver all changes after this time or snapshot (default: those that no watch has delivered yet)"
    _value(watch, "--since", "WHEN", since)
    run = "run CMD for each change (JSON on stdin, at most 5 minutes); print the change if CMD fails"
    _value(watch, "--exec", "CMD", run)


def _add_export(add: AddCommand) -> None:
    export = add(
        "export groups|memberships|users|matrix|review -o FILE",
        "Export all groups, users or memberships to a file",
        "export memberships -o memberships.csv --columns group,user,email\n"
        "export matrix -o access.md\nexport review -o review-2026-11",
        (_add_instance, _add_time, _add_output),
    )
    export.add_argument(
        "what",
        type=_export_kind,
        choices=EXPORT_KINDS,
        help="matrix: users by groups; review: a directory for an access review",
    )
    export.add_argument(
        "-o",
        "--output",
        metavar="FILE",
        required=True,
        help="file, whose extension selects the format, or - for stdout; for a review, a directory",
    )
    _flag(export, "--force", help="replace an existing file, or a review that was not modified")

    review = add(
        "review diff OLD NEW",
        "Compare two access reviews",
        "review diff review-2026-10 review-2026-11\n"
        "review diff review-2026-10 review-2026-11 --format markdown\n"
        "review diff old new --exit-code -q > /dev/null && echo unchanged",
        (_add_quiet, _add_output, _add_json),
        description="List who joined or left which group, other changes, and new and solved findings,\n"
        "between two directories that export review has written.",
        meanings={
            ExitCode.FALSE: "the reviews differ (with --exit-code)",
            ExitCode.UNKNOWN: "unknown: a review is incomplete, modified or damaged, or lacks a check",
        },
    )
    review.add_argument("action", choices=("diff",))
    _value(review, "old", "FOLDER", "the directory of the earlier review")
    _value(review, "new", "FOLDER", "the directory of the later review")
    _flag(review, "--exit-code", help="exit with 1 if the reviews differ")


def _add_setup(add: AddCommand) -> None:
    auth = add(
        "auth login|logout|status",
        "Sign in, sign out, or show the signed-in user",
        "auth login --instance acme\nauth status\nauth logout --purge --yes",
        (_add_instance,),
    )
    auth.add_argument("action", choices=("login", "logout", "status"))
    _flag(auth, "--purge", help="with logout: delete the history of the instance, too")
    _flag(auth, "--yes", help="with logout: do not ask for confirmation")

    config = add(
        "config path|show|list|set|unset|edit|schema",
        "Show or change the settings",
        "config show\nconfig set history_days 90\nconfig set columns id,name,members\n"
        "config set keys.page.next f6\nconfig unset max_age\nconfig edit",
        notes="path    print the path of the file\n"
        "show    print the settings as TOML\n"
        "list    list what can be set\n"
        "set     set one\n"
        "unset   remove one from the file, so that its default applies\n"
        "edit    edit the file with VISUAL or EDITOR, and keep it only if it is valid\n"
        "schema  print a JSON schema for editors\n\n",
    )
    config.add_argument("action", choices=("path", "show", "list", "set", "unset", "edit", "schema"))
    _value(config, "key", "KEY", "with set and unset: a setting, such as theme or keys.page.next", nargs="?")
    _value(config, "value", "VALUE", "with set: its value in TOML, or a text", nargs="?")

    add(
        "doctor",
        "Check the terminal, keyring, proxy, TLS and instance",
        "doctor",
        (_add_instance,),
        description="Check the terminal, keyring, proxy, TLS and instance. Print no secrets.",
    )

    completion = add(
        "completion bash|zsh|fish|powershell|tcsh",
        "Print a completion script for a shell",
        "completion bash > ~/.groupstui.bash\n"
        "completion zsh > ~/.zfunc/_groupstui\n"
        "completion fish > ~/.config/fish/completions/groupstui.fish\n"
        "completion powershell | Out-String | Invoke-Expression",
        notes="bash: add this line to ~/.bashrc: . ~/.groupstui.bash\n"
        "zsh:  create ~/.zfunc first, and add this line to ~/.zshrc:\n"
        "      fpath=(~/.zfunc $fpath); autoload -Uz compinit; compinit\n"
        "fish: create ~/.config/fish/completions first\n\n"
        "Commands, options and their values are completed, and names of groups and users\n"
        "from the last snapshot, without a request.\n\n",
    )
    completion.add_argument("shell", choices=SHELLS)

    help = add("help [COMMAND]", "Print the help of a command", "help\nhelp who")
    _value(help, "topic", "COMMAND", "a command (default: all of them in short)", nargs="*")
    add("version", "Print the version", "version")


# Types of arguments


def duration(text: str) -> timedelta:
    """Parse a duration such as `10m`."""
    try:
        return parse_duration(text)
    except InvalidTime as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def positive_int(text: str) -> int:
    """Parse a positive integer of any length."""
    if re.fullmatch("0*[1-9][0-9]*", text):
        return int(text) if len(text) <= MAX_DIGITS else 10**MAX_DIGITS  # more than any answer has
    raise argparse.ArgumentTypeError(f"“{text}” is not a positive integer")


def seconds(text: str) -> float:
    """Parse a positive number of seconds."""
    try:
        number = float(text)
    except ValueError:
        number = 0.0
    if 0 < number < MAX_NUMBER:
        return number
    raise argparse.ArgumentTypeError(f"“{text}” is not a positive number")


def _field_names(text: str) -> list[str]:
    names = [name.strip() for name in text.split(",")]
    if not all(names):
        raise argparse.ArgumentTypeError(f"“{text}” has an empty field")
    return names


def _field_name(text: str) -> str:
    if text.strip("- "):
        return text
    raise argparse.ArgumentTypeError(f"“{text}” is not a field")


def _existing_file(text: str) -> str:
    """Return the path of a file, which is not opened: it may be a pipe."""
    try:
        if text:
            os.stat(text)
    except (OSError, ValueError) as error:  # such as a NUL in the path
        reason = error.strerror if isinstance(error, OSError) else str(error)
        raise argparse.ArgumentTypeError(f"the file cannot be read: {reason}") from None
    return text


def _export_kind(text: str) -> str:
    return "users" if text == "people" else text  # the older name
