"""Runs commands: in this process, which is quick, or as a shell does."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import groupstui

SECONDS = 60


@dataclass(frozen=True)
class CheckResult:
    """What came of a command."""

    code: int
    out: str
    err: str


Run = Callable[..., CheckResult]


def in_a_shell(*arguments: str, environment: dict[str, str], stdin: str = "") -> CheckResult:
    """Run the program as a process of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "groupstui", *arguments],
        env=environment,
        input=stdin,
        capture_output=True,
        text=True,
        timeout=SECONDS,
    )
    return CheckResult(done.returncode, done.stdout, done.stderr)


def shell_environment(**more: str) -> dict[str, str]:
    """Return the whole environment of such a process: no home of a developer's, and no keyring."""
    return {
        "PATH": os.environ["PATH"],
        "HOME": os.environ["HOME"],
        "LANG": "C.UTF-8",
        "PYTHONPATH": str(Path(groupstui.__file__).parents[1]),
        "PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring",
        **more,
    }
