"""Lists of users as they are pasted."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groupstui.directory.builder import crawled_directory
from groupstui.directory.directory import Directory
from groupstui.directory.models import Group, UserProfile
from groupstui.directory.user_list import match_entry, split_list
from groupstui.directory.user_match import UserMatch, match_user

NAMES = {1: "Ada Lovelace", 2: "Grace Hopper", 3: "Grace Evans", 4: "Alan Turing"}


def directory(*, all_users: bool = True, addresses: bool = True) -> Directory:
    """Return a directory of which all users are known, or only members; with their addresses, or without."""
    found = crawled_directory([Group(1, "QA", (1, 2, 3, 4))], NAMES, as_of=datetime(2026, 11, 23, tzinfo=UTC))
    profiles = {id: UserProfile(id, name, f"user{id}@example.org") for id, name in NAMES.items()}
    values = vars(found) | {"users_complete": all_users, "profiles_by_id": profiles if addresses else {}}
    return Directory(**{name: values[name] for name in Directory.__dataclass_fields__})


@pytest.mark.parametrize(
    ("text", "entries"),
    [
        ("ada\ngrace\r\nalan\ralan", ["ada", "grace", "alan", "alan"]),
        ("", []),
        (" \n\t; ;;\n,", []),
        ("ada; grace", ["ada; grace"]),
        ("a@x.org, b@x.org,c@x.org", ["a@x.org", "b@x.org", "c@x.org"]),
        ("- a@x.org; b@x.org c@x.org", ["a@x.org", "b@x.org", "c@x.org"]),
        ("Ada <a@x.org>, Hopper, Grace <g@x.org>", ["Ada <a@x.org>", "Hopper, Grace <g@x.org>"]),
        ('"Hopper, Grace" <g@x.org>; a@x.org', ['"Hopper, Grace" <g@x.org>', "a@x.org"]),
        ("Ada, a@x.org, b@x.org", ["Ada, a@x.org, b@x.org"]),
        ("a@x.org\tb@x.org", ["a@x.org\tb@x.org"]),
    ],
)
def test_list_is_split(text, entries):
    assert list(split_list(text)) == entries


def read(text: str) -> dict[str, int | str]:
    """Return the id of the user of each line, or the status of a line without one."""
    known = directory()
    found = [
        each
        for entry in split_list(text)
        for each in match_entry(entry, lambda text, *, exact: match_user(known, text, exact=exact))
    ]
    return {each.text: each.status if each.user is None else each.user.id for each in found}


def users(text: str) -> list[int | str]:
    return list(read(text).values())


@pytest.mark.parametrize(
    "line",
    [
        "Ada Lovelace",
        "- Ada Lovelace",
        "12. Ada Lovelace",
        "3) Ada Lovelace",
        "[ ] Ada Lovelace",
        "* [x] Ada Lovelace",
        "☑ Ada Lovelace",
        "Ada Lovelace ,",
        '"Ada Lovelace"',
        "Ada Lovelace (contractor)",
        "- Ada Lovelace [external]",
        "Somebody Else (user1@example.org)",
        "Ada Lovelace - USER1@example.org.",
        "Ada Lovelace,user1@example.org,QA",
        "Ada Lovelace;user1@example.org;QA",
        "Ada Lovelace\tuser1@example.org\tQA",
        "2;Ada Lovelace;user1@example.org;Grace Hopper",
        '"Lovelace, Ada",user1@example.org',
        "Nobody Known,user1@example.org",
        "Ada Lovelace, user1@example.org, user2@example.org",
        "Ada Lovelace\tGrace Hopper",
        "Lovelace\tAda\tGrace Hopper",
        "2\tAda Lovelace",
        "2;Ada Lovelace",
        '"Lovelace, Ada",QA',
        "Ada Lovelace; #1",
    ],
)
def test_line_of_one_user_is_one_user(line):
    assert users(line) == [1]


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("Ada Lovelace, Grace Hopper", [1, 2]),
        ("Ada Lovelace, Grace Hopper, Alan Turing", [1, 2, 4]),
        ("Ada Lovelace; Hopper, Grace; alan", [1, 2, 4]),
        ("- user1@example.org, user2@example.org", [1, 2]),
        ("Ada Lovelace; user2@example.org", [1, 2]),
        ("#1; #2", [1, 2]),
        ("1; 2", [1, 2]),
        ("Ada Lovelace; Nobody Known", [1, "unmatched"]),
        ("Ada Lovelace; grace", [1, "ambiguous"]),
    ],
)
def test_line_of_several_users_is_each_of_them(line, found):
    assert users(line) == found


@pytest.mark.parametrize(
    ("line", "status"),
    [
        ("Ada Lovelace, Grace", "unmatched"),
        ("Byron, Ada", "unmatched"),  # not “Ada”, who may be another user
        ("Ada Byron\tGrace Hopper", "unmatched"),  # Grace Hopper may be her manager
        ("Byron\tAda", "unmatched"),
        ("Ada (contractor)", "unmatched"),
        ("Ada Lovelace,nobody@example.org,QA", "unmatched"),
        ("QA,user1@example.org,user2@example.org", "ambiguous"),
        ("name;email;team", "unmatched"),
        ("Name,E-mail", "unmatched"),
        ("☐", "unmatched"),
    ],
)
def test_line_that_is_not_understood_is_one_line(line, status):
    assert read(line) == {line: status}


def test_cell_can_be_longer_than_any_name():
    assert users("Ada;" + "x" * 150_000) == [1, "unmatched"]


def test_complete_name_is_what_it_is():
    """Whatever a name contains, that it is the name of a user comes first."""
    names = ["- Ada", "Ada", "1. Support", "Kim; Lee", "Kim", "Lee", "Lee (Berlin)", "a,b", "[ ] x", "x\ty"]
    known = crawled_directory(
        [Group(1, "QA", tuple(range(1, len(names) + 1)))],
        dict(enumerate(names, 1)),
        as_of=datetime(2026, 11, 23, tzinfo=UTC),
    )

    def match(text: str, *, exact: bool) -> UserMatch:
        return match_user(known, text, exact=exact)

    for id, name in enumerate(names, 1):
        (found,) = (each for entry in split_list(name) for each in match_entry(entry, match))
        assert found.user is not None
        assert (found.text, found.user.id) == (name, id)


people = st.lists(st.sampled_from(sorted(NAMES)), min_size=2, max_size=4, unique=True)


@given(people, st.sampled_from(["\n", "\r\n", ";", "; ", ", ", "\n- ", "\n2. ", "\n[ ] ", "\n\n"]))
def test_names_do_not_depend_on_separators(ids, separator):
    assert users(separator.join(NAMES[id] for id in ids)) == ids


@given(people, st.sampled_from(["\n", ";", ", ", ",", " "]), st.booleans())
def test_addresses_do_not_depend_on_separators(ids, separator, named):
    written = [f"{NAMES[id]} <user{id}@example.org>" if named else f"user{id}@example.org" for id in ids]
    if named and separator == " ":
        separator = "; "
    assert users(separator.join(written)) == ids


cells = st.lists(st.sampled_from(["", "QA", "2026-11-27", "yes", "17", '"Berlin, Mitte"']), max_size=4)


@given(st.sampled_from(sorted(NAMES)), st.sampled_from([",", ";", "\t"]), cells, cells, st.booleans())
def test_row_with_an_address_is_its_user(id, separator, before, after, named):
    name = [NAMES[id]] if named else []
    row = separator.join([*before, *name, f"user{id}@example.org", *after])
    assert users(row) == [id]


@pytest.mark.parametrize(
    ("text", "all_users", "addresses", "status", "unread"),
    [
        ("Ada Lovelace", True, True, "matched", ""),
        ("Ada Lovelace", False, False, "matched", "users"),
        ("#1", False, False, "matched", ""),
        ("USER1@example.org", False, True, "matched", ""),
        ("grace", True, True, "ambiguous", ""),
        ("grace", False, False, "ambiguous", "users"),
        ("user9@example.org", True, False, "unmatched", "addresses"),
        ("user9@example.org", True, True, "unmatched", "users"),
        ("Nobody", False, False, "unmatched", "users"),
        ("#9", False, False, "unmatched", "users"),
    ],
)
def test_match_names_what_it_depends_on(text, all_users, addresses, status, unread):
    match = match_user(directory(all_users=all_users, addresses=addresses), text)
    assert (match.status, match.unread) == (status, unread)
