"""Where the app starts, and how it is drawn there."""

from __future__ import annotations

import pytest

from groupstui.terminal.display import DisplayOptions, detect_display, unsupported_reason

SSH = {"SSH_CONNECTION": "10.0.0.1 50000 10.0.0.2 22"}


@pytest.mark.parametrize(
    "name", ["xterm-256color", "xterm", "linux", "screen", "tmux-256color", "xterm-kitty", "foot", "vt220"]
)
def test_usual_terminals_are_fit(name):
    assert unsupported_reason({"TERM": name}, "utf-8") is None


@pytest.mark.parametrize("environ", [{}, {"TERM": ""}, {"TERM": "dumb"}, {"TERM": "unknown"}])
def test_what_cannot_be_drawn_on_is_unfit(environ):
    why = unsupported_reason(environ, "utf-8")
    assert why == f"the terminal cannot be drawn on (TERM={environ.get('TERM', '')})"


def test_a_terminal_that_nobody_knows_is_unfit():
    why = unsupported_reason({"TERM": "nonsense-9"}, "utf-8")
    assert why == "this machine does not know the terminal TERM=nonsense-9; TERM=xterm-256color suits most"


@pytest.mark.parametrize("encoding", ["utf-16", "cp037", "no-such-encoding"])
def test_an_encoding_without_ascii_is_unfit(encoding):
    why = unsupported_reason({"TERM": "xterm"}, encoding)
    assert why == f"nothing can be drawn in the locale's encoding, {encoding}"


@pytest.mark.parametrize("encoding", ["utf-8", "UTF-8", "gb18030"])
def test_signs_are_drawn_where_they_can_be_written(encoding):
    assert detect_display({}, encoding) == DisplayOptions(ascii_only=False, animations=True, mouse=True)


@pytest.mark.parametrize("encoding", ["latin-1", "ascii", "iso-8859-15", "cp1252"])
def test_ascii_is_drawn_where_no_other_signs_can_be_written(encoding):
    assert detect_display({}, encoding).ascii_only


@pytest.mark.parametrize("environ", [SSH, {"SSH_TTY": "/dev/pts/1"}])
def test_over_ssh_the_mouse_stays_the_terminal_s_and_nothing_glides(environ):
    assert detect_display(environ, "utf-8") == DisplayOptions(animations=False, mouse=False)


@pytest.mark.parametrize("wish", ["ascii_only", "animations", "mouse"])
def test_what_is_asked_for_is_done_in_any_case(wish):
    assert getattr(detect_display(SSH, "utf-8", **{wish: True}), wish)
