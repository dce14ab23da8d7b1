"""Mask tokens in texts that are shown, logged or raised."""

from __future__ import annotations

import re
from binascii import b2a_base64
from collections.abc import Iterator
from typing import Protocol
from urllib.parse import quote
from weakref import WeakValueDictionary

MASK = "•••"

MIN_SECRET_CHARS = 4
"""A shorter text is not masked: it is no real token, and part of many words."""

MIN_CHARS_IN_DATA = 16
"""The same for the data of an instance, whose names may contain a short text by chance."""

_MAY_BE_TOKEN = re.compile(r"[\w.|+/=~-]{24,}", re.ASCII)
"""A long word; names, paths and addresses rarely have so many of these characters in a row."""

_HOST = re.compile(r"\.?([\w-]{1,63}\.)+[a-z]{2,24}\.?(:\d+)?", re.ASCII | re.IGNORECASE)
"""A host of several labels, or a domain; it ends with a top-level domain, which a token does not."""


class Secret(Protocol):
    """What can be masked while it exists."""

    def reveal(self) -> str:
        """Return the text to mask."""
        ...


_secrets: WeakValueDictionary[int, Secret] = WeakValueDictionary()
"""By object: equal secrets may live for different times. A secret to which nothing else refers is gone."""


def register_secret(secret: Secret) -> None:
    """Mask this secret in everything that `mask` returns, as long as the secret exists."""
    if len(secret.reveal()) >= MIN_SECRET_CHARS:
        _secrets[id(secret)] = secret


def mask_data(data: bytes) -> bytes:
    """Return the body of a response without secrets, so that no name of a group or user contains one.

    Only long secrets are masked: a short one may be a part of a name by chance.
    """
    for secret in list(_secrets.values()):
        if len(text := secret.reveal()) >= MIN_CHARS_IN_DATA:
            for spelling in _spellings(text):
                data = data.replace(spelling.encode(), MASK.encode())
    return data


def mask(text: str) -> str:
    """Return a text without secrets, even if they are encoded, or interrupted by spaces and line breaks."""
    spellings = {spelling for secret in list(_secrets.values()) for spelling in _spellings(secret.reveal())}
    compact = "".join(filter(_is_visible, text))
    for spelling in sorted(spellings, key=len, reverse=True):  # one may be part of another
        if spelling in compact:
            text = _mask(text, spelling)
    return text


def without_tokens(argument: str) -> str:
    """Return an argument for an error message; a token in the wrong place is not repeated."""
    return _MAY_BE_TOKEN.sub(lambda word: word[0] if word[0].isdecimal() else "…", argument)


def host_without_tokens(host: str) -> str:
    """Return a host, with or without a port, for a message; a token in its place is not repeated."""
    return host if _HOST.fullmatch(host) else without_tokens(host)


def _is_visible(character: str) -> bool:
    return character.isprintable() and character != " "


def _spellings(secret: str) -> set[str]:
    """Return the secret as it is, as in a URL, as in a string of Python or JSON, and as in base64."""
    quoted = {quote(secret, safe=""), quote(secret)}
    in_urls = {*quoted, *(re.sub("%..", lambda code: code[0].lower(), each) for each in quoted)}
    in_json = secret.replace("\\", "\\\\").replace('"', '\\"')
    in_strings = {repr(secret)[1:-1], in_json, in_json.replace("/", "\\/")}  # the last as in PHP
    return {secret, *in_urls, *in_strings, *_in_base64(secret)}


def _in_base64(secret: str) -> Iterator[str]:
    """Yield the characters of base64 that do not depend on the text around the secret, as in `Basic`.

    There are three forms, by the number of bytes before the secret.
    """
    for before in range(3):
        encoded = b2a_base64(bytes(before) + secret.encode(), newline=False).decode().rstrip("=")
        if len(spelling := encoded[(before * 8 + 5) // 6 : -1]) >= MIN_SECRET_CHARS:
            yield spelling


def _mask(text: str, spelling: str) -> str:
    """Mask a spelling. Not with a regular expression: Python keeps each pattern that it has compiled."""
    places = [place for place, character in enumerate(text) if _is_visible(character)]
    compact = "".join(text[place] for place in places)
    masked, end, found = "", 0, compact.find(spelling)
    while found >= 0:
        last = found + len(spelling) - 1
        masked += text[end : places[found]] + MASK
        end = places[last] + 1
        found = compact.find(spelling, last + 1)
    return masked + text[end:]
