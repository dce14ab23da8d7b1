"""Browsing without the full screen: for screen readers, plain terminals and recordings."""

from __future__ import annotations

import asyncio
import sys

from ..errors import TestmoError
from ..exit_codes import ExitCode
from ..output.records import as_of
from .context import Context
from .plain import PlainBrowser

PROMPT = "> "


async def browse(context: Context) -> ExitCode:
    """Read the site, then read lines and answer them, until there are no more.

    Raises:
        TestmoError: If the site can't be read to begin with; later, that is said, and one can go on.
    """
    context.plain = True
    asked = sys.stdin.isatty()
    if asked:
        _say(["Reading the site."])
    directory = await context.directory()
    browser = PlainBrowser(directory)
    _say([f"{context.instance.name}, as of {as_of(directory).astimezone():%Y-%m-%d %H:%M}."])
    name = context.options.name
    _say(browser.open(name) if name else browser.opened())
    if asked:
        _say(["Type a number, a name, or ? for help."])
    while line := await asyncio.to_thread(_read_line, PROMPT if asked else ""):
        match line.strip():
            case "q" | "quit" | "exit":
                break
            case "r":
                try:
                    _say(browser.read_again(await context.directory()))
                except TestmoError as error:
                    _say([f"{error}. {error.hint}", "What was read before is still here."])
            case _:
                _say(browser.answer(line))
    return ExitCode.OK


def _read_line(prompt: str) -> str:
    """Read a line as it was typed; an empty text at the end of the input."""
    sys.stdout.write(prompt)
    sys.stdout.flush()
    return sys.stdin.readline()


def _say(lines: list[str]) -> None:
    sys.stdout.write("".join(f"{line}\n" for line in lines))
    sys.stdout.flush()
