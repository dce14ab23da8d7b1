"""The commands groups, members, who, check and lookup, and their output options."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys

from ..support.commands import run_program, shell_environment


def test_pipe_gets_tab_separated_rows(cli):
    assert "1\tQA" in cli("who", "ada lovelace", "--columns", "id,name").out.splitlines()


def test_terminal_gets_table(demo):
    controller, terminal = pty.openpty()
    environment = shell_environment(TESTMO_INSTANCE=demo.url, TESTMO_TOKEN=demo.token, TERM="xterm-256color")
    command = [sys.executable, "-m", "groupstui", "members", "QA"]
    subprocess.run(command, env=environment, stdin=terminal, stdout=terminal, stderr=terminal, timeout=60)
    drawn = os.read(controller, 1 << 16).decode()
    os.close(controller)
    os.close(terminal)
    assert "reading 100 of 230 groups" in drawn  # progress, erased at the end
    answer = drawn.rpartition("\x1b[K")[2].splitlines()
    assert answer[:3] == ["\x1b[1mID\x1b[0m  \x1b[1mName\x1b[0m", " 2  Grace Hopper", " 1  Ada Lovelace"]
    assert answer[-1] == "groupstui: QA (#1) has 5 members"


def test_groups_filters_by_text(cli):
    names = [line.split("\t")[1] for line in cli("groups", "RELEASE").out.splitlines()]
    assert names
    assert all("release" in name.lower() for name in names)


def test_sort_limit_and_columns(cli):
    result = cli("groups", "--sort=-members", "--limit", "3", "--columns", "name,members")
    counts = [int(line.split("\t")[1]) for line in result.out.splitlines()]
    assert counts == sorted(counts, reverse=True)
    assert len(counts) == 3


def test_json_envelope(cli, demo):
    answer = json.loads(cli("who", "#1", "--format", "json").out)
    assert list(answer) == ["schema", "instance", "as_of", "complete", "users_complete", "user", "groups"]
    assert answer["schema"] == "groupstui/1"
    assert answer["instance"] == demo.url
    assert answer["complete"] is True
    assert answer["user"] == {"id": 1, "name": "Ada Lovelace"}


def test_ndjson_repeats_envelope(cli):
    lines = [json.loads(line) for line in cli("members", "QA", "--format", "ndjson").out.splitlines()]
    assert len(lines) == 5
    assert all(line["schema"] == "groupstui/1" and line["about"]["group"]["name"] == "QA" for line in lines)


def test_who_reports_user_in_no_group(cli, demo):
    karen = next(user.id for user in demo.site.users.values() if user.name == "Karen Spärck Jones")
    for group in [group for group in demo.site.groups.values() if karen in group.members]:
        demo.site.remove_member(group.id, karen)
    result = cli("who", "Karen Spärck Jones")  # she has created groups
    assert (result.code, result.out) == (0, "")
    assert "Karen Spärck Jones (#12) is in no group" in result.err


def test_name_equal_to_another_id_is_ambiguous(cli, demo):
    demo.site.rename_group(2, "1")
    result = cli("members", "1")
    assert result.code == 6
    assert "QA (#1), 1 (#2)" in result.err
    assert len(cli("members", "#1").out.splitlines()) == 5


def test_lookup_reads_file(cli, tmp_path):
    file = tmp_path / "users.txt"
    file.write_text("\ufeffAda Lovelace\r\n\r\nnobody at all\nAda Lovelace\na\n", encoding="utf-8")
    result = cli("lookup", str(file), "--columns", "text,id")
    assert result.code == 6
    assert result.out == "Ada Lovelace\t1\nnobody at all\t\na\t\n"
    assert "no user matches “nobody at all”" in result.err
    assert "“a” matches " in result.err
    assert "more" in result.err


def test_quiet_suppresses_messages(cli):
    result = cli("check", "ada lovelace", "QA", "-q", "--format", "tsv")
    assert (result.out, result.err) == ("id\tname\tmember\n1\tQA\tyes\n", "")


def test_check_reports_time_of_data(cli):
    assert "as of 20" in cli("check", "ada lovelace", "QA").err


def test_closed_pipe_prints_no_error(demo):
    environment = shell_environment(TESTMO_INSTANCE=demo.url, TESTMO_TOKEN=demo.token, TERM="xterm-256color")
    command = f"{sys.executable} -m groupstui groups | head -n 1"
    done = subprocess.run(["sh", "-c", command], env=environment, capture_output=True, text=True, timeout=60)
    assert done.stdout.count("\n") == 1
    assert done.stderr == ""


def test_debug_logs_requests_without_token(demo):
    environment = shell_environment(TESTMO_INSTANCE=demo.url, TESTMO_TOKEN=demo.token)
    result = run_program("groups", "--debug", environment=environment)
    assert "GET /api/v1/groups?page=1&per_page=100&expands=users: 200" in result.err
    assert demo.token not in result.err + result.out


def test_invalid_values_are_reported_once(cli, demo):
    demo.site.rename_user(4, None)
    result = cli("members", "QA")
    assert result.code == 0
    assert "4" in [line.split("\t")[0] for line in result.out.splitlines()]
    assert result.err.count("treated as missing") == 1


def test_message_names_what_has_no_name_by_its_id(cli, demo):
    user = demo.site.add_user("")
    group = demo.site.add_group("", (user.id,))
    assert f"groupstui: #{user.id} is in 1 group" in cli("who", f"#{user.id}").err
    assert f"groupstui: #{group.id} has 1 member" in cli("members", f"#{group.id}").err
