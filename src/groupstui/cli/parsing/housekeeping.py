"""Signing in, the settings, the shell: all that asks nothing of the groups."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .options import Shared, add_command

if TYPE_CHECKING:
    from .options import Commands


def add_housekeeping(commands: Commands, shared: Shared) -> None:
    """Add auth, doctor, config and completion."""
    auth = add_command(
        commands,
        "auth",
        "sign in and out, and see who is",
        ["groupstui auth login --instance acme", "groupstui auth status", "groupstui auth logout --purge"],
        [shared.site],
    )
    auth.add_argument("action", choices=("login", "logout", "status"))
    auth.add_argument("--purge", action="store_true", help="with logout: delete the site's history, too")
    add_command(
        commands, "doctor", "what may be in the way, without a secret", ["groupstui doctor"], [shared.site]
    )
    config = add_command(
        commands, "config", "the settings", ["groupstui config path", "groupstui config show"], [], {}, ()
    )
    config.add_argument("action", choices=("path", "show"))
    completion = add_command(
        commands,
        "completion",
        "completion for a shell",
        ['eval "$(groupstui completion bash)"', "groupstui completion fish | source"],
        [],
        {},
        (),
    )
    completion.add_argument("shell", choices=("bash", "zsh", "fish"))
