"""What commands print, where to, and how they are asked."""

from __future__ import annotations

import csv
import io
import json
import os
import pty
import subprocess
import sys
from stat import S_IMODE

import pytest

from ..support.commands import run_program, shell_environment

# Looking up


def test_rows_in_a_pipe_have_tabs_and_no_header(cli):
    assert "1\tQA" in cli("who", "ada lovelace", "--columns", "id,name").out.splitlines()


def test_a_terminal_gets_a_table(demo):
    ours, theirs = pty.openpty()
    environment = shell_environment(TESTMO_INSTANCE=demo.url, TESTMO_TOKEN=demo.token)
    command = [sys.executable, "-m", "groupstui", "members", "QA"]
    subprocess.run(command, env=environment, stdin=theirs, stdout=theirs, stderr=theirs, timeout=60)
    drawn = os.read(ours, 1 << 16).decode()
    os.close(ours)
    os.close(theirs)
    assert "reading 100 of 230 groups" in drawn  # progress, and gone again
    assert drawn.rpartition("\x1b[K")[2].splitlines()[:3] == [
        "ID  Name",
        " 2  Grace Hopper",
        " 1  Ada Lovelace",
    ]


def test_groups_are_found_by_a_part_of_the_name(cli):
    names = [line.split("\t")[1] for line in cli("groups", "RELEASE").out.splitlines()]
    assert names
    assert all("release" in name.lower() for name in names)


def test_sort_limit_and_columns(cli):
    outcome = cli("groups", "--sort=-members", "--limit", "3", "--columns", "name,members")
    counts = [int(line.split("\t")[1]) for line in outcome.out.splitlines()]
    assert counts == sorted(counts, reverse=True)
    assert len(counts) == 3


def test_json_says_what_it_is(cli, demo):
    answer = json.loads(cli("who", "#1", "--format", "json").out)
    assert list(answer) == ["schema", "instance", "as_of", "complete", "user", "groups"]
    assert answer["schema"] == "groupstui/1"
    assert answer["instance"] == demo.url
    assert answer["complete"] is True
    assert answer["user"] == {"id": 1, "name": "Ada Lovelace"}


def test_ndjson_is_whole_on_every_line(cli):
    lines = [json.loads(line) for line in cli("members", "QA", "--format", "ndjson").out.splitlines()]
    assert len(lines) == 5
    assert all(line["schema"] == "groupstui/1" and line["group"]["name"] == "QA" for line in lines)


@pytest.mark.parametrize(
    "user", ["ada lovelace", "ADA LOVELACE", "  Ada Lovelace ", "1", "#1", "ada@demo.example"]
)
def test_a_user_is_meant_by_name_by_id_or_by_address(cli, demo, user):
    if "@" in user:
        user = demo.site.users[1].email
    answer = json.loads(cli("who", user, "--format", "json").out)
    assert answer["user"]["name"] == "Ada Lovelace"


def test_an_address_is_not_found_where_users_are_not_told_and_that_is_said(cli, demo):
    demo.faults.next("403", after=4)
    outcome = cli("who", "ada@demo.example")
    assert outcome.code == 3
    assert outcome.err.count("e-mail addresses and user details are not available") == 1
    assert "e-mail addresses are not known" in outcome.err


def test_who_is_in_no_group_is_told(cli, demo):
    karen = next(user.id for user in demo.site.users.values() if user.name == "Karen Spärck Jones")
    for group in [group for group in demo.site.groups.values() if karen in group.members]:
        demo.site.remove_member(group.id, karen)
    outcome = cli("who", "Karen Spärck Jones")  # she has made groups
    assert (outcome.code, outcome.out) == (0, "")
    assert "Karen Spärck Jones is in no group" in outcome.err


def test_a_name_that_is_another_s_id_is_ambiguous(cli, demo):
    demo.site.rename_group(2, "1")
    outcome = cli("members", "1")
    assert outcome.code == 6
    assert "QA #1" in outcome.err
    assert len(cli("members", "#1").out.splitlines()) == 5


def test_an_export_can_go_to_stdout(cli):
    assert cli("export", "groups", "-o", "-", "--limit", "1").out.startswith("id,name,members")
    assert cli("export", "review", "-o", "-").code == 2


def test_the_settings_are_shown_whole(cli):
    assert "history = true\nhistory_days = 400\n" in cli("config", "show").out


def test_many_are_looked_up_from_a_file(cli, tmp_path):
    file = tmp_path / "users.txt"
    file.write_text("\ufeffAda Lovelace\r\n\r\nnobody at all\nAda Lovelace\na\n", encoding="utf-8")
    outcome = cli("lookup", str(file), "--columns", "text,id")
    assert outcome.code == 6
    assert outcome.out == "Ada Lovelace\t1\n"
    assert "no user matches “nobody at all”" in outcome.err
    assert "“a” matches " in outcome.err
    assert "more" in outcome.err


def test_a_file_of_another_encoding_is_refused(cli, tmp_path):
    file = tmp_path / "users.txt"
    file.write_bytes("José\n".encode("latin-1"))
    assert "it is not UTF-8" in cli("lookup", str(file)).err


def test_quiet_says_nothing_beside_the_answer(cli):
    outcome = cli("check", "ada lovelace", "QA", "-q")
    assert (outcome.out, outcome.err) == ("1\tQA\tyes\n", "")


def test_a_check_says_as_of_when(cli):
    assert "as of 20" in cli("check", "ada lovelace", "QA").err


def test_a_reader_who_has_seen_enough_ends_it_quietly(demo):
    environment = shell_environment(TESTMO_INSTANCE=demo.url, TESTMO_TOKEN=demo.token)
    command = f"{sys.executable} -m groupstui groups | head -n 1"
    done = subprocess.run(["sh", "-c", command], env=environment, capture_output=True, text=True, timeout=60)
    assert done.stdout.count("\n") == 1
    assert done.stderr == ""


def test_debug_tells_what_is_asked_without_the_token(demo):
    environment = shell_environment(TESTMO_INSTANCE=demo.url, TESTMO_TOKEN=demo.token)
    outcome = run_program("groups", "--debug", environment=environment)
    assert "GET /api/v1/groups?page=1&per_page=100&expands=users: 200" in outcome.err
    assert demo.token not in outcome.err + outcome.out


# Exporting


def test_an_export_is_its_owners_and_replaces_nothing_unasked(cli, tmp_path):
    path = tmp_path / "groups.csv"
    assert cli("export", "groups", "-o", str(path)).code == 0
    assert S_IMODE(path.stat().st_mode) == 0o600
    path.write_text("mine")
    outcome = cli("export", "groups", "-o", str(path))
    assert outcome.code == 2
    assert "groups.csv exists. Add --force to replace it" in outcome.err
    assert path.read_text() == "mine"
    assert cli("export", "groups", "-o", str(path), "--force").code == 0
    assert path.read_text().startswith("id,name,members")
    assert list(tmp_path.iterdir()) == [path]


def test_a_failed_export_leaves_nothing(cli, demo, tmp_path):
    demo.faults.always("500")
    assert cli("export", "groups", "-o", str(tmp_path / "x.csv")).code == 8
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("more", "cell"), [([], "'=HYPERLINK"), (["--raw"], "=HYPERLINK")])
def test_csv_is_guarded_against_formulas(cli, tmp_path, more, cell):
    path = tmp_path / "groups.csv"
    cli("export", "groups", "-o", str(path), *more)
    rows = list(csv.reader(io.StringIO(path.read_text(encoding="utf-8"))))
    assert any(row[1].startswith(cell) for row in rows)


def test_the_names_of_groups_are_guarded_as_the_heads_of_a_matrix_too(cli, tmp_path):
    path = tmp_path / "matrix.csv"
    cli("export", "matrix", "-o", str(path))
    head = next(csv.reader(io.StringIO(path.read_text(encoding="utf-8"))))
    assert any(cell.startswith("'=HYPERLINK") for cell in head)
    assert not any(cell.startswith("=") for cell in head)


def test_the_columns_of_a_matrix_are_told_apart(cli, demo, tmp_path):
    for group_id, name in ((1, "A"), (2, "A"), (4, "A #1"), (5, "user")):
        demo.site.rename_group(group_id, name)
    path = tmp_path / "matrix.csv"
    cli("export", "matrix", "-o", str(path))
    head = next(csv.reader(io.StringIO(path.read_text(encoding="utf-8"))))
    assert head[2:6] == ["A #1", "A #2", "A #1 #4", "user #5"]
    assert len(head) == len(set(head)) == 2 + 230


def test_the_heads_of_a_matrix_break_no_markdown(cli, demo, tmp_path):
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
def test_the_ending_tells_the_format(cli, tmp_path, ending, begins):
    path = tmp_path / f"groups{ending}"
    cli("export", "groups", "-o", str(path))
    assert path.read_text(encoding="utf-8").startswith(begins)


# Signing in


@pytest.mark.parametrize("way", ["stdin", "file"])
def test_a_token_is_never_on_the_command_line(cli, demo, environ, tmp_path, way):
    del environ["TESTMO_TOKEN"]
    if way == "stdin":
        outcome = cli("auth", "status", "--token-stdin", stdin=f"{demo.token}\n")
    else:
        file = tmp_path / "token"
        file.write_text(f"{demo.token}\n")
        outcome = cli("auth", "status", "--token-file", str(file))
    assert outcome.code == 0
    assert "Ada Lovelace" in outcome.out
    assert demo.token not in outcome.out + outcome.err


def test_status_tells_who_where_and_whence_but_no_token(cli, demo):
    outcome = cli("auth", "status")
    assert demo.url in outcome.out
    assert "Ada Lovelace" in outcome.out
    assert "TESTMO_TOKEN" in outcome.out
    assert demo.token not in outcome.out


def test_status_of_a_token_that_is_no_admin_s_says_so(cli, demo, environ):
    environ["TESTMO_TOKEN"] = demo.member_token
    outcome = cli("auth", "status")
    assert outcome.code == 5
    assert "site admin" in outcome.out + outcome.err


def test_a_sign_in_that_cannot_be_kept_says_so(cli, environ, demo):
    del environ["TESTMO_TOKEN"]
    outcome = cli("auth", "login", "--token-stdin", stdin=f"{demo.token}\n")
    assert outcome.code != 0
    assert "keyring" in outcome.err
    assert demo.token not in outcome.out + outcome.err


def test_doctor_tells_no_secret(cli, demo, environ):
    environ["HTTPS_PROXY"] = "http://me:pa55@proxy.example:3128"
    outcome = cli("doctor")
    assert outcome.code == 0
    for fact in ("groupstui:", "python:", "terminal:", "keyring:", "proxy:", "certificates:", "clock:"):
        assert fact in outcome.out
    assert "the instance answers, and the token belongs to a site admin" in outcome.out
    assert "agrees with that of the instance" in outcome.out
    assert demo.token not in outcome.out
    assert "pa55" not in outcome.out


# Settings and help


def test_sites_can_be_called_by_a_name_of_one_s_own(cli, demo, environ):
    path = cli("config", "path").out.strip()
    os.makedirs(os.path.dirname(path))
    with open(path, "w", encoding="utf-8") as file:
        file.write(f'[sites]\nwork = "{demo.url}"\n')
    del environ["TESTMO_INSTANCE"]
    assert cli("groups", "--instance", "work").code == 0
    assert "work" in cli("config", "show").out


def test_broken_settings_are_told_with_their_place(cli, environ):
    path = cli("config", "path").out.strip()
    os.makedirs(os.path.dirname(path))
    with open(path, "w", encoding="utf-8") as file:
        file.write('theme = "nord"\npage_size = 7\n')
    outcome = cli("groups")
    assert outcome.code == 2
    assert "line 2" in outcome.err
    assert "page_size" in outcome.err


@pytest.mark.parametrize(
    "command",
    ["groups", "members", "who", "check", "lookup", "export", "auth", "config", "doctor", "completion"],
)
def test_every_command_s_help_has_examples_and_exit_codes(cli, command):
    outcome = cli(command, "--help")
    assert outcome.code == 0
    assert f"groupstui {command}" in outcome.out.partition("examples:")[2]
    assert "exit codes:" in outcome.out


def test_bash_completes_commands_options_and_values(tmp_path):
    script = tmp_path / "completion.bash"
    script.write_text(run_program("completion", "bash", environment=shell_environment()).out)
    ask = (
        f'source {script}; COMP_WORDS=($1); COMP_CWORD=$((${{#COMP_WORDS[@]}} - 1)); [ "$2" ] && '
        "COMP_WORDS+=('') && COMP_CWORD=$((COMP_CWORD + 1)); "
        "_shtab_groupstui 2>/dev/null; echo ${COMPREPLY[@]}"
    )

    def completed(words: str, *new: str) -> list[str]:
        command = ["bash", "-c", ask, "bash", words, *new]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()

    assert completed("groupstui mem") == ["members"]
    assert "--format" in completed("groupstui who --f")
    assert "markdown" in completed("groupstui who --format m")
    assert "memberships" in completed("groupstui export", "next")
