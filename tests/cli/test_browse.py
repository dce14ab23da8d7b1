"""Browsing by numbered lines: everything can be reached, in whole lines, without an escape."""

from __future__ import annotations

import os
import pty
import subprocess
import sys

import pytest

from ..support.commands import COMMAND_TIMEOUT, run_program, shell_environment
from ..support.site_app import TOKEN, SiteApp
from ..support.site_server import SiteServer
from ..support.untrusted_text import HOSTILE, MARKUP, control_characters, site_with_names


@pytest.fixture
def browse(cli):
    """Type lines; give what was said after the first list, line by line."""

    def typed(*lines: str, arguments=()) -> list[str]:
        outcome = cli("browse", "--plain", *arguments, stdin="".join(f"{line}\n" for line in lines))
        assert outcome.code == 0
        assert control_characters(outcome.out) == set()
        said = outcome.out.splitlines()
        start = next(place for place, line in enumerate(said) if line.startswith("Page 1 of 12"))
        return said[start + 1 :]

    return typed


def test_it_begins_with_the_site_and_its_first_groups(cli):
    said = cli("browse", "--plain").out.splitlines()
    assert said[0].startswith("127.0.0.1:")
    assert said[1:4] == ["All groups, 230.", "1. QA, 5 members", "2. Release managers, 12 members"]
    assert said[-1] == "Page 1 of 12, lines 1 to 20 of 230."


def test_a_number_opens_a_group_and_then_a_user(browse):
    said = browse("1", "1")
    assert said[:2] == ["Group QA, id 1, 5 members.", "1. Ada Lovelace"]
    assert said[6].startswith("User Ada Lovelace, id 1, in ")
    assert any(line.endswith(". QA, 5 members") for line in said[7:])


def test_pages_turn_and_have_ends(browse):
    assert browse("p")[-1] == "This is the start of the list."
    assert browse("n")[-1] == "Page 2 of 12, lines 21 to 40 of 230."
    assert browse("g 12")[-1] == "Page 12 of 12, lines 221 to 230 of 230."
    assert browse("g 12", "n")[-1] == "This is the end of the list."
    assert browse("g 13")[-1] == "There is no page 13."


def test_a_number_of_another_page_opens_its_line(browse):
    assert browse("200")[0].startswith("Group ")


def test_back_leads_to_where_one_was_on_its_page(browse):
    said = browse("n", "25", "b")
    assert said[-1] == "Page 2 of 12, lines 21 to 40 of 230."
    assert browse("b")[-1].startswith("This is the first view.")


def test_a_name_finds_groups_and_users(browse):
    assert browse("hopper")[0] == "User Grace Hopper, id 2, in " + browse("hopper")[0].partition("in ")[2]
    assert "matches for release" in browse("release")[0]
    assert browse("release", "1")[-1] != ""
    assert browse("zzz")[0] == "No match for zzz. ? prints help."


def test_a_slash_finds_what_is_called_like_a_command(browse, demo):
    demo.site.add_group("q", ())
    assert "q" in browse("/q")[0]


def test_groups_are_sorted_in_turn(browse):
    assert browse("s")[0] == "Sorted by name."
    assert browse("s", "s")[-21].startswith("1. Everyone, 500 members")


def test_only_the_list_of_all_groups_is_sorted(browse):
    assert browse("QA", "s")[-1] == "s sorts the list of all groups; l opens it."


def test_lines_that_read_alike_have_numbers(browse, demo):
    demo.site.add_group("Twins", ())
    demo.site.add_group("Twins", ())
    told = [line for line in browse("/Twins") if "Twins, 0 members" in line]
    assert len(told) == len(set(line.partition(". ")[2] for line in told)) == 2


def test_help_says_what_can_be_typed(browse):
    assert any(line.startswith("n: next page.") for line in browse("?"))


def test_a_line_that_is_not_there_is_told(browse):
    assert browse("999")[0] == "There is no line 999: the list has 230 lines. /999 finds a name."


def test_reading_again_shows_what_changed_and_a_failure_leaves_what_was_there(cli, demo):
    said = cli("browse", "--plain", stdin="r\nq\n").out
    assert said.count("All groups, 230.") == 2
    demo.faults.always("500", after=4)
    said = cli("browse", "--plain", stdin="r\n1\n").out.splitlines()
    assert "The groups that were read before are still shown." in said
    assert "Group QA, id 1, 5 members." in said


def test_it_can_begin_at_a_name(cli):
    assert "Group QA, id 1, 5 members." in cli("browse", "--plain", "#1").out


def test_q_leaves_at_once(browse):
    assert browse("q", "1") == []


def test_on_a_terminal_without_a_screen_there_are_only_lines(demo):
    ours, theirs = pty.openpty()
    environment = shell_environment(TESTMO_INSTANCE=demo.url, TESTMO_TOKEN=demo.token, TERM="dumb")
    command = [sys.executable, "-m", "groupstui", "browse", "--plain"]
    with subprocess.Popen(command, env=environment, stdin=theirs, stdout=theirs, stderr=theirs) as program:
        os.close(theirs)
        seen = b""
        while b"> " not in seen:
            seen += os.read(ours, 65_536)
        os.write(ours, b"1\n")
        while seen.count(b"> ") < 2:
            seen += os.read(ours, 65_536)
        os.write(ours, b"\x04")
        assert program.wait(COMMAND_TIMEOUT) == 0
    os.close(ours)
    assert b"Group QA, id 1, 5 members." in seen
    assert b"\x1b" not in seen


def test_a_plain_terminal_is_told_of_it(demo):
    environment = shell_environment(TESTMO_INSTANCE=demo.url, TESTMO_TOKEN=demo.token, TERM="dumb")
    outcome = run_program(environment=environment)
    assert outcome.code == 2
    assert "groupstui browse --plain" in outcome.err


def test_without_plain_it_means_the_app(demo):
    environment = shell_environment(TESTMO_INSTANCE=demo.url, TESTMO_TOKEN=demo.token)
    outcome = run_program("browse", environment=environment)
    assert outcome.code == 2
    assert "stdin and stderr must be a terminal" in outcome.err


def test_names_from_a_server_are_said_and_not_obeyed():
    server_site = site_with_names(MARKUP + HOSTILE)
    with SiteServer(SiteApp(server_site, token=TOKEN)) as server:
        environment = shell_environment(TESTMO_INSTANCE=server.url, TESTMO_TOKEN=TOKEN)
        outcome = run_program("browse", "--plain", environment=environment, stdin="1\n1\nb\nb\nn\n2\n")
    assert outcome.code == 0
    assert control_characters(outcome.out) == set()
