from __future__ import annotations

import io

import pytest

from groupstui.__main__ import run

from ..support.commands import CommandResult, Run


@pytest.fixture
def environ(demo) -> dict[str, str]:
    """The environment of a command: the demo site and its admin's token."""
    return {"TESTMO_INSTANCE": demo.url, "TESTMO_TOKEN": demo.token}


@pytest.fixture
def cli(environ, capsys, monkeypatch) -> Run:
    """Run a command in this process; `environ` can be changed before."""

    def command(*arguments: str, stdin: str = "") -> CommandResult:
        monkeypatch.setattr("sys.stdin", io.StringIO(stdin))
        try:
            code = run(list(arguments), environ)
        except SystemExit as end:
            code = end.code
        told = capsys.readouterr()
        return CommandResult(code, told.out, told.err)

    return command
