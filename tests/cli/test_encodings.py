"""Text in any encoding, and arguments with control characters: nothing crashes, and no terminal obeys."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from ..support.commands import COMMAND_TIMEOUT, shell_environment
from ..terminal.bare_terminal import BareTerminal

ENCODINGS = ["ascii", "iso-8859-15", "cp1252", "euc_jp", "utf-8:strict"]

COMMANDS = [
    *(
        "groups",
        "groups --format table",
        "groups --format csv",
        "groups --format markdown",
        "export groups -o -",
    ),
    *("who 'ada lovelace'", "browse --plain", "audit empty", "doctor", "--help"),
]


def run(line: str, encoding: str) -> tuple[int, bytes, str]:
    done = subprocess.run(
        ["sh", "-c", f"{sys.executable} -m groupstui {line} </dev/null"],
        env=shell_environment(PYTHONIOENCODING=encoding),
        capture_output=True,
        timeout=COMMAND_TIMEOUT,
    )
    return done.returncode, done.stdout, done.stderr.decode(encoding.partition(":")[0])


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("command", COMMANDS)
def test_text_is_printed_in_any_encoding(command, encoding):
    code, out, err = run(command if command == "--help" else f"{command} --demo", encoding)
    assert code == 0
    assert out.decode(encoding.partition(":")[0]).strip()
    assert "internal error" not in err


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("format", ["json", "ndjson"])
def test_json_loses_nothing_in_any_encoding(format, encoding):
    def names(encoding: str) -> list[str]:
        code, out, _ = run(f"groups --demo --format {format}", encoding)
        assert code == 0
        text = out.decode(encoding.partition(":")[0])
        rows = json.loads(text)["groups"] if format == "json" else map(json.loads, text.splitlines())
        return [row["name"] for row in rows]

    assert names(encoding) == names("utf-8")


def test_replaced_characters_are_reported():
    code, out, err = run("groups --demo", "iso-8859-1")
    assert code == 0
    assert b"?" in out
    assert "that iso8859-1 lacks: replaced on stdout. To get all, set PYTHONIOENCODING=utf-8." in err
    assert run("groups --demo --format json", "iso-8859-1")[2].count("lacks") == 0


@pytest.mark.parametrize(("line", "code"), [("check 'ada lovelace' QA", 0), ("check ada 'Night shift'", 1)])
def test_exit_code_is_kept_in_any_encoding(line, code):
    assert run(f"{line} --demo", "ascii")[0] == code


def test_input_that_is_not_in_the_encoding_is_harmless():
    line = f"printf 'QA\\374\\n\\377\\nq\\n' | {sys.executable} -m groupstui browse --plain --demo"
    variables = shell_environment(PYTHONIOENCODING="utf-8:strict")
    done = subprocess.run(["sh", "-c", line], env=variables, capture_output=True, timeout=COMMAND_TIMEOUT)
    assert (done.returncode, done.stderr) == (0, b"")
    assert b"No match for QA\xef\xbf\xbd." in done.stdout


ESCAPES = "\x1b]0;PWNED\x07\x1b[31m\x9b31m\u202e"

WITH_ESCAPES = [
    ["who", ESCAPES],
    ["members", ESCAPES],
    ["check", "ada", ESCAPES],
    ["compare", "QA", ESCAPES],
    ["groups", "--sort", ESCAPES],
    ["groups", "--columns", ESCAPES],
    ["groups", "--limit", ESCAPES],
    ["groups", "--max-age", ESCAPES],
    ["groups", "--format", ESCAPES],
    ["groups", "--instance", ESCAPES],
    ["groups", "--token-file", ESCAPES],
    ["groups", f"--{ESCAPES}"],
    ["audit", ESCAPES],
    ["audit", "--fail-on", ESCAPES],
    ["changes", "--since", ESCAPES],
    ["changes", "--until", ESCAPES],
    ["export", "groups", "-o", f"/no/such/{ESCAPES}"],
    ["export", ESCAPES, "-o", "-"],
    ["lookup", f"/no/such/{ESCAPES}"],
    ["snapshot", ESCAPES],
    ["watch", "--interval", ESCAPES],
    ["doctor", "--ca-bundle", ESCAPES],
    ["doctor", "--proxy", ESCAPES],
    ["browse", "--plain", ESCAPES],
    [ESCAPES],
]


@pytest.mark.parametrize("arguments", WITH_ESCAPES, ids=lambda arguments: " ".join(arguments[:-1]))
def test_arguments_reach_the_terminal_without_escapes(cli, arguments):
    result = cli(*arguments)
    for character in "\x1b\x07\x9b\u202e":
        assert character not in result.out + result.err


@pytest.mark.parametrize("name", ["TESTMO_INSTANCE", "SSL_CERT_FILE", "SSL_CERT_DIR", "TERM", "COLORTERM"])
def test_variables_reach_the_terminal_without_escapes(cli, environ, monkeypatch, name):
    environ[name] = ESCAPES
    monkeypatch.setenv(name, ESCAPES)
    result = cli("doctor")
    assert "\x1b" not in result.out + result.err


def test_raw_names_reach_a_terminal_without_escapes(site, demo):
    site.rename_group(1, f"QA {ESCAPES}")
    variables = shell_environment(TESTMO_INSTANCE=demo.url, TESTMO_TOKEN=demo.token)
    with BareTerminal(variables, "groups", "--raw", "--format", "csv", "--limit", "3") as terminal:
        terminal.read_until("PWNED")
        assert "\N{REPLACEMENT CHARACTER}]0;PWNED" in terminal.text
        assert terminal.exit_code(10) == 0
