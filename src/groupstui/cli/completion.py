"""Print completion scripts."""

from __future__ import annotations

import shtab

from ..exit_codes import ExitCode
from .context import Context
from .parser import build_parser

REGISTER = "  compdef _shtab_groupstui"
LOAD_COMPLETION = "  (( $+functions[compdef] )) || { autoload -Uz compinit && compinit }"
"""Zsh has no `compdef` before this; the script of shtab expects it."""


async def completion(context: Context) -> ExitCode:
    """Print the script for a shell."""
    script = shtab.complete(build_parser(), context.options.shell)
    # Without a flush, the buffer of Python 3.14 holds the whole script, and a closed pipe is found too late.
    print(script.replace(REGISTER, f"{LOAD_COMPLETION}\n{REGISTER}"), flush=True)
    return ExitCode.OK
