"""Output formats: same data in all of them, and nothing that a terminal or a spreadsheet executes."""

from __future__ import annotations

import csv
import io
import json
import unicodedata
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from groupstui.errors import InvalidField, UsageError
from groupstui.output.formats import FORMULA_STARTS, SEPARATORS, format_of, pieces, rows, write
from groupstui.output.records import GROUP_FIELDS, Report
from groupstui.output_format import FORMATS
from groupstui.terminal.stdio import printable
from groupstui.text import sanitize

NOW = datetime(2026, 11, 23, 14, 2, 11, tzinfo=UTC)
FIELDS = ("id", "name", "groups")
TEXT = st.text(st.characters(codec="utf-8"), max_size=12)
RECORDS = st.lists(
    st.fixed_dictionaries({"id": st.integers(1, 99), "name": TEXT, "groups": st.lists(TEXT, max_size=3)}),
    max_size=4,
)


def report(records, fields=FIELDS, **more):
    return Report("users", fields, records, "https://acme.testmo.net", NOW, complete=True, **more)


@given(RECORDS)
def test_json_round_trip(records):
    whole = json.loads(write(report(records), "json"))
    assert whole["users"] == records
    assert whole["as_of"] == "2026-11-23T14:02:11.000Z"
    assert [json.loads(line)["name"] for line in write(report(records), "ndjson").split("\n")[:-1]] == [
        record["name"] for record in records
    ]


@given(st.lists(st.fixed_dictionaries({"id": st.integers(), "groups": st.lists(st.just("QA"))}), max_size=3))
def test_json_equals_json_dumps(records):
    whole = {**report(records).envelope(), "users": records}
    assert write(report(records), "json") == json.dumps(whole, indent=2) + "\n"


def test_ndjson_row_never_overwrites_the_envelope():
    rows = [{"id": 1, "member": True, "groups": ["QA"]}]
    about = {"member": False, "groups": [{"id": 4}], "id": 7}
    line = json.loads(write(report(rows, ("id", "member", "groups"), about=about), "ndjson"))
    assert line == {**report(rows).envelope(), **rows[0], "about": about}


@given(RECORDS)
def test_raw_csv_round_trip(records):
    text = write(report(records), "csv", raw=True)
    read = list(csv.DictReader(io.StringIO(text, newline="")))
    assert [row["name"] for row in read] == [record["name"] for record in records]


@given(RECORDS, st.sampled_from(["csv", "tsv"]))
def test_csv_cells_are_not_formulas(records, format):
    text = write(report(records), format)
    for row in csv.reader(io.StringIO(text, newline=""), delimiter=SEPARATORS[format]):
        for cell in row:
            assert not cell.lstrip().startswith(FORMULA_STARTS)


@pytest.mark.parametrize("start", FORMULA_STARTS)
@pytest.mark.parametrize(
    "before", ["", " ", "\t", "x;", 'x; "', "x\t", "x\n", "x\r\n ", "\u3000", "\xa0", "\u200b"]
)
@pytest.mark.parametrize("format", ["csv", "tsv"])
def test_formulas_are_escaped_wherever_a_spreadsheet_splits(start, before, format):
    records = [{"id": 1, "name": f"{before}{start}1+1", "groups": []}]
    text = write(report(records), format)
    (row,) = list(csv.DictReader(io.StringIO(text, newline=""), delimiter=SEPARATORS[format]))
    assert row["name"] == f"{before}'{start}1+1"
    assert write(report(records), format, raw=True).count("'") == 0


@pytest.mark.parametrize("text", ["\n", "; ", '"', "\n="])
def test_long_cells_are_escaped_in_linear_time(text):
    cell = text * 200_000  # in quadratic time, this takes many minutes
    escaped = write(report([{"id": 1, "name": cell}]), "csv")
    assert escaped.count("'=") == cell.count("=")


def test_tsv_escapes_formulas_after_a_comma():
    assert "x,'=1" in write(report([{"id": 1, "name": "x,=1"}]), "tsv")
    assert '"x,=1"' in write(report([{"id": 1, "name": "x,=1"}]), "csv")


@given(RECORDS, st.sampled_from(FORMATS), st.integers(20, 200))
def test_terminal_gets_no_control_characters(records, format, width):
    for raw in (False, True):
        text = printable(write(report(records), format, width=width, raw=raw))
        assert not {unicodedata.category(c) for c in text if c not in "\n\t"} & {"Cc", "Cs", "Zl", "Zp"}
        assert not set(text) & set("\u202a\u202b\u202d\u202e\u2066\u2067\u2068\u2069")


@given(RECORDS)
def test_rows_have_no_control_characters(records):
    kinds = {unicodedata.category(c) for c in "".join(rows(report(records))) if c not in "\n\t"}
    assert not kinds & {"Cc", "Cs", "Zl", "Zp"}


@given(RECORDS)
def test_each_record_is_one_line(records):
    assert len(write(report(records), "table").splitlines()) == len(records) + 1
    assert len("".join(rows(report(records))).splitlines()) == len(records)
    assert len(write(report(records), "markdown").splitlines()) == len(records) + 2


@pytest.mark.parametrize("count", [17, 3_000])
@pytest.mark.parametrize("format", [*FORMATS, "rows"])
def test_lists_and_names_are_never_cut(count, format):
    names = [f"Quality team {number:04}" for number in range(count)]
    records = [{"id": 1, "name": "x" * 50_000, "groups": names}]
    text = "".join(rows(report(records)) if format == "rows" else pieces(report(records), format))
    assert "…" not in text
    assert "x" * 50_000 in text
    assert all(name in text for name in names)


def test_long_cell_is_warned_of_once():
    warnings: list[str] = []
    records = [{"id": id, "name": "x", "groups": ["y" * 20_000] * 2} for id in (1, 2)]
    "".join(pieces(report(records), "csv", warn=warnings.append))
    assert warnings == ["a cell has more than 32,767 characters: spreadsheets cut it"]


def test_terminal_table_wraps_lists_and_cuts_only_a_long_name():
    names = [f"Quality team {number:04}" for number in range(300)]
    records = [{"id": 1, "name": "x" * 5_000, "groups": names}]
    lines = write(report(records), "table", width=60).splitlines()
    assert max(map(len, lines)) <= 60
    shown = " ".join(line[line.rindex("  ") :] if "  " in line else line for line in lines)
    assert all(name in " ".join(shown.split()) for name in names)
    assert "".join(lines).count("x") == 1_999


def test_bom_only_begins_csv_and_tsv():
    assert write(report([]), "csv", bom=True).startswith("\ufeffid,")
    assert not write(report([]), "csv").startswith("\ufeff")


@pytest.mark.parametrize("name", ["x.xlsx", "x.html", "x.csv.gz", ".yaml", "review.2026-11"])
def test_unknown_extension_is_an_error(name):
    with pytest.raises(UsageError, match="not a known extension"):
        format_of(Path(name))


@pytest.mark.parametrize(
    ("name", "format"),
    [("x", "csv"), ("x.CSV", "csv"), (".json", "json"), ("a.b.jsonl", "ndjson"), ("x.md", "markdown")],
)
def test_extension_selects_the_format(name, format):
    assert format_of(Path(name)) == format


MARKDOWN = [
    *(
        "http://evil.example/",
        "www.evil.example",
        "![x](http://evil/x)",
        "~~s~~",
        "&lt;b&gt;",
        "@everyone",
        "a|b@c",
    ),
    *(
        "\u1fefcode\u1fef",
        "`a` @b",
        "<b>",
        "# 1",
        "a\\|b",
        "*a* _b_",
        "[x](y)",
        "ada@example.com",
        "- x",
        "\\",
        "a\nb",
    ),
    *(" x ", ":fire:", "$a$", "``@``", "R&D", "&#64;x", "xmpp:a@b.c", "HTTPS://x"),
]


@pytest.mark.parametrize("name", MARKDOWN)
def test_markdown_is_rendered_literally(name):
    text = write(report([{"id": 1, "name": name}], ("id", "name")), "markdown")
    cell = rendered_cells(text)[1][1]
    assert cell == name


def rendered_cells(markdown):
    """Return the text of each cell as GitHub renders it, and fail if there is anything but text."""
    table: list[list[str]] = []
    for token in MarkdownIt("gfm-like").parse(markdown):
        if token.type == "tr_open":
            table.append([])
        elif token.type == "inline":
            assert {child.type for child in token.children} <= {"text", "code_inline"}
            table[-1].append("".join(child.content for child in token.children))
    return table


def test_table_aligns_wide_characters():
    records = [
        {"id": 1, "name": "品質保証チーム" * 5, "groups": ["a"]},
        {"id": 10, "name": "short", "groups": []},
    ]
    assert write(report(records), "table", width=40).splitlines() == [
        "ID  Name                          Groups",
        " 1  品質保証チーム品質保証チーム  a",
        "    品質保証チーム品質保証チーム",
        "    品質保証チーム",
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


@pytest.mark.parametrize("missing", [None, ""])
@pytest.mark.parametrize(
    "values", [[1, 20, 300], ["a", "b", "c"], ["2021-01-01", "2022", "2023-05"], [[], ["a"]]]
)
def test_missing_values_are_last_in_both_directions(missing, values):
    records = [{"id": missing}, *({"id": value} for value in reversed(values)), {"id": missing}]
    for field, expected in (("id", values), ("-id", values[::-1])):
        shown = [record["id"] for record in report(records).sorted_by(field).records]
        assert shown == [*expected, missing, missing]


def test_numbers_in_names_sort_by_value():
    names = ["Team 10", "Team 9", "team 09b", "Team 9" + "0" * 5_000, "Team"]
    ordered = report([{"name": name} for name in names]).sorted_by("name").records
    assert [names.index(record["name"]) for record in ordered] == [4, 1, 2, 0, 3]


def test_unknown_field_lists_known_fields():
    with pytest.raises(InvalidField, match="no field “nick”: choose from id, name, groups"):
        report([]).sorted_by("nick")
    with pytest.raises(InvalidField, match="choose from"):
        report([]).with_fields(["id", "nick"])


def test_unknown_field_is_reported_safely_and_briefly():
    groups = [f"\x1b]0;{number}\x07" for number in range(2_000)]
    with pytest.raises(InvalidField) as caught:
        report([], ("id", *groups)).with_fields(["\x1b[31m"])
    assert str(caught.value).isprintable()
    assert str(caught.value).endswith(" and 1,981 more")


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
    head, *lines = table_of(width)
    assert max(map(len, [head, *lines])) <= width
    assert lines[0].startswith("21  Accessibil")
    assert "".join(line[3:44] if len(lines) == 1 else line for line in lines).split()[-1] != "…"
    assert ("Created" in head.split()) == ("2021-04-02" in lines[0])


@pytest.mark.parametrize("width", range(20, 29))
def test_name_continues_on_the_next_line(width):
    assert " ".join(" ".join(table_of(width)[1:]).split()) == f"21 {GROUP['name']}"


def test_times_are_shortened_before_names():
    assert "2021-04-02T10:00:00.000Z" in table_of(None)[1]
    assert "2021-04-02 10:00Z" in table_of(138)[1]
    assert "Accessibility reviewers of every website" in table_of(101)[1]


def test_columns_are_left_out_from_the_right():
    assert table_of(40)[0].split() == ["ID", "Name", "Members"]
    assert table_of(28)[0].split() == ["ID", "Name"]
