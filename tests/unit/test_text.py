"""Text from users and servers is safe to show, and comparable."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groupstui.text import MAX_NAME_CHARS, fold, pluralize, sanitize


@pytest.mark.parametrize(
    ("hostile", "shown"),
    [
        ("QA", "QA"),
        ("a\x1b[31mb", "a\N{REPLACEMENT CHARACTER}[31mb"),
        ("a\nb\tc\u2028d", "a b c d"),
        ("abc\u202edef", "abc\N{REPLACEMENT CHARACTER}def"),
        ("e" + "\u0301" * 50, "\u00e9\u0301\u0301"),
        ("[@click=app.quit]x[/]", "[@click=app.quit]x[/]"),
    ],
)
def test_sanitize_replaces_what_a_terminal_would_obey(hostile: str, shown: str) -> None:
    assert sanitize(hostile) == shown


@given(st.text(max_size=500))
def test_sanitize_removes_control_bidi_and_surrogates(text: str) -> None:
    shown = sanitize(text)
    assert all(character == " " or character.isprintable() for character in shown)
    assert not {unicodedata.category(c) for c in shown} & {"Cc", "Cf", "Cs", "Zl", "Zp"}
    assert len(shown) <= MAX_NAME_CHARS


@given(st.text(max_size=500))
def test_sanitize_twice_changes_nothing(text: str) -> None:
    assert sanitize(sanitize(text)) == sanitize(text)


def test_sanitize_cuts_long_names_with_an_ellipsis() -> None:
    assert sanitize("x" * 10_000) == "x" * (MAX_NAME_CHARS - 1) + "…"


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("muller", "Müller"),
        ("STRASSE", "Straße"),
        ("ａda", "Ada"),
        ("lukasz zolc", "Łukasz Żółć"),
        ("oystein sorensen", "Øystein Sørensen"),
        ("dang duc", "Đặng Đức"),
        ("ILKER ISIK", "İlker Işık"),
        ("aesa thorsdottir", "Æsa Þórsdóttir"),
        ("gudmundur", "Guðmundur"),
        ("hal oeuvre nganga", "Ħal Œuvre Ŋganga"),
        ("jean-luc o'brien", "Jean‑Luc O’Brien"),
        ("O'Brien", "O´Brien"),
        ("O'Brien", "O`Brien"),
        ('payments - "EMEA"', "Payments – „EMEA“"),
        ("alan lovelace", "\ufeffAlan \N{NO-BREAK SPACE}\t Love\N{SOFT HYPHEN}lace "),
        ("علیرضا", "علی\N{ZERO WIDTH NON-JOINER}رضا"),
        ("\N{HEAVY BLACK HEART}", "\N{HEAVY BLACK HEART}\N{VARIATION SELECTOR-16}"),
    ],
)
def test_fold_ignores_case_accents_width_and_typography(typed: str, name: str) -> None:
    assert fold(typed) == fold(name)


@given(st.text(max_size=50))
def test_fold_twice_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)


def test_pluralize_agrees_with_the_number() -> None:
    assert [pluralize(n, "member") for n in (0, 1, 2430)] == ["0 members", "1 member", "2,430 members"]
