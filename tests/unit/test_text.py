"""Text from users and servers is safe to show, and comparable."""

from __future__ import annotations

import re
import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groupstui.text import CONTROL_CHARACTERS, MAX_NAME_CHARS, fold, one_line, pluralize, sanitize


@pytest.mark.parametrize(
    ("hostile", "shown"),
    [
        ("QA", "QA"),
        ("a\x1b[31mb", "a\N{REPLACEMENT CHARACTER}[31mb"),
        ("a\nb\tc\u2028d", "a b c d"),
        ("abc\u202edef", "abc\N{REPLACEMENT CHARACTER}def"),
        ("e" + "\u0301" * 50, "\u00e9\u0301\u0301\u0301\u0301\N{REPLACEMENT CHARACTER}"),
        ("[@click=app.quit]x[/]", "[@click=app.quit]x[/]"),
        ("Admins ", "Admins\u2423"),
        ("Admins\u00a0", "Admins\u2423"),
        ("Admins\n", "Admins\u2423"),
    ],
)
def test_sanitize_replaces_what_a_terminal_would_obey(hostile: str, shown: str) -> None:
    assert sanitize(hostile) == shown


@given(st.text(max_size=500))
def test_sanitize_removes_control_bidi_and_surrogates(text: str) -> None:
    shown = sanitize(text)
    assert all(character.isprintable() for character in shown if character not in "\u200c\u200d")
    assert not {unicodedata.category(c) for c in shown} & {"Cc", "Cs", "Zl", "Zp"}
    assert {c for c in shown if unicodedata.category(c) == "Cf"} <= {"\u200c", "\u200d"}
    assert len(shown) <= MAX_NAME_CHARS


@given(st.text(max_size=500))
def test_sanitize_twice_changes_nothing(text: str) -> None:
    assert sanitize(sanitize(text)) == sanitize(text)


INVISIBLE = [
    *(
        "\u034f",
        "\ufe0f",
        "\ufe0e",
        "\ufe00",
        "\u17b4",
        "\u180b",
        "\U000e0100",
        "\u3164",
        "\uffa0",
        "\u115f",
        "\u2800",
    ),
    *(
        "\u200b",
        "\u200c",
        "\u200d",
        "\u200e",
        "\u2060",
        "\ufeff",
        "\u00ad",
        "\u061c",
        "\U000e0061",
        "\U0001d159",
    ),
]


@pytest.mark.parametrize("character", INVISIBLE, ids=ascii)
@pytest.mark.parametrize("name", ["Admins{}", "{}Admins", "Ad{}mins", "Q{0}{0}A", "7{}", "Admins \u00e9{}"])
def test_names_with_invisible_characters_look_different(name: str, character: str) -> None:
    assert sanitize(name.format(character)) == name.format("\N{REPLACEMENT CHARACTER}")


@pytest.mark.parametrize(
    "name",
    [
        *("علی‌رضا احمدی", "می‌خواهم", "ශ්‍රී ලංකා", "র‍্য", "क्‌ष", "שָּׁלוֹם", "Nguyễn", "ẹ̀́"),
        *("👩‍💻 Dev", "👩🏽‍💻", "👩‍👩‍👧‍👦", "🏳️‍🌈", "❤️‍🔥", "⚙️ Ops", "1️⃣ #️⃣", "🙂‍↔️", "☎︎", "⚡️"),
    ],
)
def test_joiners_and_selectors_that_change_a_name_are_kept(name: str) -> None:
    assert sanitize(name) == unicodedata.normalize("NFC", name)


def test_whole_texts_are_kept_on_one_line() -> None:
    name = "علی‌رضا e\u0301 \u00ad\u034f" * 10_000
    assert one_line(name) == name
    assert one_line("a\tb\r\nc\x1bd\u2028e\u202ef") == "a b c\ufffdd e\ufffdf"


def test_no_printable_character_is_a_control_character() -> None:
    control = re.compile(f"[{CONTROL_CHARACTERS}\\s]")
    printable = "".join(filter(str.isprintable, map(chr, range(sys.maxunicode + 1))))
    assert control.findall(printable) == [" "]
    assert one_line(printable) == printable


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
