"""The shapes of the API's answers, and what they forgive."""

from datetime import UTC, datetime

import pytest
from pydantic import ValidationError

from groupstui.api.models import CurrentUser, Group, GroupPage


def test_a_group_without_its_optional_fields_is_a_group() -> None:
    group = Group.model_validate({"id": 1, "name": "QA", "members": None, "created_by": "ada", "new": 1})
    assert (group.members, group.created_by, group.created_at) == ((), None, None)


def test_a_member_that_is_listed_twice_is_a_member_once() -> None:
    assert Group.model_validate({"id": 1, "name": "QA", "members": [3, 1, 3]}).members == (3, 1)


@pytest.mark.parametrize("wrong", ["1", 1.5, True, None, 0, -1])
def test_an_id_is_a_number_or_the_answer_is_refused(wrong: object) -> None:
    with pytest.raises(ValidationError):
        Group.model_validate({"id": wrong, "name": "QA"})


@pytest.mark.parametrize(
    ("sent", "read"),
    [
        ("2024-09-06T16:11:03.736Z", datetime(2024, 9, 6, 16, 11, 3, 736000, UTC)),
        ("2026-07-29 15:52:59.210008", datetime(2026, 7, 29, 15, 52, 59, 210008, UTC)),
        ("2024-09-06T18:11:03+02:00", datetime(2024, 9, 6, 16, 11, 3, tzinfo=UTC)),
        ("last Tuesday", "last Tuesday"),
        (None, None),
        (17, "17"),
    ],
)
def test_a_time_is_in_utc_or_stays_what_it_was(sent: object, read: object) -> None:
    assert Group.model_validate({"id": 1, "name": "QA", "created_at": sent}).created_at == read


@pytest.mark.parametrize("expands", [None, [], {}, {"users": None}, {"users": []}])
def test_an_empty_expand_comes_in_many_shapes(expands: object) -> None:
    page = GroupPage.model_validate({"result": [], "expands": expands})
    assert page.expands.users == ()


def test_the_page_number_of_an_empty_result_is_null() -> None:
    page = GroupPage.model_validate({"result": [], "page": None, "last_page": None, "total": 0})
    assert (page.page, page.last_page) == (None, None)


@pytest.mark.parametrize("answer", [{"id": 1, "name": "Ada"}, {"result": {"id": 1, "name": "Ada"}}])
def test_the_current_user_comes_flat_or_under_result(answer: object) -> None:
    assert CurrentUser.model_validate(answer).name == "Ada"


def test_an_error_about_a_shape_does_not_repeat_the_input() -> None:
    with pytest.raises(ValidationError) as caught:
        Group.model_validate({"id": "canary", "name": "QA"})
    assert "canary" not in str(caught.value)
