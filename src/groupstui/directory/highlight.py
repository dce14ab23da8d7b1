"""Which letters of a name match what was typed."""

from __future__ import annotations

import re

from ..text import fold


def match_spans(text: str, query: str, *, prefix: bool = False) -> list[tuple[int, int]]:
    """Return where a query occurs in a text, as sorted spans of characters: as a whole, or else its words.

    An occurrence at the start of a word comes before one inside. A word that does not occur has no span.

    Args:
        text: A name as it is shown.
        query: What was typed; case and accents are ignored.
        prefix: Only match the start of the text, as for ids.
    """
    wanted = fold(query)
    if not wanted or not text:
        return []
    folded, places = _folded(text)
    if prefix:
        start = len(folded) - len(folded.lstrip())
        return _spans([(start, start + len(wanted))], places) if folded.startswith(wanted, start) else []
    whole = _occurrence(folded, wanted)
    found = [whole] if whole else [_occurrence(folded, word) for word in wanted.replace(",", " ").split()]
    return _spans([span for span in found if span is not None], places)


def _folded(text: str) -> tuple[str, list[int]]:
    """Return the folded text, and for each of its characters the place in the text, with the end of it."""
    if text.isascii():
        return text.lower(), list(range(len(text) + 1))
    folded: list[str] = []
    places: list[int] = []
    for place, character in enumerate(text):
        letters = " " if character.isspace() else fold(character)
        folded.append(letters)
        places += [place] * len(letters)
    return "".join(folded), [*places, len(text)]


def _occurrence(folded: str, wanted: str) -> tuple[int, int] | None:
    escaped = re.escape(wanted)
    found = re.search(rf"(?<!\w){escaped}", folded) or re.search(escaped, folded)
    return None if found is None else found.span()


def _spans(found: list[tuple[int, int]], places: list[int]) -> list[tuple[int, int]]:
    """Return spans of the text, sorted and without overlaps, for spans of the folded text.

    A span contains the combining marks after its last letter.
    """
    merged: list[tuple[int, int]] = []
    for start, end in sorted((places[start], max(places[end], places[end - 1] + 1)) for start, end in found):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged
