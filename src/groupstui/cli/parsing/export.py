"""Writing a whole site to a file."""

import argparse
from typing import TYPE_CHECKING

from .options import add_command

if TYPE_CHECKING:
    from .options import Commands


def add_export(commands: "Commands", look: list[argparse.ArgumentParser]) -> None:
    """Add export."""
    export = add_command(
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
