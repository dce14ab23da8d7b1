"""Which letters of a name are highlighted."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groupstui.directory.highlight import match_spans
from groupstui.text import fold, natural_key


@pytest.mark.parametrize(
    ("text", "query", "parts"),
    [
        ("Release managers", "man", ["man"]),
        ("Release managers", "manag rel", ["Rel", "manag"]),
        ("Umbra Ramos", "ra", ["Ra"]),  # the start of a word comes first
        ("Umbra", "ra", ["ra"]),
        ("René L’Hôpital", "l'hop", ["L’Hôp"]),
        ("Ætna", "ae", ["Æ"]),
        ("Jose\u0301", "jose", ["Jose\u0301"]),
        ("QA", "qb", []),
        ("QA", " ", []),
        ("banana", "an ana", ["ana"]),
    ],
)
def test_parts_that_match(text, query, parts):
    assert [text[start:end] for start, end in match_spans(text, query)] == parts


@pytest.mark.parametrize(("text", "query", "parts"), [("  12", "1", ["1"]), ("  12", "2", [])])
def test_ids_match_from_their_start(text, query, parts):
    assert [text[start:end] for start, end in match_spans(text, query, prefix=True)] == parts


@given(st.text(), st.text())
def test_spans_are_sorted_and_within_the_text(text, query):
    spans = match_spans(text, query)
    ends = [place for span in spans for place in span]
    assert ends == sorted(ends)
    assert all(0 <= start < end <= len(text) for start, end in spans)


@given(st.text(st.characters(categories=["Lu", "Ll", "Nd"]), min_size=1))
def test_a_whole_name_matches_itself(name):
    if fold(name):
        assert match_spans(name, name) == [(0, len(name))]


def test_names_with_numbers_sort_naturally():
    names = ["team 10", "Team 9", "team", "9 lives", "10 things"]
    assert sorted(names, key=natural_key) == ["9 lives", "10 things", "team", "Team 9", "team 10"]


@given(st.lists(st.text()))
def test_any_names_can_be_sorted(names):
    sorted(names, key=natural_key)
