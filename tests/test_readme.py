"""Run the examples of the README and the documentation, and check their tables."""

from __future__ import annotations

import json
import os
import re
import runpy
import shlex
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
from groupstui.cli.parser import COMMANDS, parse
from groupstui.exit_codes import ExitCode
from groupstui.settings import Settings
from groupstui.settings.model import SettingsModel, parse_document

from .support.commands import COMMAND_TIMEOUT, shell_environment
from .terminal.conftest import need

PROJECT = Path(__file__).parents[1]
README = PROJECT / "README.md"
DOCS = sorted((PROJECT / "docs").glob("*.md"))
PAGES = [README, *DOCS, PROJECT / "CONTRIBUTING.md", PROJECT / "SECURITY.md"]

MAX_README_LINES = 200


def read(page: str) -> str:
    return (PROJECT / page).read_text(encoding="utf-8")


def blocks(text: str, language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", text, re.DOTALL)


def lines(pages: list[Path]) -> list[str]:
    """Return the lines of all examples for a shell."""
    return [
        line
        for page in pages
        for block in blocks(page.read_text(encoding="utf-8"), "sh")
        for line in block.splitlines()
    ]


INSTALLATION = (
    "uv tool install",
    "pipx install",
    "python3 -m venv",
    "uv run",
    "dbus-run-session",
    "read -rs",
)
"""Examples that change the machine, start the app with a keyring of their own, or wait for a token."""

OPENS_APP = re.compile(r"(TESTMO_INSTANCE=acme )?groupstui( --\w+)*( +#.*)?")

ALL = [line for line in lines([README, *DOCS]) if not line.startswith(INSTALLATION)]
APP_EXAMPLES = [line for line in dict.fromkeys(ALL) if OPENS_APP.fullmatch(line)]
EXAMPLES = [
    line
    for line in lines([page for page in [README, *DOCS] if page.name != "commands.md"])
    if line in ALL and line not in APP_EXAMPLES and "browse" not in line
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


def test_documents_have_examples():
    assert len(EXAMPLES) >= 20
    assert APP_EXAMPLES


@pytest.mark.parametrize(
    "example", dict.fromkeys(EXAMPLES), ids=lambda example: example.partition("  #")[0].strip()
)
def test_example_works_as_printed(demo, commands, tmp_path, example):
    if "jq" in example:
        need("jq")
    environment = shell_environment(TESTMO_INSTANCE=demo.url, TESTMO_TOKEN=demo.token)
    environment["PATH"] = f"{commands}:{os.environ['PATH']}"
    if any(word in example for word in ("changes", "snapshot", "--at ", "history")):
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


@pytest.mark.parametrize("example", APP_EXAMPLES)
def test_example_that_opens_the_app_only_needs_a_terminal(commands, example):
    environment = shell_environment(PATH=f"{commands}:{os.environ['PATH']}")
    done = subprocess.run(["bash", "-c", example], env=environment, capture_output=True, text=True, input="")
    assert done.returncode == ExitCode.USAGE
    assert "must be a terminal" in done.stderr


@pytest.mark.parametrize(
    "block", blocks(read("README.md"), "console"), ids=lambda block: block.split("\n")[0]
)
def test_answer_in_readme_is_that_of_the_command(commands, block):
    command, _, answer = block.removeprefix("$ ").partition("\n")
    environment = shell_environment(PATH=f"{commands}:{os.environ['PATH']}")
    done = subprocess.run(
        ["bash", "-c", f"{command} --format table"],
        env=environment,
        capture_output=True,
        text=True,
        timeout=COMMAND_TIMEOUT,
    )
    assert done.returncode == 0, done.stderr
    assert [line.rstrip() for line in done.stdout.splitlines()] == answer.splitlines()


@pytest.mark.parametrize("example", lines([PROJECT / "docs" / "commands.md"]))
def test_example_in_help_parses(example):
    lexer = shlex.shlex(example, posix=True, punctuation_chars="|&<>;")
    lexer.whitespace_split, lexer.commenters = True, ""
    words = list(lexer)
    end = next((place for place, word in enumerate(words) if word[0] in "|&<>;"), len(words))
    assert parse(words[1:end]).command in COMMANDS


def test_readme_is_short():
    assert len(read("README.md").splitlines()) <= MAX_README_LINES


def test_command_pages_agree_with_the_parser():
    make = runpy.run_path(str(PROJECT / "docs" / "make.py"))
    assert make["commands_page"]() == read("docs/commands.md"), "run: uv run python docs/make.py"
    assert make["actions_page"]() == read("docs/actions.md"), "run: uv run python docs/make.py"


def test_settings_example_has_every_setting():
    example, *_ = blocks(read("docs/settings.md"), "toml")
    assert parse_document(example) != Settings()
    assert set(re.findall(r"^\[?(\w+)\]? ", example, re.MULTILINE)) >= set(SettingsModel.model_fields)


def test_json_example_has_fields_of_answer(demo):
    printed = json.loads(blocks(read("docs/scripting.md"), "json")[0])
    environment = shell_environment(TESTMO_INSTANCE=demo.url, TESTMO_TOKEN=demo.token)
    command = [sys.executable, "-m", "groupstui", "who", "ada", "--format", "json"]
    answer = json.loads(subprocess.run(command, env=environment, capture_output=True, check=True).stdout)
    assert list(printed) == list(answer)
    assert set(printed["groups"][0]) - {"…"} <= set(answer["groups"][0])


def test_python_example_prints_members(demo, tmp_path):
    script = tmp_path / "example.py"
    script.write_text(blocks(read("docs/scripting.md"), "python")[0].replace('"acme"', f'"{demo.url}"'))
    environment = shell_environment(TESTMO_TOKEN=demo.token)
    done = subprocess.run(
        [sys.executable, script], env=environment, capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines()[:2] == ["2 Grace Hopper", "1 Ada Lovelace"]


NAMES = {
    **{"↑": "up", "↓": "down", "←": "left", "→": "right"},
    **{"esc": "escape", "pgup": "pageup", "pgdn": "pagedown"},
    **{"[": "left_square_bracket", "]": "right_square_bracket"},
    **{"<": "less_than_sign", ">": "greater_than_sign"},
    **{"/": "slash", ":": "colon", "?": "question_mark"},
}


def bound_keys(node: type[DOMNode] = DOMNode) -> Iterator[str]:
    """Yield the keys that the classes of the app bind."""
    if node.__module__.startswith(groupstui.__name__):
        for binding in Binding.make_bindings(node.__dict__.get("BINDINGS", ())):
            yield binding.key
    for subclass in node.__subclasses__():
        yield from bound_keys(subclass)


def keys_in_table(page: str) -> set[str]:
    """Return the keys of a page's table, as Textual names them."""
    table = read(page).partition("| key | action")[2].partition("\n\n")[0]
    cells = {cell for row in table.splitlines() for cell in re.findall(r"^\|(.*)\|", row)}
    return {NAMES.get(key, key) for cell in cells for key in re.findall(r"`(\S+?)`", cell)}


@pytest.mark.parametrize("page", ["README.md", "docs/keys.md"])
def test_keys_in_table_are_bound(page):
    assert keys_in_table(page)
    assert keys_in_table(page) <= set(bound_keys())


def test_exit_codes_in_table_exist():
    codes = dict(re.findall(r"^\| (\d+) \| (.*?) \|$", read("docs/scripting.md"), re.MULTILINE))
    assert {int(code) for code in codes} == {code.value for code in ExitCode}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_of_page_exist(page):
    targets = re.findall(r"\]\((?!https?:|#)(.*?)\)", page.read_text(encoding="utf-8"))
    assert not [target for target in targets if not (page.parent / target.partition("#")[0]).exists()]
