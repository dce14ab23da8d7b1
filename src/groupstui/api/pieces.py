"""Reads a large answer in pieces, so that others get their turn in between.

The parsers of JSON hold the interpreter until they are through, also in a thread: 50 ms for a page of 100
groups of 5,000 members. Here the lists in an answer are read element by element.
"""

import json
import re
from collections.abc import Callable, Mapping
from typing import Any

Lists = Mapping[str, "Callable[[Any], Any] | Lists"]
"""Which lists an object holds, and what is made of each element; or which objects, and their lists."""

LARGE = 200_000
"""Bytes from which an answer is read in pieces; a smaller one takes 2 ms."""

_SPACE = re.compile(r"[ \t\n\r]*")
_decode = json.JSONDecoder().raw_decode


def read_in_pieces(body: bytes, lists: Lists) -> dict[str, Any]:
    """Give the object in an answer. Of an element of a list nothing is kept but what is made of it.

    Args:
        body: The JSON.
        lists: Which lists are read element by element; where something else stands, it is given as it is.

    Raises:
        ValueError: If it is no JSON, or no object; or what makes something of an element raises it.
        IndexError: If it ends too soon.
        RecursionError: If it is too deep.
    """
    return _Reader(body.decode()).object(0, lists)[0]


class _Reader:
    """Reads objects and lists itself, and leaves what is in them to the library."""

    def __init__(self, text: str) -> None:
        self._text = text

    def object(self, at: int, lists: Lists) -> tuple[dict[str, Any], int]:
        found: dict[str, Any] = {}
        at = self._past("{", at)
        while self._text[at] != "}":
            if self._text[at] != '"':
                raise ValueError(f"no key at {at}")
            key, at = _decode(self._text, at)
            at = self._past(":", at)
            found[key], at = self._value(at, lists.get(key))
            at = self._to_next(at, "}")
        return found, at + 1

    def _value(self, at: int, known: "Callable[[Any], Any] | Lists | None") -> tuple[Any, int]:
        if isinstance(known, Mapping) and self._text[at] == "{":
            return self.object(at, known)
        if callable(known) and self._text[at] == "[":
            return self._list(at, known)
        return _decode(self._text, at)

    def _list(self, at: int, made: Callable[[Any], Any]) -> tuple[list[Any], int]:
        found: list[Any] = []
        at = self._past("[", at)
        while self._text[at] != "]":
            value, at = _decode(self._text, at)
            found.append(made(value))
            at = self._to_next(at, "]")
        return found, at + 1

    def _to_next(self, at: int, end: str) -> int:
        """Give the place of what follows a comma, or of the end."""
        at = self._skip(at)
        return at if self._text[at] == end else self._past(",", at)

    def _past(self, sign: str, at: int) -> int:
        at = self._skip(at)
        if self._text[at] != sign:
            raise ValueError(f"no {sign} at {at}")
        return self._skip(at + 1)

    def _skip(self, at: int) -> int:
        space = _SPACE.match(self._text, at)
        return at if space is None else space.end()
