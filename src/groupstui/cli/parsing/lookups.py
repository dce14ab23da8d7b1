"""The questions that the directory answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...exit_codes import ExitCode
from .options import Shared, add_command

if TYPE_CHECKING:
    from .options import Commands


def add_lookups(commands: Commands, shared: Shared) -> None:
    """Add groups, members, who, check and lookup."""
    look = shared.look
    groups = add_command(
        commands,
        "groups",
        "every group",
        ["groupstui groups", "groupstui groups qa --sort -members --limit 5"],
        look,
    )
    groups.add_argument("search", nargs="?", metavar="TEXT", help="only groups that this part of a name fits")

    members = add_command(
        commands,
        "members",
        "who is in a group",
        ["groupstui members QA", "groupstui members '#4' --format csv"],
        look,
    )
    members.add_argument("group", metavar="GROUP", help="a name, a part of one, or an id")

    who = add_command(
        commands,
        "who",
        "the groups of a user",
        ["groupstui who ada", "groupstui who ada --format json | jq -r '.groups[].name'"],
        look,
    )
    who.add_argument("user", metavar="USER", help="a name, a part of one, an id, or an e-mail address")

    check = add_command(
        commands,
        "check",
        "whether a user is in every one of some groups",
        ["groupstui check ada QA && echo yes", "groupstui check ada QA 'Release managers' -q"],
        look,
        {ExitCode.OK: "in all of them", ExitCode.FALSE: "not in all of them"},
    )
    check.add_argument("user", metavar="USER", help="a name, a part of one, an id, or an e-mail address")
    check.add_argument("groups", metavar="GROUP", nargs="+", help="a name, a part of one, or an id")

    lookup = add_command(
        commands,
        "lookup",
        "the groups of many users at once",
        ["groupstui lookup leavers.txt", "printf 'ada\\ngrace\\n' | groupstui lookup - --format csv"],
        look,
    )
    lookup.add_argument(
        "file", metavar="FILE", nargs="?", default="-", help="a name a line; - or nothing is stdin"
    )
