"""`--at` a time answers as `--offline` does if the last snapshot is that of the time: in every format."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from groupstui.directory.directory import Directory
from groupstui.history import History

from ..support.commands import CommandResult
from ..support.random_history import FIRST, GROUP_NAMES, HOUR, USER_NAMES, histories, moments

ORIGIN = "https://acme.testmo.net"
LONG_AFTER = FIRST + timedelta(days=900)

FORMATS = ("table", "json", "ndjson", "csv", "tsv", "markdown")
GROUPS = st.sampled_from([*GROUP_NAMES, *"12345", "#2", "q", "no such group"])
USERS = st.sampled_from([*USER_NAMES, *"1234567", "#3", "ada", "ada@example.com", "nobody"])

COMMANDS = {
    "groups": st.just(["groups"]),
    "groups TEXT": st.tuples(st.just("groups"), GROUPS),
    "members": st.tuples(st.just("members"), GROUPS),
    "members of several": st.tuples(st.just("members"), GROUPS, GROUPS),
    "members with addresses": st.tuples(st.just("members"), GROUPS, st.just("--columns=id,email")),
    "who": st.tuples(st.just("who"), USERS),
    "who, exactly": st.tuples(st.just("who"), USERS, USERS, st.just("--exact")),
    "check": st.tuples(st.just("check"), USERS, GROUPS),
    "check, quietly": st.tuples(st.just("check"), USERS, GROUPS, st.just("-q")),
    "lookup": st.just(["lookup", "-"]),
    "lookup --long": st.just(["lookup", "-", "--long"]),
    "compare": st.tuples(st.just("compare"), GROUPS, GROUPS, st.just("--exit-code")),
    "audit": st.just(["audit"]),
    "audit --fail-on": st.just(["audit", "empty", "identical", "--fail-on", "empty"]),
    "browse": st.just(["browse", "--plain"]),
    **{
        f"export {kind}": st.just(["export", kind, "-o", "-"])
        for kind in ("groups", "memberships", "users", "matrix")
    },
}

LINES = "\n".join([*USER_NAMES, "3", "#4", "ada@example.com", "nobody"])
"""What `lookup` looks up, and `browse` answers."""

# Not shrunk: that takes minutes.
examples = settings(
    max_examples=15,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


@pytest.fixture
def environ() -> dict[str, str]:
    """There is neither a token nor an instance that would answer."""
    return {"TESTMO_INSTANCE": ORIGIN}


@pytest.fixture
def ask(cli, monkeypatch):
    """Run a command with a history of these directories, of which the first ones are deleted."""

    def command(directories: list[Directory], *arguments: str, pruned: int = 0) -> CommandResult:
        with TemporaryDirectory() as folder:
            monkeypatch.setenv("XDG_STATE_HOME", folder)
            history = History(ORIGIN, Path(folder, "groupstui", "history"))
            for each in directories:
                history.save(each, LONG_AFTER)
            history.prune(FIRST + pruned * HOUR, LONG_AFTER)
            return cli(*arguments, stdin=LINES)

    return command


def without_reasons(text: str) -> list[str]:
    """Return the lines of a text without what is expected to differ: why users are unknown."""
    text = text.replace("no recent snapshot contains them; omit --offline", "unread")
    text = text.replace("the snapshot does not contain them", "unread")
    text = re.sub(r"omit --[\w-]+( and --[\w-]+)*", "", text)
    return [line for line in text.splitlines() if "the data is from the snapshot" not in line]


@pytest.mark.parametrize("command", COMMANDS)
@examples
@given(st.data())
def test_answer_is_that_of_the_time(ask, command, data):
    directories = data.draw(histories(sorted_members=True))
    pruned = data.draw(st.integers(0, len(directories) - 1))
    moment = data.draw(moments(directories, pruned))
    arguments = [*data.draw(COMMANDS[command])]
    if arguments[0] != "browse" and (format := data.draw(st.sampled_from([*FORMATS, ""]))):
        arguments += ["--format", format]
    result = ask(directories, *arguments, "--at", moment.when, pruned=pruned)
    if moment.directory is None:
        assert (result.code, result.out) == (3, "")
        if "-q" not in arguments:
            assert "no data for that time: the history begins on 2020-10-01 " in result.err
        return
    then = directories[: directories.index(moment.directory) + 1]
    expected = ask(then, *arguments, "--offline")
    assert result.code == expected.code
    assert without_reasons(result.out) == without_reasons(expected.out)
    assert without_reasons(result.err) == without_reasons(expected.err)
    if "-q" not in arguments:
        assert "the data is from the snapshot of 2020-10-01 " in result.err
        assert "the history begins on 2020-10-01 " in result.err


@examples
@given(st.data())
def test_review_is_that_of_the_time(ask, tmp_path_factory, data):
    directories = data.draw(histories(sorted_members=True))
    moment = data.draw(moments(directories))
    folders = [tmp_path_factory.mktemp("review") / name for name in ("then", "expected")]
    result = ask(directories, "export", "review", "-o", str(folders[0]), "--at", moment.when)
    assert result.code == 3  # snapshots contain no details of users
    if moment.directory is None:
        assert not folders[0].exists()
        return
    then = directories[: directories.index(moment.directory) + 1]
    assert ask(then, "export", "review", "-o", str(folders[1]), "--offline").code == 3
    then, expected = (
        {str(file.relative_to(folder)): file.read_bytes() for file in folder.rglob("*") if file.is_file()}
        for folder in folders
    )
    assert then == expected
