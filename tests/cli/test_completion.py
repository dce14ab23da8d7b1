"""What completion offers; the shells themselves are in `tests/terminal/test_completion.py`."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from groupstui.cli.completion import FIELDS, complete
from groupstui.cli.completion_scripts import SCRIPTS
from groupstui.cli.parser import COMMANDS, SHELLS
from groupstui.directory.audit import CHECKS
from groupstui.directory.builder import crawled_directory
from groupstui.directory.models import Group
from groupstui.history import History, default_folder
from groupstui.settings import PAGE_SIZES, default_path

ACME, OTHER = "https://acme.testmo.net", "https://other.testmo.net"


def save(origin: str, groups: list[str], users: list[str]) -> None:
    """Save a snapshot in which the last user is in no group."""
    members = tuple(range(1, len(users)))
    directory = crawled_directory(
        [Group(id, name, members) for id, name in enumerate(groups, 1)],
        dict(enumerate(users, 1)),
        as_of=datetime.now(UTC),
        users_complete=True,
    )
    History(origin, default_folder()).save(directory)


@pytest.fixture
def names():
    save(ACME, ["QA", "Release managers"], ["Ada Lovelace", "Adam Ant", "Zoë", "bad\nname", "Lone Wolf"])
    save(OTHER, ["Elsewhere"], ["Eve", "Other"])
    default_path().parent.mkdir(parents=True)
    default_path().write_text(f'current = "{ACME}"\n[sites]\nwork = "{ACME}"\n"my test" = "{OTHER}"\n')


@pytest.fixture
def completed(capsys):
    """Return the candidates for the last word of a command line, and how they are inserted."""

    def completed(*words: str, shell: str = "zsh", **environ: str) -> list[str]:
        *before, current = words
        assert complete([shell, f"={current}", *before], environ) == 0
        kind, *lines = capsys.readouterr().out.splitlines()
        return [kind] if kind == "files" else [line.partition("\t")[0] for line in lines]

    return completed


@pytest.mark.parametrize("shell", SHELLS)
def test_script_of_every_shell_asks_the_program(cli, shell):
    assert f"groupstui __complete {shell} " in cli("completion", shell).out


def test_scripts_are_those_of_the_parser():
    assert [*SCRIPTS] == [*SHELLS]


def test_commands_and_their_beginnings(completed):
    assert completed("") == [*COMMANDS]
    assert completed("--demo", "wa") == ["watch"]
    assert completed("help", "wa") == ["watch"]


def test_options_that_are_not_given_yet(completed):
    assert "--sort" in completed("groups", "--")
    assert "--sort" not in completed("groups", "--sort", "id", "--")
    assert "--columns" in completed("groups", "--columns", "id", "--")
    assert "--purge" in completed("auth", "login", "--pu")
    assert completed("doctor", "--format") == []


@pytest.mark.parametrize("command", FIELDS)
def test_fields_of_every_command(completed, command):
    words = (command, "--columns")
    assert completed(*words, "") == [*FIELDS[command]]
    first, second = FIELDS[command][:2]
    assert f"{first},{second}" in completed(*words, f"{first},{second[:2]}")
    assert f"{first},{first}" not in completed(*words, f"{first},")
    assert completed(command, f"--sort=-{first}")[0] == f"--sort=-{first}"


def test_values_of_options_anywhere(completed):
    assert completed("--format", "j", "groups")[0] == "groups"
    assert completed("groups", "--format", "j") == ["json"]
    assert completed("groups", "--format=j") == ["--format=json"]
    assert completed("--format=j") == ["--format=json"]
    assert completed("audit", "") == [check.id for check in CHECKS]
    assert completed("audit", "empty", "--fail-on", "api") == ["api-users"]
    assert completed("audit", "empty", "emp") == []
    assert completed("watch", "--interval", "15") == ["15m"]
    assert completed("config", "set", "page_size", "") == ["auto", *map(str, PAGE_SIZES)]
    assert completed("config", "set", "theme", "") == []  # and no options
    assert completed("config", "unset", "page_size", "") == []
    assert completed("export", "users", "-o", "") == ["files"]
    assert completed("--token-file", "") == ["files"]


def test_instances_of_the_settings(completed, names):
    assert completed("--instance", "") == ["work", "my test", "acme.testmo.net", "other.testmo.net"]
    assert completed("who", "--instance", "wo") == ["work"]


def test_saved_lists_of_the_instance(completed, names):
    with default_path().open("a") as file:
        file.write(
            f'[lists]\n"{ACME}" = {{ "QA only" = {{}}, both = {{}} }}\n"{OTHER}" = {{ other = {{}} }}\n'
        )
    assert completed("compare", "--saved", "") == ["QA only", "both"]
    assert completed("compare", "--instance", "my test", "--saved", "") == ["other"]


def test_names_of_the_last_snapshot(completed, names):
    assert completed("who", "ad") == ["Ada Lovelace", "Adam Ant"]
    assert completed("who", "zoe") == ["Zoë"]
    assert completed("who", "lo") == ["Lone Wolf"]  # in no group
    assert completed("who", "ant") == ["Adam Ant"]
    assert completed("who", "bad") == []
    assert completed("check", "Zoë", "re") == ["Release managers"]
    assert completed("compare", "QA", "") == ["Release managers"]
    assert completed("browse", "q") == completed("q") == ["QA"]
    assert completed("who", "--", "ad") == ["Ada Lovelace", "Adam Ant"]


@pytest.mark.parametrize(
    "option",
    [("groups", "--at"), ("changes", "--since"), ("audit", "--baseline"), ("history", "QA", "--until")],
)
def test_times_and_the_last_snapshots(completed, names, option):
    found = completed(*option, "")
    assert "yesterday" in found
    assert found[-1] == "#1"
    assert completed(*option, "#") == ["#1"]


@pytest.mark.parametrize(
    "words",
    [
        ("who", "ada", "--all-instances", "--at"),
        ("--all-instances", "check", "ada", "QA", "--at"),
        ("audit", "--all-instances", "--baseline"),
        ("compare-instances", "acme", "other", "--at"),
    ],
)
def test_no_snapshots_are_offered_for_several_instances(completed, names, words):
    assert "yesterday" in completed(*words, "")
    assert completed(*words, "#") == []


def test_only_the_last_snapshots_are_offered(completed, names):
    for _ in range(30):
        save(ACME, ["QA"], [])
    assert completed("groups", "--at", "#") == [f"#{id}" for id in range(31, 11, -1)]


@pytest.mark.parametrize("option", ["--columns", "--sort", "--json"])
def test_instance_is_a_field_of_all_instances(completed, option):
    assert "instance" in completed("who", "ada", "--all-instances", option, "")
    assert "instance" not in completed("who", "ada", option, "")


def test_names_of_the_chosen_instance(completed, names):
    assert completed("members", "--instance", "my test", "") == ["Elsewhere"]
    assert completed("--instance=other", "who", "e") == ["Eve"]
    assert completed("members", "", TESTMO_INSTANCE="other") == ["Elsewhere"]
    assert completed("members", "--instance", "::", "q") == []


def test_no_names_if_the_history_is_off(completed, names):
    default_path().write_text(f'history = false\ncurrent = "{ACME}"\n')
    assert completed("members", "q") == []


@pytest.mark.parametrize("text", ["", "nonsense [", "sites = 3\ncurrent = []\nrecent = 7"])
def test_damaged_settings_and_history_are_not_reported(completed, names, text):
    default_path().write_text(text)
    (path,) = default_folder().glob("acme*")
    path.write_bytes(b"x" * 5_000)
    assert completed("members", "q", TESTMO_INSTANCE="acme") == []
    assert path.read_bytes() == b"x" * 5_000


def test_completion_sends_no_request(completed, demo):
    assert "--all-users" in completed("who", "", TESTMO_INSTANCE=demo.url, TESTMO_TOKEN=demo.token)
    assert not demo.log.paths


def test_words_for_powershell_and_tcsh(completed, names):
    assert completed("who", "ad", shell="powershell") == ["'Ada Lovelace'", "'Adam Ant'"]
    assert completed("members", "q", shell="powershell") == ["QA"]


def test_tcsh_gets_only_words_without_spaces(capsys, names):
    complete(["tcsh", "="], {"COMMAND_LINE": "groupstui members "})
    assert capsys.readouterr().out == "QA\n"


@pytest.mark.parametrize(
    ("line", "part", "replaced"),
    [
        ("groupstui who ad", "ad", ["Ada\\ Lovelace", "Adam\\ Ant"]),
        ('groupstui who "ada l', '"ada l', ["Ada Lovelace"]),
        ("groupstui who 'ada l", "'ada l", ["Ada Lovelace"]),
        ("groupstui groups --format=", "=", ["table", "json", "ndjson", "csv", "tsv", "markdown"]),
        ("groupstui groups --format=js", "js", ["json"]),
        ('groupstui who --instance="my', '"my', ["my test"]),
        (r"groupstui groups --at \#", r"\#", [r"\#1"]),
        ("groupstui", "groupstui", [*COMMANDS]),
    ],
)
def test_bash_replaces_only_a_part_of_a_word(capsys, names, line, part, replaced):
    complete(["bash", f"={part}", line], {})
    assert capsys.readouterr().out.splitlines()[1:] == replaced
