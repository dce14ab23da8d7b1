"""Run commands, in this process or in a new one."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import groupstui

COMMAND_TIMEOUT = 60
"""Seconds."""


@dataclass(frozen=True)
class CommandResult:
    code: int
    out: str
    err: str


Run = Callable[..., CommandResult]


def run_program(*arguments: str, environment: dict[str, str], stdin: str = "") -> CommandResult:
    """Run groupstui in a new process."""
    done = subprocess.run(
        [sys.executable, "-m", "groupstui", *arguments],
        env=environment,
        input=stdin,
        capture_output=True,
        text=True,
        timeout=COMMAND_TIMEOUT,
    )
    return CommandResult(done.returncode, done.stdout, done.stderr)


def shell_environment(**more: str) -> dict[str, str]:
    """Return the environment of a new process: with the test's home and without a keyring."""
    return {
        "PATH": os.environ["PATH"],
        "HOME": os.environ["HOME"],
        "LANG": "C.UTF-8",
        "PYTHONPATH": str(Path(groupstui.__file__).parents[1]),
        "PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring",
        **more,
    }
