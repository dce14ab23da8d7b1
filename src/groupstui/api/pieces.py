"""Reads a large answer in pieces, so that others get their turn in between.

The parsers of JSON hold the interpreter until they are through, also in a thread: 50 ms for a page of 100
groups of 5,000 members. Here the lists in an answer are read element by element.
"""

import json
import re
from collections.abc import Mapping
from typing import Any, TypeVar

from pydantic import BaseModel

M = TypeVar("M", bound=BaseModel)

Lists = Mapping[str, "type[BaseModel] | Lists"]
"""Which lists an object holds, and what their elements are; or which objects, and what lists those hold."""

LARGE = 200_000
"""Bytes from which an answer is read in pieces; a smaller one takes 2 ms."""

_SPACE = re.compile(r"[ \t\n\r]*")
_decode = json.JSONDecoder().raw_decode


def read_in_pieces(shape: type[M], body: bytes, lists: Lists) -> M:
    """Give an answer in its shape, as `shape.model_validate_json` does.

    Args:
        shape: The model of the answer.
        body: The JSON.
        lists: Which of its lists are read element by element.

    Raises:
        ValidationError: If it has another shape, or is no JSON.
    """
    try:
        value, _ = _Reader(body.decode()).object(0, lists)
        return shape.model_validate(value)
    except (ValueError, IndexError, RecursionError):  # a ValidationError is a ValueError, too
        return shape.model_validate_json(body)  # which says what is wrong, and where


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

    def _value(self, at: int, known: "type[BaseModel] | Lists | None") -> tuple[Any, int]:
        if isinstance(known, Mapping) and self._text[at] == "{":
            return self.object(at, known)
        if isinstance(known, type) and self._text[at] == "[":
            return self._list(at, known)
        return _decode(self._text, at)

    def _list(self, at: int, shape: type[BaseModel]) -> tuple[list[BaseModel], int]:
        found: list[BaseModel] = []
        at = self._past("[", at)
        while self._text[at] != "]":
            value, at = _decode(self._text, at)
            found.append(shape.model_validate(value))
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
