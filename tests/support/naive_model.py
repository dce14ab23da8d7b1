"""A naive model of the answers: which user or group a text means, and what follows. It shares no code with
the program, and takes its rules from the README alone."""

from __future__ import annotations

import csv
import io
import json
import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass

PLAIN = {
    "ł": "l",
    "ø": "o",
    "đ": "d",
    "ð": "d",
    "þ": "th",
    "æ": "ae",
    "œ": "oe",
    "ı": "i",
    "ħ": "h",
    "ß": "ss",
}
PLAIN |= dict.fromkeys("’‘`", "'") | dict.fromkeys("–‑", "-") | dict.fromkeys("\u200c\u200d\u00ad", "")


@dataclass(frozen=True)
class Item:
    """A user with its name and address, or a group with its name and members."""

    id: int
    texts: tuple[str, ...]
    members: tuple[int, ...] = ()


def plain(text: str) -> str:
    """Return a text without what does not matter: case, accents, typography, and runs of white space."""
    decomposed = unicodedata.normalize("NFKD", text.lower()).casefold()
    letters = (PLAIN.get(c, c) for c in decomposed if not unicodedata.combining(c))
    return " ".join("".join(letters).split())


def words(text: str) -> list[str]:
    """Return the words of a text, sorted; `Last, First` has the same ones as `First Last`."""
    return sorted(plain(text).replace(",", " ").split())


def matching(items: Sequence[Item], text: str) -> list[int]:
    """Return the ids of what a text means: one, none, or several that fit equally well."""

    def those(fits: Callable[[str], bool], texts: slice = slice(None)) -> list[int]:
        return [item.id for item in items if any(map(fits, item.texts[texts]))]

    name = slice(1)  # parts are parts of the name, not of the address
    text, wanted = text.strip(), plain(text)
    if re.fullmatch("#?[0-9]+", text):
        by_id = [item.id for item in items if str(item.id) == text.removeprefix("#")]
        return sorted({*by_id, *(those(lambda each: plain(each) == wanted) if text[0] != "#" else ())})
    if "@" in text:
        address = text.rpartition("<")[2].removesuffix(">")
        if found := (those(lambda each: each == text) or those(lambda each: plain(each) == wanted)):
            return found
        return those(lambda each: each.lower() == address.lower())
    steps = [
        those(lambda each: each == text),
        those(lambda each: plain(each) == wanted),
        those(lambda each: words(each) == words(text)),
        those(lambda each: plain(each).startswith(wanted), name),
        those(lambda each: wanted in plain(each), name),
        those(
            lambda each: all(plain(each).count(word) >= words(text).count(word) for word in words(text)), name
        ),
    ]
    return next(filter(None, steps), [])


def code_of(found: Sequence[int]) -> int:
    """Return the exit code of a match: 6 unless there is exactly one."""
    return 0 if len(found) == 1 else 6


def ids_in(output: str, format: str, kind: str) -> list[int]:
    """Return the ids of the rows in an answer."""
    if format == "json":
        return [row["id"] for row in json.loads(output)[kind]]
    if format == "ndjson":
        return [json.loads(line)["id"] for line in output.splitlines()]
    if format in ("csv", "tsv"):
        rows = csv.DictReader(io.StringIO(output), delimiter="," if format == "csv" else "\t")
        return [int(row["id"]) for row in rows]
    lines = [line for line in output.splitlines() if re.match(r"(\| )?\s*[0-9]+(\s|$)", line)]
    return [int(line.removeprefix("| ").split()[0]) for line in lines]
