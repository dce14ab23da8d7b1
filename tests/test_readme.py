"""Run the examples of the README, and check its tables."""

from __future__ import annotations

import json
import os
import re
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from textual.binding import Binding
from textual.dom import DOMNode

import groupstui.app  # imports all screens, dialogs and widgets
from groupstui.exit_codes import ExitCode

from .support.commands import COMMAND_TIMEOUT, shell_environment
from .terminal.conftest import need

README = Path(__file__).parents[1].joinpath("README.md").read_text(encoding="utf-8")


def section(title: str) -> str:
    return README.partition(f"## {title}\n")[2].partition("\n## ")[0]


def blocks(text: str, language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", text, re.DOTALL)


HISTORY = "History, comparison and audit"
EXAMPLES = [
    line
    for block in (*blocks(section("Command line"), "sh")[:1], *blocks(section(HISTORY), "sh"))
    for line in block.splitlines()
    if not line.startswith("groupstui --offline")  # which opens the app
]


MONTH_MS = 30 * 86_400_000
"""The first snapshot of the examples is a month old, in milliseconds."""


@pytest.fixture
def commands(tmp_path: Path) -> str:
    """A directory with a `groupstui` command of this checkout."""
    program = tmp_path / "bin" / "groupstui"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nexec {sys.executable} -m groupstui "$@"\n')
    program.chmod(0o755)
    return str(program.parent)


def test_readme_has_examples():
    assert len(EXAMPLES) >= 8


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.partition("  #")[0].strip())
def test_example_works_as_printed(demo, commands, tmp_path, example):
    if "jq" in example:
        need("jq")
    environment = shell_environment(TESTMO_INSTANCE=demo.url, TESTMO_TOKEN=demo.token)
    environment["PATH"] = f"{commands}:{os.environ['PATH']}"
    if "changes" in example or "snapshot" in example:
        for name in ("QA", "Quality"):
            demo.site.rename_group(1, name)
            subprocess.run(["groupstui", "groups"], env=environment, capture_output=True, check=True)
        (history,) = Path(environment["HOME"], ".local/state/groupstui/history").iterdir()
        with closing(sqlite3.connect(history, isolation_level=None)) as db:
            db.execute(f"UPDATE snapshot SET taken_at = taken_at - {MONTH_MS} WHERE id = 1")
    if "--exit-code" in example:
        example = f"{example.partition('  #')[0]}; [ $? = 1 ]"
    done = subprocess.run(
        ["bash", "-o", "pipefail", "-c", example],
        env=environment,
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=COMMAND_TIMEOUT,
    )
    assert done.returncode == 0, done.stderr
    written = [path for path in tmp_path.iterdir() if path.name != "bin"]
    assert done.stdout or written


def test_json_example_has_fields_of_answer(demo):
    printed = json.loads(blocks(section("Command line"), "json")[0])
    environment = shell_environment(TESTMO_INSTANCE=demo.url, TESTMO_TOKEN=demo.token)
    command = [sys.executable, "-m", "groupstui", "who", "ada", "--format", "json"]
    answer = json.loads(subprocess.run(command, env=environment, capture_output=True, check=True).stdout)
    assert list(printed) == list(answer)
    assert set(printed["groups"][0]) - {"…"} <= set(answer["groups"][0])


def test_python_example_prints_members(demo, tmp_path):
    script = tmp_path / "example.py"
    script.write_text(blocks(README, "python")[0].replace('"acme"', f'"{demo.url}"'))
    environment = shell_environment(TESTMO_TOKEN=demo.token)
    done = subprocess.run(
        [sys.executable, script], env=environment, capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines()[:2] == ["2 Grace Hopper", "1 Ada Lovelace"]


NAMES = {
    **{"↑": "up", "↓": "down", "←": "left", "→": "right"},
    **{"esc": "escape", "pgup": "pageup", "pgdn": "pagedown"},
    **{"[": "left_square_bracket", "]": "right_square_bracket"},
    **{"/": "slash", ":": "colon", "?": "question_mark"},
}


def bound_keys(node: type[DOMNode] = DOMNode) -> Iterator[str]:
    """Yield the keys that the classes of the app bind."""
    if node.__module__.startswith(groupstui.__name__):
        for binding in Binding.make_bindings(node.__dict__.get("BINDINGS", ())):
            yield binding.key
    for subclass in node.__subclasses__():
        yield from bound_keys(subclass)


def test_keys_in_table_are_bound():
    cells = {cell for row in section("Keys").splitlines() for cell in re.findall(r"^\|(.*?)\|", row)}
    keys = {NAMES.get(key, key) for cell in cells for key in re.findall(r"`(\S+?)`", cell)}
    assert keys
    assert keys <= set(bound_keys())


def test_exit_codes_in_table_exist():
    codes = dict(re.findall(r"^\| (\d+) \| (.*?) \|$", section("Command line"), re.MULTILINE))
    assert {int(code) for code in codes} == {code.value for code in ExitCode}


def test_pictures_exist():
    for path in re.findall(r"!\[.*?\]\((.*?)\)", README):
        assert Path(__file__).parents[1].joinpath(path).exists()
