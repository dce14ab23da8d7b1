"""What changed between two readings, and what is left of changes one after another."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from groupstui.directory.changes import Change, Kind, changes_between, folded, per_group
from groupstui.directory.directory import Directory, Group

NAMES = {1: "Ada Lovelace", 2: "Grace Hopper", 3: "Alan Turing"}


def reading(*groups: Group, names=None) -> Directory:
    directory = Directory()
    directory.add((), NAMES if names is None else names)
    directory.settle(groups, complete=True, as_of=datetime(2026, 11, 23, tzinfo=UTC))
    return directory


def run_command(before: Directory, after: Directory) -> list[tuple[str, str | None, str | None, str | None]]:
    return [(each.kind.value, each.group, each.user, each.before) for each in changes_between(before, after)]


def test_nothing_changes_where_only_the_order_does():
    assert (
        run_command(
            reading(Group(1, "QA", (1, 2)), Group(2, "Dev")), reading(Group(2, "Dev"), Group(1, "QA", (2, 1)))
        )
        == []
    )


def test_who_joins_and_who_leaves_is_told_by_name():
    assert run_command(reading(Group(1, "QA", (1, 2))), reading(Group(1, "QA", (2, 3, 9)))) == [
        ("joined", "QA", None, None),
        ("joined", "QA", "Alan Turing", None),
        ("left", "QA", "Ada Lovelace", None),
    ]


def test_the_members_of_a_new_group_have_joined_it_and_those_of_a_deleted_one_have_left():
    assert run_command(reading(Group(1, "Old", (1,))), reading(Group(2, "New", (2,)))) == [
        ("group created", "New", None, None),
        ("joined", "New", "Grace Hopper", None),
        ("group deleted", "Old", None, None),
        ("left", "Old", "Ada Lovelace", None),
    ]


def test_new_names_of_groups_and_users_are_told_with_the_old_ones():
    before = reading(Group(1, "QA", (1,)))
    after = reading(Group(1, "Quality", (1,)), names=NAMES | {1: "Ada King"})
    assert run_command(before, after) == [
        ("group renamed", "Quality", None, "QA"),
        ("user renamed", None, "Ada King", "Ada Lovelace"),
    ]


def test_a_name_that_is_seen_for_the_first_time_is_no_new_name():
    before, after = reading(Group(1, "QA", (1,)), names={}), reading(Group(1, "QA", (1,)))
    assert run_command(before, after) == []
    assert run_command(after, before) == []


def joined(user_id: int) -> Change:
    return Change(Kind.JOINED, 1, "QA", user_id)


def left(user_id: int) -> Change:
    return Change(Kind.LEFT, 1, "QA", user_id)


def test_who_joins_and_leaves_again_has_done_neither():
    assert folded([joined(1), joined(2), left(1)]) == [joined(2)]
    assert folded([left(1), joined(1)]) == []
    assert folded([left(1), joined(1), left(1)]) == [left(1)]


def test_a_group_that_came_and_went_leaves_nothing():
    created, deleted = Change(Kind.CREATED, 1, "QA"), Change(Kind.DELETED, 1, "QA")
    assert folded([created, joined(1), left(1), deleted]) == []
    assert folded([deleted, created]) == []


def test_names_are_folded_to_the_first_and_the_last():
    first = Change(Kind.RENAMED, 1, "QA 2", before="QA")
    second = Change(Kind.RENAMED, 1, "QA 3", before="QA 2")
    back = Change(Kind.RENAMED, 1, "QA", before="QA 3")
    assert folded([first, second]) == [Change(Kind.RENAMED, 1, "QA 3", before="QA")]
    assert folded([first, second, back]) == []
    assert folded([Change(Kind.CREATED, 1, "QA"), first]) == [Change(Kind.CREATED, 1, "QA 2")]
    assert folded([first, Change(Kind.DELETED, 1, "QA 2")]) == [Change(Kind.DELETED, 1, "QA")]
    again = [Change(Kind.DELETED, 1, "QA"), Change(Kind.CREATED, 1, "QA 2")]
    assert folded(again) == [Change(Kind.RENAMED, 1, "QA 2", before="QA")]


def test_changes_are_counted_by_group():
    counted = per_group([joined(1), joined(2), left(3), Change(Kind.RENAMED, 1, "QA", before="Q")])
    assert counted == {1: (2, 1)}


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (Change(Kind.CREATED, 1, "QA"), "QA was created"),
        (Change(Kind.DELETED, 1, "QA"), "QA was deleted"),
        (Change(Kind.RENAMED, 1, "QA", before="QA-EU"), "QA-EU is now called QA"),
        (Change(Kind.JOINED, 1, "QA", 1, "Ada Lovelace"), "Ada Lovelace joined QA"),
        (Change(Kind.LEFT, 1, "QA", 17), "#17 left QA"),
        (Change(Kind.USER_RENAMED, user_id=1, user="Ada", before="A."), "A. is now called Ada"),
        (Change(Kind.CREATED, 1, "Q\x1b[2JA"), "Q\ufffd[2JA was created"),
    ],
)
def test_a_change_is_told_in_a_sentence_that_is_safe_to_show(change, sentence):
    assert change.text == sentence
