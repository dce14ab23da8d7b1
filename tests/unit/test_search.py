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
    assert groups.search("qa") == [2, 1, 3, 4, 8]  # the same characters first
    assert groups.search("2024") == [2024, 7]
    assert groups.search("#20") == [2024]
    assert groups.search("2") == [2, 2024, 7]
    assert groups.search("") == []


@pytest.mark.parametrize(
    "text", ["#4", "4", "20", "²⁰", "#20", "٣", "0042", "#0042", "9" * 5_000, "#" + "9" * 5_000]
)
def test_number_never_matches_a_part_of_a_name(text):
    groups = index({2: "Team #42", 3: "2024 hires", 9: "٣٣", 42: "0043"})
    with pytest.raises(NoMatch):
        groups.resolve(text)


def test_number_with_zeros_is_a_name():
    groups = index({42: "QA", 7: "0042"})
    assert (groups.resolve("0042"), groups.resolve("42"), groups.resolve("#42")) == (7, 42, 42)


def users(people: dict[int, tuple[str, ...]]) -> SearchIndex[int]:
    return SearchIndex("user", people, names=people.__getitem__, item=lambda number: number)


USERS = users(
    {
        1: ("Ada Lovelace", "ada@x.example"),
        2: ("Joann Miller", "joann@x.example"),
        3: ("Bot <bot@y.example>",),
        4: ("Ada Lovelace Hopper", "hopper@x.example"),
        5: ("José", "josé@x.example"),
    }
)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("ADA@X.example", 1),
        ("Ada L. <ada@x.example>", 1),
        ("<ada@x.example>", 1),
        ("mailto:ada@x.example?subject=QA", 1),
        ("Lovelace, Ada <mailto:Ada@X.example>;", 1),
        ("\ufeffada@x.example\u200b", 1),
        ("bot <bot@y.example>", 3),
        ("Lovelace, Ada", 1),
        ('"lovelace, ada"', 1),
        ("lovelace  ada", 1),
        ("hopper ada", 4),
        ("miller jo", 2),
    ],
)
def test_resolve_accepts_addresses_and_words_in_any_order(text, found):
    assert USERS.resolve(text) == found


@pytest.mark.parametrize(
    "text",
    [
        "ann@x.example",
        "@x.example",
        "ada@",
        "ada@x.exampl",
        "jose@x.example",
        "bot@y.example",
        "ada@x.example lovelace",
    ],
)
def test_address_matches_completely_or_not_at_all(text):
    with pytest.raises(NoMatch):
        USERS.resolve(text)


@pytest.mark.parametrize("text", ["ada", "Ada Lovel", "miller", "hopper ada", ""])
def test_exact_requires_a_complete_name(text):
    with pytest.raises(NoMatch):
        USERS.resolve(text, exact=True)


@pytest.mark.parametrize("text", ["Ada Lovelace", "#1", "1", "lovelace, ADA", "ada@x.example"])
def test_exact_accepts_ids_addresses_and_complete_names(text):
    assert USERS.resolve(text, exact=True) == 1


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Ada Lovelase", [1, 4]),
        ("jon miler", [2]),
        ("joan@x.example", [2]),
        ("lovelace@x", [1, 4]),
        ("#99", []),
        ("zzzz", []),
        ("", []),
    ],
)
def test_similar_names_are_suggested(text, found):
    assert USERS.similar(text) == found


ID_PREFIX_RANK = 3


def has_id_prefix(number: int, digits: str) -> bool:
    return str(number).startswith(digits)


LETTERS = st.text("aAbBéÉ #1", max_size=4)
SITES = st.dictionaries(st.integers(1, 30), LETTERS, max_size=8)


@given(SITES, LETTERS)
def test_search_finds_names_with_the_text_and_id_prefixes(names, text):
    wanted = fold(text)
    digits = wanted.removeprefix("#")
    found = index(names).search(text)
    assert len(found) == len(set(found))
    assert set(found) == {
        number
        for number, name in names.items()
        if wanted
        and (has_words(fold(name), wanted) or (digits.isdecimal() and has_id_prefix(number, digits)))
    }


def has_words(name: str, wanted: str) -> bool:
    """Return whether a name contains a text, or all its words in any order."""
    words = wanted.split()
    return wanted in name or all(name.count(word) >= words.count(word) for word in words)


@given(SITES, LETTERS)
def test_resolved_items_are_among_those_found(names, text):
    groups = index(names)
    stripped = text.strip()
    exact = [number for number, name in names.items() if name == stripped]
    found = groups.search(text)
    match resolved(groups, text):
        case []:
            assert not found or stripped.removeprefix("#").isdecimal()
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
    wanted, digits = fold(text), text.strip().removeprefix("#")

    def rank(number: int) -> int | None:
        known = [searchable(name) for name in names[number]]
        fits = [
            digits.isdecimal() and int(digits) == number,
            wanted in known and text.strip(" \t") in names[number],
            wanted in known,
            digits.isdecimal() and has_id_prefix(number, digits),
            any(name.startswith(wanted) for name in known),
            any(f" {wanted}" in name for name in known),
            any(wanted in name for name in known),
            any(has_words(name, wanted) for name in known),
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
    return fold("".join(c if c.isprintable() else " " for c in name))


def resolved(groups: SearchIndex[int], text: str) -> list[int]:
    """Return the item that `resolve` returns, the candidates, or nothing."""
    try:
        return [groups.resolve(text)]
    except AmbiguousMatch as error:
        return list(error.candidates)
    except NoMatch:
        return []


# Wrong letters


def with_one_wrong_letter(word: str) -> set[str]:
    """Return a word, and what it becomes if one letter is wrong, missing, added, or swapped."""
    letters = "abeopr"
    places = range(len(word))
    return {
        word,
        *(word[:place] + word[place + 1 :] for place in places),
        *(word[:place] + letter + word[place:] for place in range(len(word) + 1) for letter in letters),
        *(word[:place] + letter + word[place + 1 :] for place in places for letter in letters),
        *(word[:place] + word[place : place + 2][::-1] + word[place + 2 :] for place in places),
    }


def nearly_begins(word: str, typed: str) -> bool:
    begins = (word[:end] for end in range(len(word) + 1))
    if len(typed) < 4:
        return typed in begins
    return any(typed in with_one_wrong_letter(begin) for begin in begins)


LETTERS = st.text("abeopr", min_size=1, max_size=7)


@given(
    names=st.lists(st.lists(LETTERS, min_size=1, max_size=3).map(" ".join), min_size=1, max_size=6),
    typed=st.lists(LETTERS, min_size=1, max_size=2),
)
def test_misspelled_agrees_with_the_model(names, typed):
    by_id = dict(enumerate(names, 1))
    expected = {
        id
        for id, name in by_id.items()
        if all(any(nearly_begins(word, each) for word in name.split()) for each in typed)
    }
    assert set(index(by_id).misspelled(" ".join(typed))) == expected


@given(data=st.data())
def test_one_wrong_letter_finds_the_name(data):
    word = data.draw(st.text("abeopr", min_size=5, max_size=9))
    typed = data.draw(st.sampled_from(sorted(with_one_wrong_letter(word))))
    assert index({1: "zzz", 2: f"First {word}"}).misspelled(f"{typed} fir") == [2]


@pytest.mark.parametrize("text", ["", "#6", "62", "adda@x.example", "xx", "lovelace adb"])
def test_short_words_numbers_and_addresses_are_not_misspelled(text):
    assert USERS.misspelled(text) == []
