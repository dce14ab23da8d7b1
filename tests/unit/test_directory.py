"""The directory agrees with a naive look at what it was built from."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groupstui.directory.builder import DirectoryBuilder, crawled_directory
from groupstui.directory.directory import Directory
from groupstui.directory.models import Group, UserProfile
from groupstui.errors import AmbiguousMatch, NoMatch

NOW = datetime(2026, 11, 23, tzinfo=UTC)


def group(number: int, name: str = "", members: tuple[int, ...] = ()) -> Group:
    return Group(id=number, name=name or f"group {number}", members=members)


IDS = st.integers(1, 12)
GROUPS = st.dictionaries(IDS, st.lists(IDS, unique=True, max_size=6), max_size=8).map(
    lambda groups: [group(number, members=tuple(members)) for number, members in groups.items()]
)
NAMES = st.dictionaries(IDS, st.text("abcé", min_size=1, max_size=3))


@given(GROUPS, NAMES)
def test_members_and_memberships_agree(groups, names):
    directory = crawled_directory(groups, names, as_of=NOW)
    for each in groups:
        assert [(m.id, m.name) for m in directory.members(each)] == [(i, names.get(i)) for i in each.members]
    for user_id in range(1, 14):
        expected = sorted((g.id for g in groups if user_id in g.members), key=lambda i: (f"group {i}", i))
        assert [g.id for g in directory.groups_of(user_id)] == expected
        assert directory.indexed_groups_of(user_id) == directory.groups_of(user_id)
        assert sorted(directory.memberships.get(user_id, ())) == sorted(expected)
    assert {u.id for u in directory.users} == set(names) | {i for g in groups for i in g.members}


@given(GROUPS, GROUPS, NAMES)
def test_a_crawl_replaces_the_pages_read_before(before, crawled, names):
    builder = DirectoryBuilder()
    builder.add(before, names, first=0)
    builder.replace_groups(crawled, complete=True, as_of=NOW)
    directory = builder.build()
    assert directory.groups == tuple(crawled)
    assert directory.group_count == len(crawled)
    assert {i for i in range(1, 13) if directory.groups_of(i)} == {i for g in crawled for i in g.members}


@given(GROUPS, st.sampled_from([15, 25, 50, 100]))
def test_the_pages_contain_every_group_once(groups, per_page):
    directory = crawled_directory(groups, {}, as_of=NOW)
    first = directory.page(1, per_page)
    pages = [directory.page(page, per_page) for page in range(1, first.last_page + 1)]
    assert [g for page in pages for g in page.groups] == groups
    assert directory.page(first.last_page + 1, per_page) is None
    assert {page.total for page in pages} == {len(groups)}


def test_an_incomplete_directory_has_no_pages():
    builder = DirectoryBuilder()
    builder.add([group(1)], {}, first=0)
    assert not builder.build().complete
    assert builder.build().page(1, 15) is None
    assert crawled_directory([group(1)], {}, complete=False, as_of=NOW).page(1, 15) is None


def test_a_later_response_replaces_an_earlier_one():
    builder = DirectoryBuilder()
    builder.add([group(1, "old", (5,))], {5: "before"})
    builder.add([group(1, "new", (6,))], {5: "after"}, [6])
    directory = builder.build()
    assert directory.group(1).name == "new"
    assert directory.groups_of(5) == ()
    assert directory.user(5).name == "after"
    assert directory.group_index.search("old") == []
    assert [user.id for user in directory.users] == [5, 6]


def test_a_discarded_group_is_unknown():
    builder = DirectoryBuilder()
    builder.add([group(1, members=(5,)), group(2)], {}, first=0)
    builder.discard(1)
    directory = builder.build()
    assert directory.groups_of(5) == ()
    assert directory.position(1) is None
    assert [g.id for g in directory.groups] == [2]


def test_users_are_found_by_their_e_mail_address():
    builder = DirectoryBuilder()
    builder.add([group(1, members=(5,))], {}, [5])
    assert builder.build().user(5).label == "#5"
    builder.add_profiles([UserProfile(id=5, name="Ada", email="ada@example.org")])
    directory = builder.build()
    assert directory.user(5).label == "Ada"
    assert directory.user_index.resolve("ADA@example.org").id == 5
    assert directory.profile(5).email == "ada@example.org"
    assert directory.member_index(directory.group(1)).search("ada@") == [directory.user(5)]


@pytest.mark.parametrize(
    ("text", "found"),
    [("Ada", "user 5"), ("adapters", "group 1"), ("adap", "group 1"), ("#5", "user 5"), ("hopper", "user 6")],
)
def test_find_prefers_complete_names_to_parts(text, found):
    directory = crawled_directory([group(1, "Adapters", (5, 6))], {5: "Ada", 6: "Grace Hopper"}, as_of=NOW)
    item = directory.find(text)
    assert f"{type(item).__name__.lower()} {item.id}" == found


def test_find_reports_ambiguous_and_unknown_names():
    directory = crawled_directory([group(1, "QA"), group(2, "QA")], {5: "QA"}, as_of=NOW)
    with pytest.raises(AmbiguousMatch):
        directory.find("QA")
    with pytest.raises(NoMatch):
        directory.find("Grace")


def test_a_directory_is_immutable():
    builder = DirectoryBuilder()
    builder.add([group(1)], {5: "Ada"}, first=0)
    directory = builder.build()
    builder.add([group(2)], {6: "Grace"}, first=1)
    builder.replace_groups([], complete=True, as_of=NOW)
    assert [g.id for g in directory.groups] == [1]
    assert directory.names == {5: "Ada"}
    with pytest.raises(AttributeError):
        directory.complete = True


def test_extent_says_how_many_groups_are_loaded():
    group = Group(1, "QA")
    assert Directory().extent == "no groups loaded"
    assert Directory((group,), total=1).extent == "1 of 1 group loaded"
    assert Directory((group,), total=2_300).extent == "1 of 2,300 groups loaded"


def test_group_without_times_is_not_called_never_updated():
    created = datetime(2026, 1, 1, tzinfo=UTC)
    assert Group(1, "QA", created_at=created).is_never_updated
    assert not Group(1, "QA", created_at=created, updated_at=created).is_never_updated
    assert not Group(1, "QA").is_never_updated
