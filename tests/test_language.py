"""The language of src: a reminder of the rules in CONTRIBUTING.md, not a complete check."""

from __future__ import annotations

import ast
import re
import tokenize
from collections.abc import Iterator
from pathlib import Path

import pytest

SRC = Path(__file__).parents[1] / "src"

FORBIDDEN = {
    r"\b(told|tells?|says?|said)\b": "print, log, report, show, return",
    r"\b(anew|of late|by now|as far as it|held against|turned round)\b": "again, recently, already, if",
    r"\b([Ww]hoever|[Ss]omebody|[Aa] person|[Pp]eople|[Pp]ersons?)\b": "user, caller, member",
    r"(?<!there )\b(is|are|was) none\b": "there is no …",
    r"\bnames no\b": "is not a valid …",
    r"\bwhere (there|nothing|that is|it can't|one)\b": "if, when",
}
"""Patterns in docstrings, comments and strings, and the words to use instead."""

FORBIDDEN_START = re.compile(r"(Gives?|Lets?(?! the user)|Says?|Tells?|Whether|What|Who|How) ")
"""First words of a function's docstring; it begins with a verb such as Return."""

ALLOWED = {"people"}
"""Strings that are no prose: `export people` is an alias of `export users`."""


def prose(path: Path) -> Iterator[tuple[int, str]]:
    """Yield line and text of every comment, docstring and string."""
    with tokenize.open(path) as file:
        yield from (
            (token.start[0], token.string)
            for token in tokenize.generate_tokens(file.readline)
            if token.type == tokenize.COMMENT
        )
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value not in ALLOWED:
            yield node.lineno, node.value


def function_docstrings(path: Path) -> Iterator[tuple[int, str]]:
    """Yield line and docstring of every function that is not a property."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            is_property = any("property" in ast.unparse(decorator) for decorator in node.decorator_list)
            if (text := ast.get_docstring(node)) and not is_property:
                yield node.lineno, text


@pytest.mark.parametrize("path", sorted(SRC.rglob("*.py")), ids=lambda path: str(path.relative_to(SRC)))
def test_language_is_plain_english(path: Path) -> None:
    slips = [
        f"{path.name}:{line}: “{match[0]}” in “{text.strip()[:80]}”; better: {better}"
        for line, text in prose(path)
        for pattern, better in FORBIDDEN.items()
        if (match := re.search(pattern, text))
    ]
    slips += [
        f"{path.name}:{line}: the docstring begins with “{match[1]}”"
        for line, text in function_docstrings(path)
        if (match := FORBIDDEN_START.match(text))
    ]
    assert not slips, "\n".join(slips)
