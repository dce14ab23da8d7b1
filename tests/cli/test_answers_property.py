"""Generated sites and questions: every answer is that of a naive model, in every format."""

from __future__ import annotations

import io
import json
import os
import sys
from collections.abc import Iterator
from contextlib import suppress

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from groupstui.cli.main import main
from groupstui.demo.site import Group, Site, User

from ..support.commands import CommandResult
from ..support.naive_model import Item, code_of, ids_in, matching
from ..support.site_app import TOKEN, SiteApp
from ..support.site_server import SiteServer

WORDS = ["Ann", "ann", "Anna", "Jo", "Søren", "Soren", "Łukasz", "O’Brien", "Đặng", "José", "QA", "2", "42"]
WORDS += ["a-b", "a–b", "Straße", "علی\u200cرضا", "=1+1", "x;y", "a|b", "`c`", "品質"]

names = st.lists(st.sampled_from(WORDS), min_size=1, max_size=3).map(" ".join)
ids = st.integers(1, 50)
FORMATS = ("rows", "json", "ndjson", "csv", "tsv", "markdown", "table")


@st.composite
def sites(draw: st.DrawFn) -> Site:
    """Draw a site: some names are equal, some users are in no group."""
    site = Site(last_user_id=100, last_group_id=100)
    for number in sorted({1, *draw(st.sets(ids, max_size=8))}):  # the token is that of user 1
        address = f"{draw(st.sampled_from(['ann', 'jo.ann', 'qa']))}{number}@example.org"
        site.users[number] = User(number, draw(names), address)
    for number in sorted(draw(st.sets(ids, min_size=1, max_size=6))):
        members = draw(st.lists(st.sampled_from(sorted(site.users)), unique=True, max_size=5))
        site.groups[number] = Group(number, draw(names), tuple(members))
    return site


@st.composite
def questions(draw: st.DrawFn) -> str:
    """Draw a text that may mean a user or a group."""
    name = draw(names)
    number = draw(ids)
    return draw(
        st.sampled_from(
            [
                *(name, name.upper(), name.replace("’", "'"), name[: len(name) // 2], f" {name}  "),
                *(
                    ", ".join(reversed(name.split(" ", 1))),
                    str(number),
                    f"#{number}",
                    f"ann{number}@example.org",
                ),
                *(f"{name} <jo.ann{number}@EXAMPLE.org>", f"qa{number}@example", "ł", "no such name"),
            ]
        ).filter(str.strip)  # blank lines are skipped
    )


@pytest.fixture(scope="module")
def served() -> Iterator[tuple[SiteApp, SiteServer]]:
    app = SiteApp(Site(), token=TOKEN)
    with SiteServer(app) as server:
        yield app, server


def ask(server: SiteServer, *arguments: str, stdin: str = "", closed: bool = False) -> CommandResult:
    """Run a command in this process, with a pipe as stdout; `closed` if nobody reads it."""
    environ = {"TESTMO_INSTANCE": server.url, "TESTMO_TOKEN": TOKEN}
    before = sys.stdin, sys.stdout, sys.stderr
    reading, writing = os.pipe()
    with open(reading, encoding="utf-8", newline="") as reader:
        if closed:
            reader.close()
        with open(writing, "w", encoding="utf-8") as sys.stdout:
            sys.stdin, sys.stderr = io.TextIOWrapper(io.BytesIO(stdin.encode())), io.StringIO()
            try:
                code = main(arguments, environ)
                errors = sys.stderr.getvalue()
            finally:
                output = sys.stdout
                sys.stdin, sys.stdout, sys.stderr = before
                with suppress(BrokenPipeError):
                    output.close()
        return CommandResult(code, "" if closed else reader.read(), errors)


def options(format: str) -> tuple[str, ...]:
    return () if format == "rows" else ("--format", format)


@pytest.fixture(autouse=True)
def no_history(monkeypatch, tmp_path):
    """Every example is a site of its own."""
    folder = tmp_path / "groupstui"
    folder.mkdir()
    (folder / "settings.toml").write_text("history = false\n")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))


# Not shrunk: with a server, that takes minutes.
examples = settings(
    max_examples=60,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


@examples
@given(sites(), questions(), questions(), st.sampled_from(FORMATS))
def test_answers_are_those_of_a_naive_model(served, site, user_text, group_text, format):
    app, server = served
    app.site.users, app.site.groups = site.users, site.groups
    users = [Item(user.id, (user.name, user.email)) for user in site.users.values()]
    groups = [Item(group.id, (group.name,), group.members) for group in site.groups.values()]
    some_users, some_groups = matching(users, user_text), matching(groups, group_text)
    chosen = options(format)

    who = ask(server, "who", *chosen, "--", user_text)
    assert who.code == code_of(some_users), (who, some_users)
    if who.code == 0:
        inside = {group.id for group in groups if some_users[0] in group.members}
        assert sorted(ids_in(who.out, format, "groups")) == sorted(inside)
        assert f"#{some_users[0]}" in who.err

    members = ask(server, "members", *chosen, "--", group_text)
    assert members.code == code_of(some_groups), (members, some_groups)
    if members.code == 0:
        (group,) = (group for group in groups if group.id == some_groups[0])
        assert sorted(ids_in(members.out, format, "members")) == sorted(group.members)

    expected = max(code_of(some_users), code_of(some_groups))
    if not expected:
        expected = int(some_users[0] not in site.groups[some_groups[0]].members)
    for closed in (False, True):
        check = ask(server, "check", *chosen, "--", user_text, group_text, closed=closed)
        assert check.code == expected, (closed, check)


@examples
@given(sites(), st.data(), st.sampled_from(FORMATS))
def test_set_operations_are_those_of_a_naive_model(served, site, data, format):
    app, server = served
    extra = {101 + number: Group(101 + number, "", (1,)) for number in range(2)}  # for at least two groups
    app.site.users, app.site.groups = site.users, site.groups | extra
    compared = data.draw(st.lists(st.sampled_from([*app.site.groups]), min_size=2, max_size=4, unique=True))
    only = data.draw(st.lists(st.sampled_from(compared), min_size=1, unique=True))
    sets = [set(app.site.groups[id].members) for id in compared]
    union, both = set.union(*sets), set.intersection(*sets)
    inside = [each for id, each in zip(compared, sets, strict=True) if id in only]
    outside = [each for id, each in zip(compared, sets, strict=True) if id not in only]
    parts = {(): union, ("--all",): both, ("--differ",): union - both}
    parts[tuple(f"--only=#{id}" for id in only)] = set.intersection(*inside) - set().union(*outside)
    for part, expected in parts.items():
        result = ask(
            server, "compare", *options(format), *part, *(f"#{id}" for id in compared), "--exit-code"
        )
        assert result.code == int(union != both), result
        assert sorted(ids_in(result.out, format, "users")) == sorted(expected)


@examples
@given(sites(), st.data(), st.sampled_from(FORMATS))
def test_comparisons_of_users_are_those_of_a_naive_model(served, site, data, format):
    app, server = served
    app.site.users, app.site.groups = site.users, site.groups
    asked = data.draw(st.lists(st.sampled_from([*site.users, 99]), min_size=2, max_size=2))
    known = [id for id in asked if id in site.users]
    first, second = ({group.id for group in site.groups.values() if id in group.members} for id in asked)
    parts = {(): first | second, ("--all",): first & second, ("--differ",): first ^ second}
    parts[f"--only=#{asked[0]}",] = first - second
    for part, expected in parts.items():
        result = ask(
            server, "diff-users", *options(format), *part, *(f"#{id}" for id in asked), "--exit-code"
        )
        if len(known) < 2:
            assert (result.code, result.out) == (6, "")
        elif asked[0] == asked[1]:
            assert (result.code, result.out) == (2, "")
        else:
            assert result.code == int(first != second), result
            assert sorted(ids_in(result.out, format, "groups")) == sorted(expected)


@examples
@given(sites(), st.lists(questions(), min_size=1, max_size=5))
def test_lookup_lines_do_not_depend_on_each_other(served, site, lines):
    app, server = served
    app.site.users, app.site.groups = site.users, site.groups
    users = [Item(user.id, (user.name, user.email)) for user in site.users.values()]
    lines = list(dict.fromkeys(line.strip() for line in lines))
    found = {line: matching(users, line) for line in lines}
    result = ask(server, "lookup", "-", "--format", "json", stdin="\n".join(lines))
    answer = json.loads(result.out)
    assert {row["text"]: row["id"] for row in answer["users"]} == {
        line: ids[0] for line, ids in found.items() if len(ids) == 1
    }
    assert answer["unmatched"] == [line for line, ids in found.items() if not ids]
    assert [row["text"] for row in answer["ambiguous"]] == [
        line for line, ids in found.items() if len(ids) > 1
    ]
    assert result.code == (6 if any(len(ids) != 1 for ids in found.values()) else 0)


@examples
@given(sites(), st.sampled_from(FORMATS))
def test_lists_are_complete_in_every_format(served, site, format):
    app, server = served
    app.site.users, app.site.groups = site.users, site.groups
    result = ask(server, "groups", *options(format))
    assert result.code == 0
    assert sorted(ids_in(result.out, format, "groups")) == sorted(site.groups)
    if format in ("json", "ndjson"):
        rows = (
            json.loads(result.out)["groups"] if format == "json" else map(json.loads, result.out.splitlines())
        )
        assert {row["id"]: row["name"] for row in rows} == {
            each.id: each.name for each in site.groups.values()
        }
