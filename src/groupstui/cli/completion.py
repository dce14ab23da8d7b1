"""Completion for shells, made from the parser itself, so that it never lags behind it."""

import argparse
import shlex
from collections.abc import Iterator

from .exits import Exit
from .parser import app_parser, command_parser
from .session import Session


async def completion(session: Session) -> Exit:
    """Print the script for one shell."""
    writers = {"bash": _bash, "zsh": _zsh, "fish": _fish}
    print(writers[session.options.shell](dict(_commands())))
    return Exit.OK


def _commands() -> Iterator[tuple[str, tuple[str, list[str]]]]:
    """Give every command with its summary, and the words that may follow it."""
    for action in command_parser()._actions:
        if isinstance(action, argparse._SubParsersAction):
            summaries = {each.dest: each.help or "" for each in action._choices_actions}
            for name, parser in action.choices.items():
                yield name, (summaries[name], list(_words(parser)))


def _words(parser: argparse.ArgumentParser) -> Iterator[str]:
    for action in parser._actions:
        yield from action.option_strings
        if action.choices is not None and not action.option_strings:
            yield from map(str, action.choices)


def _bash(commands: dict[str, tuple[str, list[str]]]) -> str:
    cases = "\n".join(
        f"    {name}) words={shlex.quote(' '.join(words))} ;;" for name, (_, words) in commands.items()
    )
    first = " ".join([*commands, *_words(app_parser())])
    return f"""\
_groupstui() {{
  local words current=${{COMP_WORDS[COMP_CWORD]}}
  case ${{COMP_WORDS[1]}} in
{cases}
    *) words={shlex.quote(first)} ;;
  esac
  [ "$COMP_CWORD" = 1 ] && words={shlex.quote(first)}
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}}
complete -o default -F _groupstui groupstui"""


def _zsh(commands: dict[str, tuple[str, list[str]]]) -> str:
    described = "\n".join(
        f"    {shlex.quote(f'{name}:{summary}')}" for name, (summary, _) in commands.items()
    )
    cases = "\n".join(f"    {name}) compadd -- {' '.join(words)} ;;" for name, (_, words) in commands.items())
    return f"""\
#compdef groupstui
_groupstui() {{
  local -a commands=(
{described}
  )
  if (( CURRENT == 2 )); then
    _describe command commands
    compadd -- {" ".join(_words(app_parser()))}
    return
  fi
  case $words[2] in
{cases}
  esac
  _files
}}
compdef _groupstui groupstui"""


def _fish(commands: dict[str, tuple[str, list[str]]]) -> str:
    lines = []
    for name, (summary, words) in commands.items():
        lines.append(f"complete -c groupstui -n __fish_use_subcommand -a {name} -d {shlex.quote(summary)}")
        seen = f"-n {shlex.quote(f'__fish_seen_subcommand_from {name}')}"
        for word in words:
            given = (
                f"-l {word[2:]}"
                if word.startswith("--")
                else f"-s {word[1:]}"
                if word[0] == "-"
                else f"-a {word}"
            )
            lines.append(f"complete -c groupstui {seen} {given}")
    return "\n".join(lines)
