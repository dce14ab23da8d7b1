"""What can be written on the command line."""

from __future__ import annotations

import argparse
from itertools import chain

from ...exit_codes import ExitCode
from ...version import __version__
from .browse import add_browse
from .export import add_export
from .history import add_history
from .housekeeping import add_housekeeping
from .lookups import add_lookups
from .options import Parser, Shared, add_network, add_site, exit_codes
from .overviews import add_overviews

FAMILIES = {
    add_lookups: ("groups", "members", "who", "check", "lookup"),
    add_export: ("export",),
    add_overviews: ("compare", "audit"),
    add_history: ("changes", "snapshot", "watch"),
    add_browse: ("browse",),
    add_housekeeping: ("auth", "config", "doctor", "completion"),
}
"""What adds which commands to a parser."""

COMMANDS = tuple(chain.from_iterable(FAMILIES.values()))

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
  groupstui QA                      open the app at the group or user of that name
  groupstui --instance acme         open acme.testmo.net
  groupstui who ada                 the groups of a user, and back to the shell
  groupstui members QA --format csv
  groupstui COMMAND --help          more on a command
"""


def command_parser(name: str | None = None) -> argparse.ArgumentParser:
    """Return the parser of everything that starts with a command's name.

    Args:
        name: The command that is wanted: to know all of them takes longer than many an answer.
    """
    parser = Parser(prog="groupstui", allow_abbrev=False, add_help=False)
    commands = parser.add_subparsers(dest="command", required=True)
    shared = Shared()
    for add, names in FAMILIES.items():
        if name is None or name in names:
            add(commands, shared)
    if name is not None:
        parser.prog = f"groupstui {name}"  # where to read more, when it has to complain
    return parser


def every_command() -> dict[str, tuple[str, argparse.ArgumentParser]]:
    """Return what each command does, in a few words, and its parser."""
    actions = command_parser()._actions
    subparsers = next(each for each in actions if isinstance(each, argparse._SubParsersAction))
    told = {choice.dest: choice.help or "" for choice in subparsers._choices_actions}
    return {name: (told[name], parser) for name, parser in subparsers.choices.items()}


class AppParser(Parser):
    """Knows what the commands do, but only where help is asked for: to know it takes a while."""

    def format_help(self) -> str:
        """Return the help, with every command."""
        listed = "\n".join(f"  {name:<11} {summary}" for name, (summary, _) in every_command().items())
        self.epilog = f"commands:\n{listed}\n\n{APP_EXAMPLES}\n{ENVIRONMENT}\n{exit_codes(ExitCode)}"
        return super().format_help()


def app_parser() -> argparse.ArgumentParser:
    """Return the parser of everything else: what opens the app."""
    parser = AppParser(
        prog="groupstui",
        usage="groupstui [--instance SITE | --demo] [NAME]\n       groupstui COMMAND …",
        description="Who is in which Testmo group? Answered in a terminal.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("name", nargs="?", metavar="NAME", help="a group or a user to start at")
    add_site(parser)
    parser.add_argument("--offline", action="store_true", help="show what was last read; ask nothing")
    add_network(parser.add_argument_group("network"))
    drawing = parser.add_argument_group("drawing")
    drawing.add_argument("--ascii", action="store_true", help="draw with ASCII alone")
    drawing.add_argument("--mouse", action="store_true", help="take the mouse over SSH, too")
    drawing.add_argument("--animations", action="store_true", help="let things glide over SSH, too")
    parser.add_argument("--debug", action="store_true", help="log what is asked to a file, without the token")
    parser.add_argument("--version", action="version", version=f"groupstui {__version__}")
    return parser
