"""Run commands of the installed program, and check their exit codes and answers.

Usage: python .ci/smoke_commands.py [--keyring] COMMAND..., where COMMAND starts the program. It needs the
packages of the tests, for a site over TCP. `--keyring` also signs in and out, with the keyring of the system.
"""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

PROJECT = Path(__file__).parents[1]
TIMEOUT_S = 120


class Program:
    """The program, started in a folder of its own; it counts what it has run."""

    def __init__(self, command: Sequence[str], folder: Path, environment: dict[str, str]) -> None:
        self.command = command
        self.folder = folder
        self.environment = environment
        self.count = 0

    def run(self, *arguments: str, expect: int = 0, stdin: str = "", **environment: str) -> str:
        """Return what the program prints to stdout, or exit if its exit code is not the expected one."""
        encoding = environment.get("PYTHONIOENCODING", "utf-8")
        done = subprocess.run(
            [*self.command, *arguments],
            input=stdin.encode(),
            capture_output=True,
            cwd=self.folder,
            env=self.environment | environment,
            timeout=TIMEOUT_S,
        )
        self.count += 1
        output, errors = done.stdout.decode(encoding), done.stderr.decode(errors="replace")
        first = (output or errors).strip().partition("\n")[0]
        print(f"$ groupstui {' '.join(arguments)}\n  exit code {done.returncode}: {first[:90]}", flush=True)
        if done.returncode != expect:
            sys.exit(f"expected exit code {expect}:\n{output}{errors}")
        return output


def check_demo(program: Program) -> None:
    """Check the commands that need no instance."""
    assert program.run("--version").startswith("groupstui ")
    assert "commands:" in program.run("--help")
    assert "--exact" in program.run("help", "who")
    assert "complete" in program.run("completion", "bash")
    assert program.run("config", "path").strip().endswith("settings.toml")
    groups = json.loads(program.run("who", "Ada Lovelace", "--demo", "--format", "json"))["groups"]
    assert any(group["name"] == "QA" for group in groups)
    assert "品質保証チーム" in program.run("groups", "--demo")  # not in the code page of a pipe on Windows
    program.run("groups", "--demo", "--limit", "20", PYTHONIOENCODING="cp1252")
    assert program.run("check", "ada", "QA", "--demo") == "1\tQA\tyes\n"
    program.run("check", "Dennis Ritchie", "QA", "--demo", expect=1)
    program.run("who", "nobody at all", "--demo", expect=6)
    program.run("browse", "--demo", expect=2)  # without a terminal
    program.run("compare", "QA", "Everyone", "--demo")
    program.run("audit", "empty", "--demo", "--fail-on", "empty", expect=1)
    lines = program.run("lookup", "-", "--demo", "--format", "ndjson", stdin="Grâce Hopper\nada lovelace\n")
    assert [json.loads(line)["name"] for line in lines.splitlines()] == ["Grace Hopper", "Ada Lovelace"]
    assert "Grace Hopper" in program.run("browse", "--plain", "--demo", stdin="1\nq\n")


def check_instance(program: Program, url: str, token: str) -> None:
    """Check an instance over TCP, exports and the history."""
    known = {"TESTMO_INSTANCE": url, "TESTMO_TOKEN": token}
    program.run("doctor", **known)
    program.run("groups", **known)
    program.run("export", "memberships", "-o", "memberships.csv", **known)
    with open(program.folder / "memberships.csv", encoding="utf-8", newline="") as file:
        assert len(list(csv.reader(file))) > 100
    program.run("export", "memberships", "-o", "memberships.csv", **known, expect=2)
    program.run("export", "memberships", "-o", "memberships.csv", "--force", **known)
    program.run("export", "review", "-o", "review", **known)
    program.run("export", "review", "-o", "review", "--force", **known)
    assert (program.folder / "review" / "SHA256SUMS").is_file()
    assert program.run("snapshot", "list", **known)
    program.run("changes", "--since", "#1", **known)
    program.run("who", "ada", "--offline", **known)
    program.run("snapshot", "prune", "--older-than", "1d", "--yes", **known)
    program.run("groups", TESTMO_INSTANCE=url, TESTMO_TOKEN="not-the-token", expect=4)
    program.run("groups", TESTMO_INSTANCE="http://127.0.0.1:9", TESTMO_TOKEN=token, expect=8)


def check_keyring(program: Program, url: str, token: str) -> None:
    """Sign in and out with the keyring and the settings file."""
    program.run("auth", "login", "--instance", url, "--token-stdin", stdin=f"{token}\n")
    assert "the keyring" in program.run("auth", "status")
    program.run("who", "ada")
    program.run("auth", "logout", "--yes", "--purge")
    program.run("auth", "status", expect=2)


def main(arguments: list[str]) -> None:
    """Run all checks; exit with a message if one fails."""
    with_keyring = arguments[:1] == ["--keyring"]
    command = arguments[1:] if with_keyring else arguments
    with tempfile.TemporaryDirectory() as folder:
        environment = {name: value for name, value in os.environ.items() if not name.startswith("XDG_")}
        environment["HOME"] = folder
        if not with_keyring:
            environment["PYTHON_KEYRING_BACKEND"] = "keyring.backends.fail.Keyring"
        program = Program(command, Path(folder), environment)
        check_demo(program)
        site = [sys.executable, "-m", "tests.support.site", "--groups", "30", "--users", "60"]
        with subprocess.Popen(site, cwd=PROJECT, stdout=subprocess.PIPE, text=True) as server:
            try:
                assert server.stdout is not None
                url, token = server.stdout.readline().split()
                check_instance(program, url, token)
                if with_keyring:
                    check_keyring(program, url, token)
            finally:
                server.terminate()
    print(f"{program.count} commands behaved as expected")


if __name__ == "__main__":
    main(sys.argv[1:])
