"""What a few letters of a name, or an id, find."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groupstui.directory.directory import SearchIndex
from groupstui.errors import AmbiguousMatch, NoMatch
from groupstui.text import fold

NAMES = {
    1: "QA",
    2: "qa",
    3: "QA Berlin",
    4: "Mobile QA",
    5: "Sarah Çelik",
    6: "Équipe",
    7: "2024 launch",
    8: "Aqaba",
    2024: "Archive",
}


def index(names: dict[int, str]) -> SearchIndex[int]:
    return SearchIndex("group", names, names=lambda number: (names[number],), item=lambda number: number)


@pytest.fixture
def groups() -> SearchIndex[int]:
    return index(NAMES)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("QA", 1),
        ("qa", 2),
        ("  qa  ", 2),
        ("qa ber", 3),
        ("celik", 5),
        ("EQUIPE", 6),
        ("#7", 7),
        ("7", 7),
        ("2024 l", 7),
        ("2024", 2024),
        ("mobile", 4),
    ],
)
def test_one_is_meant(groups, text, found):
    assert groups.find(text) == found


def test_a_number_may_be_one_s_id_and_another_s_name():
    groups = index({1: "QA", 2: "1"})
    with pytest.raises(AmbiguousMatch) as caught:
        groups.find("1")
    assert caught.value.candidates == [1, 2]
    assert groups.find("#1") == 1


def test_several_are_named_best_first(groups):
    with pytest.raises(AmbiguousMatch, match="“q” matches 3 groups") as caught:
        groups.find("q")
    assert caught.value.candidates == [1, 2, 3]


@pytest.mark.parametrize("text", ["", "  ", "nobody", "#99", "#", "99"])
def test_none_is_meant(groups, text):
    with pytest.raises(NoMatch, match="no group matches"):
        groups.find(text)


def test_a_search_gives_the_id_the_name_its_beginning_a_word_and_a_part_in_this_order(groups):
    assert groups.search("qa") == [1, 2, 3, 4, 8]
    assert groups.search("2024") == [2024, 7]
    assert groups.search("") == []


LETTERS = st.text("aAbBéÉ #1", max_size=4)
SITES = st.dictionaries(st.integers(1, 30), LETTERS, max_size=8)


@given(SITES, LETTERS)
def test_a_search_finds_exactly_the_names_that_hold_the_text_and_the_id(names, text):
    wanted = fold(text.strip())
    digits = wanted.removeprefix("#")
    found = index(names).search(text)
    assert len(found) == len(set(found))
    assert set(found) == {
        number
        for number, name in names.items()
        if wanted and (wanted in fold(name) or (digits.isdecimal() and int(digits) == number))
    }


@given(SITES, LETTERS)
def test_what_is_meant_is_among_what_is_found_and_an_exact_name_always_wins(names, text):
    groups = index(names)
    stripped = text.strip()
    exact = [number for number, name in names.items() if name == stripped]
    found = groups.search(text)
    match meant(groups, text):
        case []:
            assert found == []
        case [one]:
            assert one in found
            assert len(exact) != 1 or stripped.startswith("#") or one == exact[0]
        case several:
            assert set(several) <= set(found)


NAMED_TWICE = st.dictionaries(
    st.integers(1, 30), st.lists(st.text("aAbé \t\x1e\x1f@1", max_size=4), max_size=2), max_size=8
)


@given(NAMED_TWICE, LETTERS, st.integers(0, 9))
def test_any_of_an_item_s_names_finds_it_at_the_place_of_the_one_that_fits_best(names, text, most):
    users = SearchIndex("user", names, names=names.__getitem__, item=lambda number: number)
    wanted, digits = fold(text.strip()), text.strip().removeprefix("#")

    def rank(number: int) -> int | None:
        known = [seen(name) for name in names[number]]
        fits = [
            digits.isdecimal() and int(digits) == number,
            wanted in known,
            any(name.startswith(wanted) for name in known),
            any(f" {wanted}" in name for name in known),
            any(wanted in name for name in known),
        ]
        return fits.index(True) if wanted and True in fits else None

    def place(number: int) -> tuple[int, str, int]:
        return rank(number) or 0, "\x1e".join(map(seen, names[number])), number

    expected = [(rank(number), number) for number in sorted(names, key=place) if rank(number) is not None]
    assert users.ranked(text) == expected
    assert users.ranked(text, most) == expected[:most]
    assert users.numbers_of(text) == {number for _, number in expected}


def seen(name: str) -> str:
    """Return a name as it is searched: what can't be seen is a space."""
    return "".join(c if c.isprintable() else " " for c in fold(name))


def meant(groups: SearchIndex[int], text: str) -> list[int]:
    """Return the one that is meant, all that may be, or none."""
    try:
        return [groups.find(text)]
    except AmbiguousMatch as error:
        return list(error.candidates)
    except NoMatch:
        return []
