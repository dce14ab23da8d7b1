"""The differences between two directories."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from groupstui.directory.builder import crawled_directory
from groupstui.directory.changes import Change, ChangeKind, RecentChanges, changes_between
from groupstui.directory.directory import Directory
from groupstui.directory.models import Group
from groupstui.widgets.user_state import change_counts

TIME = datetime(2026, 11, 23, tzinfo=UTC)

NAMES = {1: "Ada Lovelace", 2: "Grace Hopper", 3: "Alan Turing"}


def site(*groups: Group, names=None) -> Directory:
    return crawled_directory(
        groups, NAMES if names is None else names, as_of=datetime(2026, 11, 23, tzinfo=UTC)
    )


def differences(before: Directory, after: Directory) -> list[tuple[str, str | None, str | None, str | None]]:
    return [(each.kind.value, each.group, each.user, each.before) for each in changes_between(before, after)]


def test_order_is_no_change():
    assert (
        differences(
            site(Group(1, "QA", (1, 2)), Group(2, "Dev")), site(Group(2, "Dev"), Group(1, "QA", (2, 1)))
        )
        == []
    )


def test_joined_and_left_members_are_named():
    assert differences(site(Group(1, "QA", (1, 2))), site(Group(1, "QA", (2, 3, 9)))) == [
        ("joined", "QA", None, None),
        ("joined", "QA", "Alan Turing", None),
        ("left", "QA", "Ada Lovelace", None),
    ]


def test_members_of_new_and_deleted_groups_are_reported():
    assert differences(site(Group(1, "Old", (1,))), site(Group(2, "New", (2,)))) == [
        ("group created", "New", None, None),
        ("joined", "New", "Grace Hopper", None),
        ("group deleted", "Old", None, None),
        ("left", "Old", "Ada Lovelace", None),
    ]


def test_renames_have_the_old_name():
    before = site(Group(1, "QA", (1,)))
    after = site(Group(1, "Quality", (1,)), names=NAMES | {1: "Ada King"})
    assert differences(before, after) == [
        ("group renamed", "Quality", None, "QA"),
        ("user renamed", None, "Ada King", "Ada Lovelace"),
    ]


def test_first_known_name_is_no_rename():
    before, after = site(Group(1, "QA", (1,)), names={}), site(Group(1, "QA", (1,)))
    assert differences(before, after) == []
    assert differences(after, before) == []


def test_changes_are_counted_per_group():
    changes = [Change(ChangeKind.JOINED, 1, "QA", user_id) for user_id in (1, 2)]
    changes += [Change(ChangeKind.LEFT, 1, "QA", 3), Change(ChangeKind.RENAMED, 1, "QA", before="Q")]
    recent = RecentChanges.of(changes, TIME, TIME)
    assert recent.by_group.keys() == {1}
    assert change_counts(recent.by_group[1].values()) == "+2 −1"


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (Change(ChangeKind.CREATED, 1, "QA"), "QA was created"),
        (Change(ChangeKind.DELETED, 1, "QA"), "QA was deleted"),
        (Change(ChangeKind.RENAMED, 1, "QA", before="QA-EU"), "QA-EU was renamed to QA"),
        (Change(ChangeKind.JOINED, 1, "QA", 1, "Ada Lovelace"), "Ada Lovelace joined QA"),
        (Change(ChangeKind.LEFT, 1, "QA", 17), "#17 left QA"),
        (Change(ChangeKind.USER_RENAMED, user_id=1, user="Ada", before="A."), "A. was renamed to Ada"),
        (Change(ChangeKind.CREATED, 1, "علی‌رضا" * 100), f"{'علی‌رضا' * 100} was created"),
    ],
)
def test_change_text_contains_whole_names(change, sentence):
    assert change.text == sentence
