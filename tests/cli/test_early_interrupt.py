"""ctrl+c while Python imports the program ends it as at any later time: with 130 and without a traceback."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from ..support.commands import COMMAND_TIMEOUT, shell_environment

HOOK = """
import os, sys
def interrupt(event, details):
    if event == "import" and details[0] == {module!r}:
        os.kill(os.getpid(), 2)
sys.addaudithook(interrupt)
"""

SCRIPT = Path(sys.executable).with_name("groupstui")


@pytest.fixture
def interrupted(tmp_path):
    """Run Python, and send it SIGINT when it imports a module."""

    def run(module: str, *arguments: str, **options) -> tuple[int, str, str]:
        (tmp_path / "sitecustomize.py").write_text(HOOK.format(module=module))
        environment = shell_environment()
        environment["PYTHONPATH"] = f"{tmp_path}:{environment['PYTHONPATH']}"
        done = subprocess.run(
            [sys.executable, *arguments],
            env=environment,
            capture_output=True,
            text=True,
            timeout=COMMAND_TIMEOUT,
            **options,
        )
        return done.returncode, done.stdout, done.stderr

    return run


@pytest.mark.parametrize("module", ["groupstui.directory", "sqlite3", "argparse", "groupstui.cli.main"])
@pytest.mark.parametrize("program", [["-m", "groupstui"], [str(SCRIPT)]], ids=["module", "script"])
def test_interrupted_import_exits_with_130(interrupted, module, program):
    assert interrupted(module, *program, "groups", "--demo") == (130, "", "")


def test_ignored_interrupt_stays_ignored(interrupted):
    def ignore() -> None:
        signal.signal(signal.SIGINT, signal.SIG_IGN)

    code, out, err = interrupted("sqlite3", "-m", "groupstui", "groups", "QA", "--demo", preexec_fn=ignore)
    assert (code, err) == (0, "")
    assert "QA" in out


def test_import_of_the_library_leaves_interrupts_alone(interrupted):
    code, _, err = interrupted("sqlite3", "-c", "from groupstui import Group", "groupstui")
    assert code == -signal.SIGINT
    assert "KeyboardInterrupt" in err
