"""Browse by numbered lines."""

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
    """Type lines, and return the lines printed after the first page."""

    def typed(*lines: str, arguments=()) -> list[str]:
        result = cli("browse", "--plain", *arguments, stdin="".join(f"{line}\n" for line in lines))
        assert result.code == 0
        assert control_characters(result.out) == set()
        lines = result.out.splitlines()
        start = next(place for place, line in enumerate(lines) if line.startswith("Page 1 of 12"))
        return lines[start + 1 :]

    return typed


def test_first_view_lists_groups(cli):
    lines = cli("browse", "--plain").out.splitlines()
    assert lines[0].startswith("127.0.0.1:")
    assert lines[1:4] == ["All groups, 230.", "1. QA, 5 members", "2. Release managers, 12 members"]
    assert lines[-1] == "Page 1 of 12, lines 1 to 20 of 230."


def test_number_opens_group_and_user(browse):
    lines = browse("1", "1")
    assert lines[:2] == ["Group QA, id 1, 5 members.", "1. Ada Lovelace"]
    assert lines[6].startswith("User Ada Lovelace, id 1, in ")
    assert any(line.endswith(". QA, 5 members") for line in lines[7:])


def test_paging(browse):
    assert browse("p")[-1] == "This is the start of the list."
    assert browse("n")[-1] == "Page 2 of 12, lines 21 to 40 of 230."
    assert browse("g 12")[-1] == "Page 12 of 12, lines 221 to 230 of 230."
    assert browse("g 12", "n")[-1] == "This is the end of the list."
    assert browse("g 13")[-1] == "There is no page 13."


def test_number_of_another_page_opens_line(browse):
    assert browse("200")[0].startswith("Group ")


def test_back_restores_view_and_page(browse):
    lines = browse("n", "25", "b")
    assert lines[-1] == "Page 2 of 12, lines 21 to 40 of 230."
    assert browse("b")[-1].startswith("This is the first view.")


def test_name_finds_groups_and_users(browse):
    assert browse("hopper")[0] == "User Grace Hopper, id 2, in " + browse("hopper")[0].partition("in ")[2]
    assert "matches for release" in browse("release")[0]
    assert browse("release", "1")[-1] != ""
    assert browse("qa")[0] == "Group QA, id 1, 5 members."  # though others contain it
    assert "matches for qa" in browse("/qa")[0]
    assert browse("zzz")[0] == "No match for zzz. ? prints help."


def test_slash_finds_name_that_is_a_command(browse, demo):
    demo.site.add_group("q", ())
    assert "q" in browse("/q")[0]


def test_part_of_an_id_or_an_address_is_listed_but_not_opened(browse, demo):
    address = demo.site.add_user("Joann Miller").email
    demo.site.add_group("Team #987654", ())
    assert browse(address)[0].startswith("User Joann Miller, id ")
    for text in (address[1:], "#987654", "/987654"):
        assert browse(text)[0] == f"1 match for {text.removeprefix('/')}: groups, then users."


def test_sort_cycles_through_orders(browse):
    assert browse("s")[0] == "Sorted by name."
    assert browse("s", "s")[-21].startswith("1. Everyone, 500 members")


def test_sort_only_applies_to_all_groups(browse):
    assert browse("QA", "s")[-1] == "s sorts the list of all groups; l opens it."


def test_lines_with_the_same_name_show_ids(browse, demo):
    ids = [demo.site.add_group("Twins", members).id for members in ((), (), (1,))]
    result = [line for line in browse("/Twins") if "Twins, " in line]
    assert [line.rpartition(", id ")[2] for line in result] == list(map(str, ids))


def test_help_lists_commands(browse):
    assert any(line.startswith("n: next page.") for line in browse("?"))


def test_missing_line_is_reported(browse):
    assert browse("999")[0] == "There is no line 999: the list has 230 lines. /999 finds a name."


def test_failed_reload_keeps_groups(cli, demo):
    lines = cli("browse", "--plain", stdin="r\nq\n").out
    assert lines.count("All groups, 230.") == 2
    demo.faults.always("500", after=13)  # four requests for groups, nine for users
    lines = cli("browse", "--plain", stdin="r\n1\n").out.splitlines()
    assert "The groups that were read before are still shown." in lines
    assert "Group QA, id 1, 5 members." in lines


def test_name_argument_opens_group(cli):
    assert "Group QA, id 1, 5 members." in cli("browse", "--plain", "#1").out


def test_q_quits(browse):
    assert browse("q", "1") == []


def test_dumb_terminal_gets_no_escape_sequences(demo):
    controller, terminal = pty.openpty()
    environment = shell_environment(TESTMO_INSTANCE=demo.url, TESTMO_TOKEN=demo.token, TERM="dumb")
    command = [sys.executable, "-m", "groupstui", "browse", "--plain"]
    with subprocess.Popen(
        command, env=environment, stdin=terminal, stdout=terminal, stderr=terminal
    ) as program:
        os.close(terminal)
        seen = b""
        while b"> " not in seen:
            seen += os.read(controller, 65_536)
        os.write(controller, b"1\n")
        while seen.count(b"> ") < 2:
            seen += os.read(controller, 65_536)
        os.write(controller, b"\x04")
        assert program.wait(COMMAND_TIMEOUT) == 0
    os.close(controller)
    assert b"Group QA, id 1, 5 members." in seen
    assert b"\x1b" not in seen


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="no device without an end")
def test_endless_stdin_is_an_error(demo):
    environment = shell_environment(TESTMO_INSTANCE=demo.url, TESTMO_TOKEN=demo.token)
    with open("/dev/full", "rb") as endless:
        done = subprocess.run(
            [sys.executable, "-m", "groupstui", "browse", "--plain"],
            env=environment,
            stdin=endless,
            capture_output=True,
            text=True,
            timeout=COMMAND_TIMEOUT,
        )
    assert done.returncode == 2
    assert "cannot read stdin: a line is longer than 100,000 characters" in done.stderr


def test_app_on_dumb_terminal_suggests_plain(demo):
    environment = shell_environment(TESTMO_INSTANCE=demo.url, TESTMO_TOKEN=demo.token, TERM="dumb")
    result = run_program(environment=environment)
    assert result.code == 2
    assert "groupstui browse --plain" in result.err


def test_browse_without_plain_opens_app(demo):
    environment = shell_environment(TESTMO_INSTANCE=demo.url, TESTMO_TOKEN=demo.token)
    result = run_program("browse", environment=environment)
    assert result.code == 2
    assert "stdin and stderr must be a terminal" in result.err


def test_hostile_names_are_harmless():
    server_site = site_with_names(MARKUP + HOSTILE)
    with SiteServer(SiteApp(server_site, token=TOKEN)) as server:
        environment = shell_environment(TESTMO_INSTANCE=server.url, TESTMO_TOKEN=TOKEN)
        result = run_program("browse", "--plain", environment=environment, stdin="1\n1\nb\nb\nn\n2\n")
    assert result.code == 0
    assert control_characters(result.out) == set()
