"""What can be written on the command line."""

import argparse
from collections.abc import Iterable, Sequence

from .. import __version__
from .exits import Exit

COMMANDS = (
    "groups",
    "members",
    "who",
    "check",
    "lookup",
    "export",
    "auth",
    "config",
    "doctor",
    "completion",
)

FORMATS = ("table", "json", "ndjson", "csv", "tsv", "markdown")
"""What `report.formats` writes; loading that takes longer than all the help."""

ENVIRONMENT = """\
environment:
  TESTMO_INSTANCE   the site, as --instance takes it
  TESTMO_TOKEN      a site admin's token; nothing is asked then, and the keyring stays untouched
  NO_COLOR          draw without colours
  HTTPS_PROXY, NO_PROXY, SSL_CERT_FILE   the way to the site, as everywhere
"""

APP_EXAMPLES = """\
examples:
  groupstui --demo                  look around, without a Testmo site
  groupstui                         go on with the site of the last time, or sign in
  groupstui QA                      open the app at the group or person of that name
  groupstui --instance acme         open acme.testmo.net
  groupstui who ada                 the groups of a person, and back to the shell
  groupstui members QA --format csv
  groupstui COMMAND --help          more on a command
"""

LOOKUP_EXITS = (
    Exit.OK,
    Exit.USAGE,
    Exit.UNCERTAIN,
    Exit.SIGN_IN,
    Exit.ADMIN,
    Exit.NOT_FOUND,
    Exit.RATE_LIMITED,
    Exit.UNREACHABLE,
    Exit.INTERRUPTED,
)
"""What every command may end with that asks a site."""


def command_parser() -> argparse.ArgumentParser:
    """Give the parser of everything that starts with a command's name."""
    parser = argparse.ArgumentParser(prog="groupstui", allow_abbrev=False, add_help=False)
    commands = parser.add_subparsers(dest="command", required=True)
    site, output = _site_options(), _output_options()
    look = [site, output]

    groups = _command(
        commands,
        "groups",
        "every group",
        ["groupstui groups", "groupstui groups qa --sort -members --limit 5"],
        look,
    )
    groups.add_argument("search", nargs="?", metavar="TEXT", help="only groups that this part of a name fits")

    members = _command(
        commands,
        "members",
        "who is in a group",
        ["groupstui members QA", "groupstui members '#4' --format csv"],
        look,
    )
    members.add_argument("group", metavar="GROUP", help="a name, a part of one, or an id")

    who = _command(
        commands,
        "who",
        "the groups of a person",
        ["groupstui who ada", "groupstui who ada --format json | jq -r '.groups[].name'"],
        look,
    )
    who.add_argument("person", metavar="PERSON", help="a name, a part of one, an id, or an e-mail address")

    check = _command(
        commands,
        "check",
        "whether a person is in every one of some groups",
        ["groupstui check ada QA && echo yes", "groupstui check ada QA 'Release managers' -q"],
        look,
        {Exit.OK: "in all of them", Exit.NO: "not in all of them"},
    )
    check.add_argument("person", metavar="PERSON", help="a name, a part of one, an id, or an e-mail address")
    check.add_argument("groups", metavar="GROUP", nargs="+", help="a name, a part of one, or an id")

    lookup = _command(
        commands,
        "lookup",
        "the groups of many people at once",
        ["groupstui lookup leavers.txt", "printf 'ada\\ngrace\\n' | groupstui lookup - --format csv"],
        look,
    )
    lookup.add_argument(
        "file", metavar="FILE", nargs="?", default="-", help="a name a line; - or nothing is stdin"
    )

    _export(commands, look)
    _auth(commands, site)
    _command(commands, "doctor", "what may be in the way, without a secret", ["groupstui doctor"], [site])
    config = _command(
        commands, "config", "the settings", ["groupstui config path", "groupstui config show"], [], {}, ()
    )
    config.add_argument("action", choices=("path", "show"))
    completion = _command(
        commands,
        "completion",
        "completion for a shell",
        ['eval "$(groupstui completion bash)"', "groupstui completion fish | source"],
        [],
        {},
        (),
    )
    completion.add_argument("shell", choices=("bash", "zsh", "fish"))
    return parser


def app_parser() -> argparse.ArgumentParser:
    """Give the parser of everything else: what opens the app."""
    listed = "\n".join(f"  {name}" for name in COMMANDS)
    parser = argparse.ArgumentParser(
        prog="groupstui",
        usage="groupstui [--instance SITE | --demo] [NAME]\n       groupstui COMMAND …",
        description="Who is in which Testmo group? Answered in a terminal.",
        epilog=f"commands:\n{listed}\n\n{APP_EXAMPLES}\n{ENVIRONMENT}\n{_exits(Exit)}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("name", nargs="?", metavar="NAME", help="a group or a person to start at")
    _add_site(parser)
    _add_network(parser.add_argument_group("network"))
    drawing = parser.add_argument_group("drawing")
    drawing.add_argument("--ascii", action="store_true", help="draw with ASCII alone")
    drawing.add_argument("--mouse", action="store_true", help="take the mouse over SSH, too")
    drawing.add_argument("--animations", action="store_true", help="let things glide over SSH, too")
    parser.add_argument("--debug", action="store_true", help="log what is asked to a file, without the token")
    parser.add_argument("--version", action="version", version=f"groupstui {__version__}")
    return parser


def _export(
    commands: "argparse._SubParsersAction[argparse.ArgumentParser]", look: list[argparse.ArgumentParser]
) -> None:
    export = _command(
        commands,
        "export",
        "a whole site, into a file",
        ["groupstui export memberships -o memberships.csv", "groupstui export matrix -o access.md"],
        look,
    )
    export.add_argument("what", choices=("groups", "memberships", "people", "matrix"))
    export.add_argument(
        "-o", "--output", metavar="FILE", required=True, help="where to; its ending tells the format"
    )
    export.add_argument("--force", action="store_true", help="replace a file that is there")


def _auth(
    commands: "argparse._SubParsersAction[argparse.ArgumentParser]", site: argparse.ArgumentParser
) -> None:
    auth = _command(
        commands,
        "auth",
        "sign in and out, and see who is",
        ["groupstui auth login --instance acme", "groupstui auth status", "groupstui auth logout"],
        [site],
    )
    auth.add_argument("action", choices=("login", "logout", "status"))


def _command(
    commands: "argparse._SubParsersAction[argparse.ArgumentParser]",
    name: str,
    summary: str,
    examples: Sequence[str],
    parents: list[argparse.ArgumentParser],
    meanings: dict[Exit, str] | None = None,
    exits: Iterable[Exit] = LOOKUP_EXITS,
) -> argparse.ArgumentParser:
    """Add a command, with its examples and exit codes in its help."""
    exits = sorted({*exits, *(meanings or {}), Exit.OK, Exit.USAGE})
    shown = "\n".join(f"  {example}" for example in examples)
    return commands.add_parser(
        name,
        help=summary,
        description=f"{summary[:1].upper()}{summary[1:]}.",
        epilog=f"examples:\n{shown}\n\n{_exits(exits, meanings)}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        parents=parents,
        allow_abbrev=False,
    )


def _exits(exits: Iterable[Exit], meanings: dict[Exit, str] | None = None) -> str:
    lines = (f"  {code.value:>3}  {(meanings or {}).get(code, code.meaning)}" for code in exits)
    return "exit codes:\n" + "\n".join(lines) + "\n"


def _add_site(parser: argparse.ArgumentParser) -> None:
    which = parser.add_mutually_exclusive_group()
    which.add_argument(
        "--instance",
        metavar="SITE",
        help="a site: acme, acme.testmo.net, any of its pages, or a name you gave it",
    )
    which.add_argument(
        "--demo", action="store_true", help="a made-up site: no network, no account, no keyring"
    )


def _site_options() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(add_help=False)
    site = parser.add_argument_group("site")
    _add_site(site)  # type: ignore[arg-type]  # a group takes what a parser takes
    token = site.add_mutually_exclusive_group()
    token.add_argument(
        "--token-stdin", action="store_true", help="read the token from the first line of stdin"
    )
    token.add_argument("--token-file", metavar="FILE", help="read the token from a file")
    site.add_argument(
        "--timeout", metavar="SECONDS", type=_positive(float), default=30.0, help="for one request; 30"
    )
    site.add_argument(
        "--concurrency", metavar="N", type=_positive(int), default=4, help="requests at once; 4"
    )
    _add_network(site)
    _add_talk(parser)
    return parser


def _add_network(group: argparse._ArgumentGroup) -> None:
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


def _output_options() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(add_help=False)
    output = parser.add_argument_group("output")
    output.add_argument("--format", choices=FORMATS, help="a table on a terminal, rows with tabs in a pipe")
    output.add_argument("--sort", metavar="FIELD", help="sort by a field; -FIELD from the largest down")
    output.add_argument("--limit", metavar="N", type=_positive(int), help="the first N rows only")
    output.add_argument(
        "--columns", metavar="FIELDS", type=_names, help="these fields only, with commas between"
    )
    output.add_argument(
        "--raw", action="store_true", help="do not guard CSV cells against being run as formulas"
    )
    output.add_argument("--no-color", action="store_true", help="no colours; there are none in a pipe")
    return parser


def _positive(kind: type[int] | type[float]) -> "type[int] | type[float]":
    def number(text: str) -> float:
        value = kind(text)
        if not 0 < value < 1_000_000:
            raise ValueError(text)
        return value

    number.__name__ = "number"
    return number  # type: ignore[return-value]  # argparse calls it and shows its name


def _names(text: str) -> list[str]:
    return [name.strip() for name in text.split(",") if name.strip()]
