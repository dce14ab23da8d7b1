"""The directory agrees with a naive look at what it was given."""

from __future__ import annotations

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from groupstui.directory.directory import SMALL, Directory, Group, UserProfile

NOW = datetime(2026, 11, 23, tzinfo=UTC)


def group(number: int, name: str = "", members: tuple[int, ...] = ()) -> Group:
    return Group(id=number, name=name or f"group {number}", members=members)


IDS = st.integers(1, 12)
GROUPS = st.dictionaries(IDS, st.lists(IDS, unique=True, max_size=6), max_size=8).map(
    lambda site: [group(number, members=tuple(members)) for number, members in site.items()]
)
USERS = st.dictionaries(IDS, st.text("abcé", min_size=1, max_size=3))


@given(GROUPS, USERS)
def test_both_directions_agree_with_the_groups(groups, users):
    directory = Directory()
    directory.add(groups, users)
    names = users
    for each in groups:
        assert [(m.id, m.name) for m in directory.members(each)] == [(i, names.get(i)) for i in each.members]
    for user_id in range(1, 14):
        found = directory.groups_of(user_id)
        assert [g.id for g in found] == sorted(
            (g.id for g in groups if user_id in g.members), key=lambda i: (f"group {i}", i)
        )
    assert {p.id for p in directory.users} == set(names) | {i for g in groups for i in g.members}


@given(GROUPS, GROUPS, USERS)
def test_a_crawl_takes_the_place_of_what_was_seen_before(before, crawled, users):
    directory = Directory()
    directory.add(before, users, first=0)
    directory.settle(crawled, complete=True, as_of=NOW)
    assert directory.groups == tuple(crawled)
    assert directory.seen == len(crawled)
    assert {i for i in range(1, 13) if directory.groups_of(i)} == {i for g in crawled for i in g.members}


@given(GROUPS, st.sampled_from([15, 25, 50, 100]))
def test_the_pages_of_a_whole_site_hold_every_group_once(groups, per_page):
    directory = Directory()
    directory.settle(groups, complete=True, as_of=NOW)
    first = directory.page(1, per_page)
    pages = [directory.page(page, per_page) for page in range(1, first.last_page + 1)]
    assert [g for page in pages for g in page.groups] == groups
    assert directory.page(first.last_page + 1, per_page) is None
    assert {page.total for page in pages} == {len(groups)}


def test_an_unfinished_directory_gives_no_pages_and_no_promise():
    directory = Directory()
    directory.add([group(1)], {}, first=0)
    assert not directory.complete
    assert directory.page(1, 15) is None
    directory.settle([group(1)], complete=False, as_of=NOW)
    assert directory.page(1, 15) is None


def test_what_is_read_again_takes_the_place_of_what_was_read():
    directory = Directory()
    directory.add([group(1, "old", (5,))], {5: "before"})
    directory.add([group(1, "new", (6,))], {5: "after"})
    assert directory.group(1).name == "new"
    assert directory.groups_of(5) == ()
    assert directory.user(5).name == "after"
    assert directory.group_index.search("old") == []


def test_a_group_that_is_gone_is_nowhere():
    directory = Directory()
    directory.add([group(1, members=(5,)), group(2)], {}, first=0)
    directory.discard(1)
    assert directory.groups_of(5) == ()
    assert directory.place(1) is None
    assert [g.id for g in directory.groups] == [2]


def test_users_are_found_by_what_users_tells_of_them():
    directory = Directory()
    directory.add([group(1, members=(5,))], {})
    assert directory.user(5).label == "#5"
    directory.add_profiles([UserProfile(id=5, name="Ada", email="ada@example.org")])
    assert directory.user(5).label == "Ada"
    assert directory.user_index.find("ADA@example").id == 5
    assert directory.profile(5).email == "ada@example.org"


def large() -> Directory:
    """A directory of a large site, whole, and ready to be searched."""
    directory = Directory()
    users = {number: f"User {number}" for number in range(1, SMALL + 1)}
    directory.add((), users)
    directory.settle([group(number) for number in range(1, 200)], complete=True, as_of=NOW)
    directory.prepare()
    return directory


def test_while_a_known_site_is_read_again_what_was_known_is_searched():
    directory = large()
    known = directory.user_index
    directory.being_read = True
    directory.add([group(1, "QA", (1,))], {1: "User 1"}, first=0)
    assert directory.user_index is known
    directory.being_read = False
    directory.add([group(1, "QA", (1,))], {1: "Ada Lovelace"}, first=0)
    assert directory.user_index is not known
    assert [user.id for user in directory.user_index.search("ada")] == [1]


def test_the_indexes_of_a_site_that_is_read_are_built_anew_for_what_is_new_and_not_for_what_is_seen_again():
    directory = Directory()
    users = {number: f"User {number}" for number in range(1, SMALL + 1)}
    directory.being_read = True
    directory.add([group(1, members=tuple(users))], users, first=0)
    directory.prepare()
    for number in range(2, 200):
        directory.add([group(number, members=tuple(users))], users, first=number - 1)
    assert not directory.outdated
    directory.add([], {number + SMALL: name for number, name in users.items()})
    assert directory.outdated
    directory.prepare()
    assert not directory.outdated
    assert directory.user_index.find(str(2 * SMALL)).id == 2 * SMALL
