"""Comparisons of groups, compared with a naive computation."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groupstui.directory.builder import crawled_directory
from groupstui.directory.compare import EVERYTHING, Selection, compare, compare_users
from groupstui.directory.directory import Directory
from groupstui.directory.models import Group, User
from groupstui.errors import UsageError

NOW = datetime(2026, 11, 23, tzinfo=UTC)

members = st.lists(st.integers(1, 12), unique=True, max_size=8).map(tuple)


def directory_of(*groups: Group) -> Directory:
    return crawled_directory(groups, {number: f"User {number:02}" for number in range(1, 13)}, as_of=NOW)


def compared(*inside: tuple[int, ...]):
    groups = [Group(number, f"G{number}", each) for number, each in enumerate(inside, 1)]
    return compare(directory_of(*groups), groups)


@given(st.lists(members, min_size=2, max_size=6))
def test_comparison_agrees_with_a_naive_computation(inside):
    found = compared(*inside)
    everyone = sorted({user for each in inside for user in each})
    assert [row.item.id for row in found.rows] == everyone
    for row in found.rows:
        assert row.inside == tuple(row.item.id in each for each in inside)
    assert found.in_all == sum(all(user in each for each in inside) for user in everyone)
    assert found.differ == any(set(one) != set(other) for one, other in combinations(inside, 2))
    assert len(found.pairs) == len(inside) * (len(inside) - 1) // 2
    for pair in found.pairs:
        one, other = set(pair.first.members), set(pair.second.members)
        assert (pair.only_first, pair.both, pair.only_second) == (
            len(one - other),
            len(one & other),
            len(other - one),
        )
        exact = 100 * len(one & other) / len(one | other) if one | other else 100.0
        assert abs(pair.overlap - exact) < 1
        assert (pair.overlap == 100) == (one == other)
        assert (pair.overlap == 0) == (not one & other and one != other)
        assert pair.subset == (bool(one & other) and (one <= other or other <= one))


def test_users_of_the_same_name_have_their_ids():
    group, other = Group(1, "A", (1, 2, 3, 4)), Group(2, "B", (1,))
    users = {1: "Kim", 2: "Kim", 3: "Lee"}
    found = compare(crawled_directory((group, other), users, as_of=NOW), (group, other))
    assert {row.item.id: row.name for row in found.rows} == {1: "Kim #1", 2: "Kim #2", 3: "Lee", 4: "#4"}


@pytest.mark.parametrize(
    ("one", "other", "text"),
    [
        ((1, 2), (2, 1), "G1 and G2 have the same 2 members"),
        ((1,), (1,), "G1 and G2 have the same single member"),
        ((), (), "G1 and G2 have no members"),
        ((1,), (1, 2), "G1 is a subset of G2: its only member is 50 % of G2"),
        ((1, 2, 3), (2, 3), "G2 is a subset of G1: its 2 members are 67 % of G1"),
        ((1,), (2,), "G1 and G2 have no members in common"),
        ((), (2,), "G1 and G2 have no members in common"),
        ((1, 2), (2, 3), "G1 and G2 share 1 member: 50 % of G1, 50 % of G2"),
    ],
)
def test_pair_is_described(one, other, text):
    assert compared(one, other).pairs[0].text == text


def test_most_similar_pairs_come_first():
    found = compared((1, 2, 3, 4), (1, 2, 3, 5), (1, 2), (1, 2))
    assert [(pair.first.id, pair.second.id) for pair in found.pairs[:2]] == [(3, 4), (1, 3)]


@pytest.mark.parametrize("number", [0, 1, 7])
def test_only_two_to_six_groups_can_be_compared(number):
    with pytest.raises(UsageError, match="2 to 6"):
        compared(*[(1,)] * number)


def test_group_is_not_compared_with_itself():
    group = Group(1, "QA", (1,))
    with pytest.raises(UsageError, match="itself"):
        compare(directory_of(group), [group, group])


# Parts


@given(st.lists(members, min_size=2, max_size=6), st.data())
def test_parts_are_sets_of_a_naive_model(inside, data):
    found = compared(*inside)
    chosen = data.draw(st.sets(st.sampled_from(range(len(inside))), min_size=1))

    def ids(selection: Selection) -> set[int]:
        rows = found.select(selection)
        assert rows == [row for row in found.rows if row in rows]  # in the same order
        return {row.item.id for row in rows}

    sets = [set(each) for each in inside]
    assert ids(EVERYTHING) == set.union(*sets)
    assert ids(Selection("all")) == set.intersection(*sets)
    assert ids(Selection("differ")) == set.union(*sets) - set.intersection(*sets)
    others = set().union(*(each for place, each in enumerate(sets) if place not in chosen))
    only = Selection("only", frozenset(found.compared[place].id for place in chosen))
    assert ids(only) == set.intersection(*(sets[place] for place in chosen)) - others


@pytest.mark.parametrize(
    ("selection", "text"),
    [
        (EVERYTHING, "in G1, G2 or G3"),
        (Selection("all"), "in G1, G2 and G3"),
        (Selection("differ"), "in G1, G2 or G3, but not in all"),
        (Selection("only", frozenset([2])), "in G2, not in G1 or G3"),
        (Selection("only", frozenset([1, 2])), "in G1 and G2, not in G3"),
        (Selection("only", frozenset([1, 2, 3])), "in G1, G2 and G3"),
    ],
)
def test_part_is_described(selection, text):
    assert compared((1,), (2,), (3,)).describe(selection) == text


# Users


@given(st.lists(members, max_size=6), st.integers(1, 12), st.integers(1, 12))
def test_comparison_of_users_agrees_with_a_naive_computation(inside, first, second):
    groups = [Group(number, f"G{number}", each) for number, each in enumerate(inside, 1)]
    directory = directory_of(*groups)
    users = [directory.user(first), directory.user(second)]
    if first == second:
        with pytest.raises(UsageError, match="themselves"):
            compare_users(directory, users)
        return
    found = compare_users(directory, users)
    of_first, of_second = (
        {number for number, each in enumerate(inside, 1) if user in each} for user in (first, second)
    )
    assert [row.item.id for row in found.rows] == sorted(of_first | of_second)
    for row in found.rows:
        assert row.inside == (row.item.id in of_first, row.item.id in of_second)
    assert found.differ == (of_first != of_second)
    for selection, expected in (
        (Selection("all"), of_first & of_second),
        (Selection("differ"), of_first ^ of_second),
        (Selection("only", frozenset([first])), of_first - of_second),
        (Selection("only", frozenset([second])), of_second - of_first),
    ):
        assert {row.item.id for row in found.select(selection)} == expected


@pytest.mark.parametrize(
    ("inside", "text"),
    [
        ([(1, 2), (1, 2)], "Ann and Bob are in the same 2 groups"),
        ([(1, 2)], "Ann and Bob are in the same single group"),
        ([(3,)], "Ann and Bob are in no group"),
        ([(1,), (1,)], "Ann and Bob have no group in common: Ann is in 2, Bob is in no group"),
        ([(1,), (2,)], "Ann and Bob have no group in common: Ann is in 1, Bob is in 1"),
        ([(1, 2), (1,), (1,)], "Ann and Bob have 1 group in common; Ann is in 2 more"),
        (
            [(1, 2), (1, 2), (1,), (2,)],
            "Ann and Bob have 2 groups in common; Ann is in 1 more, Bob is in 1 more",
        ),
    ],
)
def test_comparison_of_users_is_described(inside, text):
    groups = [Group(number, f"G{number}", each) for number, each in enumerate(inside, 1)]
    directory = crawled_directory(groups, {1: "Ann", 2: "Bob", 3: "Cy"}, as_of=NOW)
    assert compare_users(directory, [User(1, "Ann"), User(2, "Bob")]).text == text
