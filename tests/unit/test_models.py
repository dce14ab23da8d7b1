"""What the parsers of responses accept, repair and refuse."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groupstui.testmo import models
from groupstui.testmo.http import MAX_BODY_BYTES
from groupstui.testmo.models import MAX_JSON_VALUES, NO_NAME
from groupstui.testmo.responses import InvalidPayload, Repairs

from ..support.payloads import bodies

PARSERS = (models.parse_groups, models.parse_group, models.parse_user, models.parse_users)


def parse(parser, body, repaired=0):
    """Return what a parser returns, after checking how many values it repaired."""
    repairs = Repairs()
    result = parser(body if isinstance(body, bytes) else json.dumps(body).encode(), repairs)
    assert repairs.count == repaired
    return result


def group(repaired=0, **fields):
    """Return the group of a response."""
    return parse(
        models.parse_group, {"result": {"id": 1, "name": "QA", "members": []} | fields}, repaired
    ).group


def page(repaired=0, **fields):
    """Return a page of groups."""
    return parse(models.parse_groups, {"result": []} | fields, repaired)


def test_all_fields_but_id_and_name_are_optional():
    found = group(1, members=None, new=1)
    assert (list(found.members), found.created_by, found.created_at) == ([], None, None)


def test_repeated_members_are_kept_once():
    assert list(group(members=[3, 1, 3]).members) == [3, 1]


@pytest.mark.parametrize("wrong", ["1", 1.5, True, None, 0, -1, 2**63, 10**30])
def test_a_wrong_id_is_an_error(wrong):
    with pytest.raises(InvalidPayload, match=r"^an unexpected structure at result\.id$"):
        group(id=wrong)
    where = r"^(an unexpected structure at result\.members\.1|an invalid id among the members of .*group.*)$"
    with pytest.raises(InvalidPayload, match=where):
        group(members=[1, wrong])


@pytest.mark.parametrize("wrong", ["1", 1.5, True, 0, -1, 2**63, [1], {}])
def test_a_wrong_optional_id_is_read_as_missing(wrong):
    assert group(repaired=1, created_by=wrong).created_by is None


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
def test_a_time_is_in_utc_or_stays_a_text(sent, read):
    assert group(created_at=sent).created_at == read


@pytest.mark.parametrize("expands", [None, [], {}, {"users": None}, {"users": []}])
def test_expands_may_be_empty_in_many_forms(expands):
    assert page(expands=expands).names == {}


def test_expanded_users_are_named():
    assert page(expands={"users": [{"id": 2, "name": "Ada"}]}).names == {2: "Ada"}


@pytest.mark.parametrize("name", [None, 3, {}])
def test_a_user_without_a_name_has_an_id(name):
    users = [{"id": 2, "name": name}, {"id": 3, "name": "Ada"}]
    found = page(repaired=1, result=[{"id": 1, "name": "QA", "members": [2, 3]}], expands={"users": users})
    assert found.names == {3: "Ada"}
    assert found.unnamed == {2}
    profile = parse(models.parse_users, {"result": [{"id": 2, "name": name}]}, 1).profiles[0]
    assert profile.name == ""


@pytest.mark.parametrize("fields", [{"name": None}, {"name": 3}, {}])
def test_a_group_without_a_name_is_called_so(fields):
    found = page(
        repaired=1, result=[{"id": 1, "name": "QA", "members": []}, {"id": 2, "members": []} | fields]
    )
    assert [each.name for each in found.groups] == ["QA", NO_NAME]


def test_php_objects_with_integer_keys_are_lists():
    groups = {"0": {"id": 1, "name": "QA", "members": {"3": 7, "5": 8}}, "2": {"id": 2, "name": "Dev"}}
    found = page(repaired=4, result=groups, expands={"users": {"4": {"id": 7, "name": "Ada"}}})
    assert [(each.id, list(each.members)) for each in found.groups] == [(1, [7, 8]), (2, [])]
    assert found.names == {7: "Ada"}


def test_an_empty_php_array_may_be_an_object():
    groups = [{"id": 1, "name": "QA", "members": {}}]
    found = page(repaired=2, result=groups, expands={"users": {}})
    assert [list(each.members) for each in found.groups] == [[]]


@pytest.mark.parametrize("expands", ["users", 1, {"users": "all"}, [1]])
def test_nonsense_in_expands_is_ignored(expands):
    assert page(repaired=1, expands=expands).names == {}


@pytest.mark.parametrize(
    ("body", "name"),
    [
        (b'\xef\xbb\xbf{"result": {"id": 1, "name": "QA", "members": []}}', "QA"),
        (b'{"result": {"id": 1, "name": "QA", "members": [], "weight": NaN}}', "QA"),
        (b'{"result": {"id": 1, "name": "Q\\ud800A", "members": []}}', "Q?A"),
    ],
    ids=["byte order mark", "NaN", "lone surrogate"],
)
def test_json_that_only_python_accepts_is_parsed(body, name):
    assert parse(models.parse_group, body).group.name == name


def test_the_page_of_an_empty_result_is_null():
    found = page(page=None, last_page=None, total=0)
    assert (found.page, found.last_page, found.total) == (None, None, 0)


@pytest.mark.parametrize(
    ("body", "where"),
    [
        (b"[]", ""),
        (b"{}", " at result"),
        (b'{"result": {}}', " at result"),
        (b'{"result": [{"name": "QA"}]}', " at result.0.id"),
        (b'{"result": [], "last_page": "two"}', " at last_page"),
        (b'{"result": [{"id": 1, "name": "QA"}, {"id": null, "name": "Dev"}]}', " at result.1.id"),
    ],
)
def test_errors_name_the_place(body, where):
    with pytest.raises(InvalidPayload, match=rf"^an unexpected structure{where}$"):
        models.parse_groups(body, Repairs())


@pytest.mark.parametrize("body", [{"id": 1, "name": "Ada"}, {"result": {"id": 1, "name": "Ada"}}])
def test_the_current_user_is_flat_or_under_result(body):
    assert parse(models.parse_user, body).name == "Ada"


@pytest.mark.parametrize(
    "body", [b"", b"{", b'{"result": [,]}', b'{"result": [{"id": 1, "name": "\xff"}]}', b"[" * 99_999]
)
def test_invalid_json_is_an_error(body):
    for parser in PARSERS:
        with pytest.raises(InvalidPayload, match=r"^(invalid JSON|an unexpected structure)"):
            parser(body, Repairs())


def test_errors_do_not_contain_the_input():
    with pytest.raises(InvalidPayload) as caught:
        group(id="canary")
    assert "canary" not in repr(caught.value)
    assert caught.value.__suppress_context__


@given(st.one_of(bodies, st.binary(max_size=60)))
def test_any_body_is_parsed_or_invalid(body):
    for parser in PARSERS:
        try:
            parser(body, Repairs())
        except InvalidPayload:
            continue


HOSTILE = {
    "wrong members": (b'{"result":[{"id":1,"members":[', b'"",', b"1]}]}"),
    "empty objects": (b'{"x":[', b"{},", b"1]}"),
    "empty lists": (b'{"x":[', b"[],", b"1]}"),
    "numbers": (b'{"x":[', b"1,", b"1]}"),
}

MEASURE = """
import json, resource, sys, time
from groupstui.testmo import models
from groupstui.testmo.responses import InvalidPayload, Repairs
start, item, end, times = sys.argv[1].encode(), sys.argv[2].encode(), sys.argv[3].encode(), int(sys.argv[4])
body = start + item * times + end
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
started = time.process_time()
try:
    models.parse_groups(body, Repairs())
except InvalidPayload:
    pass
seconds = time.process_time() - started
megabytes = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024
started = time.process_time()
if seconds >= 2:
    json.loads(body)
print(megabytes, seconds, time.process_time() - started)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="ru_maxrss is in kilobytes on Linux only")
@pytest.mark.parametrize("kind", HOSTILE)
@pytest.mark.parametrize("most", ["bytes", "values"])
def test_a_wrong_body_takes_little_memory_and_time(kind, most):
    start, item, end = HOSTILE[kind]
    per_item = item.count(b",") + item.count(b"{") + item.count(b"[")
    times = MAX_BODY_BYTES // len(item) if most == "bytes" else (MAX_JSON_VALUES - 10) // per_item
    times = min(times, MAX_BODY_BYTES // len(item))
    arguments = [*(part.decode() for part in (start, item, end)), str(times)]
    done = subprocess.run(
        [sys.executable, "-c", MEASURE, *arguments], capture_output=True, text=True, check=True, timeout=120
    )
    megabytes, seconds, plain = map(float, done.stdout.split())
    assert megabytes < 250
    assert seconds < max(2, 4 * plain), "a slow machine is one on which the standard library is slow, too"
