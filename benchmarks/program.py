"""The programs that are measured, each with a Python environment of its own."""

from __future__ import annotations

import os
import shlex
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).parents[1]


@dataclass(frozen=True)
class Program:
    """A checkout of groupstui, started by its own Python."""

    python: Path

    def command(self, *arguments: str) -> list[str]:
        """Return the command line of the program with these arguments."""
        return [str(self.python), "-m", "groupstui", *arguments]

    def shell_command(self, *arguments: str) -> str:
        """Return the command line of the program for a shell."""
        return shlex.join(self.command(*arguments))


@dataclass(frozen=True)
class Bench:
    """What every measuring function works with."""

    program: Program
    rounds: int
    """How often each figure is measured; the median counts."""
    against: Program | None = None
    """Another version of the program, measured in turn with this one."""

    @property
    def empty_app(self) -> list[str]:
        """The command line of the yardstick for start-up and memory."""
        return [str(self.program.python), str(Path(__file__).with_name("empty_app.py"))]


def this_program() -> Program:
    """Install this checkout without its development dependencies.

    Some of them change what is imported: with click, which import-linter needs, httpx imports its own
    command line together with Rich.
    """
    environment = ROOT / "build" / "benchmark-venv"
    subprocess.run(
        ["uv", "sync", "--quiet", "--no-dev", "--compile-bytecode"],
        cwd=ROOT,
        env={**os.environ, "UV_PROJECT_ENVIRONMENT": str(environment)},
        check=True,
    )
    return Program(environment / "bin" / "python")


def program_in(checkout: Path) -> Program:
    """Return the program of another checkout that has an environment in `.venv`."""
    return Program(checkout.resolve() / ".venv" / "bin" / "python")


def environment(home: str, **more: str) -> dict[str, str]:
    """Return a process environment without the developer's own settings.

    `PYTHONDONTWRITEBYTECODE` is not passed on: without cached byte code every import takes twice as long.
    """
    return {"PATH": os.environ["PATH"], "HOME": home, "LANG": "C.UTF-8", **more}


@contextmanager
def new_home() -> Iterator[str]:
    """Yield an empty home directory."""
    with TemporaryDirectory(prefix="groupstui-") as folder:
        yield folder
