"""The app works with versions of Textual that lack the private names it uses."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
import textual

from .bare_terminal import BareTerminal

DIFF_RENDERER_NAMES = [
    "_compositor",
    "LayoutUpdate",
    "ChopsUpdate",
    "CompositorUpdate",
    "_display",
    "render_segments",
    "strips",
    "chops",
    "chop_ends",
    "render_ansi",
]
"""Private names that the diff renderer uses, and the attributes of the private classes."""

CRASH_HANDLING_NAMES = [
    "_fatal_error",
    "_return_code",
    "_exit_renderables",
    "_exception",
    "_close_messages_no_wait",
]

DIFF_MAX_BYTES = 20_000
"""The first screen takes 13 kB with the diff renderer, and 60 kB without."""


def textual_without(name: str, folder: Path) -> None:
    """Copy Textual into a folder, with one name changed everywhere."""
    copy = folder / "textual"
    shutil.copytree(Path(textual.__file__).parent, copy)
    for path in copy.rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        if (changed := re.sub(rf"\b{name}\b", f"{name}_renamed", text)) != text:
            path.write_text(changed, encoding="utf-8")
        if path.stem == name:
            path.rename(path.with_stem(f"{name}_renamed"))


def first_screen(environment: dict[str, str]) -> int:
    """Start the app, turn a page and quit; return the bytes of the first screen."""
    with BareTerminal(environment, "--demo") as terminal:
        terminal.read_until("page 1 of")
        terminal.read_all()
        size = terminal.received
        terminal.press("n")
        terminal.read_until("page 2 of")
        terminal.press("?")
        terminal.read_until("Analyse")
        terminal.press("\x1b")
        terminal.read_all()
        terminal.press("q")
        terminal.read_all()
        assert terminal.exit_code(within=5) == 0
    return size


def test_first_screen_is_drawn_by_the_diff_renderer(environment):
    assert first_screen(environment) < DIFF_MAX_BYTES


@pytest.mark.parametrize("name", DIFF_RENDERER_NAMES)
def test_textual_draws_if_a_private_name_is_missing(environment, tmp_path, name):
    textual_without(name, tmp_path)
    environment["PYTHONPATH"] = f"{tmp_path}:{environment['PYTHONPATH']}"
    assert first_screen(environment) > DIFF_MAX_BYTES


@pytest.mark.parametrize("name", CRASH_HANDLING_NAMES)
def test_app_runs_without_names_used_by_crash_handling(environment, tmp_path, name):
    textual_without(name, tmp_path)
    environment["PYTHONPATH"] = f"{tmp_path}:{environment['PYTHONPATH']}"
    first_screen(environment)
