"""Looking over a whole site."""

import argparse
from typing import TYPE_CHECKING

from ..exits import Exit
from .options import add_command

if TYPE_CHECKING:
    from .options import Commands


def add_overviews(commands: "Commands", look: list[argparse.ArgumentParser]) -> None:
    """Add compare."""
    compare = add_command(
        commands,
        "compare",
        "who is in which of two to six groups",
        [
            "groupstui compare QA 'Release managers'",
            "groupstui compare QA QA-EU --differ --format csv",
            "groupstui compare QA QA-EU --exit-code -q > /dev/null || echo different",
        ],
        look,
        {Exit.NO: "the groups differ, with --exit-code"},
    )
    compare.add_argument("groups", metavar="GROUP", nargs="+", help="a name, a part of one, or an id")
    compare.add_argument("--differ", action="store_true", help="only who is not in all of them")
    compare.add_argument("--exit-code", action="store_true", help="end with 1 where the groups differ")
