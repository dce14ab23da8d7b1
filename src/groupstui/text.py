"""Make text from users and servers safe to show, and comparable.

A terminal obeys control characters, bidirectional overrides reorder the text beside them, and long runs of
combining marks cover the lines above. So every name and error text passes `sanitize` before it is shown.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache

MAX_NAME_CHARS = 200
"""Length at which a shown text is cut, with an ellipsis."""

MAX_COMBINING_MARKS = 2
"""Combining marks kept after one character; real scripts rarely need more."""

REPLACEMENT = "\N{REPLACEMENT CHARACTER}"


@lru_cache(maxsize=65_536)
def sanitize(text: str, max_chars: int = MAX_NAME_CHARS) -> str:
    """Return the text as one line that any terminal shows literally.

    White space of any kind becomes a space, unprintable characters become U+FFFD, and surplus combining
    marks are removed.

    Args:
        text: Text from a server or a user.
        max_chars: Length at which the result is cut; it ends with an ellipsis then.
    """
    if len(text) <= max_chars and text.isascii() and text.isprintable():
        return text
    # Normalising takes time in proportion to the length, so an endless name is cut before it, generously.
    kept: list[str] = []
    marks = 0
    for character in unicodedata.normalize("NFC", text[: max_chars * 8]):
        if unicodedata.combining(character) or unicodedata.category(character) in ("Mn", "Me"):
            marks += 1
            if marks > MAX_COMBINING_MARKS:
                continue
        else:
            marks = 0
        if character.isspace():
            kept.append(" ")
        elif character.isprintable():
            kept.append(character)
        else:
            kept.append(REPLACEMENT)
    if len(kept) > max_chars or len(text) > max_chars * 8:
        kept[max_chars - 1 :] = ["…"]
    return "".join(kept)


def pluralize(number: int, singular: str, plural: str | None = None) -> str:
    """Return a number with its noun, as in `1 member` or `2,430 groups`."""
    return f"{number:,} {singular if number == 1 else plural or singular + 's'}"


def fold(text: str) -> str:
    """Return the text for comparisons that ignore case, accents and width."""
    if text.isascii():
        return text.lower()
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(c for c in decomposed if not unicodedata.combining(c))
