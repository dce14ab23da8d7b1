"""The commands config and doctor, and instances in the settings."""

from __future__ import annotations

import json
import os
import tomllib
from dataclasses import replace
from pathlib import Path

import pytest

from groupstui.settings import SettingsFile, default_path

SETTINGS = """\
# Mine.
theme = "nord"   # dark
timeout = 12.5
future = 1

[sites]
work = "https://acme.testmo.net"

[keys]
"page.next" = ["f6", "n"]
"""


@pytest.fixture
def settings():
    """Write the settings file, and return its path."""

    def write(text: str) -> Path:
        path = default_path()
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    return write


def test_config_show_prints_the_settings_in_toml(cli, settings):
    assert "history = true\nhistory_days = 400\n" in cli("config", "show").out
    path = settings(SETTINGS)
    shown = cli("config", "show")
    before = SettingsFile(path).load()
    path.write_text(shown.out, encoding="utf-8")
    assert SettingsFile(path).load() == replace(before, unknown=())


def test_unknown_settings_are_ignored_with_a_warning(cli, settings):
    path = settings(SETTINGS)
    result = cli("groups")
    assert result.code == 0
    assert result.err == f"groupstui: {path}: ignored unknown settings: “future”\n"
    assert cli("groups", "-q").err == ""
    assert cli("config", "set", "history_days", "90").code == 0
    assert "future = 1\n" in path.read_text()


@pytest.mark.parametrize(
    ("key", "value", "line"),
    [
        ("theme", "gruvbox", 'theme = "gruvbox"   # dark'),
        ("theme", '"gruvbox"', 'theme = "gruvbox"   # dark'),
        ("history", "false", "history = false"),
        ("timeout", "3", "timeout = 3"),
        ("columns", "id,name", 'columns = ["id", "name"]'),
        ("columns", "['id', 'name']", "columns = ['id', 'name']"),
        ("sort", "-members", 'sort = "-members"'),
        ("keys.page.next", "f6,]", '"page.next" = "f6,]"'),
        ("keys.view.zoom", "z", '"view.zoom" = "z"'),
        ("sites.my test", "https://x.testmo.net", '"my test" = "https://x.testmo.net"'),
    ],
)
def test_config_set_changes_one_line(cli, settings, key, value, line):
    path = settings(SETTINGS)
    assert cli("config", "set", key, value).code == 0
    changed = path.read_text().splitlines()
    assert line in changed
    assert len({*SETTINGS.splitlines()} - {*changed}) <= 1


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["history", "maybe"], "history must be true or false"),
        (["proxy", "http://me:pa55@proxy.example"], "without a password"),
        (["nosuch", "1"], "“nosuch” is not a setting"),
        (["page_sise", "15"], "Did you mean page_size?"),
        (["keys", "f6"], "Write keys.NAME."),
        (["theme.x", "1"], "“theme.x” is not a setting"),
        (["theme"], "config set needs a setting and a value"),
        ([], "config set needs a setting and a value"),
    ],
)
def test_config_set_keeps_the_file_if_it_cannot(cli, settings, arguments, reason):
    path = settings(SETTINGS)
    result = cli("config", "set", *arguments)
    assert (result.code, result.out) == (2, "")
    assert reason in result.err
    assert "pa55" not in result.err
    assert path.read_text() == SETTINGS


@pytest.mark.parametrize("key", ["history", "max_age", "keys.view.zoom", "sites.my test", "page_sise"])
def test_config_unset_undoes_config_set(cli, settings, key):
    values = {"max_age": "1h", "history": "false", "sites.my test": "https://x.testmo.net"}
    path = settings(SETTINGS)
    if key == "page_sise":
        path.write_text(f"page_sise = 50\n{SETTINGS}")
    else:
        assert cli("config", "set", key, values.get(key, "f6")).code == 0
    assert cli("config", "unset", key).code == 0
    table, _, name = key.partition(".")
    kept = tomllib.loads(path.read_text())
    assert (name or table) not in (kept.get(table, {}) if name else kept)
    assert {*SETTINGS.splitlines()} <= {*path.read_text().splitlines()}


def test_config_unset_repairs_an_invalid_value(cli, settings):
    path = settings('max_age = ""\n# kept\n')
    assert cli("config", "show").code == 2
    assert cli("config", "unset", "max_age").code == 0
    assert path.read_text() == "# kept\n"


@pytest.mark.parametrize(
    ("text", "arguments", "code", "reason"),
    [
        (SETTINGS, ["max_age"], 0, "“max_age” was not set"),
        ("", ["max_age"], 0, "“max_age” was not set"),
        (SETTINGS, ["page_sise"], 2, "Did you mean page_size?"),
        (SETTINGS, ["keys"], 2, "Write keys.NAME."),
        (SETTINGS, [], 2, "config unset needs a setting"),
        (SETTINGS, ["theme", "x"], 2, "config unset needs a setting"),
        ("theme = [", ["theme"], 2, "line 1"),
    ],
)
def test_config_unset_changes_nothing_if_there_is_nothing_to_remove(
    cli, settings, text, arguments, code, reason
):
    path = settings(text)
    result = cli("config", "unset", *arguments)
    assert (result.code, result.out) == (code, "")
    assert reason in result.err
    assert path.read_text() == text


def test_other_config_commands_have_no_value(cli):
    assert cli("config", "show", "theme").code == 2


def test_config_schema_describes_every_setting(cli):
    schema = json.loads(cli("config", "schema").out)
    names = [line.split()[0] for line in cli("config", "list").out.splitlines()]
    assert [*schema["properties"]] == names
    assert schema["properties"]["history_days"]["maximum"] == 36_500


@pytest.fixture
def edit(cli, environ, tmp_path):
    """Run `config edit` with a shell command as the editor."""

    def edit(command: str):
        script = tmp_path / "editor with spaces"
        script.write_text(f"#!/bin/sh\n{command}\n", encoding="utf-8")
        script.chmod(0o755)
        environ["EDITOR"] = f"'{script}' --wait"
        return cli("config", "edit")

    return edit


def test_config_edit_replaces_the_settings(edit, settings):
    path = settings(SETTINGS)
    assert edit('sed -i s/nord/gruvbox/ "$2"').code == 0
    assert path.read_text() == SETTINGS.replace("nord", "gruvbox")
    assert path.stat().st_mode & 0o777 == 0o600


def test_config_edit_repairs_invalid_settings(edit, settings):
    path = settings("history = maybe\n")
    assert edit('echo "history = false" > "$2"').code == 0
    assert path.read_text() == "history = false\n"


def test_config_edit_keeps_the_old_file_if_the_new_one_is_invalid(edit, settings):
    path = settings(SETTINGS)
    result = edit('echo "history = 3" > "$2"')
    assert result.code == 2
    assert "line 1: history must be true or false" in result.err
    copy = Path(result.err.rpartition("your text is in ")[2].strip().rstrip("."))
    assert copy.read_text() == "history = 3\n"
    copy.unlink()
    assert path.read_text() == SETTINGS


@pytest.mark.parametrize("command", ["exit 1", "echo 'x = 1' > \"$2\"; exit 3", "true"])
def test_config_edit_changes_nothing_if_the_editor_does_not(edit, settings, command):
    path = settings(SETTINGS)
    result = edit(command)
    assert result.code == (0 if command == "true" else 2)
    assert "not changed" in result.err
    assert path.read_text() == SETTINGS


def test_config_edit_without_an_editor(cli, environ):
    environ["EDITOR"] = "/nonexistent/editor"
    result = cli("config", "edit")
    assert (result.code, "Set EDITOR." in result.err) == (2, True)


def test_doctor_prints_no_secrets(cli, demo, environ):
    environ["HTTPS_PROXY"] = "http://me:pa55@proxy.example:3128"
    result = cli("doctor")
    assert result.code == 0
    for fact in ("groupstui:", "python:", "terminal:", "keyring:", "proxy:", "certificates:", "clock:"):
        assert fact in result.out
    assert "the instance answers, and the token belongs to a site admin" in result.out
    assert "agrees with that of the instance" in result.out
    assert demo.token not in result.out
    assert "pa55" not in result.out


@pytest.mark.parametrize(("address", "code"), [("https:/acme", 2), ("", 0)])
def test_doctor_exits_with_2_for_an_invalid_instance(cli, environ, address, code):
    environ["TESTMO_INSTANCE"] = address
    result = cli("doctor")
    assert result.code == code
    assert "instance:     " in result.out


def test_instance_by_name_from_settings(cli, demo, environ):
    path = cli("config", "path").out.strip()
    os.makedirs(os.path.dirname(path))
    with open(path, "w", encoding="utf-8") as file:
        file.write(f'[sites]\nwork = "{demo.url}"\n')
    del environ["TESTMO_INSTANCE"]
    assert cli("groups", "--instance", "work").code == 0
    assert "work" in cli("config", "show").out


def test_invalid_settings_report_line(cli, environ):
    path = cli("config", "path").out.strip()
    os.makedirs(os.path.dirname(path))
    with open(path, "w", encoding="utf-8") as file:
        file.write('theme = "nord"\npage_size = 7\n')
    result = cli("groups")
    assert result.code == 2
    assert "line 2" in result.err
    assert "page_size" in result.err


@pytest.mark.parametrize(
    "address", ["me:pa55@proxy.example:3128", "http://me:pa55@[", "http://me:p@pa55@proxy.example", "pa55@x"]
)
def test_doctor_hides_the_password_of_any_proxy(cli, environ, address):
    environ["HTTPS_PROXY"] = address
    result = cli("doctor")
    assert "pa55" not in result.out + result.err
    assert "internal error" not in result.err
