"""Imports of commands, which take most of their time."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from groupstui.demo.seed import make_site
from groupstui.demo.site import Site

from ..support.commands import COMMAND_TIMEOUT, shell_environment

PROBE = """\
import json, os, sys
from groupstui.__main__ import run
try:
    code = run(sys.argv[1:], os.environ)
except SystemExit as end:
    code = end.code
result = {"code": code, "modules": list(sys.modules)}
print(json.dumps(result), file=sys.stderr)
"""

COMMANDS = [
    ["groups"],
    ["members", "QA"],
    ["who", "ada lovelace"],
    ["check", "ada lovelace", "QA"],
    ["lookup", "-"],
    ["auth", "status"],
    ["completion", "bash"],
    ["config", "path"],
    ["export", "groups", "-o", "/dev/null"],
]

PAST = [
    *(["groups"], ["members", "QA"], ["who", "1"], ["check", "1", "#1"], ["compare", "#1", "#2"]),
    *(["export", "matrix", "-o", "-"], ["audit", "empty"]),
]

LOOKUPS = [
    ["groups", "--offline"],
    ["members", "QA", "--max-age", "1h"],
    ["who", "ada lovelace", "--offline", "--format", "json"],
    ["check", "#1", "QA"],
    ["lookup", "-", "--offline"],
    ["compare", "QA", "Release managers", "--max-age", "1h"],
]
"""Commands that the last snapshot answers; with the setting `max_age`, this needs no option."""

HELP = [["--help"], ["--version"], ["who", "--help"]]


@pytest.fixture
def site() -> Site:
    """A site with few users, as the commands read all of it."""
    return make_site(groups=30, users=60, members_max=20)


def imported(demo, arguments: list[str]) -> set[str]:
    """Run a command, and return the packages that it has imported."""
    done = subprocess.run(
        [sys.executable, "-c", PROBE, *arguments],
        env=shell_environment(TESTMO_INSTANCE=demo.url, TESTMO_TOKEN=demo.token),
        input="ada lovelace\n",
        capture_output=True,
        text=True,
        timeout=COMMAND_TIMEOUT,
    )
    result = json.loads(done.stderr.splitlines()[-1])
    assert result["code"] == 0
    return {name.partition(".")[0] for name in result["modules"]}


@pytest.mark.parametrize("arguments", COMMANDS, ids=lambda arguments: arguments[0])
def test_command_does_not_import_textual_or_keyring(demo, arguments):
    assert imported(demo, arguments).isdisjoint({"textual", "keyring", "starlette", "uvicorn"})


@pytest.mark.parametrize("arguments", PAST, ids=lambda arguments: arguments[0])
def test_answer_about_the_past_sends_nothing(demo, arguments):
    imported(demo, ["groups"])
    requests = len(demo.log.requests)
    unneeded = {"textual", "rich", "keyring", "httpcore", "httpx", "pydantic"}
    assert imported(demo, [*arguments, "--at", "today"]).isdisjoint(unneeded)
    assert len(demo.log.requests) == requests


@pytest.mark.parametrize("arguments", LOOKUPS, ids=" ".join)
def test_snapshot_answers_without_httpx_and_pydantic(demo, arguments):
    settings = Path.home() / ".config" / "groupstui" / "settings.toml"
    settings.parent.mkdir(parents=True)
    settings.write_text('max_age = "1h"\n')
    imported(demo, ["who", "ada lovelace"])  # stores a snapshot, and validates the settings
    unneeded = {"textual", "rich", "keyring", "httpx", "pydantic", "pydantic_core", "tomlkit"}
    assert not imported(demo, arguments) & unneeded


@pytest.mark.parametrize("arguments", HELP, ids=" ".join)
def test_help_imports_neither_libraries_nor_commands(demo, arguments):
    unneeded = {
        "textual",
        "rich",
        "keyring",
        "httpcore",
        "httpx",
        "pydantic",
        "asyncio",
        "sqlite3",
        "logging",
    }
    assert not imported(demo, arguments) & unneeded
