"""The search index agrees with a naive search."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groupstui.directory.search import SearchIndex
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
def test_resolve_finds_one(groups, text, found):
    assert groups.resolve(text) == found


def test_a_number_may_be_an_id_and_a_name():
    groups = index({1: "QA", 2: "1"})
    with pytest.raises(AmbiguousMatch) as caught:
        groups.resolve("1")
    assert caught.value.candidates == [1, 2]
    assert groups.resolve("#1") == 1


def test_ambiguous_match_lists_candidates_best_first(groups):
    with pytest.raises(AmbiguousMatch, match="“q” matches 3 groups") as caught:
        groups.resolve("q")
    assert caught.value.candidates == [1, 2, 3]


@pytest.mark.parametrize("text", ["", "  ", "nobody", "#99", "#", "99"])
def test_resolve_raises_no_match(groups, text):
    with pytest.raises(NoMatch, match="no group matches"):
        groups.resolve(text)


def test_search_ranks_id_name_prefix_word_part(groups):
    assert groups.search("qa") == [1, 2, 3, 4, 8]
    assert groups.search("2024") == [2024, 7]
    assert groups.search("#20") == [2024]
    assert groups.search("2") == [2, 2024, 7]
    assert groups.search("") == []


ID_PREFIX_RANK = 2


def has_id_prefix(number: int, digits: str) -> bool:
    return str(number).startswith(digits)


LETTERS = st.text("aAbBéÉ #1", max_size=4)
SITES = st.dictionaries(st.integers(1, 30), LETTERS, max_size=8)


@given(SITES, LETTERS)
def test_search_finds_names_with_the_text_and_id_prefixes(names, text):
    wanted = fold(text.strip())
    digits = wanted.removeprefix("#")
    found = index(names).search(text)
    assert len(found) == len(set(found))
    assert set(found) == {
        number
        for number, name in names.items()
        if wanted and (wanted in fold(name) or (digits.isdecimal() and has_id_prefix(number, digits)))
    }


@given(SITES, LETTERS)
def test_resolved_items_are_among_those_found(names, text):
    groups = index(names)
    stripped = text.strip()
    exact = [number for number, name in names.items() if name == stripped]
    found = groups.search(text)
    match resolved(groups, text):
        case []:
            assert all(str(number).startswith(stripped.removeprefix("#")) for number in found)
        case [one]:
            assert one in found
            assert len(exact) != 1 or stripped.startswith("#") or one == exact[0]
        case several:
            assert set(several) <= set(found)


NAMED_TWICE = st.dictionaries(
    st.integers(1, 30), st.lists(st.text("aAbé \t\x1e\x1f@1", max_size=4), max_size=2), max_size=8
)


@given(NAMED_TWICE, LETTERS, st.integers(0, 9))
def test_ranks_agree_with_a_naive_ranking(names, text, limit):
    users = SearchIndex("user", names, names=names.__getitem__, item=lambda number: number)
    wanted, digits = fold(text.strip()), text.strip().removeprefix("#")

    def rank(number: int) -> int | None:
        known = [searchable(name) for name in names[number]]
        fits = [
            digits.isdecimal() and int(digits) == number,
            wanted in known,
            digits.isdecimal() and has_id_prefix(number, digits),
            any(name.startswith(wanted) for name in known),
            any(f" {wanted}" in name for name in known),
            any(wanted in name for name in known),
        ]
        return fits.index(True) if wanted and True in fits else None

    def place(number: int) -> tuple[int, int, str, int]:
        best = rank(number) or 0
        by_id = number if best == ID_PREFIX_RANK else 0
        return best, by_id, "\x1e".join(map(searchable, names[number])), number

    expected = [(rank(number), number) for number in sorted(names, key=place) if rank(number) is not None]
    assert users.ranked(text) == expected
    assert users.ranked(text, limit) == expected[:limit]
    assert users.search_ids(text) == {number for _, number in expected}


def searchable(name: str) -> str:
    """Return a name as it is searched: unprintable characters are spaces."""
    return "".join(c if c.isprintable() else " " for c in fold(name))


def resolved(groups: SearchIndex[int], text: str) -> list[int]:
    """Return the item that `resolve` returns, the candidates, or nothing."""
    try:
        return [groups.resolve(text)]
    except AmbiguousMatch as error:
        return list(error.candidates)
    except NoMatch:
        return []
