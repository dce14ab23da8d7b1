"""Answers equal the data of a site with 1,000 groups and 3,700 users."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from groupstui.cli.main import main
from groupstui.demo.seed import make_site
from groupstui.demo.site import Site
from groupstui.text import fold, sanitize

from ..support.commands import shell_environment
from ..support.site_app import TOKEN

few = settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
"""Few, as each example reads a whole site."""


@dataclass(frozen=True)
class Served:
    """The data of a site, and the URL of another process that serves the same data."""

    url: str
    site: Site
    token: str = TOKEN

    @property
    def environ(self) -> dict[str, str]:
        return {"TESTMO_INSTANCE": self.url, "TESTMO_TOKEN": self.token}


@contextmanager
def served(groups: int, users: int) -> Iterator[Served]:
    command = [sys.executable, "-m", "tests.support.site"]
    command += ["--groups", str(groups), "--users", str(users)]
    with subprocess.Popen(command, env=shell_environment(), stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        url = server.stdout.readline().split()[0]
        yield Served(url, make_site(groups=groups, users=users))
        server.terminate()


@pytest.fixture(scope="module")
def demo() -> Iterator[Served]:
    with served(1_000, 3_700) as site:
        yield site


@pytest.fixture(scope="module")
def small() -> Iterator[Served]:
    with served(230, 900) as site:
        yield site


def inverted(site: Site) -> dict[int, list[int]]:
    """Return the groups of every user, from the data of the site."""
    found = defaultdict(list)
    for group in site.groups.values():
        for user in dict.fromkeys(group.members):
            found[user].append(group.id)
    return found


@pytest.fixture(scope="module")
def groups_of(demo) -> dict[int, list[int]]:
    return inverted(demo.site)


@pytest.fixture(scope="module")
def unique(demo) -> list[int]:
    """Users with a unique name, without regard to case and accents."""
    names = defaultdict(list)
    for user in demo.site.users.values():
        names[fold(user.name)].append(user.id)
    seen = {user for group in demo.site.groups.values() for user in group.members}
    return [ids[0] for ids in names.values() if len(ids) == 1 and ids[0] in seen]


def spelled(name: str, draw: st.DataObject) -> str:
    """Return a name as a user may type it."""
    return draw.draw(st.sampled_from([name, name.upper(), fold(name), f"  {name} "]))


def asked(cli, *arguments: str, stdin: str = "") -> dict[str, object]:
    result = cli(*arguments, "--format", "json", stdin=stdin)
    answer = json.loads(result.out)
    assert answer["complete"] is True
    return answer


@few
@given(data=st.data())
def test_who_matches_site_data(cli, demo, groups_of, unique, data):
    user = data.draw(st.sampled_from(unique))
    named = data.draw(st.booleans())
    text = spelled(demo.site.users[user].name, data) if named else f"#{user}"
    answer = asked(cli, "who", text)
    assert answer["user"]["id"] == user
    assert sorted(group["id"] for group in answer["groups"]) == sorted(groups_of[user])


@few
@given(data=st.data())
def test_members_matches_site_data(cli, demo, data):
    group = data.draw(st.sampled_from(list(demo.site.groups.values())))
    answer = asked(cli, "members", f"#{group.id}")
    assert {member["id"] for member in answer["members"]} == set(group.members)
    known = {id: user.name for id, user in demo.site.users.items()}
    assert all(member["name"] == known.get(member["id"]) for member in answer["members"])


@few
@given(data=st.data())
def test_check_matches_site_data(cli, demo, groups_of, data):
    user = data.draw(st.sampled_from(sorted(groups_of)))
    inside = data.draw(st.lists(st.sampled_from(groups_of[user]), max_size=2))
    anywhere = data.draw(st.lists(st.sampled_from(sorted(demo.site.groups)), max_size=2 if inside else 3))
    wanted = [*inside, *anywhere] or [1]
    result = cli("check", f"#{user}", *(f"#{group}" for group in wanted))
    assert result.code == (0 if set(wanted) <= set(groups_of[user]) else 1)


@few
@given(data=st.data())
def test_lookup_matches_site_data(cli, demo, groups_of, unique, data):
    users = data.draw(st.lists(st.sampled_from(unique), min_size=1, max_size=30, unique=True))
    lines = [spelled(demo.site.users[user].name, data) for user in users]
    answer = asked(cli, "lookup", "-", stdin="\n".join([*lines, "nobody at all", "a"]))
    assert answer["unmatched"] == ["nobody at all"]
    assert [each["text"] for each in answer["ambiguous"]] == ["a"]
    found = {each["id"]: sorted(group["id"] for group in each["groups"]) for each in answer["users"]}
    assert found == {user: sorted(groups_of[user]) for user in users}


# Exports


HEADS = {
    "groups": ["id", "name", "members"],
    "memberships": ["group_id", "group", "user_id", "user"],
    "users": ["id", "name"],
}
READABLE = ("json", "ndjson", "tsv")


def expected(site: Site, what: str) -> set[tuple[str, ...]]:
    """Return the rows that an export must contain, with the columns of `HEADS`."""
    groups, inside = site.groups, inverted(site)
    names = dict.fromkeys(inside, "") | {id: user.name for id, user in site.users.items()}
    match what:
        case "groups":
            return {(str(g.id), g.name, str(len(set(g.members)))) for g in groups.values()}
        case "memberships":
            return {
                (str(group), groups[group].name, str(user), names[user])
                for user in inside
                for group in inside[user]
            }
        case _:
            return {(str(user), name) for user, name in names.items()}


def export(site: Served, what: str, format: str, folder: Path) -> str:
    path = folder / f"{what}.{format}"
    assert main(["export", what, "-o", str(path), "--format", format, "-q", "--raw"], site.environ) == 0
    return path.read_text(encoding="utf-8")


def read(text: str, format: str, what: str) -> list[dict[str, object]]:
    """Read an export with the standard library."""
    match format:
        case "json":
            return json.loads(text)[what]
        case "ndjson":
            return [json.loads(line) for line in text.splitlines()]
        case _:
            return list(csv.DictReader(io.StringIO(text), delimiter="," if format == "csv" else "\t"))


def text_of(value: object) -> str:
    return "" if value is None else str(value)


@pytest.mark.parametrize("format", ["json", "csv"])
@pytest.mark.parametrize("what", HEADS)
def test_export_matches_site_data(demo, tmp_path, what, format):
    records = read(export(demo, what, format, tmp_path), format, what)
    found = {tuple(text_of(row[head]) for head in HEADS[what]) for row in records}
    assert found == expected(demo.site, what)
    assert len(records) == len(found)


def test_matrix_matches_site_data(demo, groups_of, tmp_path):
    rows = csv.reader(io.StringIO(export(demo, "matrix", "csv", tmp_path)))
    assert next(rows)[:2] == ["user_id", "user"]
    ids = list(demo.site.groups)
    count = 0
    for user, _, *cells in rows:
        count += 1
        inside = {group for group, cell in zip(ids, cells, strict=True) if cell == "yes"}
        assert inside == set(groups_of[int(user)])
    assert count == len({*demo.site.users, *groups_of})


@pytest.mark.parametrize("format", READABLE)
@pytest.mark.parametrize("what", [*HEADS, "matrix"])
def test_formats_contain_the_same_data(small, tmp_path, what, format):
    records = read(export(small, what, format, tmp_path), format, what)
    plain = read(export(small, what, "csv", tmp_path), "csv", what)
    assert len(records) == len(plain)
    columns = dict(zip(list(plain[0])[2:], small.site.groups, strict=False)) if what == "matrix" else {}
    for record, row in zip(records, plain, strict=True):
        shown = {key: shown_as(value) for key, value in record.items() if key in row}
        if columns and format != "tsv":
            shown |= {name: shown_as(id in record["groups"]) for name, id in columns.items()}
        assert shown == row


def shown_as(value: object) -> str:
    """Return the text of a JSON value in CSV."""
    match value:
        case list():
            return ", ".join(map(shown_as, value))
        case dict():
            return value["name"]
        case bool() | None:
            return {True: "yes", False: "no", None: ""}[value]
        case _:
            return str(value)


@pytest.mark.parametrize("what", [*HEADS, "matrix"])
def test_table_and_markdown_have_a_line_for_each_record(small, tmp_path, what):
    records = read(export(small, what, "csv", tmp_path), "csv", what)
    table = export(small, what, "table", tmp_path).splitlines()[1:]
    markdown = export(small, what, "markdown", tmp_path).splitlines()[2:]
    for row, line, cells in zip(records, table, markdown, strict=True):
        for value in list(row.values())[:4]:
            assert sanitize(str(value)) in line
        assert cells.count(" | ") >= len(row) - 1
