"""Completion, typed into real shells."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from groupstui.cli.completion_scripts import SCRIPTS
from groupstui.directory.builder import crawled_directory
from groupstui.directory.models import Group
from groupstui.history import History

from .conftest import need
from .terminal import PROMPT, Terminal

USERS = (
    "Ada Lovelace",
    "René L’Hôpital",
    "Miles O'Brien",
    'Grace "Amazing" Hopper',
    "$HOME `id`",
    "Zoë",
    "Lord Byron",
)
GROUPS = ("QA", "Release managers", "R&D; <all>", "Ops: night")

PROGRAM = """\
#!/bin/sh
[ "$1" = __complete ] && exec {python} -m groupstui "$@"
clear
printf '<%s>' "$@"
"""
"""Completes as groupstui does, and prints its arguments."""

SHELLS = {
    "bash": ("bash --norc --noprofile", "PS1='ready''> '; source {script}; clear"),
    "zsh": ("zsh -f", "PS1='ready''> '; unsetopt beep; source {script}; clear"),
    "fish": (
        "fish --private --no-config",
        "function fish_prompt; echo -n ready'> '; end; source {script}; clear",
    ),
}
"""How each shell is started, and prepared."""


@pytest.fixture
def folder(home: Path, environment: dict[str, str]) -> Path:
    """A working folder with a file, and a home with settings, a history, and a program of that name."""
    environment["XDG_STATE_HOME"] = str(home / "state")
    environment["SHELL"] = "/bin/sh"
    settings = home / ".config" / "groupstui" / "settings.toml"
    settings.parent.mkdir(parents=True, exist_ok=True)
    settings.write_text('current = "https://acme.testmo.net"\n[sites]\nwork = "https://acme.testmo.net"\n')
    groups = [Group(id, name, (1,)) for id, name in enumerate(GROUPS, 1)]
    directory = crawled_directory(
        groups, dict(enumerate(USERS, 1)), as_of=datetime.now(UTC), users_complete=True
    )
    history = home / "state" / "groupstui" / "history"
    History("https://acme.testmo.net", history).save(directory)
    program = home / "bin" / "groupstui"
    program.parent.mkdir()
    program.write_text(PROGRAM.format(python=sys.executable))
    program.chmod(0o755)
    environment["PATH"] = f"{program.parent}:{environment['PATH']}"
    folder = home / "work"
    folder.mkdir()
    (folder / "leavers.txt").touch()
    return folder


@pytest.fixture(params=SHELLS)
def shell(request, home, environment, folder):
    """Type a command line and tab into a shell, and wait until the line is the expected one."""
    need("tmux", request.param)
    start, prepare = SHELLS[request.param]
    script = home / "script"
    script.write_text(SCRIPTS[request.param])
    with Terminal(environment, home) as terminal:
        terminal.run(f"cd {folder}; exec {start}")
        terminal.run(prepare.format(script=script))
        terminal.wait(lambda screen: screen.strip() == PROMPT, "the prompt of the shell")
        yield terminal


LINES = [
    ("groupstui mem", "groupstui members "),
    ("groupstui who --for", "groupstui who --format "),
    ("groupstui who --format mark", "groupstui who --format markdown "),
    ("groupstui who --format=mark", "groupstui who --format=markdown "),
    ("groupstui --instance wo", "groupstui --instance work "),
    ("groupstui --instance work who --off", "groupstui --instance work who --offline "),
    ("groupstui audit near", "groupstui audit near-identical "),
    ("groupstui audit --fail-on no-g", "groupstui audit --fail-on no-group "),
    ("groupstui groups --sort upd", "groupstui groups --sort updated_"),
    ("groupstui groups --columns id,nam", "groupstui groups --columns id,name "),
    ("groupstui changes --since yes", "groupstui changes --since yesterday "),
    ("groupstui export mat", "groupstui export matrix "),
    ("groupstui auth stat", "groupstui auth status "),
    ("groupstui lookup lea", "groupstui lookup leavers.txt "),
    ("groupstui completion fi", "groupstui completion fish "),
    ("groupstui help wat", "groupstui help watch "),
    ("groupstui who ada", r"groupstui who Ada\ Lovelace "),
    ("groupstui check ada q", "groupstui check ada QA "),
    ("groupstui members rele", r"groupstui members Release\ managers "),
    ("groupstui who zo", "groupstui who Zoë "),
]
"""What is typed before tab, and what the line is then in every shell."""


@pytest.mark.real
def test_completion_in_a_shell(shell):
    terminal = shell
    for typed, completed in LINES:
        terminal.type(typed)
        terminal.press("Tab")
        shown = f"{PROMPT} {completed}".rstrip()
        terminal.wait(lambda screen, shown=shown: shown in map(str.rstrip, screen.splitlines()), shown)
        terminal.press("C-u", "C-l")
        terminal.wait(lambda screen: screen.strip() == PROMPT, "an empty line")


QUOTED = [
    ("who", "Ada", "Ada Lovelace"),
    ("who", "Ren", "René L’Hôpital"),
    ("who", "Mil", "Miles O'Brien"),
    ("who", "Gra", 'Grace "Amazing" Hopper'),
    ("who", "$HO", "$HOME `id`"),
    ("who", "byr", "Lord Byron"),
    ("members", "R&", "R&D; <all>"),
    ("members", "Ops:", "Ops: night"),
]
"""A command, the beginning of a name, and the name."""


@pytest.mark.real
@pytest.mark.parametrize("quote", ["", '"', "'"], ids=["bare", "double", "single"])
def test_completed_names_are_quoted(shell, quote):
    terminal = shell
    for command, start, full in QUOTED:
        if quote != "'":
            start = start.replace("$", "\\$")
        if not quote:
            start = start.replace("&", "\\&")
        terminal.type(f"groupstui {command} {quote}{start}")
        terminal.press("Tab")
        typed = f"{PROMPT} groupstui {command} {quote}{start}"
        terminal.wait(lambda screen, typed=typed: screen.strip() != typed and "groupstui" in screen, full)
        terminal.press("Enter")
        terminal.wait_for(f"<{command}><{full}>")
        terminal.press("C-l")
        terminal.wait(lambda screen: screen.strip() == PROMPT, "an empty line")


@pytest.mark.real
def test_zsh_function_completes_from_the_first_tab(home, environment, folder):
    need("tmux", "zsh")
    (home / "_groupstui").write_text(SCRIPTS["zsh"])
    with Terminal(environment, home) as terminal:
        terminal.run(f"cd {folder}; exec zsh -f")
        terminal.run(f"PS1='ready''> '; fpath+=({home}); autoload -Uz compinit; compinit -u -D; clear")
        terminal.wait(lambda screen: screen.strip() == PROMPT, "the prompt of the shell")
        terminal.type("groupstui members rele")
        terminal.press("Tab")
        terminal.wait_for(r"groupstui members Release\ managers")
