"""Output formats: same data in all of them, and nothing that a terminal or a spreadsheet executes."""

from __future__ import annotations

import csv
import io
import json
import unicodedata
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groupstui.errors import InvalidField
from groupstui.output.formats import FORMATS, FORMULA_STARTS, rows, write
from groupstui.output.records import GROUP_FIELDS
from groupstui.output.report import Report
from groupstui.text import sanitize

NOW = datetime(2026, 11, 23, 14, 2, 11, tzinfo=UTC)
FIELDS = ("id", "name", "groups")
TEXT = st.text(st.characters(codec="utf-8"), max_size=12)
RECORDS = st.lists(
    st.fixed_dictionaries({"id": st.integers(1, 99), "name": TEXT, "groups": st.lists(TEXT, max_size=3)}),
    max_size=4,
)


def report(records, fields=FIELDS):
    return Report("users", fields, records, "https://acme.testmo.net", NOW, complete=True)


@given(RECORDS)
def test_json_round_trip(records):
    whole = json.loads(write(report(records), "json"))
    assert whole["users"] == records
    assert whole["as_of"] == "2026-11-23T14:02:11Z"
    assert [json.loads(line)["name"] for line in write(report(records), "ndjson").split("\n")[:-1]] == [
        record["name"] for record in records
    ]


@given(st.lists(st.fixed_dictionaries({"id": st.integers(), "groups": st.lists(st.just("QA"))}), max_size=3))
def test_json_equals_json_dumps(records):
    whole = {**report(records).envelope(), "users": records}
    assert write(report(records), "json") == json.dumps(whole, indent=2) + "\n"


@given(RECORDS)
def test_raw_csv_round_trip(records):
    text = write(report(records), "csv", raw=True)
    read = list(csv.DictReader(io.StringIO(text, newline="")))
    assert [row["name"] for row in read] == [record["name"] for record in records]


@given(RECORDS, st.sampled_from(["csv", "tsv"]))
def test_csv_cells_are_not_formulas(records, format):
    separator = "," if format == "csv" else "\t"
    for row in csv.reader(io.StringIO(write(report(records), format)), delimiter=separator):
        for cell in row:
            assert not cell.startswith(FORMULA_STARTS)


@given(RECORDS, st.sampled_from(sorted(FORMATS)), st.integers(20, 200))
def test_formats_contain_no_control_characters(records, format, width):
    text = write(report(records), format, width=width) + rows(report(records))
    kinds = {unicodedata.category(c) for c in text if c not in "\n\t"}
    assert not kinds & {"Cc", "Cs", "Zl", "Zp"}
    assert not set(text) & set("\u202a\u202b\u202d\u202e\u2066\u2067\u2068\u2069")


@given(RECORDS)
def test_each_record_is_one_line(records):
    assert len(write(report(records), "table").splitlines()) == len(records) + 1
    assert len(rows(report(records)).splitlines()) == len(records)
    assert len(write(report(records), "markdown").splitlines()) == len(records) + 2


def test_table_aligns_wide_characters():
    records = [
        {"id": 1, "name": "品質保証チーム" * 5, "groups": ["a"]},
        {"id": 10, "name": "short", "groups": []},
    ]
    assert write(report(records), "table", width=40).splitlines() == [
        "ID  Name                          Groups",
        " 1  品質保証チーム品質保証チー…   a",
        "10  short",
    ]


def test_sort_by_number_text_and_list():
    records = [
        {"id": 10, "name": "Émile", "groups": []},
        {"id": 9, "name": None, "groups": ["a", "b"]},
        {"id": 2, "name": "adam", "groups": ["z"]},
    ]
    given = report(records)
    assert [r["id"] for r in given.sorted_by("id").records] == [2, 9, 10]
    assert [r["id"] for r in given.sorted_by("-id").records] == [10, 9, 2]
    assert [r["id"] for r in given.sorted_by("name").records] == [2, 10, 9]
    assert [r["id"] for r in given.sorted_by("groups").records] == [10, 2, 9]


def test_unknown_field_lists_known_fields():
    with pytest.raises(InvalidField, match="no field “nick”: choose from id, name, groups"):
        report([]).sorted_by("nick")
    with pytest.raises(InvalidField, match="choose from"):
        report([]).with_fields(["id", "nick"])


def test_csv_header_escapes_formulas():
    head = write(report([], fields=("id", "=1+1", "[x](y)|z")), "csv").splitlines()[0]
    assert head == "id,'=1+1,[x](y)|z"
    assert sanitize("[x](y)|z") in head


# Tables

GROUP = {
    "id": 21,
    "name": "Accessibility reviewers of every website",
    "members": 6,
    "created_at": "2021-04-02T10:00:00.000Z",
    "created_by": "Radia Perlman",
    "updated_at": None,
    "updated_by": None,
}


def table_of(width: int | None) -> list[str]:
    return write(report([GROUP], GROUP_FIELDS), "table", width=width).splitlines()


@pytest.mark.parametrize("width", range(20, 140))
def test_table_fits_width_and_keeps_dates_whole(width):
    head, row = table_of(width)
    assert max(len(head), len(row)) <= width
    assert row.startswith("21  Accessibil")
    assert "2021-04-0…" not in row
    assert ("Created" in head) == ("2021-04-02" in row)


def test_times_are_shortened_before_names():
    assert "2021-04-02T10:00:00.000Z" in table_of(None)[1]
    assert "2021-04-02 10:00Z" in table_of(110)[1]
    assert "Accessibility reviewers of every website" in table_of(100)[1]


def test_columns_are_left_out_from_the_right():
    assert table_of(40)[0].split() == ["ID", "Name", "Members"]
