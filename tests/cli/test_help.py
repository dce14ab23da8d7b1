"""Help and version, and what is a command."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from groupstui.cli.parser import COMMANDS, VALUE_OPTIONS, build_parser, parse
from groupstui.cli.runner import load_handler


@pytest.mark.parametrize("command", COMMANDS)
def test_help_has_examples_and_exit_codes(cli, command):
    result = cli(command, "--help")
    assert result.code == 0
    assert f"groupstui {command}" in result.out.partition("examples:")[2]
    assert "exit codes:" in result.out


@pytest.mark.parametrize("command", ["", *COMMANDS])
def test_help_fits_80_columns(cli, monkeypatch, command):
    monkeypatch.setenv("COLUMNS", "80")
    lines = cli(*command.split(), "--help").out.splitlines()
    assert [line for line in lines if len(line) > 80] == []


def test_every_command_has_a_handler():
    assert all(callable(load_handler(name)) for name in COMMANDS)


@pytest.mark.parametrize(
    ("arguments", "command"),
    [
        ([], "browse"),
        (["QA"], "browse"),
        (["--demo", "QA"], "browse"),
        (["browse", "who"], "browse"),
        (["who", "check"], "who"),
        (["--demo", "who", "ada"], "who"),
        (["--instance", "acme", "members", "QA"], "members"),
        (["--instance", "check", "who", "ada"], "who"),
        (["--instance", "check"], "browse"),
        (["--proxy=watch", "--format", "csv", "groups", "audit"], "groups"),
    ],
)
def test_command_of_arguments(arguments, command):
    assert parse(arguments).command == command


def test_value_options_are_all_options_with_a_value():
    commands = build_parser()._subparsers._group_actions[0].choices.values()
    actions = [action for command in commands for action in command._actions]
    with_value = [each for each in actions if each.nargs in (None, "?")]
    assert {option for each in with_value for option in each.option_strings} == {*VALUE_OPTIONS}


def test_export_accepts_people_for_users():
    assert parse(["export", "people", "-o", "-"]).what == "users"


def test_no_color_is_an_option_of_the_app_and_of_tables():
    assert parse(["--no-color"]).no_color
    assert parse(["groups", "--no-color"]).no_color


def one_letter_wrong(command: str) -> Iterator[str]:
    """Yield a command with a letter missing, doubled, replaced, and with two letters exchanged."""
    for place in range(len(command)):
        yield command[:place] + command[place + 1 :]
        yield command[:place] + command[place] + command[place:]
        yield command[:place] + "x" + command[place + 1 :]
        if place:
            yield command[: place - 1] + command[place] + command[place - 1] + command[place + 1 :]
    yield command.upper()


@pytest.mark.parametrize("command", COMMANDS)
def test_mistyped_command_is_reported(cli, command):
    for word in {*one_letter_wrong(command)} - {*COMMANDS}:
        if len(word) < 3:
            continue
        for words in ([word], [word, "ada"], ["--demo", word], [word, "--help"]):
            result = cli(*words)
            assert (result.code, result.out) == (2, ""), words
            assert f"“{word}” is not a command; did you mean " in result.err


@pytest.mark.parametrize(
    ("word", "command"),
    [("gruops", "groups"), ("hwo", "who"), ("mem", "members"), ("login", "auth login"), ("Users", "who")],
)
def test_suggested_command(cli, word, command):
    assert f"did you mean {command}? To open" in cli(word).err
    assert f"Did you mean {command}?" in cli("help", word).err


@pytest.mark.parametrize("name", ["QA", "Release managers", "Checkout", "#4", "ada", "On call", "x"])
def test_names_open_the_app(name):
    assert parse([name]).command == "browse"


def test_name_is_no_command_without_a_terminal(cli):
    for words in (["Release managers"], ["--demo", "Release managers"]):
        result = cli(*words)
        assert (result.code, result.out) == (2, "")
        assert "“Release managers” is not a command" in result.err
        assert "groupstui browse NAME" in result.err


@pytest.mark.parametrize("words", [["version"], ["-V"], ["--version"]])
def test_version(cli, words):
    assert cli(*words).out.startswith("groupstui ")


@pytest.mark.parametrize("command", COMMANDS)
def test_help_of_a_command(cli, command):
    assert cli("help", command).out == cli(command, "--help").out


def test_help_without_a_command(cli):
    assert cli("help").out == cli("--help").out
