"""Looking over a whole site."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...exit_codes import ExitCode
from .options import Shared, add_command

if TYPE_CHECKING:
    from .options import Commands

CHECKS = (
    *("empty", "single-member", "identical", "near-identical", "similar-names", "last-active-member"),
    *("no-group", "inactive", "anonymised", "api-users", "no-two-factor"),
)
"""What `directory.auditing` checks; loading that takes longer than all the help."""


def add_overviews(commands: Commands, shared: Shared) -> None:
    """Add compare and audit."""
    compare = add_command(
        commands,
        "compare",
        "who is in which of two to six groups",
        [
            "groupstui compare QA 'Release managers'",
            "groupstui compare QA QA-EU --differ --format csv",
            "groupstui compare QA QA-EU --exit-code -q > /dev/null || echo different",
        ],
        shared.look,
        {ExitCode.FALSE: "the groups differ, with --exit-code"},
    )
    compare.add_argument("groups", metavar="GROUP", nargs="+", help="a name, a part of one, or an id")
    compare.add_argument("--differ", action="store_true", help="only who is not in all of them")
    compare.add_argument("--exit-code", action="store_true", help="end with 1 where the groups differ")
    audit = add_command(
        commands,
        "audit",
        "what should perhaps not be so: empty groups, twins, who should be gone",
        [
            "groupstui audit",
            "groupstui audit empty identical --format markdown",
            "groupstui audit --fail-on inactive --fail-on no-two-factor -q",
        ],
        shared.look,
        {
            ExitCode.FALSE: "a check that --fail-on names has found something",
            ExitCode.UNKNOWN: "a check that --fail-on names can't be done, or the data is incomplete",
        },
    )
    audit.add_argument(
        "checks", metavar="CHECK", nargs="*", help=f"{', '.join(CHECKS)}; all, if none is named"
    )
    audit.add_argument(
        "--fail-on", metavar="CHECK", action="append", default=[], help="end with 1 where it finds something"
    )
