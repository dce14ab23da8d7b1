"""What a filter over a list of rows lets through, letter by letter."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groupstui.text import fold
from groupstui.widgets.narrowing import Narrowing


def narrowing(names: dict[int, str]) -> Narrowing[int]:
    return Narrowing(list(names), name_of=names.__getitem__, number_of=lambda number: number)


@pytest.mark.parametrize(
    ("query", "fits"), [("barb", True), ("#17", True), (" 1 ", True), ("7", False), ("", True), ("#2", False)]
)
def test_a_filter_looks_at_names_and_at_the_start_of_ids(query, fits):
    assert bool(narrowing({17: "Barbara Liskov"}).fitting(query)) is fits


@given(
    st.dictionaries(st.integers(1, 130), st.text("aAbÉ #12", max_size=5), max_size=9),
    st.lists(st.text("aAbé #12", max_size=4), max_size=9),
)
def test_what_was_typed_before_does_not_matter(names, queries):
    rows = narrowing(names)
    for query in queries:
        wanted = fold(query.strip())
        digits = wanted.removeprefix("#")
        assert rows.fitting(query) == [
            number
            for number, name in names.items()
            if wanted in fold(name) or (digits.isdecimal() and str(number).startswith(digits))
        ]
