"""Write `commands.md` from the parser of the command line.

uv run python docs/make.py
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Iterator
from pathlib import Path

from groupstui.cli.parser import build_parser

PAGE = Path(__file__).with_name("commands.md")

HEAD = """\
# Commands

`groupstui COMMAND` answers and exits; without a command, the app opens. `groupstui help COMMAND` prints
what this page says. Every command that reads an instance also has `-q`, which
suppresses messages, and `--debug`, which logs requests to stderr.
[Commands in scripts](scripting.md) describes names, formats and exit codes.

`docs/make.py` generates this page from the parser of the command line.
"""

OWN_OPTIONS = "options"
"""The title of the options that a command does not share with others."""

SHARED = ("-h", "-q", "--debug")
"""Options of every command."""


def commands_page() -> str:
    """Return the page: the commands, then the options that several of them share."""
    parser = build_parser()
    commands = next(action for action in parser._actions if action.choices and action.dest == "command")
    shared: dict[str, list[argparse.Action]] = {}
    parts = [HEAD]
    for name, command in dict(commands.choices or {}).items():
        parts += command_section(name, command, shared)
    for title, actions in shared.items():
        parts.append(f"## {title.capitalize()}\n\n" + "\n".join(option_table(actions)) + "\n")
    return "\n".join(parts)


def command_section(
    name: str, command: argparse.ArgumentParser, shared: dict[str, list[argparse.Action]]
) -> Iterator[str]:
    """Yield the parts of a command, and collect its shared options by their title."""
    yield f"## {name}\n\n```text\n{command.usage}\n```\n\n{markdown(command.description or '')}\n"
    links = []
    own: list[argparse.Action] = []
    for group in command._action_groups:
        title = str(group.title)
        if title in ("positional arguments", OWN_OPTIONS):
            own += [
                each for each in group._group_actions if each.option_strings[:1] not in [[s] for s in SHARED]
            ]
        elif group._group_actions:
            shared.setdefault(title, group._group_actions)
            links.append(f"[{title}](#{title.replace(' ', '-')})")
    if own:
        yield "\n".join(option_table(own)) + "\n"
    if links:
        yield f"Shared options: {', '.join(links)}.\n"
    for block in (command.epilog or "").split("\n\n"):
        yield from epilog_block(block)


def option_table(actions: Iterable[argparse.Action]) -> Iterator[str]:
    """Yield the lines of a table."""
    yield "| option | meaning |"
    yield "| --- | --- |"
    for action in actions:
        value = action.metavar or ("" if action.nargs == 0 else action.dest.upper())
        if action.choices:
            value = " or ".join(map(str, action.choices))
        names = ", ".join(action.option_strings)
        shown = f"{names} {value}".strip() if names else str(value)
        text = (action.help or "").replace("%(default)s", str(action.default))
        yield f"| `{shown}` | {markdown(text)} |"


def epilog_block(block: str) -> Iterator[str]:
    """Yield a block of the help after the options, such as its examples."""
    title, _, lines = block.partition("\n")
    if not title or title.startswith("exit codes"):
        return
    if title == "examples:":
        commands = "\n".join(line.strip() for line in lines.splitlines())
        yield f"```sh\n{commands}\n```\n"
    else:
        yield f"```text\n{block.rstrip()}\n```\n"


def markdown(text: str) -> str:
    """Return a text of the help without what Markdown would interpret."""
    return text.replace("|", "\\|").replace("<", "&lt;").replace("*", "\\*")


if __name__ == "__main__":
    PAGE.write_text(commands_page(), encoding="utf-8")
