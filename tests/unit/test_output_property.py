"""Every format contains the ids and names of a report, whatever the names are."""

from __future__ import annotations

import csv
import io
import json
import re
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from groupstui.directory.builder import crawled_directory
from groupstui.directory.compare import compare
from groupstui.directory.models import Group
from groupstui.output.comparison_records import comparison_report, matrix_report
from groupstui.output.formats import FORMULA_STARTS, rows, write
from groupstui.output.records import (
    MEMBERSHIP_FIELDS,
    USER_FIELDS,
    USER_GROUPS_FIELDS,
    site_report,
    user_groups_record,
    user_record,
)

SITE = "https://acme.testmo.net"

PARTS = [
    *(
        "QA",
        "QA #2",
        "Ada",
        "id",
        "groups",
        "#1",
        " ",
        "  ",
        "\t",
        "\n",
        "\r",
        "\r\n",
        "\x1b[31m",
        "\x00",
        "\x85",
        "\u2028",
    ),
    *(
        "=1+1",
        ";",
        ",",
        '"',
        "'",
        "@x",
        "-",
        "+",
        "＝",
        "|",
        "\\",
        "`",
        "*",
        "_",
        "~~",
        "<b>",
        "&amp;",
        "#",
        "[x](y)",
    ),
    *(
        "http://x.example",
        "www.x.example",
        "a@b.example",
        ":fire:",
        "$",
        "\u1fef",
        "\u037e",
        "…",
        "x" * 1_000,
    ),
    *(
        "علی‌رضا",
        "👩‍💻",
        "⚙️",
        "e\u0301",
        "é",
        "\u034f",
        "\u200b",
        "\u202e",
        "\u00ad",
        "\ufeff",
        "\u3000",
        "品質",
    ),
]
NAMES = st.one_of(
    st.lists(st.sampled_from(PARTS), max_size=4).map("".join),
    st.text(st.characters(codec="utf-8"), max_size=9),
)


@st.composite
def directories(draw):
    users = draw(st.dictionaries(st.integers(1, 30), st.none() | NAMES, min_size=1, max_size=6))
    members = st.lists(st.sampled_from(sorted(users)), unique=True)
    names = draw(st.lists(NAMES, min_size=2, max_size=5))
    groups = [Group(id, name, tuple(draw(members))) for id, name in enumerate(names, 1)]
    named = {id: name for id, name in users.items() if name is not None}
    return crawled_directory(groups, named, complete=True, as_of=datetime(2026, 11, 23, tzinfo=UTC))


def memberships(directory):
    records = [
        {"group_id": group.id, "group": group.name, "user_id": user.id, "user": user.name}
        for group in directory.groups
        for user in directory.members(group)
    ]
    return site_report(directory, SITE, "memberships", MEMBERSHIP_FIELDS, records)


def users(directory):
    records = [
        {**user_record(user), **user_groups_record(directory.indexed_groups_of(user.id))}
        for user in directory.users
    ]
    return site_report(directory, SITE, "users", (*USER_FIELDS, *USER_GROUPS_FIELDS), records)


def read_csv(text, separator=","):
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=separator))


def texts(report):
    """Return the cells of a report as text, computed without the program."""

    def text(value):
        match value:
            case list():
                return ", ".join(map(text, value))
            case dict():
                return value["name"] or f"#{value['id']}"
            case bool():
                return "yes" if value else "no"
        return "" if value is None else str(value)

    return [[text(record[field]) for field in report.fields] for record in report.records]


def unescaped(cell, escaped):
    """Return whether a cell is a text with apostrophes in front of formulas."""
    while escaped:
        if cell and cell[0] == escaped[0]:
            cell = cell[1:]
        elif not (escaped[0] == "'" and escaped[1:2] and escaped[1] in FORMULA_STARTS):
            return False
        escaped = escaped[1:]
    return not cell


@given(directories())
def test_json_and_ndjson_are_exact(directory):
    for report in (memberships(directory), users(directory), matrix_report(directory, SITE)):
        whole = json.loads(write(report, "json"))
        assert whole[report.kind] == list(report.records)
        lines = [json.loads(line) for line in write(report, "ndjson").split("\n")[:-1]]
        assert lines == [
            {**report.envelope(), **record, **({"about": report.about} if report.about else {})}
            for record in report.records
        ]


@given(directories())
def test_csv_and_tsv_are_exact_but_for_formulas(directory):
    for report in (memberships(directory), users(directory)):
        for format, separator in (("csv", ","), ("tsv", "\t")):
            raw = read_csv(write(report, format, raw=True), separator)
            assert raw == [list(report.fields), *texts(report)]
            guarded = read_csv(write(report, format, bom=True).removeprefix("\ufeff"), separator)
            for row, cells in zip(raw, guarded, strict=True):
                assert all(map(unescaped, row, cells))


@given(directories())
def test_formulas_never_start_a_cell_at_any_separator(directory):
    for format in ("csv", "tsv"):
        for report in (memberships(directory), matrix_report(directory, SITE)):
            for row in read_csv(write(report, format), "," if format == "csv" else "\t"):
                for part in re.split("[;\t\r\n]", "\n".join(row)):
                    assert not part.lstrip(' \t\xa0\u3000\u200b\ufeff"').startswith(FORMULA_STARTS)


@given(directories())
def test_rows_have_every_cell_on_one_line(directory):
    for report in (memberships(directory), users(directory)):
        lines = "".join(rows(report)).split("\n")[:-1]
        for line, cells in zip(lines, texts(report), strict=True):
            expected = [re.sub("\r\n|[\t\n-\r\x1c-\x1e\x85\u2028\u2029]", " ", cell) for cell in cells]
            expected = [re.sub("[\0-\x1f\x7f-\x9f\u202e]", "\ufffd", cell) for cell in expected]
            assert re.sub("[\u202a-\u202e\u2066-\u2069]", "\ufffd", line).split("\t") == [
                re.sub("[\u202a-\u202e\u2066-\u2069]", "\ufffd", cell) for cell in expected
            ]


@given(directories())
def test_markdown_renders_every_cell_literally(directory):
    for report in (memberships(directory), users(directory)):
        found = []
        for token in MarkdownIt("gfm-like").parse(write(report, "markdown")):
            if token.type == "tr_open":
                found.append([])
            elif token.type == "inline":
                assert {child.type for child in token.children} <= {"text", "code_inline"}
                found[-1].append("".join(child.content for child in token.children))
        for row, cells in zip(found[1:], texts(report), strict=True):
            assert list(map(words, row)) == list(map(words, cells))


def words(text):
    """Return a text without the differences that a cell of Markdown cannot express."""
    return re.sub("[\\s\0-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ufffd]+", " ", text).strip()


@given(directories())
def test_columns_of_groups_are_distinct_and_right(directory):
    groups = directory.groups[:6]
    comparison = compare(directory, groups)
    for report in (
        comparison_report(directory, SITE, comparison, comparison.rows),
        matrix_report(directory, SITE),
    ):
        head, *found = read_csv(write(report, "csv"))
        assert len(set(head)) == len(head)
        ids = [group.id for group in (groups if report.kind == "users" else directory.groups)]
        for row, record in zip(found, report.records, strict=True):
            user = int(row[0])
            assert row[2:] == ["yes" if user in directory.group(id).members else "no" for id in ids]
            assert record["groups"] == [id for id in ids if user in directory.group(id).members]


@given(directories(), st.integers(40, 120))
def test_table_of_a_terminal_cuts_only_long_names(directory, width):
    report = users(directory)
    text = write(report, "table", width=width)
    names = [user.name or "" for user in directory.users]
    names += [group.name for user in directory.users for group in directory.groups_of(user.id)]
    assert text.count("…") <= sum(name.count("…") + (len(name) > 100) for name in names)
    assert len(write(report, "table").split("\n")) == len(report.records) + 2
    assert all("x" * 1_000 in write(report, "table") for row in texts(report) if "x" * 1_000 in row[1])
