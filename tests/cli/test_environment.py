"""Homes, folders and disks that cannot be used: a look-up still answers, with one warning."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from ..support.commands import COMMAND_TIMEOUT, shell_environment

UNPRIVILEGED = 12345
"""A user id without rights, and without an entry in the list of users."""


@pytest.fixture
def run(environ, tmp_path):
    """Run the program without rights in an environment that contains nothing else."""

    def run(line: str, **variables: str) -> subprocess.CompletedProcess[str]:
        # Everything is imported first: the user without rights may be unable to read this checkout.
        script = f"""if True:
            import gc, os, sys
            import groupstui.__main__, groupstui.testmo.client, groupstui.testmo.models, keyring.backends.fail
            from groupstui.cli.runner import load_handler
            for command in ("who", "changes", "snapshot", "doctor", "config"):
                load_handler(command)
            os.setuid(os.getuid() or {UNPRIVILEGED})
            sys.argv = ["groupstui", *{shlex.split(line)!r}]
            groupstui.__main__.main()
        """
        environment = shell_environment(**environ)
        del environment["HOME"]
        return subprocess.run(
            [sys.executable, "-c", script],
            env={**environment, **variables},
            cwd="/",
            capture_output=True,
            text=True,
            timeout=COMMAND_TIMEOUT,
        )

    return run


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become a user without a home")
@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("check 'ada lovelace' QA", 0),
        ("check 'ada lovelace' 'Night shift'", 1),
        ("who nosuch", 6),
        ("who 'ada lovelace' --max-age 1h", 0),
        ("who 'ada lovelace' --offline", 3),
        ("changes", 3),
        ("snapshot list", 0),
        ("config path", 0),
    ],
)
def test_user_without_a_home(run, line, code):
    done = run(line)
    assert done.returncode == code
    assert "Traceback" not in done.stderr
    assert done.stderr.count("no history: ") <= 1


@pytest.mark.parametrize(
    "variables",
    [
        {"HOME": "/dev/null"},
        {"HOME": ""},
        {"HOME": "relative"},
        {"HOME": "/nonexistent", "XDG_STATE_HOME": "rel", "XDG_CONFIG_HOME": "rel"},
        {"HOME": "/root"},
        {"XDG_STATE_HOME": "/proc", "HOME": "/proc"},
    ],
    ids=str,
)
def test_unusable_home_does_not_prevent_answer(run, variables):
    done = run("check 'ada lovelace' 'Night shift'", **variables)
    assert (done.returncode, "no\n" in done.stdout) == (1, True)
    assert len(done.stderr.splitlines()) == 2
    assert not Path("/relative").exists()
    assert not Path("/rel").exists()


def test_deleted_working_directory(environ, tmp_path):
    command = f"mkdir {tmp_path}/gone; cd {tmp_path}/gone; rmdir ../gone; exec {sys.executable} -m groupstui "

    def run(line: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["sh", "-c", command + line],
            env=shell_environment(**environ),
            capture_output=True,
            text=True,
            timeout=COMMAND_TIMEOUT,
        )

    assert run("check 'ada lovelace' 'Night shift'").returncode == 1
    export = run("export groups -o x.csv")
    assert (export.returncode, export.stderr.startswith("groupstui: cannot write ")) == (2, True)
