"""Exports and access reviews."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
from stat import S_IMODE

import pytest

from ..support.commands import COMMAND_TIMEOUT, shell_environment


def test_read_only_file_system_is_named(tmp_path):
    export = f"{sys.executable} -m groupstui export groups --demo -o {tmp_path}/x.csv"
    done = subprocess.run(
        ["unshare", "-rm", "sh", "-c", f"mount -t tmpfs -o ro none {tmp_path} || exit 99; {export}"],
        env=shell_environment(),
        capture_output=True,
        text=True,
        timeout=COMMAND_TIMEOUT,
    )
    if done.returncode == 99 or "unshare" in done.stderr:
        pytest.skip("this user cannot mount")
    assert (done.returncode, done.stderr.strip()) == (
        2,
        f"groupstui: cannot write {tmp_path}/x.csv: Read-only file system",
    )


def test_export_to_stdout(cli):
    assert cli("export", "groups", "-o", "-", "--limit", "1").out.startswith("id,name,members")
    assert cli("export", "review", "-o", "-").code == 2


def test_export_is_private_and_needs_force_to_replace(cli, tmp_path):
    path = tmp_path / "groups.csv"
    assert cli("export", "groups", "-o", str(path)).code == 0
    assert S_IMODE(path.stat().st_mode) == 0o600
    path.write_text("mine")
    result = cli("export", "groups", "-o", str(path))
    assert result.code == 2
    assert "groups.csv exists. Add --force to replace it" in result.err
    assert path.read_text() == "mine"
    assert cli("export", "groups", "-o", str(path), "--force").code == 0
    assert path.read_text().startswith("id,name,members")
    assert list(tmp_path.iterdir()) == [path]


def test_failed_export_leaves_no_file(cli, demo, tmp_path):
    demo.faults.always("500")
    assert cli("export", "groups", "-o", str(tmp_path / "x.csv")).code == 8
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("more", "cell"), [([], "'=HYPERLINK"), (["--raw"], "=HYPERLINK")])
def test_csv_escapes_formulas(cli, tmp_path, more, cell):
    path = tmp_path / "groups.csv"
    cli("export", "groups", "-o", str(path), *more)
    rows = list(csv.reader(io.StringIO(path.read_text(encoding="utf-8"))))
    assert any(row[1].startswith(cell) for row in rows)


def test_matrix_header_escapes_formulas(cli, tmp_path):
    path = tmp_path / "matrix.csv"
    cli("export", "matrix", "-o", str(path))
    head = next(csv.reader(io.StringIO(path.read_text(encoding="utf-8"))))
    assert any(cell.startswith("'=HYPERLINK") for cell in head)
    assert not any(cell.startswith("=") for cell in head)


def test_matrix_columns_are_unique(cli, demo, tmp_path):
    ids = list(demo.site.groups)[:4]
    for group_id, name in zip(ids, ("A", "A", "A #1", "user"), strict=True):
        demo.site.rename_group(group_id, name)
    path = tmp_path / "matrix.csv"
    cli("export", "matrix", "-o", str(path))
    head = next(csv.reader(io.StringIO(path.read_text(encoding="utf-8"))))
    assert head[2:6] == ["A #1", "A #2", f"A #1 #{ids[2]}", f"user #{ids[3]}"]
    assert len(head) == len(set(head)) == 2 + 230


def test_matrix_header_escapes_markdown(cli, demo, tmp_path):
    demo.site.rename_group(1, "a|b [c](d)")
    path = tmp_path / "matrix.md"
    cli("export", "matrix", "-o", str(path))
    head = path.read_text(encoding="utf-8").splitlines()[0]
    assert r"| a\|b \[c\](d) |" in head


@pytest.mark.parametrize(
    ("ending", "begins"),
    [
        (".json", "{"),
        (".ndjson", '{"schema"'),
        (".tsv", "id\tname"),
        (".md", "| ID | Name"),
        (".txt", " ID  Name"),
    ],
)
def test_format_from_file_extension(cli, tmp_path, ending, begins):
    path = tmp_path / f"groups{ending}"
    cli("export", "groups", "-o", str(path))
    assert path.read_text(encoding="utf-8").startswith(begins)


def test_review_is_reproducible_and_has_valid_sums(cli, demo, tmp_path):
    for name in ("one", "two"):
        result = cli("export", "review", "-o", str(tmp_path / name))
        assert result.code == 0
    assert "wrote 463 files to " in result.err
    subprocess.run(["sha256sum", "--check", "--quiet", "SHA256SUMS"], cwd=tmp_path / "one", check=True)
    # Everything but CSV contains the time of the crawl, and the manifest the sums of these files.
    timed = [word for name in ("*.md", "review.json", "SHA256SUMS") for word in ("-x", name)]
    subprocess.run(["diff", "-r", *timed, tmp_path / "one", tmp_path / "two"], check=True)
    for name in ("offline", "again"):
        cli("export", "review", "--offline", "-o", str(tmp_path / name))
    subprocess.run(["diff", "-r", tmp_path / "offline", tmp_path / "again"], check=True)
    assert "\nAs of: 20" in (tmp_path / "one" / "index.md").read_text()
    assert (tmp_path / "one" / "groups" / "00001-qa.csv").read_bytes().startswith(b"\xef\xbb\xbfuser_id,")
    demo.site.add_member(1, 30)
    cli("export", "review", "-o", str(tmp_path / "three"))
    differ = subprocess.run(
        ["diff", "-rq", *timed, "one", "three"], cwd=tmp_path, capture_output=True, text=True
    )
    assert sorted(line.split()[1].partition("/")[2] for line in differ.stdout.splitlines()) == [
        "groups/00001-qa.csv",
    ]


def test_review_needs_force_to_replace(cli, tmp_path):
    (tmp_path / "review").mkdir()
    result = cli("export", "review", "-o", str(tmp_path / "review"))
    assert result.code == 2
    assert "Add --force to replace it" in result.err
    assert cli("export", "review", "-o", str(tmp_path / "review"), "--force").code == 0


def test_incomplete_review_exits_3(cli, demo, tmp_path):
    demo.faults.always("wrong-total")
    assert cli("export", "review", "-o", str(tmp_path / "review")).code == 3


def test_review_rejects_format(cli, tmp_path):
    assert cli("export", "review", "-o", str(tmp_path / "review"), "--format", "json").code == 2


def test_incomplete_data_replaces_no_file(cli, demo, tmp_path):
    path = tmp_path / "memberships.csv"
    assert cli("export", "memberships", "-o", str(path)).code == 0
    before = path.read_bytes()
    demo.faults.always("wrong-total")
    result = cli("export", "memberships", "-o", str(path), "--force", "-q")
    assert (result.code, path.read_bytes()) == (3, before)
    assert f"{path} exists and was not replaced: the data is incomplete" in result.err
    assert cli("export", "memberships", "-o", str(tmp_path / "new.csv"), "-q").code == 3
    assert (tmp_path / "new.csv").read_bytes() == before


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["-o", "x.xlsx"], "“.xlsx” is not a known extension"),
        (["-o", "."], "Is a directory"),
        (["-o", "none/x.csv"], "No such file or directory"),
        (["-o", "mine.csv"], "mine.csv exists. Add --force to replace it"),
        (["-o", "x.csv", "--columns", "id,nick"], "there is no field “nick”: choose from id, name"),
        (["-o", "x.csv", "--columns", ""], "has an empty field"),
        (["-o", "x.csv", "--columns", "id,"], "has an empty field"),
        (["-o", "x.csv", "--columns", "id,name,id"], "--columns names “id” twice"),
        (["-o", "x.csv", "--sort=-nick"], "there is no field “nick”"),
        (["-o", "x.csv", "--sort="], "is not a field"),
        (["-o", "x.csv", "--limit", "٣"], "is not a positive integer"),
        (["-o", "x.csv", "--limit", "1_0"], "is not a positive integer"),
        (["-o", "x.csv", "--limit", "0"], "is not a positive integer"),
        (["-o", "x.md", "--bom"], "--bom needs the format csv or tsv"),
    ],
)
def test_wrong_export_is_reported_before_anything_is_read(
    cli, demo, tmp_path, monkeypatch, arguments, message
):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mine.csv").touch()
    result = cli("export", "groups", *arguments)
    assert result.code == 2
    assert message in result.err
    assert demo.log.requests == []


@pytest.mark.parametrize(
    "command",
    [
        *(["groups"], ["members", "QA"], ["who", "ada"], ["check", "ada", "QA"], ["lookup"], ["audit"]),
        *(["changes"], ["snapshot", "list"]),
    ],
    ids=lambda command: command[0],
)
@pytest.mark.parametrize(
    "option", ["--columns=id,nick", "--sort=-nick", "--bom", "--columns=", "--columns=,"]
)
def test_wrong_fields_are_reported_before_anything_is_read(cli, demo, command, option):
    assert cli(*command, option).code == 2
    assert demo.log.requests == []


@pytest.mark.parametrize("limit", ["1000000", "9" * 5_000, "007"])
def test_limit_may_be_any_number(cli, limit):
    assert cli("groups", "--limit", limit).code == 0


def test_unknown_column_of_a_matrix_is_reported_safely(cli, demo):
    demo.site.rename_group(1, "\x1b]52;c;ZXZpbA==\x07")
    result = cli("export", "matrix", "-o", "-", "--columns", "nope")
    assert result.code == 2
    assert result.err.removesuffix("\n").isprintable()


def test_users_have_groups_with_ids(cli):
    answer = json.loads(cli("export", "users", "-o", "-", "--format", "json").out)
    ada = next(user for user in answer["users"] if user["id"] == 1)
    assert {"id": 1, "name": "QA"} in ada["groups"]
    assert ada["group_ids"] == [group["id"] for group in ada["groups"]]
    rows = list(csv.DictReader(io.StringIO(cli("export", "users", "-o", "-").out)))
    assert rows[0]["groups"] == ", ".join(group["name"] for group in ada["groups"])
    assert rows[0]["group_ids"] == ", ".join(map(str, ada["group_ids"]))


def test_details_of_users_that_were_not_read_are_unknown(cli):
    cli("groups")  # saves a snapshot without the users in no group
    result = cli("export", "users", "-o", "-", "--columns", "id,name", "--offline", "-q")
    assert (result.code, bool(result.out)) == (3, True)
    assert "users or their details are missing" in result.err
    cli("who", "#1")  # saves one with all users
    assert cli("export", "users", "-o", "-", "--columns", "id,name", "--offline").code == 0
    result = cli("export", "users", "-o", "-", "--columns", "id,email", "--offline")
    assert result.code == 3
    assert "email unknown" in result.err


def test_memberships_with_addresses(cli):
    columns = "group,user,email,active"
    rows = list(
        csv.DictReader(io.StringIO(cli("export", "memberships", "-o", "-", "--columns", columns).out))
    )
    members = json.loads(cli("members", "QA", "--json", "name,email").out)
    assert [(row["user"], row["email"]) for row in rows if row["group"] == "QA"] == [
        (member["name"], member["email"]) for member in members
    ]
    assert "email" not in cli("export", "memberships", "-o", "-").out.splitlines()[0]
    result = cli("export", "memberships", "-o", "-", "--columns", columns, "--offline")
    assert result.code == 3
    assert "email, active unknown" in result.err


def test_matrix_as_json_has_ids(cli, demo):
    answer = json.loads(cli("export", "matrix", "-o", "-", "--format", "json").out)
    assert [group["id"] for group in answer["groups"]] == list(demo.site.groups)
    inside = {row["user_id"]: set(row["groups"]) for row in answer["matrix"]}
    assert inside[1] == {id for id, group in demo.site.groups.items() if 1 in group.members}
    first = json.loads(cli("export", "matrix", "-o", "-", "--format", "ndjson").out.splitlines()[0])
    assert set(first) == {"schema", "instance", "as_of", "complete", "user_id", "user", "groups", "about"}


@pytest.mark.parametrize("option", [[], ["--bom"]])
def test_byte_order_mark_only_if_asked_for(cli, tmp_path, option):
    cli("export", "groups", "-o", str(tmp_path / "x.csv"), *option)
    assert (tmp_path / "x.csv").read_bytes().startswith(b"\xef\xbb\xbf") == bool(option)
    assert cli("groups", "--format", "tsv", *option).out.startswith("\ufeff") == bool(option)
