"""Paste a list of users, by key presses."""

from __future__ import annotations

import csv
from dataclasses import replace

import pytest

from ..support.pilot import browser_app, drawn, paste, press, settled, type_text, words
from ..support.site_app import TOKEN, SiteApp
from ..support.site_server import SiteServer

TICKET = """\
- Ada Lovelace
grace
Hopper, Grace
Alan Turing <alan.turing@demo.example>; nobody@demo.example
Nobody Known
ada.lovelace@demo.example
"""


@pytest.fixture
async def pilot(demo, clock):
    async with browser_app(demo.url, demo.token, clock).run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        yield pilot


async def look_up(pilot, text: str = TICKET, *, marks: int = 2) -> None:
    await press(pilot, *["space"] * marks, "v")
    await paste(pilot, text)
    await press(pilot, "tab")


def rows(pilot) -> dict[str, str]:
    """Return the state and the user of each line of the list."""
    table = pilot.app.screen.table
    status, user = (next(each for each in table.columns if each.key == key) for key in ("status", "user"))
    return {row.text: f"{status.text(row)} {user.text(row)}".strip() for row in table.rows}


def line(pilot, text: str) -> str:
    return next(line for line in drawn(pilot, "Table").splitlines() if text in line)


async def test_pasted_lines_are_matched(pilot):
    await look_up(pilot)
    assert rows(pilot) == {
        "Ada Lovelace": "matched Ada Lovelace",
        "grace": "ambiguous Grace Evans #86, Grace Hopper #2, Grace Mensah #362",
        "Hopper, Grace": "matched Grace Hopper",
        "Alan Turing <alan.turing@demo.example>": "matched Alan Turing",
        "nobody@demo.example": "not found",
        "Nobody Known": "not found",
        "ada.lovelace@demo.example": "matched Ada Lovelace",
    }
    assert "7 lines: 4 matched (3 users), 1 ambiguous, 2 not found" in drawn(pilot)
    assert "1 QA (5 members) · 2 Release managers (12)" in drawn(pilot, "#legend")
    assert " 25 ●    ● " in line(pilot, "Ada Lovelace")
    assert " 28 ●    · " in line(pilot, "Hopper, Grace")


async def test_repeated_lines_and_users_are_counted(pilot):
    await look_up(pilot, "Ada Lovelace\nADA LOVELACE\n#1\n- Ada Lovelace\nAda Lovelace\nGrace Hopper")
    assert "4 lines: 4 matched (2 users), 0 ambiguous, 0 not found · 2 repeated" in drawn(pilot)


async def test_row_of_a_table_is_one_user(pilot):
    row = "Ada Lovelace,ada.lovelace@demo.example,QA"
    await look_up(pilot, f"name,email,team\n{row}")
    assert rows(pilot) == {"name,email,team": "not found", row: "matched Ada Lovelace"}


async def test_typed_lines_are_matched_and_kept(pilot):
    await press(pilot, "v")
    await type_text(pilot, "ada lovelace")
    await press(pilot, "enter", "q")
    await press(pilot, "escape")
    assert pilot.app.screen is pilot.app.screen_stack[1]
    await press(pilot, "v")
    assert "ada lovelace" in drawn(pilot, "TextArea")
    await press(pilot, "tab")
    assert rows(pilot)["ada lovelace"] == "matched Ada Lovelace"
    assert "To compare with groups, mark them with space first" in drawn(pilot, "#legend")
    await press(pilot, "7")
    assert "There is no column 7" in words(pilot)
    await press(pilot, "escape")
    assert "ada lovelace" in drawn(pilot, "TextArea")
    assert "ctrl+n new list" in words(pilot, "KeyFooter")
    await press(pilot, "ctrl+n")
    await paste(pilot, "Grace Hopper")
    await press(pilot, "tab")
    assert rows(pilot) == {"Grace Hopper": "matched Grace Hopper"}


async def test_empty_list_is_not_looked_up(pilot):
    await press(pilot, "v", "tab")
    assert "Paste or type at least one user." in drawn(pilot)
    assert "Paste a list of users" in drawn(pilot)


async def test_candidate_is_chosen_and_stays_so(pilot):
    await look_up(pilot)
    await press(pilot, "down", "enter")
    assert "Which user is “grace”?" in drawn(pilot)
    await press(pilot, "down", "enter")
    assert rows(pilot)["grace"] == "matched Grace Hopper"
    await press(pilot, "escape", "tab")
    assert rows(pilot)["grace"] == "matched Grace Hopper"


async def test_similar_user_is_chosen_for_an_unknown_one(pilot):
    await look_up(pilot, "Ada Lovelase\n???")
    await press(pilot, "enter", "enter")
    assert rows(pilot)["Ada Lovelase"] == "matched Ada Lovelace"
    await press(pilot, "down", "enter")
    assert "No user is similar to “???”" in words(pilot)


async def test_parts_are_lines_without_a_user_and_missing_users(pilot):
    await look_up(pilot)
    every = rows(pilot)
    await press(pilot, "f")
    assert list(rows(pilot)) == ["grace", "nobody@demo.example", "Nobody Known"]
    await press(pilot, "2")
    assert list(rows(pilot)) == ["Hopper, Grace", "Alan Turing <alan.turing@demo.example>"]
    assert "2 users not in Release managers" in drawn(pilot, "#about")
    await press(pilot, "2")
    assert rows(pilot) == every


async def test_missing_users_and_unknown_lines_are_copied(pilot):
    async def copied(what: str) -> str:
        await press(pilot, "Y")
        names = [row.name for row in pilot.app.screen.query_one("Table").rows]
        await press(pilot, *["down"] * names.index(what), "enter")
        return pilot.app.clipboard

    await look_up(pilot)
    missing = "2 users missing from Release managers"
    assert await copied(f"{missing}, one per line") == "Grace Hopper\nAlan Turing"
    assert await copied(f"2 e-mail addresses of {missing}, separated by ;") == (
        "grace.hopper@demo.example; alan.turing@demo.example"
    )
    assert await copied("3 lines without a user, one per line") == "grace\nnobody@demo.example\nNobody Known"


async def test_columns_follow_what_is_read_meanwhile(pilot, demo):
    await look_up(pilot, "Ada Lovelace")
    assert " 25 ● " in line(pilot, "Ada Lovelace")
    demo.site.remove_member(1, 1)
    pilot.app.screen_stack[1].action_refresh_all()
    await settled(pilot)
    assert "1 QA (4 members)" in drawn(pilot, "#legend")
    assert " 24 · " in line(pilot, "Ada Lovelace")


async def test_only_six_groups_have_a_column(pilot):
    await look_up(pilot, marks=7)
    assert "Only the first 6 of 7 marked groups have a column" in words(pilot, "#about")
    assert " 1 2 3 4 5 6" in line(pilot, "Status")


async def test_list_is_exported_with_a_column_for_each_group(pilot, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    await look_up(pilot)
    await press(pilot, "e", "enter")
    (path,) = tmp_path.glob("*.csv")
    with path.open(encoding="utf-8", newline="") as file:
        found = {row["text"]: row for row in csv.DictReader(file)}
    assert found["Hopper, Grace"] == {
        "text": "Hopper, Grace",
        "status": "matched",
        "id": "2",
        "name": "Grace Hopper",
        "email": "grace.hopper@demo.example",
        "active": "yes",
        "QA": "yes",
        "Release managers": "no",
    }
    assert (found["grace"]["status"], found["Nobody Known"]["status"]) == ("ambiguous", "unmatched")


async def test_inactive_users_are_shown(demo, clock):
    demo.site.users[1] = replace(demo.site.users[1], is_active=False)
    async with browser_app(demo.url, demo.token, clock).run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        await look_up(pilot, "Ada Lovelace")
        assert rows(pilot) == {"Ada Lovelace": "inactive Ada Lovelace"}


async def test_users_are_compared_and_opened(pilot):
    await look_up(pilot)
    await press(pilot, "space", "down", "space", "c")
    assert "Comparison of 2 users" in drawn(pilot)
    await press(pilot, "escape", "home", "u")
    assert "Groups of Ada Lovelace" in drawn(pilot)
    await press(pilot, "enter")
    assert pilot.app.screen.members.table.current.label == "Ada Lovelace"
    await press(pilot, "left", "left")
    assert "7 lines" in drawn(pilot)
    await press(pilot, "escape")
    assert "Paste a list of users" in drawn(pilot)


async def test_unknown_users_and_addresses_are_no_verdict(demo, clock):
    with SiteServer(SiteApp(demo.site, users_status=403)) as server:
        async with browser_app(server.url, TOKEN, clock).run_test(size=(80, 24)) as pilot:
            await settled(pilot)
            await look_up(pilot, "Ada Lovelace\nNobody Known\nada.lovelace@demo.example")
            assert rows(pilot) == {
                "Ada Lovelace": "matched Ada Lovelace",
                "Nobody Known": "unknown",
                "ada.lovelace@demo.example": "unknown",
            }
            assert "3 lines: 1 matched, 0 ambiguous, 2 unknown" in drawn(pilot)
            assert "Users in no group are not known" in words(pilot, "#about")
            assert "e-mail addresses are not known" in words(pilot, "#about")


async def test_thousands_of_lines_are_looked_up(pilot):
    await look_up(pilot, "\n".join(f"#{number}" for number in range(1, 3_001)))
    assert "3,000 lines: 903 matched, 0 ambiguous, 2,097 not found" in drawn(pilot)
    await press(pilot, "escape")
    await paste(pilot, "\n".join(f"x{number}" for number in range(10_000)))
    await press(pilot, "tab")
    assert "users are too many: at most 10,000, or groupstui lookup FILE" in drawn(pilot)
