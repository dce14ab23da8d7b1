from __future__ import annotations

import io

import pytest

from groupstui.cli.main import main

from ..support.commands import CommandResult, Run


@pytest.fixture
def environ(demo) -> dict[str, str]:
    """The environment of a command, with the demo site and the token of its admin."""
    return {"TESTMO_INSTANCE": demo.url, "TESTMO_TOKEN": demo.token}


@pytest.fixture
def cli(environ, capsys, monkeypatch) -> Run:
    """Run a command in this process; tests may change `environ` first."""

    def command(*arguments: str, stdin: str | bytes = "") -> CommandResult:
        content = stdin.encode() if isinstance(stdin, str) else stdin
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(content), encoding="utf-8"))
        code = main(arguments, environ)
        output = capsys.readouterr()
        return CommandResult(code, output.out, output.err)

    return command
