"""Make text from users and servers safe to show, and comparable.

A terminal obeys control characters, bidirectional overrides reorder the text beside them, and long runs of
combining marks cover the lines above. So every name and error text passes `sanitize` before it is shown.
"""

from __future__ import annotations

import re
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
    """Return the text for comparisons that ignore case, accents, width, typography and runs of spaces."""
    if not text.isascii():
        decomposed = unicodedata.normalize("NFKD", text.replace("´", "'"))  # which would become a space
        text = decomposed.casefold().translate(_FOLDED)
    return " ".join(text.lower().replace("`", "'").split())


class _Folded(dict[int, str | None]):
    """What a decomposed character is compared as, None for nothing; filled when it is first needed."""

    def __missing__(self, code: int) -> str | None:
        character = chr(code)
        category = unicodedata.category(character)
        if unicodedata.combining(character) or category == "Cf":
            folded = None
        elif category == "Pd":
            folded = "-"
        else:  # letters such as ł, ø and đ are not decomposed, but named after their base
            base = re.fullmatch("LATIN SMALL LETTER ([A-Z]) WITH .*", unicodedata.name(character, ""))
            folded = base[1].lower() if base else character
        self[code] = folded
        return folded


_FOLDED = _Folded(
    str.maketrans(
        {"æ": "ae", "œ": "oe", "þ": "th", "ð": "d", "ı": "i", "ŋ": "n", "ĸ": "k", "ə": "e", "−": "-"}
        | dict.fromkeys("‘’‚‛ʹʻʼʽˈ′", "'")
        | dict.fromkeys("“”„‟«»″", '"')
        | dict.fromkeys(map(chr, (0x34F, *range(0xFE00, 0xFE10))))  # invisible: joiner, variation selectors
    )
)
