"""How commands match texts to users and groups."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
from dataclasses import replace
from datetime import timedelta

import pytest

from groupstui.cli import context
from groupstui.cli.lookup import MAX_LOOKUP_BYTES
from groupstui.demo.site import Site
from groupstui.testmo import client

from ..support.commands import shell_environment
from ..support.site_app import SiteApp
from ..support.site_server import SiteServer


@pytest.fixture
def site() -> Site:
    """A site with users in no group, whose names are like those of members."""
    site = Site()
    names = ["Ada Lovelace", "Jane Doe", "Jane Doe", "Sam Only", "Joann Miller", "Sam Only Two", "Søren Łuk"]
    for name in names:
        site.add_user(name)
    site.users[5] = replace(site.users[5], email="joann@corp.example")
    site.add_group("QA", [1, 2, 6])
    site.add_group("Team #42", [1])
    site.add_group("2024 hires", [5])
    site.add_group("QA", [7])
    return site


@pytest.mark.parametrize(
    ("user", "found"),
    [
        ("ada lovelace", 1),
        ("ADA LOVELACE", 1),
        ("  Ada Lovelace ", 1),
        ("Lovelace, Ada", 1),
        ("1", 1),
        ("#1", 1),
        ("joann@corp.example", 5),
        ("J. Miller <joann@corp.example>", 5),
        ("mailto:Joann@corp.example", 5),
        ("Sam Only", 4),
        ("#3", 3),
        ("soren luk", 7),
    ],
)
def test_who_accepts_name_id_and_address(cli, user, found):
    result = cli("who", user, "--format", "json")
    answer = json.loads(result.out)
    assert (result.code, answer["user"]["id"], answer["users_complete"]) == (0, found, True)


@pytest.mark.parametrize(
    "arguments",
    [
        ["check", "ann@corp.example", "QA"],
        ["check", "#5", "#4", "#42"],
        ["members", "#42"],
        ["members", "20"],
        ["who", "#99"],
        ["who", "9" * 5_000],
        ["members", "9" * 5_000],
        ["who", "Joann Mil", "--exact"],
        ["who", "Jane Doe"],
        ["check", "Jane Doe", "QA"],
        ["compare", "QA", "2024", "--exact"],
    ],
    ids=lambda arguments: " ".join(arguments)[:30],
)
def test_ids_addresses_and_ambiguous_names_match_nobody_else(cli, arguments):
    result = cli(*arguments)
    assert (result.code, result.out) == (6, "")


def test_user_in_no_group_is_not_taken_for_another(cli):
    result = cli("check", "Sam Only", "#1")
    assert (result.code, result.out) == (1, "1\tQA\tno\n")
    assert "Sam Only (#4), as of 20" in result.err


def test_unknown_name_gets_suggestions(cli):
    assert "no user matches “Joan Milller”. Did you mean Joann Miller (#5)?" in cli("who", "Joan Milller").err
    assert "no group matches “QAA”. Did you mean QA (#1) or QA (#4)?" in cli("members", "QAA").err
    assert "no group matches “2024”. Did you mean 2024 hires (#3)?" in cli("members", "2024").err
    assert "“Jane Doe” matches 2 users: Jane Doe (#2), Jane Doe (#3)" in cli("who", "Jane Doe").err


def test_unquoted_name_gets_a_hint(cli):
    hint = ". Quote a name that contains spaces.\n"
    assert cli("who", "Jane", "Doe").err.endswith(hint)
    assert cli("members", "QA", "2024", "hires").err.endswith(hint)
    assert not cli("who", "Joann", "Nobody").err.endswith(hint)
    assert not cli("members", "QA", "2024 hires").err.endswith(hint)


def test_matched_user_and_group_are_shown(cli):
    assert "Joann Miller (#5) is in 1 group" in cli("who", "joann").err
    assert "2024 hires (#3) has 1 member" in cli("members", "hires").err


def test_name_that_begins_with_a_hyphen_follows_two_hyphens(cli, demo):
    demo.site.add_group("-x", [1])
    assert "write -- before a name that begins with -" in cli("members", "-x").err
    assert cli("members", "--", "-x").out == "1\tAda Lovelace\n"


def test_groups_without_a_match_exits_6(cli):
    result = cli("groups", "zzzz", "--format", "json")
    assert (result.code, json.loads(result.out)["groups"]) == (6, [])
    assert "no group matches “zzzz”" in result.err
    assert cli("groups", "2024", "hires").out.startswith("3\t")


def test_yes_for_a_name_in_incomplete_data_is_uncertain(cli, demo):
    demo.faults.always("wrong-total")  # another group of that name may be missing
    assert cli("check", "#1", "#1").code == 0
    assert cli("check", "#1", "Team").code == 3


@pytest.mark.parametrize(
    "command", [["groups"], ["members", "QA"], ["who", "ada"], ["check", "ada", "QA"], ["lookup"]]
)
def test_unknown_column_is_reported_before_anything_is_read(cli, demo, command):
    result = cli(*command, "--columns", "nope", stdin="ada")
    assert (result.code, demo.log.paths) == (2, [])
    assert "there is no field “nope”" in result.err


def test_plain_mode_finds_users_in_no_group(cli):
    digits = "9" * 5_000
    lines = ["/Only, Sam", f"g {digits}", f"/{digits}", digits, "Joan Milller"]
    printed = cli("browse", "--plain", stdin="".join(f"{line}\n" for line in lines)).out
    assert "1. Sam Only\n2. Sam Only Two\n" in printed
    assert (printed.count("There is no page 999"), printed.count("No match for 999")) == (1, 2)
    assert "No match for Joan Milller. Similar names:\n1. Joann Miller\n" in printed


# Users in no group that were not read


UNREAD = "users in no group were not considered: "


@pytest.fixture(params=[403, 404])
def refused(request, demo, environ):
    """A site that refuses to list its users."""
    app = SiteApp(demo.site, users_status=request.param)
    with SiteServer(app) as server:
        environ["TESTMO_INSTANCE"] = server.url
        yield


@pytest.mark.parametrize(
    ("arguments", "code", "statement"),
    [
        (["who", "Ada Lovelace"], 3, UNREAD),
        (["check", "Ada Lovelace", "#1"], 3, UNREAD),
        (["who", "Only Users"], 3, UNREAD),
        (["who", "Ada Lovelace"], 3, "; an id (#1) gives a certain answer"),
        (["who", "#4"], 3, UNREAD),
        (["who", "ada@corp.example"], 3, "e-mail addresses are not known: "),
        (["who", "#1"], 0, ""),
        (["check", "#1", "#1"], 0, ""),
        (["check", "#1", "#3"], 1, ""),
        (["members", "hires"], 0, ""),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
@pytest.mark.usefixtures("refused")
def test_refused_users_make_names_uncertain(cli, arguments, code, statement):
    result = cli(*arguments)
    assert result.code == code
    assert result.err.count("/users is not available") == bool(statement)
    assert statement in result.err


@pytest.mark.usefixtures("refused")
def test_plain_mode_prints_that_users_are_missing(cli):
    assert "Users in no group are not listed: /users is not available" in cli("browse", "--plain").out


@pytest.mark.usefixtures("refused")
def test_lookup_without_users_is_uncertain(cli):
    result = cli("lookup", "-q", "--format", "json", stdin="Ada Lovelace\nOnly Users\n")
    answer = json.loads(result.out)
    assert (result.code, answer["users_complete"], answer["unmatched"]) == (3, False, ["Only Users"])
    assert result.err.count(UNREAD) == 1


def test_users_of_a_large_instance_are_read_if_requested(cli, demo, monkeypatch):
    monkeypatch.setattr(context, "MAX_MATCHED_USERS", 100)
    for number in range(200):
        demo.site.add_user(f"User {number}")
    result = cli("who", "Ada Lovelace", "--format", "json")
    assert (result.code, json.loads(result.out)["users_complete"]) == (3, False)
    assert f"{UNREAD}there are more than 100 users; --all-users reads them" in result.err
    assert demo.log.paths.count("/api/v1/users?page=1&per_page=100") == len(demo.log.paths) - 1 == 1
    assert cli("who", "User 150", "--all-users").code == 0
    result = cli("who", "User 150", "--format", "json")  # the users of the last snapshot are used
    assert (result.code, json.loads(result.out)["users_complete"]) == (0, True)


def test_user_created_since_all_users_were_read_is_unknown(cli, demo, monkeypatch):
    monkeypatch.setattr(context, "MAX_MATCHED_USERS", 0)
    assert cli("who", "Sam Only", "--all-users").code == 0
    new = demo.site.add_user("Quite New").id
    for text in ("Quite New", f"#{new}"):
        result = cli("who", text)
        assert result.code == 3
        assert "users created since " in result.err
        assert "--all-users reads them" in result.err
    result = cli("lookup", "--format", "json", stdin="Quite New\nSam Only\n")
    answer = json.loads(result.out)
    assert (result.code, answer["unmatched"], answer["users_complete"]) == (3, ["Quite New"], False)
    assert cli("who", "Sam Only").code == 0
    assert cli("who", "Quite New", "--all-users").code == 0


@pytest.mark.parametrize("text", ["Sam Only", "#4", "Nobody", "Ada Lovelace", "#1"])
def test_address_in_another_line_makes_no_name_certain(cli, environ, tmp_path, monkeypatch, text):
    monkeypatch.setattr(context, "MAX_MATCHED_USERS", 0)
    alone = cli("lookup", "--format", "csv", stdin=text)
    beside = cli("lookup", "--format", "csv", stdin=f"{text}\njoann@corp.example")
    assert beside.out.splitlines()[:2] == alone.out.splitlines()
    assert ",matched," in beside.out.splitlines()[2]
    assert beside.code == alone.code == (0 if text == "#1" else 3)


@pytest.mark.parametrize("status", [500, 503])
def test_failing_users_do_not_hide_what_the_groups_answer(cli, demo, environ, status, monkeypatch):
    monkeypatch.setattr(client, "RETRY_DELAY_S", 0.01)
    with SiteServer(SiteApp(demo.site, users_status=status)) as server:
        environ["TESTMO_INSTANCE"] = server.url
        assert [cli("who", text).code for text in ("#1", "Ada Lovelace", "#4")] == [0, 3, 3]
        assert cli("check", "#1", "#1").code == 0
        assert "/users cannot be read: " in cli("who", "Ada Lovelace").err
        assert cli("who", "ada@corp.example").code == 8
        assert cli("audit", "inactive").code == 8


@pytest.mark.parametrize(
    "command", ["check #1 Secret", "members Secret", "compare #1 Secret", "groups Secret"]
)
def test_name_may_be_that_of_a_group_without_one(cli, demo, command):
    assert cli(*command.split()).code == 6
    demo.site.rename_group(2, "")
    result = cli(*command.split())
    assert result.code == 3
    assert "the instance sent groups without a name" in result.err
    assert cli("check", "#1", "#1").code == 0


def test_columns_can_be_repeated_but_not_named_twice(cli, demo):
    assert cli("groups", "hires", "--columns", "id", "--columns", "name").out == "3\t2024 hires\n"
    requests = len(demo.log.paths)
    for columns in (["id,id"], ["id", "--columns", "name,id"]):
        result = cli("groups", "--columns", *columns)
        assert result.code == 2
        assert "--columns names “id” twice" in result.err
    assert len(demo.log.paths) == requests


def test_users_of_an_old_snapshot_are_not_used(cli, demo, monkeypatch):
    monkeypatch.setattr(context, "MAX_MATCHED_USERS", 0)
    assert cli("who", "Sam Only", "--all-users").code == 0
    monkeypatch.setattr(context, "MAX_USERS_AGE", timedelta(0))
    assert cli("who", "Sam Only").code == 3


def test_snapshot_answers_for_users_in_no_group(cli, demo):
    live = cli("who", "Sam Only", "--format", "json")
    requests = len(demo.log.paths)
    for option in (["--offline"], ["--max-age", "1h"]):
        recalled = cli("who", "Sam Only", "--format", "json", *option)
        assert (recalled.code, json.loads(recalled.out)["user"]) == (0, json.loads(live.out)["user"])
    assert len(demo.log.paths) == requests
    assert cli("who", "Jane Doe", "--offline").code == 6


def test_snapshot_without_users_is_not_used_for_names(cli, demo):
    cli("groups")
    assert cli("who", "#1", "--max-age", "1h").code == 0
    requests = len(demo.log.paths)
    assert cli("who", "Sam Only", "--offline").code == 3
    assert len(demo.log.paths) == requests
    assert cli("who", "Sam Only", "--max-age", "1h").code == 0
    assert len(demo.log.paths) > requests


# Several names, columns


def test_members_of_several_groups_are_rows_with_their_group(cli):
    result = cli("members", "#1", "#4", "#1", "--format", "csv")
    assert result.out.splitlines() == [
        "group_id,group,id,name",
        "1,QA,1,Ada Lovelace",
        "1,QA,2,Jane Doe",
        "1,QA,6,Sam Only Two",
        "4,QA,7,Søren Łuk",
    ]
    answer = json.loads(cli("members", "#1", "#4", "--format", "json").out)
    assert answer["groups"] == [{"id": 1, "name": "QA"}, {"id": 4, "name": "QA"}]


def test_who_of_several_users_has_rows_with_their_user(cli):
    result = cli("who", "Sam Only", "joann", "#1", "--columns", "user_id,id")
    assert result.out == "5\t3\n1\t1\n1\t2\n"
    assert "Sam Only (#4) is in no group" in result.err


def test_members_and_who_have_columns_of_users(cli):
    assert (
        cli("members", "hires", "--columns", "group,id,email,active").out
        == "2024 hires\t5\tjoann@corp.example\tyes\n"
    )
    assert cli("who", "joann", "--columns", "id,user,email").out == "3\tJoann Miller\tjoann@corp.example\n"


@pytest.mark.usefixtures("refused")
def test_columns_of_users_are_unknown_if_refused(cli):
    result = cli("members", "hires", "--columns", "id,email")
    assert (result.code, result.out) == (3, "5\t\n")


# lookup


LINES = "Sam Only\nJane Doe\nlovelace, ADA\nNobody\n#4\njoann@corp.example\n"


PASTED = """\
- [x] Sam Only
1. Joann Miller (contractor)
Ada Lovelace; Søren Łuk
Joann,joann@corp.example,QA
name,email,team
"""


def test_lookup_reads_lists_as_they_are_pasted(cli):
    result = cli("lookup", "--format", "csv", "--columns", "text,id,status", stdin=PASTED)
    assert result.out.splitlines()[1:] == [
        "Sam Only,4,matched",
        "Joann Miller (contractor),5,matched",
        "Ada Lovelace,1,matched",
        "Søren Łuk,7,matched",
        '"Joann,joann@corp.example,QA",5,matched',
        '"name,email,team",,unmatched',
    ]


def test_lookup_reports_that_it_merges_repeated_lines(cli):
    result = cli("lookup", "--columns", "id", stdin="Sam Only\n- Sam Only\n#4\nSam Only\n")
    assert result.out == "4\n4\n"
    assert "2 repeated lines merged" in result.err
    assert "repeated" not in cli("lookup", stdin="Sam Only").err


def test_lookup_prints_every_line_in_every_format(cli):
    result = cli("lookup", "--format", "csv", "--columns", "text,id,status", stdin=LINES)
    assert result.code == 6
    assert result.out.splitlines()[1:] == [
        "Sam Only,4,matched",
        "Jane Doe,,ambiguous",
        '"lovelace, ADA",1,matched',
        "Nobody,,unmatched",
        "#4,4,matched",
        "joann@corp.example,5,matched",
    ]
    rows = [json.loads(line) for line in cli("lookup", "--format", "ndjson", stdin=LINES).out.splitlines()]
    assert [row["status"] for row in rows] == [
        line.rpartition(",")[2] for line in result.out.splitlines()[1:]
    ]
    assert [user["id"] for user in rows[1]["candidates"]] == [2, 3]


def test_lookup_json_lists_groups_with_ids(cli):
    answer = json.loads(cli("lookup", "--format", "json", stdin=LINES).out)
    assert [user["id"] for user in answer["users"]] == [4, 1, 4, 5]
    assert answer["users"][1]["groups"] == [{"id": 1, "name": "QA"}, {"id": 2, "name": "Team #42"}]
    assert answer["unmatched"] == ["Nobody"]
    assert [each["text"] for each in answer["ambiguous"]] == ["Jane Doe"]


def test_long_lookup_prints_a_row_for_each_membership(cli):
    result = cli("lookup", "--long", "--format", "csv", stdin=LINES)
    assert result.out.splitlines() == [
        "text,status,id,name,group_id,group",
        "Sam Only,matched,4,Sam Only,,",
        "Jane Doe,ambiguous,,,,",
        '"lovelace, ADA",matched,1,Ada Lovelace,1,QA',
        '"lovelace, ADA",matched,1,Ada Lovelace,2,Team #42',
        "Nobody,unmatched,,,,",
        "#4,matched,4,Sam Only,,",
        "joann@corp.example,matched,5,Joann Miller,3,2024 hires",
    ]


def test_line_does_not_depend_on_other_lines(cli):
    def looked_up(*lines: str) -> list[str]:
        return cli("lookup", "--format", "csv", stdin="\n".join(lines)).out.splitlines()[1:]

    lines = [*LINES.splitlines(), *PASTED.splitlines()[1:]]
    assert looked_up(*lines) == [row for line in lines for row in looked_up(line)]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
@pytest.mark.parametrize("source", ["stdin", "file"])
def test_lookup_reads_utf8_with_and_without_mark(cli, tmp_path, source, encoding):
    content = "Søren Łuk\r\nSam Only\rJoann Miller\n\n".encode(encoding)
    (tmp_path / "users.txt").write_bytes(content)
    result = cli(
        "lookup",
        "--columns",
        "id",
        *([str(tmp_path / "users.txt")] if source == "file" else []),
        stdin=content,
    )
    assert (result.code, result.out) == (0, "7\n4\n5\n")


@pytest.mark.parametrize("source", ["stdin", "file"])
def test_lookup_refuses_an_endless_file(cli, demo, tmp_path, source):
    content = b"Ada\n" * (MAX_LOOKUP_BYTES // 4 + 1)
    (tmp_path / "users.txt").write_bytes(content)
    result = cli("lookup", str(tmp_path / "users.txt") if source == "file" else "-", stdin=content)
    assert (result.code, result.out, demo.log.paths) == (2, "", [])
    assert "a list of users has at most 20,000,000 bytes" in result.err


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "latin-1", "cp1252"])
@pytest.mark.parametrize("source", ["stdin", "file"])
def test_lookup_refuses_other_encodings(cli, demo, tmp_path, source, encoding):
    content = "José\nAda Lovelace\n".encode(encoding)
    (tmp_path / "users.txt").write_bytes(content)
    result = cli("lookup", *([str(tmp_path / "users.txt")] if source == "file" else []), stdin=content)
    assert (result.code, result.out, demo.log.paths) == (2, "", [])
    assert "it is not UTF-8. Save it as UTF-8" in result.err


def test_lookup_of_nothing_prints_that(cli):
    result = cli("lookup", stdin="\n \n")
    assert (result.code, result.out, result.err) == (0, "", "groupstui: stdin contains no users\n")


def test_lookup_cannot_read_users_and_token_from_stdin(cli, demo):
    result = cli("lookup", "-", "--token-stdin", stdin="token\nAda\n")
    assert (result.code, demo.log.paths) == (2, [])
    assert "stdin cannot contain both users and the token" in result.err


@pytest.mark.parametrize("source", ["--token-stdin", "--token-file"])
def test_byte_order_mark_before_a_token_is_ignored(cli, demo, environ, tmp_path, source):
    del environ["TESTMO_TOKEN"]
    content = f"\ufeff{demo.token}\r\n".encode()
    (tmp_path / "token").write_bytes(content)
    arguments = [source] if source == "--token-stdin" else [source, str(tmp_path / "token")]
    assert cli("members", "#1", *arguments, stdin=content).code == 0


def test_lookup_on_a_terminal_prints_what_it_waits_for(demo):
    controller, terminal = pty.openpty()
    environment = shell_environment(TESTMO_INSTANCE=demo.url, TESTMO_TOKEN=demo.token)
    command = [sys.executable, "-m", "groupstui", "lookup", "--columns", "id"]
    with subprocess.Popen(
        command, env=environment, stdin=terminal, stdout=subprocess.PIPE, stderr=terminal
    ) as run:
        printed = b""
        while b"ctrl+d ends the list" not in printed:
            printed += os.read(controller, 1 << 16)
        os.write(controller, b"Sam Only\n\x04")
        assert run.stdout is not None
        assert run.stdout.read() == b"4\n"
    os.close(controller)
    os.close(terminal)
