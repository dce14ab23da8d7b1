"""The terminal: whether the app can run in it, how it is drawn there, and the clipboard."""

from __future__ import annotations

from io import StringIO

import pytest
from textual.driver import Driver

from groupstui.terminal.ascii_filter import GLYPHS
from groupstui.terminal.clipboard import clipboard_command, clipboard_driver
from groupstui.terminal.display import DisplayOptions, detect_display, unsupported_reason

SSH = {"SSH_CONNECTION": "10.0.0.1 50000 10.0.0.2 22"}

COPY = "\x1b]52;c;aGk=\a"


@pytest.mark.parametrize(
    "name", ["xterm-256color", "xterm", "linux", "screen", "tmux-256color", "xterm-kitty", "foot", "vt220"]
)
def test_common_terminals_are_supported(name):
    assert unsupported_reason({"TERM": name}, "utf-8") is None


@pytest.mark.parametrize("environ", [{}, {"TERM": ""}, {"TERM": "dumb"}, {"TERM": "unknown"}])
def test_dumb_terminal_is_unsupported(environ):
    reason = unsupported_reason(environ, "utf-8")
    assert reason == f"the terminal has no cursor control (TERM={environ.get('TERM', '')})"


def test_unknown_terminal_type_is_unsupported():
    reason = unsupported_reason({"TERM": "nonsense-9"}, "utf-8")
    assert reason == "unknown terminal type (TERM=nonsense-9); xterm-256color works with most terminals"


@pytest.mark.parametrize("encoding", ["utf-16", "cp037", "no-such-encoding"])
def test_encoding_without_ascii_is_unsupported(encoding):
    reason = unsupported_reason({"TERM": "xterm"}, encoding)
    assert reason == f"the encoding of the locale, {encoding}, does not contain ASCII"


@pytest.mark.parametrize("encoding", ["utf-8", "UTF-8", "gb18030"])
def test_unicode_encodings_draw_all_glyphs(encoding):
    assert detect_display({}, encoding) == DisplayOptions(ascii_only=False, animations=True, mouse=True)


@pytest.mark.parametrize("encoding", ["latin-1", "ascii", "iso-8859-15", "cp1252"])
def test_other_encodings_draw_ascii_only(encoding):
    assert detect_display({}, encoding).ascii_only


@pytest.mark.parametrize("environ", [SSH, {"SSH_TTY": "/dev/pts/1"}])
def test_ssh_disables_mouse_and_animations(environ):
    assert detect_display(environ, "utf-8") == DisplayOptions(animations=False, mouse=False)


@pytest.mark.parametrize("option", ["ascii_only", "animations", "mouse"])
def test_display_options_override_detection(option):
    assert getattr(detect_display(SSH, "utf-8", **{option: True}), option)


def test_ascii_glyphs_are_one_cell_wide():
    assert all(len(glyph) == 1 and glyph.isascii() for glyph in GLYPHS.values())


class RecordingDriver(Driver):
    """A driver that records its output."""

    def __init__(self) -> None:
        self.output = StringIO()

    def write(self, data: str) -> None:
        self.output.write(data)

    def start_application_mode(self) -> None: ...

    def stop_application_mode(self) -> None: ...

    def disable_input(self) -> None: ...


@pytest.mark.parametrize(
    ("environ", "sent"),
    [
        ({"TERM": "xterm"}, COPY),
        ({"TERM": "tmux-256color", "TMUX": "/tmp/tmux"}, f"{COPY}\x1bPtmux;\x1b{COPY}\x1b\\"),
        ({"TERM": "screen.xterm"}, f"{COPY}\x1bP{COPY}\x1b\\"),
    ],
)
def test_clipboard_passes_through_tmux_and_screen(environ, sent):
    driver = clipboard_driver(RecordingDriver, environ)()
    driver.write(COPY)
    assert driver.output.getvalue() == sent


def test_long_clipboard_text_is_split_for_screen():
    driver = clipboard_driver(RecordingDriver, {"TERM": "screen"})()
    copy = f"\x1b]52;c;{'a' * 2_000}\a"
    driver.write(copy)
    parts = driver.output.getvalue().removeprefix(copy).split("\x1b\\")
    assert "".join(part.removeprefix("\x1bP") for part in parts) == copy
    assert max(map(len, parts)) <= 768


@pytest.mark.parametrize("environ", [{"TERM": "xterm"}, {"TERM": "screen"}, {"TMUX": "/tmp/tmux"}])
def test_other_output_is_written_once(environ):
    driver = clipboard_driver(RecordingDriver, environ)()
    driver.write("text")
    assert driver.output.getvalue() == "text"


X11, WAYLAND, WSL = {"DISPLAY": ":0"}, {"WAYLAND_DISPLAY": "wayland-0"}, {"WSL_DISTRO_NAME": "Debian"}
ALL = {"pbcopy", "clip.exe", "wl-copy", "xclip", "xsel"}


@pytest.mark.parametrize(
    ("platform", "environ", "installed", "used"),
    [
        ("darwin", {}, ALL, "pbcopy"),
        ("win32", {}, ALL, "clip.exe"),
        ("linux", WAYLAND, ALL, "wl-copy"),
        ("linux", X11, ALL, "xclip"),
        ("linux", X11 | WAYLAND, ALL - {"wl-copy"}, "xclip"),
        ("linux", X11, {"xsel"}, "xsel"),
        ("linux", WSL, ALL, "clip.exe"),
        ("linux", {}, ALL, None),
        ("linux", X11, {"wl-copy"}, None),
        ("darwin", {}, set(), None),
        ("linux", X11 | {"SSH_CONNECTION": "10.0.0.1 2 10.0.0.2 22"}, ALL, None),
        ("darwin", {"SSH_TTY": "/dev/ttys000"}, ALL, None),
    ],
)
def test_clipboard_program(tmp_path, platform, environ, installed, used):
    for name in installed:
        (tmp_path / name).touch(mode=0o700)
    command = clipboard_command(environ | {"PATH": str(tmp_path)}, platform)
    assert command == used if used is None else command[0] == str(tmp_path / used)
