"""Standard streams that are closed or full: no traceback, and no exit code 1, which would mean "no"."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys

import pytest

from groupstui.demo.seed import make_site
from groupstui.demo.site import Site

from ..support.commands import COMMAND_TIMEOUT, shell_environment


@pytest.fixture
def site() -> Site:
    """A site with few users, as the commands read all of it."""
    return make_site(groups=30, users=60, members_max=20)


@pytest.fixture
def shell(environ):
    """Run a shell command line, and return its exit code, stdout and stderr."""

    def command(line: str, **variables: str) -> tuple[int, str, str]:
        done = subprocess.run(
            ["sh", "-c", f"{shlex.quote(sys.executable)} -m groupstui {line}"],
            env=shell_environment(**environ, **variables),
            capture_output=True,
            text=True,
            timeout=COMMAND_TIMEOUT,
        )
        return done.returncode, done.stdout, done.stderr

    return command


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("check ada QA >&-", 3),
        ("check ada QA -q 2>&-", 0),
        ("check ada QA >/dev/null 2>/dev/full", 0),
        ("check ada 'Night shift' -q >&-", 1),
        ("groups >&-", 3),
        ("--help >&-", 3),
        ("check ada QA -q >&-", 0),
        ("who nosuch 2>&-", 6),
        ("who nosuch 2>/dev/full", 6),
        ("who --bogus 2>/dev/full", 2),
        ("lookup <&-", 2),
        ("browse --plain <&-", 2),
        ("groups --token-stdin <&-", 2),
        ("groups <&-", 0),
    ],
)
def test_exit_code_with_closed_or_full_streams(shell, line, code):
    found, _, err = shell(line)
    assert found == code
    assert "Traceback" not in err
    assert "internal error" not in err


@pytest.mark.parametrize("unbuffered", ["", "1"])
@pytest.mark.parametrize(
    "line",
    ["groups", "who ada", "config show", "completion bash", "doctor", "--help", "--version", "help who"],
)
def test_full_disk_exits_3(shell, line, unbuffered):
    code, _, err = shell(f"{line} >/dev/full", PYTHONUNBUFFERED=unbuffered)
    assert (code, err.splitlines()[-1]) == (
        3,
        "groupstui: cannot write to stdout: No space left on device",
    )


@pytest.mark.parametrize("arguments", [["--help"], ["--version"], ["config", "show"], ["groups", "--help"]])
def test_closed_pipe_exits_0(environ, arguments):
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "wb") as pipe:
        done = subprocess.run(
            [sys.executable, "-m", "groupstui", *arguments],
            env=shell_environment(**environ),
            stdout=pipe,
            stderr=subprocess.PIPE,
            text=True,
            timeout=COMMAND_TIMEOUT,
        )
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("check ada QA", 0),
        ("check ada 'Night shift'", 1),
        ("compare QA Everyone --exit-code", 1),
        ("audit --fail-on empty", 1),
        ("audit identical --format json", 0),
        ("lookup -", 6),
        ("export memberships -o -", 0),
        ("completion bash", 141),
    ],
)
def test_closed_pipe_keeps_the_exit_code_of_the_answer(environ, line, code):
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "wb") as pipe:
        done = subprocess.run(
            [sys.executable, "-m", "groupstui", *shlex.split(line), "-q"][: -1 if "bash" in line else None],
            env=shell_environment(**environ),
            input=b"nosuch\n",
            stdout=pipe,
            stderr=subprocess.PIPE,
            timeout=COMMAND_TIMEOUT,
        )
    assert (done.returncode, done.stderr) == (code, b"")


def test_head_causes_no_message(shell):
    assert shell("groups | head -n 1")[2] == ""


def test_token_on_stdin_that_is_not_utf_8_exits_2(shell):
    code, _, err = shell("groups --token-stdin < /bin/sh", PYTHONIOENCODING="utf-8:strict")
    assert code == 2
    assert err.startswith("groupstui: no token from standard input: ")
