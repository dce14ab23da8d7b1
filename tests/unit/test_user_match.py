"""Lists of users as they are pasted."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groupstui.directory.builder import crawled_directory
from groupstui.directory.directory import Directory
from groupstui.directory.models import Group, UserProfile
from groupstui.directory.user_match import match_entry, match_user, split_list

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
        ("ada; grace;alan", ["ada", "grace", "alan"]),
        ("ada\tgrace", ["ada", "grace"]),
        ("Lovelace, Ada", ["Lovelace, Ada"]),
        ("Lovelace, Ada; Hopper, Grace", ["Lovelace, Ada", "Hopper, Grace"]),
        ("a@x.org, b@x.org,c@x.org", ["a@x.org", "b@x.org", "c@x.org"]),
        ("Ada <a@x.org>, Hopper, Grace <g@x.org>", ["Ada <a@x.org>", "Hopper, Grace <g@x.org>"]),
        ("- Ada\n* Grace\n• Alan\n12. Kim\n3) Lee", ["Ada", "Grace", "Alan", "Kim", "Lee"]),
        ("17\n#18\n-x", ["17", "#18", "-x"]),
        ("  Ada Lovelace ,", ["Ada Lovelace"]),
    ],
)
def test_list_is_split(text, entries):
    assert list(split_list(text)) == entries


entry = st.text(
    st.characters(
        exclude_characters=";,\t\n\v\f\r\x1c\x1d\x1e\x85\u2028\u2029-*•–", exclude_categories=["Cs"]
    )
).filter(lambda text: text == text.strip() and text and not text[0].isdigit())


@given(st.lists(entry), st.sampled_from(["\n", "\r\n", ";", "; ", "\t", "\n- ", "\n\n"]))
def test_entries_do_not_depend_on_separators(entries, separator):
    assert list(split_list(separator.join(entries))) == entries


def users(text: str, chosen: dict[str, int] | None = None) -> list[int | None]:
    """Return the ids of the users of an entry; None for each that has none."""
    matches = match_entry(directory(), text, chosen or {})
    return [None if match.user is None else match.user.id for match in matches]


def test_names_are_separated_by_commas_only_if_all_are_complete():
    assert users("Ada Lovelace, Grace Hopper") == [1, 2]
    assert users("Ada Lovelace, Grace Hopper, Alan Turing") == [1, 2, 4]
    assert users("Lovelace, Ada") == [1]
    assert users("Ada Lovelace, Grace") == [None]
    assert users("Byron, Ada") == [None]  # not “Ada”, who may be another user


def test_chosen_user_has_precedence():
    assert users("grace") == [None]
    assert users("grace", {"grace": 3}) == [3]
    assert users("nobody", {"nobody": 4}) == [4]


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
