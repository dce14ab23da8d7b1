"""Browsing without the full screen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .options import Shared, add_command

if TYPE_CHECKING:
    from .options import Commands


def add_browse(commands: Commands, shared: Shared) -> None:
    """Add browse."""
    browse = add_command(
        commands,
        "browse",
        "the app; with --plain, numbered lines for screen readers and plain terminals",
        [
            "groupstui browse --plain",
            "groupstui browse --plain QA",
            "printf '1\\nq\\n' | groupstui browse --plain",
        ],
        [shared.site, shared.age],
    )
    browse.add_argument("name", nargs="?", metavar="NAME", help="a group or a user to start at")
    browse.add_argument("--plain", action="store_true", required=True, help="lines and no full screen")
