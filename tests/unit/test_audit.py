"""Each check finds what it should and nothing else, compared with a naive computation."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groupstui.directory.audit import CHECKS, audit, check_of
from groupstui.directory.builder import crawled_directory
from groupstui.directory.directory import Directory
from groupstui.directory.models import Group, UserProfile
from groupstui.directory.similarity import (
    MAX_PAIRS_PER_GROUP,
    MIN_MEMBERS,
    MIN_SHARED_PERCENT,
    MIN_TYPO_CHARS,
    nearly_identical,
    similar_names,
)

NOW = datetime(2026, 11, 23, tzinfo=UTC)

ACTIVE = {"two_factor": True, "active": True, "anonymised": False, "api_user": False}


def user(number: int, **marks: bool) -> UserProfile:
    return UserProfile(number, f"User {number}", f"{number}@demo.example", **ACTIVE | marks)


def site(groups: dict[str, tuple[int, ...]], *profiles: UserProfile, complete: bool = True) -> Directory:
    made = [Group(number, name, members) for number, (name, members) in enumerate(groups.items(), 1)]
    return crawled_directory(
        made,
        {number: f"User {number}" for members in groups.values() for number in members},
        complete=complete,
        profiles=profiles,
        as_of=NOW,
    )


def found(name: str, directory: Directory) -> list[tuple[tuple[int, ...], tuple[int, ...]]]:
    """Return the groups and users of each finding of a check that is skipped for some users at most."""
    check = check_of(name)
    assert check is not None
    (result,) = audit(directory, [check])
    assert result.skipped.startswith("unknown for ") or not result.skipped
    assert all(finding.text for finding in result.findings)
    return [(finding.groups, finding.users) for finding in result.findings]


FIVE = (1, 2, 3, 4, 5)
EVERYBODY = tuple(user(number) for number in range(1, 8))

FINDS = {
    "empty": (site({"QA": (), "Dev": (1,)}), [((1,), ())]),
    "single-member": (site({"QA": (7,), "Dev": (1, 2)}), [((1,), (7,))]),
    "identical": (site({"QA": (1, 2), "Dev": (2, 1), "Ops": (1,)}), [((1, 2), ())]),
    "near-identical": (site({"QA": FIVE, "Dev": (*FIVE, 6), "Ops": (1, 2)}), [((1, 2), ())]),
    "similar-names": (site({"QA team": (1,), "qa-teams": (2,), "Dev": (3,)}), [((1, 2), ())]),
    "last-active-member": (
        site({"QA": (1, 2), "Dev": (1, 3)}, user(1), user(2, active=False), user(3)),
        [((1,), (1,))],
    ),
    "no-group": (site({"QA": (1,)}, user(1), user(2)), [((), (2,))]),
    "inactive": (site({"QA": (1, 2)}, user(1), user(2, active=False)), [((1,), (2,))]),
    "anonymised": (site({"QA": (1, 2)}, user(1), user(2, anonymised=True)), [((1,), (2,))]),
    "api-users": (site({"QA": (1, 2)}, user(1), user(2, api_user=True)), [((1,), (2,))]),
    "no-two-factor": (site({"QA": (1, 2)}, user(1), user(2, two_factor=False)), [((1,), (2,))]),
}

FINDS_NOT = {
    "empty": site({"QA": (1,)}),
    "single-member": site({"QA": (), "Dev": (1, 2)}),
    "identical": site({"QA": (), "Dev": (), "Ops": (1,), "Ops 2": (1, 2)}),
    "near-identical": site({"QA": FIVE, "Twin": FIVE, "Dev": (1, 2, 3, 6, 7), "A": (1, 2), "B": (1, 2, 3)}),
    "similar-names": site(
        {"QA 1": (), "QA 2": (), "QA": (), "Dev": (), "Release 2026": (), "Release 2027": ()}
    ),
    "last-active-member": site({"QA": (1,), "Dev": (2, 3), "Gone": (4, 5)}, user(1), user(2), user(3)),
    "no-group": site({"QA": (1,)}, user(1), user(2, active=False), user(3, api_user=True)),
    "inactive": site({"QA": (1, 3)}, user(1), user(2, active=False), user(3, active=False, anonymised=True)),
    "anonymised": site({"QA": (1,)}, user(1), user(2, anonymised=True)),
    "api-users": site({"QA": (1,)}, user(1), user(2, api_user=True)),
    "no-two-factor": site(
        {"QA": (1, 3)}, user(1), user(2, two_factor=False), user(3, two_factor=False, active=False)
    ),
}


def test_every_check_has_both_cases():
    assert [check.id for check in CHECKS] == list(FINDS) == list(FINDS_NOT)


@pytest.mark.parametrize("name", FINDS)
def test_check_finds_what_it_should(name):
    directory, expected = FINDS[name]
    assert found(name, directory) == expected


@pytest.mark.parametrize("name", FINDS_NOT)
def test_check_finds_nothing_else(name):
    assert found(name, FINDS_NOT[name]) == []


@pytest.mark.parametrize(
    "check", [check for check in CHECKS if check.needs_profiles], ids=lambda each: each.id
)
def test_check_of_users_is_skipped_without_profiles(check):
    (result,) = audit(site({"QA": (1,)}), [check])
    assert result.findings == ()
    assert "/users" in result.skipped


def test_users_in_no_group_is_skipped_for_incomplete_data():
    (result,) = audit(site({"QA": (1,)}, user(2), complete=False), [check_of("no-group")])
    assert result.findings == ()
    assert "incomplete" in result.skipped


@pytest.mark.parametrize("name", ["inactive", "anonymised", "api-users", "no-two-factor"])
def test_details_that_were_not_sent_are_neither_findings_nor_checked(name):
    profiles = user(1), UserProfile(2, "User 2"), UserProfile(3, "In no group")
    (result,) = audit(site({"QA": (1, 2)}, *profiles), [check_of(name)])
    assert (result.findings, result.skipped) == ((), "unknown for 1 user")
    (result,) = audit(site({"QA": (1,)}, *profiles), [check_of(name)])
    assert result.skipped == ""


# Compared with a naive computation

groups = st.lists(
    st.tuples(
        st.text("qa s-é1", max_size=8), st.lists(st.integers(1, 9), unique=True, max_size=9).map(tuple)
    ),
    max_size=8,
).map(lambda each: [Group(number, name, members) for number, (name, members) in enumerate(each, 1)])

flags = st.sampled_from([True, False, None])
profiles = st.lists(st.tuples(flags, flags, flags, flags), min_size=1, max_size=12).map(
    lambda each: [UserProfile(number, f"User {number}", None, *marks) for number, marks in enumerate(each, 1)]
)


def whole(groups: list[Group], profiles: list[UserProfile]) -> Directory:
    return crawled_directory(groups, {}, profiles=profiles, as_of=NOW)


@given(groups, profiles)
def test_checks_agree_with_a_naive_computation(groups, profiles):
    directory = whole(groups, profiles)
    inside = {group.id: set(group.members) for group in groups}
    known = {profile.id: profile for profile in profiles}
    active = {each.id for each in profiles if not (each.active is False or each.anonymised or each.api_user)}

    def in_groups(wanted) -> list:
        of = {each: tuple(g.id for g in groups if each in g.members) for each in known}
        return [(of[each], (each,)) for each in sorted(known) if of[each] and wanted(known[each])]

    assert found("empty", directory) == [((g,), ()) for g in inside if not inside[g]]
    assert found("single-member", directory) == [
        ((g,), tuple(inside[g])) for g in inside if len(inside[g]) == 1
    ]
    twins = {tuple(g for g in inside if inside[g] == members) for members in inside.values() if members}
    assert {each for each, _ in found("identical", directory)} == {each for each in twins if len(each) > 1}
    assert found("last-active-member", directory) == [
        ((g,), tuple(inside[g] & active)) for g in inside if len(inside[g] & active) == 1 < len(inside[g])
    ]
    assert found("no-group", directory) == [
        ((), (each,)) for each in sorted(active) if not any(each in members for members in inside.values())
    ]
    assert found("inactive", directory) == in_groups(
        lambda each: each.active is False and not each.anonymised
    )
    assert found("anonymised", directory) == in_groups(lambda each: each.anonymised is True)
    assert found("api-users", directory) == in_groups(lambda each: each.api_user is True)
    assert found("no-two-factor", directory) == in_groups(
        lambda each: each.two_factor is False and each.id in active
    )


@given(groups)
def test_nearly_identical_groups_agree_with_a_naive_computation(groups):
    expected = set()
    for one, other in combinations(groups, 2):
        here, there = set(one.members), set(other.members)
        alike = len(here & there) * 100 >= MIN_SHARED_PERCENT * len(here | there)
        if alike and here != there and min(len(here), len(there)) >= MIN_MEMBERS:
            expected.add(frozenset((one.id, other.id)))
    assert {frozenset((one.id, other.id)) for one, other, _ in nearly_identical(groups)} == expected


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("QA team", "qa-Team"),
        ("Release managers", "release manager"),
        ("Café crew", "Cafe  Crew"),
        ("Payments", "Paymemts"),
        ("Onboarding", "Onbording"),
    ],
)
def test_names_with_typos_are_similar(one, other):
    assert len(list(similar_names([Group(1, one), Group(2, other)]))) == 1


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("QA 1", "QA 2"),
        ("Sprint 12", "Sprint 1"),
        ("Web", "Wep"),
        ("Payments – EMEA", "Payments – APAC"),
        ("", ""),
    ],
)
def test_names_that_differ_on_purpose_are_not_similar(one, other):
    assert list(similar_names([Group(1, one), Group(2, other)])) == []


def test_short_names_that_differ_are_not_similar():
    assert MIN_TYPO_CHARS == 6
    assert list(similar_names([Group(1, "abcde"), Group(2, "abcdf")])) == []


def one_letter_apart(one: str, other: str) -> bool:
    """Compare by the definition: remove a letter from either, or replace one."""
    removed = {one[:place] + one[place + 1 :] for place in range(len(one))}
    if one in {other[:place] + other[place + 1 :] for place in range(len(other))} or other in removed:
        return True
    return len(one) == len(other) and sum(a != b for a, b in zip(one, other, strict=True)) == 1


@given(st.lists(st.text("abc", min_size=MIN_TYPO_CHARS, max_size=8), max_size=12, unique=True))
def test_names_with_typos_are_found_in_clusters(names):
    clusters = [{name} for name in names]
    for one, other in combinations(names, 2):
        if one_letter_apart(one, other):
            first, second = (next(each for each in clusters if name in each) for name in (one, other))
            if first is not second:
                clusters.remove(second)
                first |= second
    groups = [Group(number, name) for number, name in enumerate(names)]
    found = [{group.name for group in similar} for similar in similar_names(groups)]
    expected = [cluster for cluster in clusters if len(cluster) > 1]
    assert sorted(map(sorted, found)) == sorted(map(sorted, expected))


def test_two_thousand_similar_names_are_one_short_finding():
    directory = site({f"Quality {chr(0x4E00 + number)} team": () for number in range(2_000)})
    (result,) = audit(directory, [check_of("similar-names")])
    (finding,) = result.findings
    assert len(finding.groups) == 2_000
    assert finding.text.endswith(" and 1,990 more have similar names")
    assert len(finding.text) < 500


def test_names_of_megabytes_are_compared_by_their_beginning():
    groups = [Group(1, "a" * 3_000_000), Group(2, "b" * 3_000_000), Group(3, "a" * 300)]
    assert list(similar_names(groups)) == [[groups[0], groups[2]]]


def test_pairs_of_one_group_are_limited():
    groups = [Group(number, f"g{number}", tuple({*range(300)} - {number})) for number in range(300)]
    pairs = list(nearly_identical(groups))
    assert {group.id for pair in pairs for group in pair[:2]} == {*range(300)}
    assert len(pairs) <= MAX_PAIRS_PER_GROUP * 300


def test_findings_contain_whole_names_and_tell_equal_ones_apart():
    long = "علی‌رضا " * 100
    groups = [Group(1, "QA", (1, 2)), Group(2, "QA", (1, 2)), Group(3, long), Group(4, "", ())]
    directory = crawled_directory(groups, {1: "Ada", 2: "Grace"}, complete=True, as_of=NOW)
    texts = [finding.text for result in audit(directory) for finding in result.findings]
    assert f"{long} has no members" in texts
    assert "#4 has no members" in texts
    assert "QA #1 and QA #2 have the same 2 members" in texts
