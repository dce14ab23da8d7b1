"""Write `commands.md` from the parser of the command line, and `actions.md` from the bindings of the app.

uv run python docs/make.py
"""

from __future__ import annotations

import argparse
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path

from groupstui.app import all_bindings
from groupstui.cli.parser import build_parser

FOLDER = Path(__file__).parent

HEAD = """\
# Commands

`groupstui COMMAND` answers and exits; without a command, the app opens. `groupstui help COMMAND` prints
what this page says. Every command that reads an instance also has `-q`, which
suppresses messages, and `--debug`, which logs requests to stderr.
[Commands in scripts](scripting.md) describes names, formats and exit codes.

`docs/make.py` generates this page from the parser of the command line.
"""

ACTIONS_HEAD = """\
# Actions

The actions that `[keys]` in [settings.toml](settings.md) can rebind, and their keys.

`docs/make.py` generates this page from the bindings of the app.

| action | keys | meaning |
| --- | --- | --- |
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


def actions_page() -> str:
    """Return the page of the actions that can be rebound."""
    keys: dict[str, set[str]] = defaultdict(set)
    texts: dict[str, set[str]] = defaultdict(set)
    for bindings in all_bindings().values():
        for binding in bindings:
            keys[str(binding.id)].add(f"`{binding.key}`")
            texts[str(binding.id)].add(markdown(str(binding.tooltip)))
    rows = (
        f"| `{id}` | {' '.join(sorted(keys[id]))} | {'; '.join(sorted(texts[id]))} |" for id in sorted(keys)
    )
    return ACTIONS_HEAD + "\n".join(rows) + "\n"


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
    FOLDER.joinpath("commands.md").write_text(commands_page(), encoding="utf-8")
    FOLDER.joinpath("actions.md").write_text(actions_page(), encoding="utf-8")
