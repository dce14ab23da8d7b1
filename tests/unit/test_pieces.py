"""An answer that is read in pieces is the answer that is read at once."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from groupstui.service.reading import page_at_once, page_in_pieces

from ..fuzz.payloads import bodies

PAGE = {
    "page": 1,
    "total": 2,
    "expands": {"users": [{"id": 1, "name": 'Ada "}]'}, {"id": 2, "name": "é\u2028"}]},
    "result": [{"id": 1, "name": "QA", "members": [1, 2, 2]}, {"id": 2, "name": "", "members": None}],
    "unknown": [[{"a": "]}"}], {}],
}


def outcome(read) -> object:
    """Give what was read, or what was wrong with it."""
    try:
        return read()
    except ValidationError as error:
        return error.errors(include_url=False, include_input=False)


def alike(body: bytes) -> None:
    at_once = outcome(lambda: page_at_once(body))
    assert outcome(lambda: page_in_pieces(body)) == at_once


@pytest.mark.parametrize("indent", [None, 2])
def test_a_page_is_the_same(indent):
    body = json.dumps(PAGE, indent=indent).encode()
    page, names = page_in_pieces(body)
    assert [list(group.members) for group in page.groups] == [[1, 2], []]
    assert names == {1: 'Ada "}]', 2: "é\u2028"}
    alike(body)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"{}",
        b"null",
        b'{"result": [',
        b'{"result": [{}]}',
        b'{"result": [,]}',
        b'{"result": {}}',
    ],
)
def test_what_is_no_page_is_told_alike(body):
    alike(body)


@given(st.binary(max_size=60).map(lambda noise: json.dumps(PAGE).encode()[:150] + noise))
def test_what_is_broken_off_is_told_alike(body):
    alike(body)


@given(bodies)
def test_whatever_a_site_says_is_understood_alike(body):
    alike(body)
