"""Comparisons of groups, compared with a naive computation."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groupstui.directory.builder import crawled_directory
from groupstui.directory.compare import compare
from groupstui.directory.directory import Directory
from groupstui.directory.models import Group
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
    assert [row.user.id for row in found.rows] == everyone
    for row in found.rows:
        assert row.inside == tuple(row.user.id in each for each in inside)
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
    assert {row.user.id: row.name for row in found.rows} == {1: "Kim #1", 2: "Kim #2", 3: "Lee", 4: "#4"}


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
