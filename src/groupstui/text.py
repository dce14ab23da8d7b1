"""Make text from users and servers safe to show, and comparable.

A terminal obeys control characters, bidirectional overrides reorder the text beside them, and long runs of
combining marks cover the lines above. So every name and error text passes `sanitize` before it is shown.
Files and pipes contain the text as it is, but rows of lines pass `one_line`.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

MAX_NAME_CHARS = 200
"""Length at which a shown text is cut, with an ellipsis."""

MAX_TEXT_CHARS = 2_000
"""The same for a cell or a sentence on a terminal, which may contain several names."""

MAX_SLUG_CHARS = 40
"""Length at which a part of a file's name is cut."""

MAX_COMBINING_MARKS = 4
"""Combining marks kept after one character; real scripts rarely need more."""

FIRST_MARK = "\N{COMBINING GRAVE ACCENT}"

REPLACEMENT = "\N{REPLACEMENT CHARACTER}"

DRAWN_SPACE = "\N{OPEN BOX}"
"""What shows that a name ends with a space."""

_BREAK = re.compile("\r\n|[\t\n-\r\x1c-\x1e\x85\u2028\u2029]")

CONTROL_CHARACTERS = "\0-\b\v-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff"
"""What a terminal obeys, overrides of the direction of text, and halves of characters, as ranges of a regular
expression; without tabs and the ends of lines."""

_CONTROL = re.compile(f"[{CONTROL_CHARACTERS}]")

_INVISIBLE = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0"
    "\U00013441\U00013442\U00016fe4\U0001d159\U000e0100-\U000e01ef]"
)
"""Characters that are printable for Python, but blank: of Unicode's Default_Ignorable_Code_Point, and blanks
that are no white space."""

_STYLES = ("\ufe0e", "\ufe0f")
"""Variation selectors that draw a symbol as text or as an emoji."""

_ZWJ = "\u200d"

_JOINERS = {*_STYLES, _ZWJ, "\N{ZERO WIDTH NON-JOINER}"}

_SYMBOLS = re.compile("[\u203c\u2049\u2194\u3030\u303d\U0001f3fb-\U0001f3ff]")
"""Emoji and their skin tones that are no "other symbols" (So) for Unicode."""

_VIRAMA = 9
"""The combining class of signs after which a joiner changes the letter."""


@lru_cache(maxsize=65_536)
def sanitize(text: str, max_chars: int = MAX_NAME_CHARS) -> str:
    """Return the text as one line that any terminal shows literally.

    White space of any kind becomes a space, and a space at the end is drawn. Unprintable and invisible
    characters and surplus combining marks become U+FFFD, so that different names look different; the joiners
    and selectors of emoji and of scripts that need them stay.

    Args:
        text: Text from a server or a user.
        max_chars: Length at which the result is cut; it ends with an ellipsis then.
    """
    if len(text) <= max_chars and text.isascii() and text.isprintable() and text[-1:] != " ":
        return text
    # Normalising takes time in proportion to the length, so an endless name is cut before it, generously.
    kept: list[str] = []
    marks = 0
    base = ""
    characters = unicodedata.normalize("NFC", text[: max_chars * 8])
    if len(characters) <= max_chars and _is_plain(characters):
        return characters
    for place, character in enumerate(characters):
        if character in _JOINERS:
            before, following = "".join(kept[-1:]), characters[place + 1 : place + 2]
            if _changes_look(base, before, character, following):
                kept.append(character)
                continue
        if unicodedata.combining(character) or unicodedata.category(character) in ("Mn", "Me"):
            marks += 1
            if marks > MAX_COMBINING_MARKS + 1:
                continue
        else:
            marks = 0
            base = character
        if character.isspace():
            kept.append(" ")
        elif marks > MAX_COMBINING_MARKS or not character.isprintable() or _INVISIBLE.match(character):
            kept.append(REPLACEMENT)
        else:
            kept.append(character)
    if kept and kept[-1] == " ":
        kept[-1] = DRAWN_SPACE
    if len(kept) > max_chars or len(text) > max_chars * 8:
        kept[max_chars - 1 :] = ["…"]
    return "".join(kept)


def _is_plain(text: str) -> bool:
    """Return whether a text surely contains only visible characters and no marks."""
    if not text.isprintable() or text[-1:] == " " or _INVISIBLE.search(text):
        return False
    return max(text, default="") < FIRST_MARK or text.replace(" ", "").isalnum()


def _changes_look(base: str, before: str, character: str, following: str) -> bool:
    """Return whether a joiner or selector changes how the characters around it look.

    `base` is the last character that is not a mark; `following` is empty at the end.
    """
    if character in _STYLES:
        return _is_symbol(before) or (
            before in "0123456789#*" and following == "\N{COMBINING ENCLOSING KEYCAP}"
        )
    if not before or not following:
        return False
    if character == _ZWJ and _is_symbol(base) and _is_symbol(following):
        return True
    if _VIRAMA in (unicodedata.combining(before), unicodedata.combining(following)):
        return True
    return unicodedata.bidirectional(base) == unicodedata.bidirectional(following) == "AL"


def _is_symbol(character: str) -> bool:
    """Return whether a character may be part of an emoji."""
    if character in ("", REPLACEMENT) or _INVISIBLE.match(character):
        return False
    return unicodedata.category(character) == "So" or bool(_SYMBOLS.match(character))


def one_line(text: str) -> str:
    """Return the whole text as one line: breaks and tabs become spaces, other control characters U+FFFD."""
    if text.isprintable():  # as nearly every cell is; a tenth of the time of `groups --offline`
        return text
    return _CONTROL.sub(REPLACEMENT, _BREAK.sub(" ", text))


def pluralize(number: int, singular: str, plural: str | None = None) -> str:
    """Return a number with its noun, as in `1 member` or `2,430 groups`."""
    return f"{number:,} {singular if number == 1 else plural or singular + 's'}"


def slug(text: str) -> str:
    """Return the text as a part of a file's name: lower-case letters, digits and hyphens, in ASCII."""
    return re.sub("[^a-z0-9]+", "-", fold(text)).strip("-")[:MAX_SLUG_CHARS].rstrip("-")


def fold(text: str) -> str:
    """Return the text for comparisons that ignore case, accents, width, typography and runs of spaces."""
    if not text.isascii():
        decomposed = unicodedata.normalize("NFKD", text.replace("´", "'"))  # which would become a space
        text = decomposed.casefold().translate(_FOLDED)
    return " ".join(text.lower().replace("`", "'").split())


def natural_key(text: str) -> tuple[tuple[int, str], ...]:
    """Return the key that sorts names naturally: without case and accents, and 9 before 10."""
    parts = re.split("([0-9]{1,18})", fold(text))
    return tuple((int(part), "") if place % 2 else (0, part) for place, part in enumerate(parts))


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
