"""Writing a whole site to a file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .options import Shared, add_command

if TYPE_CHECKING:
    from .options import Commands


def add_export(commands: Commands, shared: Shared) -> None:
    """Add export."""
    export = add_command(
        commands,
        "export",
        "a whole site, into a file, or into a folder for a review of access",
        [
            "groupstui export memberships -o memberships.csv",
            "groupstui export matrix -o access.md",
            "groupstui export review -o review-2026-11",
        ],
        shared.look,
    )
    export.add_argument("what", choices=("groups", "memberships", "users", "matrix", "review"))
    export.add_argument(
        "-o",
        "--output",
        metavar="FILE",
        required=True,
        help="where to; its ending tells the format; - is stdout; a folder for review",
    )
    export.add_argument("--force", action="store_true", help="replace the file, or the review, that is there")
