"""The exit code of each question in each situation: one table."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys

import pytest

from groupstui.demo.seed import make_site
from groupstui.demo.site import Site

from ..support.commands import COMMAND_TIMEOUT, shell_environment

YES = {
    "check": ("check #1 #1", 0),
    "audit": ("audit --fail-on near-identical", 0),
    "compare": ("compare QA Copy --exit-code", 0),
    "changes": ("changes --since #2 --exit-code", 0),
    "history": ("history QA --group", 0),
    "lookup": ("lookup ada lovelace", 0),
    "members": ("members QA", 0),
    "who": ("who #1", 0),
}
NO = {
    "check, no": ("check #1 'Night shift'", 1),
    "audit, findings": ("audit --fail-on empty", 1),
    "compare, different": ("compare QA Everyone --exit-code", 1),
    "changes, changed": ("changes --since #1 --exit-code", 1),
}
NOT_FOUND = {
    "check": ("check nosuch QA", 6),
    "check, group": ("check #1 nosuch", 6),
    "audit": ("audit nosuch", 2),
    "audit, check cannot run": ("audit --fail-on inactive --offline", 3),
    "compare": ("compare QA nosuch", 6),
    "changes": ("changes --since #99", 2),
    "history": ("history nosuch", 6),
    "lookup": ("lookup nosuch", 6),
    "members": ("members nosuch", 6),
    "who": ("who nosuch", 6),
}
AMBIGUOUS = {
    "check": ("check a QA", 6),
    "compare": ("compare QA p", 6),
    "history": ("history a --user", 6),
    "lookup": ("lookup a", 6),
    "members": ("members p", 6),
    "who": ("who a", 6),
}
ANSWERS = {**YES, **NO}
FOUND = {**ANSWERS, "lookup, unmatched": NOT_FOUND["lookup"]}
CERTAIN = "check"
"""The one answer that missing groups cannot change."""


def cases(answers: dict[str, tuple[str, int]]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize(("line", "code"), answers.values(), ids=answers)


@pytest.fixture
def site() -> Site:
    return make_site(groups=30, users=60, members_max=20)


@pytest.fixture
def words(tmp_path):
    """Split a line; what follows `lookup` is written to a file."""

    def split(line: str) -> list[str]:
        command, rest = line.split(" ", 1)
        if command != "lookup":
            return shlex.split(line)
        (tmp_path / "users").write_text(rest)
        return [command, str(tmp_path / "users")]

    return split


@pytest.fixture
def history(cli, demo) -> None:
    """Two snapshots, with a new group between them."""
    cli("snapshot", "save", "-q")
    demo.site.add_group("Copy", demo.site.groups[1].members)
    cli("snapshot", "save", "-q")


@cases({**ANSWERS, **{f"{name}, not found": answer for name, answer in NOT_FOUND.items()}})
def test_answer(cli, history, words, line, code):
    assert cli(*words(line)).code == code


@cases(AMBIGUOUS)
def test_ambiguous_name(cli, history, words, line, code):
    assert cli(*words(line)).code == code


@cases(
    {**ANSWERS, **{f"{name}, not found": NOT_FOUND[name] for name in ("check", "compare", "lookup", "who")}}
)
def test_incomplete_data(cli, history, demo, words, line, code):
    demo.faults.always("wrong-total")
    certain = line == YES[CERTAIN][0]
    assert cli(*words(line), "-q").code == (0 if certain else 3)


@cases(ANSWERS)
def test_unknown_history(cli, words, line, code):
    line = (
        line.replace("--group", "--group --since 2020-01-01")
        .replace("#2 --exit", "2020-01-01 --exit")
        .replace("#1 --exit", "2020-01-01 --exit")
    )
    assert cli(*words(line), *([] if "--since" in line else ["--offline"]), "-q").code == 3


@pytest.fixture
def process(history, environ, words):
    """Run a line in a new process, and return its exit code."""

    def run(line: str, stdout: int) -> int:
        # The history is where this process has it.
        environment = shell_environment(**environ, XDG_STATE_HOME=os.environ["XDG_STATE_HOME"])
        command = [sys.executable, "-m", "groupstui", *words(line)]
        done = subprocess.run(
            command, env=environment, stdout=stdout, stderr=subprocess.DEVNULL, timeout=COMMAND_TIMEOUT
        )
        return done.returncode

    return run


@cases(FOUND)
def test_closed_pipe(process, line, code):
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "wb") as pipe:
        assert process(line, pipe.fileno()) == code


@cases({name: FOUND[name] for name in FOUND if name not in ("changes", "history")})  # they print nothing
def test_full_disk(process, line, code):
    with open("/dev/full", "wb") as full:
        assert process(line, full.fileno()) == 3
