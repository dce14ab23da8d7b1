"""Texts that are shown, logged or raised contain no token, however it is written."""

from __future__ import annotations

import gc
import json
import re
import weakref
from base64 import b64encode
from urllib.parse import quote

import pytest

from groupstui.errors import GroupstuiError
from groupstui.redaction import mask
from groupstui.token import Token

TOKEN = "12|abcDEF/ghi+JKL=\"m\\n'0123456789"

WAYS = {
    "plain": lambda token: token,
    "in a URL": lambda token: quote(token, safe=""),
    "in a URL, lower case": lambda token: re.sub("%..", lambda code: code[0].lower(), quote(token)),
    "in JSON": json.dumps,
    "in PHP's JSON": lambda token: json.dumps(token).replace("/", "\\/"),
    "repr": repr,
    **{
        f"Basic after {user}": lambda token, user=user: b64encode(f"{user}:{token}".encode()).decode()
        for user in ("a", "ab", "abc")
    },
    "Basic, as the user": lambda token: b64encode(f"{token}:x".encode()).decode(),
    "over lines": lambda token: "\n".join(token),
    "in two": lambda token: token[:9] + "\r\n  " + token[9:],
    "with invisible characters": lambda token: "\u200b".join(token),
}


@pytest.mark.parametrize("way", WAYS)
def test_token_is_masked_however_it_is_written(way):
    token = Token.parse(TOKEN)
    masked = mask(f"before {WAYS[way](token.reveal())} after")
    assert masked.startswith("before ")
    assert masked.endswith(" after")
    assert "•••" in masked
    compact = "".join(masked.split())
    assert not any(TOKEN[start : start + 8] in compact for start in range(len(TOKEN) - 8))


def test_longest_of_overlapping_tokens_is_masked():
    tokens = [Token.parse("t0ken-that"), Token.parse("t0ken-that-nobody-may-read"), Token.parse("t0ken")]
    assert mask("Bearer t0ken-that-nobody-may-read") == "Bearer •••"
    assert tokens


def test_text_without_token_is_unchanged():
    token = Token.parse(TOKEN)
    assert mask("one\ntwo \u200b three") == "one\ntwo \u200b three"
    assert token


def test_every_error_masks_the_token():
    token = Token.parse(TOKEN)
    error = GroupstuiError(f"a page with {TOKEN}", hint=f"see {quote(TOKEN)}")
    assert "abcDEF" not in f"{error} {error!r} {error.full}"
    assert token


def test_one_of_two_equal_tokens_is_enough_to_mask():
    first, second = Token.parse(TOKEN), Token.parse(TOKEN)
    del first
    gc.collect()
    assert mask(TOKEN) == "•••"
    assert second


def test_token_that_is_gone_is_not_kept_for_masking():
    token = Token.parse(TOKEN)
    assert mask(TOKEN) == "•••"
    reference = weakref.ref(token)
    del token
    gc.collect()
    assert reference() is None
    assert mask(TOKEN) == TOKEN
