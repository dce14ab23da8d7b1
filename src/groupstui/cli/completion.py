"""Complete command lines in shells.

The script of each shell calls `groupstui __complete` at every tab, which sends no request and reads no
keyring: names come from the last snapshot of the history.
"""

from __future__ import annotations

import argparse
import re
import sqlite3
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from dataclasses import fields as dataclass_fields
from typing import Any, TypeVar

from ..directory.audit import CHECKS
from ..directory.policy import POLICY_CHECKS
from ..errors import HistoryUnavailable, InvalidInstance
from ..exit_codes import ExitCode
from ..history import History, default_folder
from ..output.comparison_records import INSTANCE_COMPARISON_FIELDS
from ..output.records import (
    CHANGE_FIELDS,
    COMPARISON_FIELDS,
    DIFFERENCE_FIELDS,
    FINDING_FIELDS,
    GROUP_FIELDS,
    MEMBER_FIELDS,
    SNAPSHOT_FIELDS,
)
from ..output.timeline import TIMELINE_FIELDS
from ..output_format import FORMATS
from ..settings import GROUP_COLUMNS, PAGE_SIZES, Settings, default_path
from ..testmo.instance import Instance
from ..text import fold
from ..times import utc_minute
from . import export
from .completion_scripts import SCRIPTS
from .context import Context
from .lookup import CHECK_FIELDS, LOOKUP_FIELDS, WHO_FIELDS
from .parser import Parser, build_parser

T = TypeVar("T")

FIELDS: Mapping[str, Sequence[str]] = {
    "groups": GROUP_FIELDS,
    "members": MEMBER_FIELDS,
    "who": WHO_FIELDS,
    "check": CHECK_FIELDS,
    "lookup": LOOKUP_FIELDS,
    "compare": COMPARISON_FIELDS,
    "diff-users": COMPARISON_FIELDS,
    "compare-instances": INSTANCE_COMPARISON_FIELDS,
    "audit": FINDING_FIELDS,
    "changes": CHANGE_FIELDS,
    "history": TIMELINE_FIELDS,
    "snapshot": SNAPSHOT_FIELDS,
    "review": DIFFERENCE_FIELDS,
    "export": tuple(dict.fromkeys(name for fields in export.FIELDS.values() for name in fields)),
}
"""The fields of each command's rows."""

SAMPLES = {
    "AGE": ("10m", "1h", "12h", "7d"),
    "TIME": ("1m", "5m", "15m", "1h"),
    "WHEN": ("today", "yesterday", "24h", "7d", "30d"),
    "SECONDS": ("10", "30", "60"),
    "N": ("1", "5", "10", "50"),
}
"""Values that show what an option accepts, by its metavar."""

SETTING_VALUES: Mapping[str, Sequence[str]] = {
    "columns": GROUP_COLUMNS,
    "format": tuple(FORMATS),
    "history": ("true", "false"),
    "history_days": ("30", "90", "365"),
    "max_age": SAMPLES["AGE"],
    "page_size": ("auto", *map(str, PAGE_SIZES)),
    "timeout": SAMPLES["SECONDS"],
    "timezone": ("local", "account", "UTC"),
}
"""Values of settings, and samples of those that have many."""


MAX_SNAPSHOTS = 20
"""The last snapshots, which are offered besides the samples of times."""


async def completion(context: Context) -> ExitCode:
    """Print the script for a shell."""
    # Without a flush, the buffer of Python 3.14 holds the whole script, and a closed pipe is found too late.
    print(SCRIPTS[context.options.shell], end="", flush=True)
    return ExitCode.OK


# Candidates


@dataclass(frozen=True, slots=True)
class Candidate:
    """A text that may stand at the cursor, and what it means."""

    text: str
    meaning: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """A command line up to the cursor: what stands before its last word, and what that calls for."""

    command: str | None
    parser: Parser
    """The parser of the command; without one, that of `browse`."""
    words: Sequence[str]
    """The words before the last, without the command."""

    def option(self, name: str) -> argparse.Action | None:
        """Return an option of the command, or of any command if there is none yet."""
        return self.parser._option_string_actions.get(name)

    @property
    def asks_all(self) -> bool:
        """Whether all instances are asked."""
        return "--all-instances" in self.words

    @property
    def asks_several(self) -> bool:
        """Whether more than one instance is asked."""
        return self.asks_all or self.command == "compare-instances"

    @property
    def open_option(self) -> argparse.Action | None:
        """The option whose value the last word is."""
        if not self.words or "--" in self.words[:-1]:
            return None
        action = self.option(self.words[-1])
        return None if action is None or action.nargs == 0 else action

    @property
    def positionals(self) -> list[str]:
        """The words that are neither options nor their values."""
        found, takes_value, only_words = [], False, False
        for word in self.words:
            if takes_value:
                takes_value = False
            elif word == "--" and not only_words:
                only_words = True
            elif word.startswith("-") and len(word) > 1 and not only_words:
                action = self.option(word)
                takes_value = action is not None and action.nargs != 0
            else:
                found.append(word)
        return found

    @property
    def positional(self) -> argparse.Action | None:
        """The argument that the last word is if it is not an option."""
        count = len(self.positionals)
        for action in self.parser._get_positional_actions():
            if action.nargs in ("*", "+") or count == 0:
                return action
            count -= 1
        return None


def read_line(root: Parser, words: Sequence[str]) -> Line:
    """Return what the words before the last one are."""
    options = Line(None, _all_options(root), words)
    positionals = options.positionals
    command = positionals[0] if positionals and positionals[0] in root.commands else None
    if command is None:
        return options
    place = next(
        place
        for place, word in enumerate(words)
        if word == command and Line(None, options.parser, words[: place + 1]).positionals == [command]
    )
    return Line(command, root.commands[command], [*words[:place], *words[place + 1 :]])


def _all_options(root: Parser) -> Parser:
    """Return the parser of `browse`, for which all options are known, as they may precede the command."""
    browse = root.commands["browse"]
    for parser in root.commands.values():
        for name, action in parser._option_string_actions.items():
            browse._option_string_actions.setdefault(name, action)
    return browse


@dataclass
class Names:
    """The names of groups and users in the last snapshot, and the instances in the settings."""

    environ: Mapping[str, str]
    options: Mapping[str, str]
    """The options of the command line that have values."""
    _settings: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        # Without validation, as importing pydantic takes longer than all the rest.
        with suppress(OSError, ValueError, RecursionError):
            self._settings = tomllib.loads(default_path().read_text("utf-8-sig"))

    @property
    def _sites(self) -> dict[str, str]:
        sites = self._settings.get("sites")
        pairs = sites.items() if isinstance(sites, dict) else ()
        return {name: origin for name, origin in pairs if isinstance(origin, str)}

    def instances(self) -> Iterator[Candidate]:
        """Yield the instances by their names and hosts."""
        for name, origin in self._sites.items():
            yield Candidate(name, origin)
        for origin in dict.fromkeys(self._sites.values()):
            yield Candidate(origin.partition("://")[2], origin)

    def settings(self) -> Iterator[Candidate]:
        """Yield the settings in the file, those of a table with its name."""
        for key, value in self._settings.items():
            if isinstance(value, dict):
                yield from (Candidate(f"{key}.{name}") for name in value if key != "lists")
            else:
                yield Candidate(key)

    def _instance(self) -> Instance | None:
        """Return the instance of the command line, the environment or the settings."""
        name = self.options.get("--instance") or self.environ.get("TESTMO_INSTANCE", "").strip()
        recent = self._settings.get("recent")
        used = [self._settings.get("current"), *(recent if isinstance(recent, list) else [])]
        last = next((origin for origin in used if isinstance(origin, str)), "")
        text = self._sites.get(name, name) or last or next(iter(self._sites.values()), "")
        try:
            return Instance.parse(text)
        except InvalidInstance:
            return None

    def lists(self) -> list[Candidate]:
        """Return the names of the saved lists of the instance."""
        instance, lists = self._instance(), self._settings.get("lists")
        if instance is None or not isinstance(lists, dict):
            return []
        saved = lists.get(instance.origin)
        return [Candidate(name, "list") for name in saved] if isinstance(saved, dict) else []

    def groups(self) -> list[Candidate]:
        """Return the names of groups."""
        return self._stored("group")

    def users(self) -> list[Candidate]:
        """Return the names of users."""
        return self._stored("user")

    def snapshots(self) -> list[Candidate]:
        """Return the ids of the last snapshots with their times, the last one first."""
        known = self._read(lambda history: history.peek_snapshots())[-MAX_SNAPSHOTS:]
        return [Candidate(f"#{each.id}", utc_minute(each.taken_at)) for each in reversed(known)]

    def _read(self, read: Callable[[History], list[T]]) -> list[T]:
        """Read the history of the instance; return nothing if there is none, or if it cannot be read."""
        instance = self._instance()
        if instance is None or self._settings.get("history") is False:
            return []
        try:
            return read(History(instance.origin, default_folder()))
        except (HistoryUnavailable, OSError, sqlite3.Error):
            return []

    def _stored(self, kind: str) -> list[Candidate]:
        names = self._read(lambda history: history.names(kind))
        printable = sorted({name for name in names if name.isprintable() and name.strip()}, key=fold)
        return [Candidate(name, kind) for name in printable]


def candidates(words: Sequence[str], environ: Mapping[str, str]) -> list[Candidate] | None:
    """Return what may stand in the place of the last word; None for the name of a file."""
    root = build_parser()
    *before, current = words
    line = read_line(root, before)
    names = Names(environ, dict(_values(before)))
    option, equals, value = current.partition("=")
    if line.open_option is not None:
        return _values_of(line.open_option, line, current, names)
    if current.startswith("-") and "--" not in before:
        action = line.option(option)
        if equals and action is not None:
            found = _values_of(action, line, value, names)
            return found and [Candidate(f"{option}={each.text}", each.meaning) for each in found]
        return _matching(current, _options(root, line))
    if line.command is None:
        if found := _matching(current, _commands(root)):
            return found
        return _matching(current, [*names.groups(), *names.users()]) if current else []
    if (positional := line.positional) is None:
        return _matching(current, _options(root, line))
    found = _values_of(positional, line, current, names)
    if found or found is None or line.command == "config":
        return found
    return _matching(current, _options(root, line))


def _values(words: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Yield options and their values, without a look at which options exist."""
    for place, word in enumerate(words):
        option, equals, value = word.partition("=")
        if word.startswith("--"):
            yield option, value if equals else next(iter(words[place + 1 : place + 2]), "")


def _commands(root: Parser) -> Iterator[Candidate]:
    for action in root._actions:
        if isinstance(action, argparse._SubParsersAction):
            for choice in action._get_subactions():
                yield Candidate(choice.dest, choice.help or "")


def _options(root: Parser, line: Line) -> Iterator[Candidate]:
    """Yield the options that the command has and that are not given yet."""
    given = {word.partition("=")[0] for word in line.words}
    parsers = [root, line.parser] if line.command is None else [line.parser]
    for action in dict.fromkeys(action for parser in parsers for action in parser._actions):
        if action.option_strings and (given.isdisjoint(action.option_strings) or _is_repeatable(action)):
            yield Candidate(action.option_strings[-1], (action.help or "") % vars(action))


def _is_repeatable(action: argparse.Action) -> bool:
    return isinstance(action, argparse._AppendAction | argparse._ExtendAction)


def _values_of(action: argparse.Action, line: Line, current: str, names: Names) -> list[Candidate] | None:
    """Return the values of an option or argument that begin like a text; None for files."""
    kind = action.metavar if isinstance(action.metavar, str) else action.dest.upper()
    fields = FIELDS.get(line.command or "", ())
    if line.asks_all:
        fields = ("instance", *fields)
    found: Iterable[Candidate]
    if action.choices is not None:
        found = map(Candidate, map(str, action.choices))
    elif kind in ("FILE", "FOLDER"):
        return None
    elif kind == "INSTANCE":
        found = names.instances()
    elif kind in ("GROUP", "TEXT"):
        found = names.groups()
    elif kind == "LIST":
        found = names.lists()
    elif kind == "USER":
        found = names.users()
    elif kind == "NAME":
        found = [*names.groups(), *names.users()]
    elif kind == "CHECK":
        titles = {check.id: check.title for check in CHECKS}
        titles |= POLICY_CHECKS if any(word.startswith("--policy") for word in line.words) else {}
        found = (Candidate(id, title) for id, title in titles.items())
    elif kind == "KEY" and line.positionals == ["unset"]:
        found = names.settings()
    elif kind == "KEY":
        found = (Candidate(each.name) for each in dataclass_fields(Settings) if each.name != "unknown")
    elif kind == "VALUE":
        is_set = line.positionals[0] == "set"
        found = map(Candidate, SETTING_VALUES.get(line.positionals[-1], ()) if is_set else ())
    elif kind == "COMMAND":
        found = _commands(build_parser())
    elif kind == "WHEN":  # ids of snapshots differ between instances
        found = [*map(Candidate, SAMPLES[kind]), *([] if line.asks_several else names.snapshots())]
    elif kind == "FIELD":
        found = (Candidate(f"{sign}{name}") for sign in ("", "-") for name in fields)
    elif kind == "FIELDS":
        head, comma, current = current.rpartition(",")
        left = [name for name in fields if name not in head.split(",")]
        return [Candidate(f"{head}{comma}{each.text}") for each in _matching(current, map(Candidate, left))]
    else:
        found = map(Candidate, SAMPLES.get(kind, ()))
    given = line.positionals if not action.option_strings else ()
    return _matching(current, (each for each in found if each.text not in given))


def _matching(text: str, found: Iterable[Candidate]) -> list[Candidate]:
    """Return the candidates that begin with a text; if there are none, those with a word that does.

    Case and accents do not matter.
    """
    found, start = [*found], fold(text)
    if not start:
        return found
    folded = [(fold(each.text), each) for each in found]
    if begin := [each for name, each in folded if name.startswith(start)]:
        return begin
    return [each for name, each in folded if f" {start}" in name]


# Shells


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a command line."""

    text: str
    """Without its quotation marks and backslashes."""
    quote: str = ""
    """The quotation mark that is still open."""
    head: str = ""
    """What stands before the open mark."""


def split_words(line: str) -> list[Word]:
    """Return the words of a command line up to the cursor, whose last word may be empty or unfinished."""
    words, text, head, quote, in_word = list[Word](), "", "", "", False
    characters = iter(line)
    for character in characters:
        if character == "\\" and quote != "'":
            text, in_word = text + next(characters, ""), True
        elif character == quote:
            quote = ""
        elif not quote and character in "\"'":
            quote, head, in_word = character, text, True
        elif not quote and character.isspace():
            if in_word:
                words.append(Word(text))
            text, in_word = "", False
        else:
            text, in_word = text + character, True
    return [*words, Word(text, quote, head if quote else "")]


def complete(arguments: Sequence[str], environ: Mapping[str, str]) -> ExitCode:
    """Print what kind of candidates there are, then each with its meaning after a tab.

    The kinds are `files`, `some`, and `others`, which do not begin like the word at the cursor.

    Args:
        arguments: The shell; for bash the part of the word that it replaces and the line up to the cursor,
            for other shells the word at the cursor and all words before it. A `=` stands before the second
            argument, because some shells do not pass an empty one.
        environ: The environment.
    """
    shell, given, *rest = arguments
    given = given.removeprefix("=")
    if shell in ("bash", "tcsh"):
        line = rest[0] if shell == "bash" else environ.get("COMMAND_LINE", "")
        words = split_words(line)[1:] or [Word("")]
    else:
        words = [*map(Word, rest), split_words(given)[-1] if shell == "fish" else Word(given)]
    found = candidates([word.text for word in words], environ)
    if found is None:
        print("files")
        return ExitCode.OK
    current = words[-1]
    is_start = all(each.text.startswith(current.text) for each in found)
    if shell != "tcsh":
        print("some" if is_start else "others")
    for each in found:
        text = _for_shell(shell, each.text, current, given)
        if text is not None:
            print(text if shell in ("bash", "tcsh") else f"{text}\t{each.meaning}")
    return ExitCode.OK


def _for_shell(shell: str, text: str, current: Word, given: str) -> str | None:
    """Return a candidate as the shell inserts it; None if it cannot."""
    if shell == "bash":
        return _for_bash(text, current, given)
    if shell == "tcsh":  # it splits candidates at spaces
        return text if re.fullmatch(r"[\w@%+=:,./-]+", text) else None
    if shell == "powershell" and not re.fullmatch(r"[\w=:./-]+", text):
        return "'" + text.replace("'", "''") + "'"
    return text


def _for_bash(text: str, current: Word, given: str) -> str | None:
    """Return what bash puts in the place of its own last word.

    That begins after an open quotation mark, and after a `=`, `:` or `@` that is not quoted.
    """
    head = current.head
    if not current.quote:
        given = split_words(given)[-1].text
        head = current.text.removesuffix("" if given in ("=", ":", "@") else given)
    if not text.startswith(head):
        return None
    rest = text[len(head) :]
    if current.quote == "'":
        return rest.replace("'", "'\\''")
    return re.sub(r'(["\\$`])' if current.quote else r"([^\w@%+=:,./-])", r"\\\1", rest)
