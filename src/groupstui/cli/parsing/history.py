"""What changed, and the readings that tell it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...exit_codes import ExitCode
from .options import Shared, add_command, length

if TYPE_CHECKING:
    from .options import Commands


def add_history(commands: Commands, shared: Shared) -> None:
    """Add changes, snapshot and watch."""
    changes = add_command(
        commands,
        "changes",
        "who joined and left which group, and what else changed",
        [
            "groupstui changes",
            "groupstui changes --since 24h --format markdown",
            "groupstui changes --since 2026-11-01 --until 2026-11-16 --offline",
            "groupstui changes --since '#12' --exit-code -q || echo changed",
        ],
        shared.look,
        {ExitCode.FALSE: "something changed, with --exit-code"},
    )
    changes.add_argument(
        "--since", metavar="WHEN", default="7d", help="7d (the default), 12h, a date, or a snapshot's number"
    )
    changes.add_argument("--until", metavar="WHEN", help="likewise, of a date its end; now, if not given")
    changes.add_argument("--exit-code", action="store_true", help="end with 1 where something changed")
    snapshot = add_command(
        commands,
        "snapshot",
        "the readings of a site that are kept",
        [
            "groupstui snapshot list",
            "groupstui snapshot save",
            "groupstui snapshot prune --older-than 90d",
        ],
        [shared.site, shared.output],
    )
    snapshot.add_argument("action", choices=("list", "save", "prune"))
    snapshot.add_argument(
        "--older-than", metavar="AGE", type=length, help="for prune: 90d; the last is always kept"
    )
    watch = add_command(
        commands,
        "watch",
        "each change as a line of JSON, as it comes",
        [
            "groupstui watch --interval 15m",
            "groupstui watch | jq --unbuffered -r 'select(.change == \"joined\") | .user'",
            "groupstui watch --exec 'mail -s \"Testmo groups\" admins@example.com'",
        ],
        [shared.site],
        {ExitCode.OK: "stopped, by ctrl+c or SIGTERM"},
    )
    watch.add_argument(
        "--interval", metavar="TIME", type=length, default="5m", help="between two readings; 5m"
    )
    watch.add_argument(
        "--exec",
        metavar="CMD",
        help="a shell command to get each change on its stdin; if it fails, stdout does",
    )
