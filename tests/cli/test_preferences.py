"""Options that the environment and the settings can set."""

from __future__ import annotations

import json

import pytest

from groupstui.cli.context import Context
from groupstui.cli.parser import parse
from groupstui.cli.preferences import VARIABLES
from groupstui.settings import default_path

VALUES = {
    "format": ("csv", "tsv", "markdown"),
    "timeout": (5.0, 6.0, 7.0),
    "concurrency": (2, 3, 5),
    "proxy": ("http://a.example:1", "http://b.example:2", "http://c.example:3"),
    "max_age": ("1h", "2h", "3h"),
}
"""Values of each option: as given, of the environment, and of the settings."""

COMMANDS = (["groups"], ["check", "ada", "QA"], ["export", "groups", "-o", "-"], ["browse", "--plain"])


@pytest.fixture
def settings():
    """Write the settings file."""

    def write(text: str) -> None:
        default_path().parent.mkdir(parents=True)
        default_path().write_text(text, encoding="utf-8")

    return write


@pytest.mark.parametrize("option", VARIABLES)
def test_option_precedes_environment_and_settings(environ, settings, option):
    given, of_environment, of_settings = VALUES[option]
    variable, parsed = VARIABLES[option]
    settings(f"{option} = {json.dumps(of_settings)}")

    def preference(*arguments: str) -> object:
        return Context(parse(["groups", *arguments]), environ).preference(option)

    assert preference() == of_settings
    assert preference("--demo") is None
    environ[variable] = str(of_environment)
    assert preference() == preference("--demo") == parsed(str(of_environment))
    assert preference(f"--{option.replace('_', '-')}", str(given)) == parsed(str(given))
    environ[variable] = " "
    assert preference() == of_settings


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
@pytest.mark.parametrize("option", VARIABLES)
def test_wrong_variable_is_a_usage_error(cli, environ, command, option):
    variable = VARIABLES[option][0]
    environ[variable] = "-1x/pa55@"
    if option == "format" and command[0] == "browse":
        pytest.skip("the app has no formats")
    result = cli(*command)
    assert (result.code, result.out) == (2, "")
    assert result.err.startswith(f"groupstui: {variable}: ")
    if option == "proxy":
        assert "pa55" not in result.err


def test_given_option_makes_a_wrong_variable_harmless(cli, environ):
    environ["GROUPSTUI_TIMEOUT"] = "soon"
    assert cli("groups", "--timeout", "30").code == 0
    assert cli("config", "path").code == 0


def test_environment_selects_the_format(cli, environ):
    environ["GROUPSTUI_FORMAT"] = "json"
    assert json.loads(cli("groups").out)["schema"] == "groupstui/1"
    assert cli("groups", "--format", "csv").out.startswith("id,name")


def test_environment_does_not_change_what_a_format_means_for_other_options(cli, environ, tmp_path):
    environ["GROUPSTUI_FORMAT"] = "json"
    assert cli("check", "ada lovelace", "QA", "-q").out == ""
    assert cli("export", "groups", "-o", str(tmp_path / "x.csv")).code == 0
    assert (tmp_path / "x.csv").read_text().startswith("id,name")
    assert cli("export", "review", "-o", str(tmp_path / "review")).code == 0


def test_environment_limits_the_time_of_requests(cli, environ):
    environ["GROUPSTUI_TIMEOUT"] = "0.000001"
    result = cli("groups")
    assert (result.code, "did not answer within 1e-06 s" in result.err) == (8, True)


@pytest.mark.parametrize(
    "line",
    [
        'format = "xml"',
        "timeout = 0",
        "concurrency = 0",
        'max_age = "soon"',
        'proxy = "http://me:pa55@proxy.example:3128"',
    ],
)
def test_wrong_setting_is_reported(cli, settings, line):
    settings(line)
    result = cli("groups")
    assert result.code == 2
    assert f"line 1: {line.split()[0]} must be " in result.err
    assert "pa55" not in result.err
