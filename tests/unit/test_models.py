"""The shapes of the API's answers, and what they forgive."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groupstui.service import reading
from groupstui.testmo.body import InvalidPayload

from ..support.payloads import bodies


def group(**fields):
    """Return what is read of an answer that holds one group."""
    return reading.group(json.dumps({"result": {"id": 1, "name": "QA"} | fields}).encode())[0]


def page(**fields):
    """Return what is read of an answer that holds a page."""
    return reading.page(json.dumps({"result": []} | fields).encode())


def test_a_group_without_its_optional_fields_is_a_group():
    found = group(members=None, created_by="ada", new=1)
    assert (list(found.members), found.created_by, found.created_at) == ([], None, None)


def test_a_member_that_is_listed_twice_is_a_member_once():
    assert list(group(members=[3, 1, 3]).members) == [3, 1]


@pytest.mark.parametrize("wrong", ["1", 1.5, 1.0, True, None, 0, -1, 2**63, 10**30])
def test_an_id_is_a_number_or_the_answer_is_refused(wrong):
    with pytest.raises(InvalidPayload, match=r"^an unknown shape at result\.id$"):
        group(id=wrong)
    with pytest.raises(InvalidPayload, match=r"^an unknown shape at result\.members\.1$"):
        group(members=[1, wrong])


@pytest.mark.parametrize("wrong", ["1", 1.5, True, 0, -1, 2**63, [1], {}])
def test_who_made_a_group_is_known_or_not(wrong):
    assert group(created_by=wrong).created_by is None


@pytest.mark.parametrize(
    ("sent", "read"),
    [
        ("2024-09-06T16:11:03.736Z", datetime(2024, 9, 6, 16, 11, 3, 736000, UTC)),
        ("2026-07-29 15:52:59.210008", datetime(2026, 7, 29, 15, 52, 59, 210008, UTC)),
        ("2024-09-06T18:11:03+02:00", datetime(2024, 9, 6, 16, 11, 3, tzinfo=UTC)),
        ("0001-01-01T00:00:00+23:00", "0001-01-01T00:00:00+23:00"),
        ("last Tuesday", "last Tuesday"),
        (None, None),
        (17, "17"),
    ],
)
def test_a_time_is_in_utc_or_stays_what_it_was(sent, read):
    assert group(created_at=sent).created_at == read


@pytest.mark.parametrize("expands", [None, [], {}, {"users": None}, {"users": []}])
def test_an_empty_expand_comes_in_many_shapes(expands):
    assert page(expands=expands)[1] == {}


def test_whoever_the_expand_names_is_named():
    assert page(expands={"users": [{"id": 2, "name": "Ada"}]})[1] == {2: "Ada"}
    with pytest.raises(InvalidPayload, match=r"^an unknown shape at expands\.users\.0\.name$"):
        page(expands={"users": [{"id": 2, "name": 3}]})


def test_the_page_number_of_an_empty_result_is_null():
    found, _ = page(page=None, last_page=None, total=0)
    assert (found.page, found.last_page, found.total) == (None, None, 0)


@pytest.mark.parametrize(
    ("body", "where"),
    [
        (b"[]", ""),
        (b"{}", " at result"),
        (b'{"result": {}}', " at result"),
        (b'{"result": [{"id": 1}]}', " at result.0.name"),
    ],
)
def test_what_is_not_there_is_named(body, where):
    with pytest.raises(InvalidPayload, match=rf"^an unknown shape{where}$"):
        reading.page(body)


def test_the_group_that_is_not_understood_is_named_by_its_place():
    with pytest.raises(InvalidPayload, match=r"^an unknown shape at result\.1\.name$"):
        page(result=[{"id": 1, "name": "QA"}, {"id": 2, "name": None}])


@pytest.mark.parametrize("answer", [{"id": 1, "name": "Ada"}, {"result": {"id": 1, "name": "Ada"}}])
def test_the_current_user_comes_flat_or_under_result(answer):
    assert reading.user(json.dumps(answer).encode()).name == "Ada"


@pytest.mark.parametrize(
    "body", [b"", b"{", b'{"result": [,]}', b'{"result": [{"id": 1, "name": "\xff"}]}', b"[" * 99_999]
)
def test_broken_json_is_called_so(body):
    for read in (reading.page, reading.group, reading.user, reading.users):
        with pytest.raises(InvalidPayload, match=r"^(broken JSON|an unknown shape)"):
            read(body)
    with pytest.raises(InvalidPayload, match=r"^broken JSON$"):
        reading.page(b'{"result": [' + body)


def test_an_error_about_a_shape_does_not_repeat_the_input():
    with pytest.raises(InvalidPayload) as caught:
        group(id="canary")
    assert "canary" not in repr(caught.value)
    assert caught.value.__suppress_context__


@given(st.one_of(bodies, st.binary(max_size=60)))
def test_whatever_a_site_says_is_read_or_refused(body):
    for read in (reading.page, reading.group, reading.user, reading.users):
        try:
            read(body)
        except InvalidPayload:
            continue
