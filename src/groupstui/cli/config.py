"""Show and change the settings."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
import tempfile
from difflib import get_close_matches
from pathlib import Path

from ..credentials.tokens import environment_without_token
from ..errors import SettingsError, UsageError, quoted
from ..exit_codes import ExitCode
from ..settings import SettingsFile
from ..settings.editor import as_toml, set_value, unset_value
from ..settings.model import json_schema, rules
from ..terminal.stdio import print_error
from .context import Context

ARGUMENTS = {"set": "a setting and a value", "unset": "a setting"}
"""What must follow the actions that change one setting."""

DEFAULT_EDITOR = "notepad" if sys.platform == "win32" else "vi"

TABLES = ("sites", "keys")
"""The settings that are tables: a name in them follows a dot."""


async def config(context: Context) -> ExitCode:
    """Show or change the settings.

    Raises:
        SettingsError: If the file cannot be read or written, or would be invalid.
        UsageError: If a setting does not exist, or if there is no editor.
    """
    options, file = context.options, context.settings_file
    _check_arguments(options.action, options.key, options.value)
    match options.action:
        case "path":
            print(file.path)
        case "show":
            sys.stdout.write(as_toml(file.load()))
        case "list":
            _list()
        case "schema":
            print(json.dumps(json_schema(), indent=2))
        case "set":
            _check_setting(options.key)
            file.edit(lambda text: set_value(text, options.key, options.value))
        case "unset":
            _unset(file, options.key)
        case _:
            _edit(context, file)
    return ExitCode.OK


def _check_arguments(action: str, key: str | None, value: str | None) -> None:
    """Check that an action has what it needs, and nothing else."""
    given = [each for each in (key, value) if each is not None]
    needed = {"set": 2, "unset": 1}.get(action, 0)
    if len(given) != needed:
        if action in ARGUMENTS:
            raise UsageError(f"config {action} needs {ARGUMENTS[action]}")
        raise UsageError("only config set has a value")


def _list() -> None:
    """Print the settings, and what each may be."""
    width = max(map(len, rules()))
    for key, rule in rules().items():
        print(f"{key:<{width}}  {rule.removeprefix('must be ')}")


def _unset(file: SettingsFile, key: str) -> None:
    """Remove a setting from the file, also one that does not exist, such as a misspelled one."""
    before = file.text()
    if before:
        file.edit(lambda text: unset_value(text, key))
    if file.text() == before:
        _check_setting(key)
        print_error(f"{quoted(key)} was not set")


def _check_setting(key: str) -> None:
    """Check that there is a setting of a name.

    Raises:
        UsageError: If the setting does not exist. The hint names a similar one.
    """
    table, _, name = key.partition(".")
    if table not in rules() or (table in TABLES) != bool(name):
        similar = get_close_matches(key, rules(), n=1)
        hint = f"Did you mean {similar[0]}?" if similar else "See: groupstui config list"
        if table in TABLES:
            hint = f"Write {table}.NAME."
        raise UsageError(f"{quoted(key)} is not a setting", hint=hint)


def _edit(context: Context, file: SettingsFile) -> None:
    """Let the user edit a copy, which replaces the file if it is valid."""
    environ = context.environ
    editor = environ.get("VISUAL") or environ.get("EDITOR") or DEFAULT_EDITOR
    before = file.text()
    with tempfile.NamedTemporaryFile(
        "w", encoding="utf-8", prefix="groupstui-settings-", suffix=".toml", delete=False
    ) as stream:
        stream.write(before)
    copy = Path(stream.name)
    try:
        code = subprocess.run([*shlex.split(editor), str(copy)], env=environment_without_token()).returncode
        after = copy.read_text("utf-8-sig")
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        raise UsageError(
            f"the editor {quoted(editor)} cannot be used: {reason}", hint="Set EDITOR."
        ) from None
    if code:
        raise UsageError(f"the settings were not changed: the editor {quoted(editor)} ended with {code}")
    if after == before:
        print_error("the settings were not changed")
    else:
        try:
            file.edit(lambda _: after)
        except SettingsError as error:
            raise SettingsError(
                str(error), f"The settings were not changed; your text is in {copy}."
            ) from None
    os.unlink(copy)
