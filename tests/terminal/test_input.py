"""Whatever arrives from the terminal: bytes that are no text, late replies, odd sizes, and odd variables."""

from __future__ import annotations

import os
import resource
import signal
from pathlib import Path

import pytest

from groupstui.terminal.keyboard import KeyboardDecoder

from .bare_terminal import BareTerminal
from .test_app import CANARY

FIRST_PAGE = "page 1 of"

REPLIES = {
    "OSC 11": b"\x1b]11;rgb:1e1e/2e2e/3e3e\x1b\\",
    "OSC 4, BEL": b"\x1b]4;1;rgb:cdcd/0000/0000\x07",
    "OSC 52": b"\x1b]52;c;cXVpdA==\x07",
    "title": b"\x1b]lquit\x1b\\",
    "DA1": b"\x1b[?62;22c",
    "DA2": b"\x1b[>0;276;0c",
    "DA3": b"\x1bP!|7E565445\x1b\\",
    "XTVERSION": b"\x1bP>|quit(1)\x1b\\",
    "DECRQSS": b"\x1bP1$r0m\x1b\\",
    "kitty flags": b"\x1b[?1u",
    "kitty graphics": b"\x1b_Gi=1;OK\x1b\\",
    "status": b"\x1b[0n",
    "size": b"\x1b[8;24;80t",
    "mintty ctrl+tab": b"\x1b[1;5I",
}


@pytest.fixture
def started(environment):
    with BareTerminal(environment, "--demo", columns=100) as terminal:
        terminal.read_until(FIRST_PAGE)
        terminal.read_all()
        yield terminal


def quits(terminal: BareTerminal) -> None:
    terminal.press("q")
    terminal.read_all()
    assert terminal.exit_code(5) == 0


def test_bytes_that_are_not_utf_8_are_harmless(started):
    started.press_bytes(b"\xfc\xea\x80\xff\xc3")
    started.press("/mer")
    started.read_until("1 of 230 groups")
    started.press_bytes(b"\xfc")
    started.read_until("0 of 230 groups")
    started.press("\x11")
    started.read_all()
    assert started.exit_code(5) == 0


def test_keys_are_in_the_encoding_of_the_locale(environment):
    with BareTerminal(environment | {"PYTHONIOENCODING": "iso-8859-15"}, "--demo") as terminal:
        terminal.read_until(FIRST_PAGE)
        terminal.press(":")
        terminal.press_bytes("Zoë".encode("iso-8859-15"))
        terminal.read_until("Zoe")
        terminal.press("\x11")
        terminal.read_all()
        assert terminal.exit_code(5) == 0


@pytest.mark.parametrize("name", REPLIES)
def test_late_replies_press_no_keys(started, name):
    before = started.text
    started.press_bytes(REPLIES[name])
    started.read_all()
    assert started.text == before


def test_late_replies_do_not_reach_the_token(environment):
    with BareTerminal(environment | {"TESTMO_INSTANCE": "acme"}) as terminal:
        terminal.read_until("Sign in to Testmo")
        terminal.press_bytes(b"".join(REPLIES.values()))
        terminal.press("\x14")  # shows the token
        terminal.press("t0ken")
        terminal.read_until("t0ken")
        assert not any(text in terminal.text for text in ("rgb", "1e1e", "62;22", "0n", "^"))


@pytest.mark.parametrize("name", REPLIES)
def test_decoder_removes_replies_wherever_they_are_cut(name):
    reply = REPLIES[name]
    for cut in range(2 if reply[1:2] != b"[" else 3, len(reply)):
        if reply[:3] not in (b"\x1b[?", b"\x1b[>") and reply[1:2] == b"[":
            break  # a key may begin like this, so nothing is held back
        decoder = KeyboardDecoder("utf-8")
        assert decoder.decode(b"a" + reply[:cut]) in ("a", "a" + reply[:2].decode())
        if cut > 2:
            assert decoder.decode(reply[cut:] + b"b") == "b"


@pytest.mark.parametrize(
    "keys",
    ["\x1b", "\x1b]", "\x1bP", "\x1b[A", "\x1bOP", "\x1b[1;5A", "\x1b[15~", "\x1b[<0;1;1M", "\x1b[I", "é品"],
)
def test_decoder_keeps_keys(keys):
    decoder = KeyboardDecoder("utf-8")
    assert "".join(decoder.decode(bytes([byte])) for byte in keys.encode()) == keys
    assert decoder.decode(keys.encode() + b"x") == f"{keys}x"


@pytest.mark.parametrize("mode", [b"\x1b[?2026;2$y", b"\x1b[48;24;80;0;0t", b"\x1b[12;40R", b"\x1b[57441;5u"])
def test_decoder_keeps_replies_that_textual_reads(mode):
    assert KeyboardDecoder("utf-8").decode(mode) == mode.decode()


@pytest.mark.parametrize("key", ["\r", "\x04", "\x03"])
def test_any_end_of_printing_goes_back(started, key):
    started.press("yP")
    started.read_until("Press enter to return to groupstui.")
    started.press(key)
    started.read_until(FIRST_PAGE)
    quits(started)


def test_sigterm_ends_printing(started):
    started.press("yP")
    started.read_until("Press enter to return to groupstui.")
    started.signal(signal.SIGTERM)
    started.read_all()
    assert started.exit_code(2) == 143


def test_exported_size_is_ignored(environment):
    with BareTerminal(environment | {"COLUMNS": "200", "LINES": "50"}, "--demo", columns=100) as terminal:
        terminal.read_until(FIRST_PAGE)
        terminal.read_until("Ada Lovelace")
        terminal.resize(60, 20)
        assert "page 1 of" in terminal.read_all().decode()


def test_textual_variables_press_no_key_and_write_no_file(environment, tmp_path):
    variables = {
        "TEXTUAL_SCREENSHOT": "1",
        "TEXTUAL_SCREENSHOT_LOCATION": str(tmp_path),
        "TEXTUAL_PRESS": "ctrl+q",
        "TEXTUAL_COLOR_SYSTEM": "zzz",
        "TEXTUAL_LOG": str(tmp_path / "log"),
        "TEXTUAL_DEBUG": "1",
    }
    with BareTerminal(environment | variables, "--demo") as terminal:
        terminal.read_until(FIRST_PAGE)
        terminal.read_all(quiet=2)
        quits(terminal)
    assert list(tmp_path.iterdir()) == []


def test_resize_to_the_same_size_draws_everything(started):
    started.signal(signal.SIGWINCH)
    assert FIRST_PAGE in started.read_all().decode()


@pytest.mark.parametrize(("variables", "mouse"), [({}, True), ({"STY": "1.pts-0.host"}, False)])
def test_mouse_is_off_in_gnu_screen(environment, variables, mouse):
    with BareTerminal(environment | variables, "--demo") as terminal:
        assert (b"\x1b[?1000h" in terminal.read_all()) == mouse


@pytest.mark.parametrize("columns", [1, 2, 3])
def test_tiny_terminal_uses_no_cpu(environment, columns):
    with BareTerminal(environment, "--demo", columns=columns, lines=1) as terminal:
        terminal.read_for(4)
        before = terminal.cpu
        assert terminal.read_for(2) == b""
        assert terminal.cpu - before < 0.1


def test_core_dump_is_disabled(environment):
    before = resource.getrlimit(resource.RLIMIT_CORE)
    resource.setrlimit(resource.RLIMIT_CORE, (before[1], before[1]))
    try:
        with BareTerminal(environment | {"TESTMO_TOKEN": CANARY}, "--demo") as terminal:
            terminal.read_until(FIRST_PAGE)
            (limit,) = [
                line
                for line in Path(f"/proc/{terminal.pid}/limits").read_text().splitlines()
                if line.startswith("Max core file size")
            ]
            assert int(limit.split()[4]) <= 1
    finally:
        resource.setrlimit(resource.RLIMIT_CORE, before)


def test_stdout_that_is_not_the_terminal_does_not_fix_the_size(environment):
    with BareTerminal(environment, "--demo", columns=132, lines=40, stdout=os.devnull) as terminal:
        terminal.read_until(FIRST_PAGE)
        assert "Ada Lovelace" in terminal.text
        assert max(len(line.rstrip()) for line in terminal.text.splitlines()) > 100
