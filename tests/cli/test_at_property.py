"""`--at` a time answers as `--offline` does if the last snapshot is that of the time.

What is asked is taken from the parser: every command with `--at`, with each of its options and formats.
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from groupstui.cli.parser import EXPORT_KINDS, build_parser
from groupstui.directory.builder import crawled_directory
from groupstui.directory.directory import Directory
from groupstui.history import History
from groupstui.settings import default_path

from ..support.commands import CommandResult
from ..support.random_history import (
    FIRST,
    GROUP_NAMES,
    HOUR,
    SHORT_STEPS,
    USER_NAMES,
    Moment,
    directory,
    histories,
    moments,
)

ORIGIN, OTHER = "https://acme.testmo.net", "https://other.testmo.net"
LONG_AFTER = FIRST + timedelta(days=900)

SETTINGS = f"""
[sites]
acme = "{ORIGIN}"
other = "{OTHER}"
[lists."{ORIGIN}"."QA only"]
groups = [1, 2]
show = "only"
only = [1]
"""

POLICY = """
[[group]]
name = "QA"
owners = [1, "Ada"]
only = [2, "José"]

[[group]]
id = 4

[[accept]]
check = "empty"
group = "Ops"
until = 9999-01-01
reason = "for later"

[[accept]]
check = "single-member"
user = 2
until = 2020-01-01
reason = "on leave"
"""

GROUPS = st.sampled_from([*GROUP_NAMES, *"12345", "#2", "q", "no such group"])
USERS = st.sampled_from([*USER_NAMES, *"1234567", "#3", "ada", "ada@example.com", "nobody"])
KINDS = st.sampled_from([kind for kind in EXPORT_KINDS if kind != "review"])

ARGUMENTS: dict[str, st.SearchStrategy[Sequence[str]]] = {
    "browse": st.just(["--plain"]),
    "groups": st.lists(GROUPS, max_size=1),
    "members": st.tuples(GROUPS, GROUPS) | st.tuples(GROUPS, st.just("--columns=id,email")),
    "who": st.lists(USERS, min_size=1, max_size=2),
    "check": st.tuples(USERS, GROUPS),
    "lookup": st.just(["-"]),
    "compare": st.lists(GROUPS, min_size=2, max_size=3),
    "diff-users": st.tuples(USERS, USERS),
    "compare-instances": st.just([ORIGIN, OTHER]),
    "audit": st.sampled_from([[], ["empty", "identical"]]),
    "export": st.tuples(KINDS, st.just("-o"), st.just("-")),
}
"""The arguments of each command with `--at`."""

FIRST_KEPT = "the first snapshot that was not deleted"

VALUES = {
    ("compare", "--only"): "#1",
    ("compare", "--saved"): "QA only",
    ("diff-users", "--only"): "#3",
    ("audit", "--fail-on"): "empty",
    ("audit", "--policy"): "policy.toml",
    ("audit", "--baseline"): FIRST_KEPT,
}
"""The values of options that have one."""

OTHER_OPTIONS = {
    *("--help", "--offline", "--max-age", "--fresh", "--at"),
    *("--instance", "--demo", "--token-stdin", "--token-file", "--timeout", "--concurrency", "--proxy"),
    *("--ca-bundle", "--debug", "--quiet", "--no-color", "--no-pager", "--ascii", "--mouse", "--animations"),
    *("--format", "--sort", "--limit", "--columns", "--raw", "--bom", "--json", "--jq"),
    *("--plain", "--output", "--force"),
}
"""Options about connections, rows, files and the terminal, whatever is asked."""


def options_of(parser: argparse.ArgumentParser) -> dict[str, argparse.Action]:
    """Return the options of a command by their long names."""
    return {action.option_strings[-1]: action for action in parser._actions if action.option_strings}


def own_options(parser: argparse.ArgumentParser) -> list[str]:
    """Return the options of a command that choose what is asked."""
    return [name for name in options_of(parser) if name not in OTHER_OPTIONS]


PARSERS = {name: each for name, each in build_parser().commands.items() if "--at" in options_of(each)}

CASES = [(name, option) for name, parser in PARSERS.items() for option in [None, *own_options(parser)]]

LINES = "\n".join([*USER_NAMES, "3", "#4", "ada@example.com", "nobody"])
"""What `lookup` looks up, and `browse` answers."""

# Not shrunk: that takes minutes.
examples = settings(
    max_examples=10,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


@pytest.fixture
def environ() -> dict[str, str]:
    """There is neither a token nor an instance that would answer."""
    return {"TESTMO_INSTANCE": ORIGIN}


@pytest.fixture(autouse=True)
def files(tmp_path, monkeypatch) -> None:
    """There are settings with two instances and a saved list, and a policy."""
    default_path().parent.mkdir(parents=True)
    default_path().write_text(SETTINGS)
    (tmp_path / "policy.toml").write_text(POLICY)
    monkeypatch.chdir(tmp_path)


def without_first_group(each: Directory) -> Directory:
    """Return the crawl of an instance that has all groups but the first."""
    return crawled_directory(
        each.groups[1:], each.names, as_of=each.as_of, users_complete=each.users_complete
    )


@pytest.fixture
def ask(cli, monkeypatch):
    """Run a command with a history of these directories, of which the first ones are deleted.

    The other instance has the same groups but the first one.
    """

    def command(directories: list[Directory], *arguments: str, pruned: int = 0) -> CommandResult:
        with TemporaryDirectory() as folder:
            monkeypatch.setenv("XDG_STATE_HOME", folder)
            one, other = (History(each, Path(folder, "groupstui", "history")) for each in (ORIGIN, OTHER))
            for each in directories:
                one.save(each, LONG_AFTER)
                other.save(without_first_group(each), LONG_AFTER)
            for history in (one, other):
                history.prune(directories[pruned].as_of, LONG_AFTER)
            return cli(*arguments, stdin=LINES)

    return command


@st.composite
def long_histories(draw: st.DrawFn) -> list[Directory]:
    """Draw the crawls of hours, minutes or a second; `/users` was read for some of them."""
    step = draw(st.sampled_from([HOUR, *SHORT_STEPS]))
    return draw(histories(sorted_members=True, step=step, all_users=True))


def up_to(moment: Moment, directories: Sequence[Directory]) -> list[Directory]:
    """Return the crawls up to a moment as they would have been the only ones.

    Only the last answer of `/users` is stored: if that is later, no earlier one is known.
    """
    end = directories.index(moment.directory) + 1
    then, later = directories[:end], directories[end:]
    if any(each.users_complete for each in later):
        then = [directory(list(each.groups), each.names, each.as_of) for each in then]
    return then


def without_reasons(text: str) -> list[str]:
    """Return the lines of a text without what is expected to differ: why users or groups are unknown."""
    text = text.replace("no recent snapshot contains them; omit --offline", "unread")
    text = text.replace("the snapshot does not contain them", "unread")
    text = re.sub(r"needs .*, which (do|does|did) not exist.*", "needs groups", text)  # the past has names
    text = re.sub(r"omit --[\w-]+( and --[\w-]+)*", "", text)
    return [line for line in text.splitlines() if "the data is from the snapshot" not in line]


@st.composite
def questions(draw: st.DrawFn, command: str, option: str | None, first_kept: int) -> list[str]:
    """Draw a command line with an option, in any format of the command."""
    words = [command, *([] if option == "--saved" else draw(ARGUMENTS[command]))]
    options = options_of(PARSERS[command])
    if option is not None:
        value = [] if options[option].nargs == 0 else [VALUES[command, option]]
        words += [option, *(f"#{first_kept}" if each == FIRST_KEPT else each for each in value)]
    formats = options["--format"].choices if "--format" in options else ()
    format = draw(st.sampled_from([None, *formats]))
    words += [] if format is None else ["--format", format]
    return [*words, *["-q"] * draw(st.booleans())]


@pytest.mark.parametrize(("command", "option"), CASES)
@examples
@given(st.data())
def test_answer_is_that_of_the_time(ask, command, option, data):
    directories = data.draw(long_histories())
    pruned = data.draw(st.integers(0, len(directories) - 1))
    moment = data.draw(moments(directories, pruned))
    arguments = data.draw(questions(command, option, pruned + 1))
    when = moment.when
    if when.startswith("#") and (command == "compare-instances" or option == "--all-instances"):
        when = moment.directory.as_of.isoformat()  # ids of snapshots differ between instances
    result = ask(directories, *arguments, "--at", when, pruned=pruned)
    if moment.directory is None:
        assert (result.code, result.out) == (3, "")
        if "-q" not in arguments:
            assert "no data for that time: the history begins on 2020-10-01 " in result.err
        return
    expected = ask(up_to(moment, directories), *arguments, "--offline", pruned=pruned)
    assert result.code == expected.code
    assert without_reasons(result.out) == without_reasons(expected.out)
    assert without_reasons(result.err) == without_reasons(expected.err)
    if "-q" not in arguments:
        assert "the data is from the snapshot of 2020-10-01 " in result.err
        assert "the history begins on 2020-10-01 " in result.err
    if as_of := re.search('"as_of": "([^"]+)"', result.out):
        again = ask(directories, *arguments, "--at", as_of[1], pruned=pruned)
        assert (again.code, again.out, again.err) == (result.code, result.out, result.err)


@examples
@given(st.data())
def test_review_is_that_of_the_time(ask, tmp_path_factory, data):
    directories = data.draw(long_histories())
    moment = data.draw(moments(directories))
    folders = [tmp_path_factory.mktemp("review") / name for name in ("then", "expected")]
    result = ask(directories, "export", "review", "-o", str(folders[0]), "--at", moment.when)
    assert result.code == 3  # snapshots contain no details of users
    if moment.directory is None:
        assert not folders[0].exists()
        return
    then = up_to(moment, directories)
    assert ask(then, "export", "review", "-o", str(folders[1]), "--offline").code == 3
    then, expected = (
        {str(file.relative_to(folder)): file.read_bytes() for file in folder.rglob("*") if file.is_file()}
        for folder in folders
    )
    assert then == expected
