"""Makes a server's text safe to show.

Names and error texts come from users and from servers. A terminal obeys control characters, bidirectional
overrides reorder what stands beside them, and a storm of combining marks climbs over its neighbours, so
everything that is shown goes through `clean` first.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache

LONGEST = 200
"""Characters after which a shown text is cut, with an ellipsis."""

MARKS_IN_A_ROW = 2
"""Combining marks that may follow one character; real scripts rarely need more."""

REPLACEMENT = "\N{REPLACEMENT CHARACTER}"


@lru_cache(maxsize=65_536)
def sanitize(text: str, longest: int = LONGEST) -> str:
    """Return the text in a form that any terminal shows literally, on one line.

    White space of any kind becomes a space, what cannot be printed becomes U+FFFD, and at most two
    combining marks follow one another.

    Args:
        text: What a server or a user wrote.
        longest: The most characters to keep; a longer text ends with an ellipsis.
    """
    if len(text) <= longest and text.isascii() and text.isprintable():
        return text
    # Normalising costs with the length, so an endless name is shortened before it, generously.
    kept: list[str] = []
    marks = 0
    for character in unicodedata.normalize("NFC", text[: longest * 8]):
        if unicodedata.combining(character) or unicodedata.category(character) in ("Mn", "Me"):
            marks += 1
            if marks > MARKS_IN_A_ROW:
                continue
        else:
            marks = 0
        if character.isspace():
            kept.append(" ")
        elif character.isprintable():
            kept.append(character)
        else:
            kept.append(REPLACEMENT)
    if len(kept) > longest or len(text) > longest * 8:
        kept[longest - 1 :] = ["…"]
    return "".join(kept)


def pluralize(number: int, singular: str, plural: str | None = None) -> str:
    """Return a number and its noun, as in `1 member`, `2,430 groups`."""
    return f"{number:,} {singular if number == 1 else plural or singular + 's'}"


@lru_cache(maxsize=16_384)
def fold(text: str) -> str:
    """Return the text as it is compared in searches: without regard to case, accents and width."""
    return fold_once(text)


def fold_once(text: str) -> str:
    """Return what `fold` gives, and remember nothing: for who keeps the result."""
    if text.isascii():
        return text.lower()
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(c for c in decomposed if not unicodedata.combining(c))
