"""Completion for shells, made from the parser itself, so that it never lags behind it."""

from __future__ import annotations

import argparse
import shlex
from collections.abc import Iterator
from dataclasses import dataclass, field

from ..exit_codes import ExitCode
from .context import Context
from .parsing import app_parser, every_command


@dataclass(frozen=True)
class Completed:
    """What can be written behind a command's name."""

    summary: str = ""
    words: list[str] = field(default_factory=list)
    """Options, and values that stand alone."""
    values: dict[str, list[str]] = field(default_factory=dict)
    """The values of options that take only some."""


async def completion(context: Context) -> ExitCode:
    """Print the script for one shell."""
    writers = {"bash": _bash, "zsh": _zsh, "fish": _fish}
    print(writers[context.options.shell](dict(_commands())))
    return ExitCode.OK


def _commands() -> Iterator[tuple[str, Completed]]:
    for name, (summary, parser) in every_command().items():
        yield name, _completed(parser, summary)


def _completed(parser: argparse.ArgumentParser, summary: str = "") -> Completed:
    found = Completed(summary)
    for action in parser._actions:
        choices = [] if action.choices is None else list(map(str, action.choices))
        found.words.extend(action.option_strings or choices)
        if choices:
            found.values.update(dict.fromkeys(action.option_strings, choices))
    return found


def _values(commands: dict[str, Completed]) -> dict[str, list[str]]:
    """Return the values of every option; an option takes the same ones wherever it can be written."""
    return {option: values for each in commands.values() for option, values in each.values.items()}


def _bash(commands: dict[str, Completed]) -> str:
    behind = "\n".join(
        f"    {option}) words={shlex.quote(' '.join(values))} ;;"
        for option, values in _values(commands).items()
    )
    cases = "\n".join(
        f"    {name}) words={shlex.quote(' '.join(each.words))} ;;" for name, each in commands.items()
    )
    first = " ".join([*commands, *_completed(app_parser()).words])
    return f"""\
_groupstui() {{
  local words current=${{COMP_WORDS[COMP_CWORD]}}
  case ${{COMP_WORDS[1]}} in
{cases}
    *) words={shlex.quote(first)} ;;
  esac
  [ "$COMP_CWORD" = 1 ] && words={shlex.quote(first)}
  case ${{COMP_WORDS[COMP_CWORD - 1]}} in
{behind}
  esac
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}}
complete -o default -F _groupstui groupstui"""


def _zsh(commands: dict[str, Completed]) -> str:
    described = "\n".join(f"    {shlex.quote(f'{name}:{each.summary}')}" for name, each in commands.items())
    behind = "\n".join(
        f"    {option}) compadd -- {' '.join(values)}; return ;;"
        for option, values in _values(commands).items()
    )
    cases = "\n".join(f"    {name}) compadd -- {' '.join(each.words)} ;;" for name, each in commands.items())
    return f"""\
#compdef groupstui
_groupstui() {{
  local -a commands=(
{described}
  )
  if (( CURRENT == 2 )); then
    _describe command commands
    compadd -- {" ".join(_completed(app_parser()).words)}
    return
  fi
  case $words[CURRENT-1] in
{behind}
  esac
  case $words[2] in
{cases}
  esac
  _files
}}
compdef _groupstui groupstui"""


def _fish(commands: dict[str, Completed]) -> str:
    lines = []
    for name, each in commands.items():
        lines.append(
            f"complete -c groupstui -n __fish_use_subcommand -a {name} -d {shlex.quote(each.summary)}"
        )
        seen = f"-n {shlex.quote(f'__fish_seen_subcommand_from {name}')}"
        for word in each.words:
            values = f" -xa {shlex.quote(' '.join(each.values[word]))}" if word in each.values else ""
            lines.append(f"complete -c groupstui {seen} {_fish_word(word)}{values}")
    return "\n".join(lines)


def _fish_word(word: str) -> str:
    if word.startswith("--"):
        return f"-l {word[2:]}"
    return f"-s {word[1:]}" if word.startswith("-") else f"-a {word}"
