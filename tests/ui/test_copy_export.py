"""Copy, print and export the visible rows, by key presses."""

from __future__ import annotations

import csv
import json
import os
from stat import S_IMODE

import pytest
from textual.widgets import Input

from groupstui.output.access_review import review_files

from ..support.pilot import browser_app, drawn, paste, press, settled, type_text, words


@pytest.fixture
async def pilot(demo, clock, tmp_path, monkeypatch):
    """The app after the crawl, started in an empty folder."""
    monkeypatch.chdir(tmp_path)
    async with browser_app(demo.url, demo.token, clock).run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        yield pilot


def stem(pilot) -> str:
    """Return how names of files begin: with the instance."""
    return pilot.app.screen_stack[1].service.instance.name.replace(".", "-").replace(":", "-")


async def copied(pilot, what: str) -> str:
    """Choose what to copy, and return the copied text."""
    await press(pilot, "Y")
    table = pilot.app.screen.query_one("Table")
    names = [row.name for row in table.rows]
    (choice, *_) = sorted((name for name in names if what in name), key=lambda name: name.index(what))
    while table.current.name != choice:
        await press(pilot, "down")
    await press(pilot, "enter")
    return pilot.app.clipboard


async def test_copy_group_name(pilot):
    await press(pilot, "down", "y")
    assert pilot.app.clipboard == "Release managers"
    assert "Copied “Release managers” to the terminal's clipboard." in words(pilot)
    assert "P prints it." in words(pilot)


@pytest.fixture
def xclip(monkeypatch, tmp_path_factory):
    """Install a shell script as the program that sets the system's clipboard; its folder is returned."""
    folder = tmp_path_factory.mktemp("bin")
    monkeypatch.setenv("PATH", str(folder), prepend=os.pathsep)
    monkeypatch.setenv("DISPLAY", ":0")
    monkeypatch.delenv("SSH_TTY")
    monkeypatch.setenv("FOLDER", str(folder))

    def install(script: str):
        (folder / "xclip").write_text(f"#!/bin/sh\n{script}\n")
        (folder / "xclip").chmod(0o700)
        return folder

    return install


async def test_copy_to_the_system_clipboard(pilot, xclip, monkeypatch):
    monkeypatch.setenv("TESTMO_TOKEN", "secret")
    folder = xclip('cat > "$FOLDER/text"; echo "$*,$TESTMO_TOKEN" > "$FOLDER/seen"; sleep 60 &')
    await press(pilot, "down", "y")
    assert "Copied “Release managers” to the system clipboard." in words(pilot)
    assert (folder / "text").read_text() == "Release managers"
    assert (folder / "seen").read_text() == "-selection clipboard,\n"
    assert pilot.app.clipboard == "Release managers"


@pytest.mark.parametrize("script", ["exit 1", "exec sleep 60", "exec 0<&-; exit 1"])
async def test_copy_without_a_working_clipboard_program(pilot, xclip, monkeypatch, script):
    monkeypatch.setattr("groupstui.terminal.clipboard.COPY_TIMEOUT_S", 0.1)
    xclip(script)
    await press(pilot, "y")
    assert "Copied “QA” to the terminal's clipboard." in words(pilot)


async def test_copy_member_name(pilot):
    await press(pilot, "tab", "y")
    assert pilot.app.clipboard == "Ada Lovelace"


async def test_copy_id_and_email(pilot):
    await press(pilot, "tab")
    assert await copied(pilot, "the id") == "1"
    assert await copied(pilot, "the e-mail") == "ada.lovelace@demo.example"


async def test_copy_list_as_sorted_and_filtered(pilot):
    await press(pilot, "tab", "S", "/")
    await type_text(pilot, "ar")
    await press(pilot, "enter")
    assert await copied(pilot, "2 matching members, one per line") == "Margaret Hamilton\nBarbara Liskov"


async def test_copy_list_in_every_format(pilot):
    await press(pilot, "tab")
    header = "group_id,group,id,name,email,active,anonymised,api_user,two_factor"
    row = "1,QA,1,Ada Lovelace,ada.lovelace@demo.example,yes,no,no,no"
    assert (await copied(pilot, "CSV")).splitlines()[:2] == [header, row]
    row = "| 1 | Ada Lovelace | `ada.lovelace@demo.example` | yes | no | no | no |"
    assert (await copied(pilot, "Markdown")).splitlines()[2] == row
    whole = json.loads(await copied(pilot, "JSON"))
    assert whole["schema"] == "groupstui/1"
    assert whole["members"][0]["group"] == "QA"
    assert whole["members"][0]["email"] == "ada.lovelace@demo.example"


EMAILS = [
    f"{name}@demo.example"
    for name in ("ada.lovelace", "alan.turing", "barbara.liskov", "grace.hopper", "margaret.hamilton")
]


@pytest.mark.parametrize(("how", "separator"), [("one per line", "\n"), ("separated by ;", "; ")])
async def test_copy_all_email_addresses(pilot, how, separator):
    await press(pilot, "tab")
    assert await copied(pilot, f"5 e-mail addresses of all 5 members, {how}") == separator.join(EMAILS)
    assert "Copied 5 e-mail addresses to the" in words(pilot)
    await press(pilot, "space", "space")
    assert await copied(pilot, f"addresses of 2 marked members, {how}") == separator.join(EMAILS[:2])


async def test_copy_email_addresses_of_groups(pilot):
    text = await copied(pilot, "5 e-mail addresses of the members, one per line")
    assert sorted(text.split("\n")) == EMAILS
    await press(pilot, "space", "space")
    assert await copied(pilot, "addresses of the members of 2 marked groups, one per line") != text


async def test_copy_groups_of_page_of_instance_and_marked(pilot):
    assert len((await copied(pilot, "15 groups on this page, one per line")).splitlines()) == 15
    assert len((await copied(pilot, "all 230 groups, one per line")).splitlines()) == 230
    await press(pilot, "space", "n", "space")
    text = await copied(pilot, "2 marked groups, one per line")
    assert text.startswith("QA\n")
    assert "Copied 2 marked groups to the" in words(pilot)


async def test_copy_offers_email_addresses_when_they_are_known(demo, clock):
    demo.faults.always("404", after=4)  # page 1, the user, and the crawl succeed
    async with browser_app(demo.url, demo.token, clock).run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        await press(pilot, "tab", "Y")
        assert "all 5 members as CSV" in words(pilot)
        assert "e-mail" not in words(pilot, ".dialog")


async def test_closed_copy_dialog_copies_nothing(pilot):
    await press(pilot, "Y", "escape")
    assert pilot.app.clipboard == ""
    assert "clipboard" not in words(pilot)


async def test_export_groups(pilot, tmp_path):
    await press(pilot, "e")
    assert "Export 15 groups on this page" in words(pilot, ".dialog")
    await press(pilot, "enter")
    path = tmp_path / f"{stem(pilot)}-groups-2026-11-23.csv"
    assert f"Wrote {path}" in words(pilot)
    assert S_IMODE(path.stat().st_mode) == 0o600
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["name"] for row in rows][:3] == ["QA", "Release managers", "Everyone"]
    assert len(rows) == 15


async def test_export_format_by_file_name(pilot, tmp_path):
    await press(pilot, "tab", "e")
    await type_text(pilot, "qa.json")
    await press(pilot, "enter")
    assert json.loads((tmp_path / "qa.json").read_text())["members"][0]["name"] == "Ada Lovelace"


async def test_export_tells_groups_and_days_apart(pilot, tmp_path):
    await press(pilot, "tab", "e", "enter", "1", "down", "2", "e", "enter")
    names = {path.name for path in tmp_path.iterdir()}
    assert names == {f"{stem(pilot)}-{group}-members-2026-11-23.csv" for group in ("qa", "release-managers")}
    rows = (tmp_path / f"{stem(pilot)}-qa-members-2026-11-23.csv").read_text().splitlines()
    assert rows[0] == "group_id,group,id,name,email,active,anonymised,api_user,two_factor"
    assert rows[1] == "1,QA,1,Ada Lovelace,ada.lovelace@demo.example,yes,no,no,no"


@pytest.mark.parametrize(
    ("keys", "title", "rows"),
    [(["tab"], "all 230 groups", 230), ([], "2 marked groups", 2), (["tab"], "15 groups on this page", 15)],
)
async def test_export_of_chosen_rows(pilot, tmp_path, keys, title, rows):
    if title != "all 230 groups":
        await press(pilot, "space", "space")
    await press(pilot, "e", *keys)
    assert f"Export {title}" in words(pilot, ".dialog")
    await press(pilot, "enter")
    (path,) = tmp_path.iterdir()
    assert len(path.read_text().splitlines()) == 1 + rows


async def test_export_of_the_members_of_a_group_in_the_list(pilot, tmp_path):
    await press(pilot, "down", "e")
    assert "rows: 1 of 3" in words(pilot, ".dialog")
    await press(pilot, "tab", "tab")
    assert "Export the 12 members of Release managers" in words(pilot, ".dialog")
    assert "rows: 3 of 3" in words(pilot, ".dialog")
    await press(pilot, "enter")
    (path,) = tmp_path.iterdir()
    assert path.name == f"{stem(pilot)}-release-managers-members-2026-11-23.csv"
    rows = [line.split(",")[:2] for line in path.read_text().splitlines()]
    assert rows == [["group_id", "group"], *[["2", "Release managers"]] * 12]


async def test_other_rows_keep_a_typed_name(pilot):
    await press(pilot, "e", "ctrl+u")
    await type_text(pilot, "mine")
    await press(pilot, "tab")
    assert pilot.app.screen.query_one(Input).value == "mine"


async def test_export_adds_an_ending(pilot, tmp_path):
    await press(pilot, "e", "ctrl+u")
    await type_text(pilot, "mine")
    assert "Without one, .csv is added." in words(pilot, ".dialog")
    await press(pilot, "enter")
    assert (tmp_path / "mine.csv").read_text().startswith("id,name")


async def test_export_shows_the_folder_before_writing(pilot, tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path.parent))
    await press(pilot, "e")
    assert f"in ~/{tmp_path.name} The format" in words(pilot, ".dialog")
    await press(pilot, "ctrl+u")
    await type_text(pilot, "~/reports/mine")
    assert "in ~/reports The format" in words(pilot, ".dialog")


async def test_copy_the_members_of_a_group_as_csv(pilot):
    rows = (await copied(pilot, "the members as CSV")).splitlines()
    assert rows[0].startswith("group_id,group,id,name")
    assert {row.split(",")[3] for row in rows[1:]} >= {"Ada Lovelace", "Alan Turing"}
    assert len(rows) == 6


async def test_copy_menu_names_what_the_lines_are(pilot):
    await press(pilot, "Y")
    assert "names of all 230 groups, one per line" in words(pilot, ".dialog")


async def test_export_of_marked_members(pilot, tmp_path):
    await press(pilot, "tab", "down", "space", "e", "enter")
    (path,) = tmp_path.iterdir()
    assert [line.split(",")[3] for line in path.read_text().splitlines()] == ["name", "Alan Turing"]


async def test_export_of_no_rows_writes_nothing(pilot, tmp_path):
    await press(pilot, "down", "down", "down", "2", "/")
    await type_text(pilot, "nobody")
    await press(pilot, "enter", "e")
    assert "There are no rows to export." in words(pilot)
    await press(pilot, "Y")
    assert "There is nothing to copy here." in words(pilot)
    assert list(tmp_path.iterdir()) == []


async def test_export_proposes_a_free_name(pilot, tmp_path):
    await press(pilot, "e", "enter", "e")
    proposed = f"{stem(pilot)}-groups-2026-11-23-2.csv"
    assert pilot.app.screen.query_one(Input).value == proposed
    await press(pilot, "enter", "e")
    assert pilot.app.screen.query_one(Input).value == proposed.replace("-2.csv", "-3.csv")


async def test_export_keeps_an_existing_file(pilot, tmp_path):
    (tmp_path / "my.groups.csv").write_text("mine")
    await press(pilot, "e", "ctrl+u")
    await type_text(pilot, "my.groups.csv")
    await press(pilot, "enter")
    assert "my.groups.csv exists. Press enter to write" in words(pilot, ".dialog")
    assert (tmp_path / "my.groups.csv").read_text() == "mine"
    await press(pilot, "enter")
    assert (tmp_path / "my.groups-2.csv").read_text().startswith("id,name")


async def test_export_path_is_shortened(pilot, tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path.parent))
    await press(pilot, "e", "ctrl+u")
    await type_text(pilot, "a.csv")
    await press(pilot, "enter")
    assert f"Wrote ~/{tmp_path.name}/a.csv." in words(pilot)


async def test_export_to_a_missing_folder(pilot, tmp_path):
    await press(pilot, "e", "ctrl+u")
    await type_text(pilot, "nowhere/groups.csv")
    await press(pilot, "enter")
    assert "cannot write nowhere/groups.csv: No such file or directory" in words(pilot, ".dialog")
    await press(pilot, "escape")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["~nobody-of-this-name/x", "x" * 300, "loop", "x.xlsx", "/no/such/folder/x"])
async def test_export_dialog_keeps_a_name_that_cannot_be_written(pilot, tmp_path, name):
    (tmp_path / "loop.csv").symlink_to("loop.csv")
    await press(pilot, "e", "ctrl+u")
    await paste(pilot, name)
    await press(pilot, "enter")
    shown = words(pilot, ".dialog")
    assert "cannot write" in shown or "is not a known extension" in shown
    assert pilot.app.screen.query_one(Input).value == name


async def test_print_without_a_copy(pilot):
    await press(pilot, "P")
    assert "Nothing has been copied yet" in drawn(pilot)


async def test_print_without_a_normal_screen(pilot):
    await press(pilot, "y", "P")
    assert "This terminal cannot show the normal screen" in drawn(pilot)


# Dialogs


async def test_copy_and_export_a_comparison(pilot, tmp_path):
    await press(pilot, "space", "space", "c", "y")
    assert pilot.app.clipboard == "Ada Lovelace"
    assert "Copied “Ada Lovelace” to the terminal's clipboard." in words(pilot, ".dialog")
    assert await copied(pilot, "the overlaps") == (
        "QA and Release managers share 2 members: 40 % of QA, 17 % of Release managers"
    )
    addresses = (await copied(pilot, "users, separated by ;")).split("; ")
    assert addresses[0] == "ada.lovelace@demo.example"
    await press(pilot, "1", "e", "enter")
    path = tmp_path / f"{stem(pilot)}-comparison-in-qa-not-in-release-managers-users-2026-11-23.csv"
    assert "Wrote /" in words(pilot, ".dialog")
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert {"id": "2", "name": "Grace Hopper", "QA": "yes", "Release managers": "no"} in rows
    assert "Ada Lovelace" not in {row["name"] for row in rows}  # she is a member of both


async def test_copy_and_export_findings(pilot, tmp_path):
    await press(pilot, "a", "enter", "down", "y")
    finding = pilot.app.clipboard
    assert " is inactive, in " in finding
    assert (await copied(pilot, "one per line")).startswith(f"{finding}\n")
    await press(pilot, "e")
    await type_text(pilot, "found.json")
    await press(pilot, "enter")
    whole = json.loads((tmp_path / "found.json").read_text())
    assert whole["findings"][0] | {"check": "inactive", "finding": finding} == whole["findings"][0]
    assert {check["check"] for check in whole["checks"]} >= {"empty", "last-active-member"}


async def test_copy_and_export_groups_of_a_user(pilot, tmp_path):
    await press(pilot, "tab", "u")
    names = (await copied(pilot, "one per line")).splitlines()
    assert names == [row.name for row in pilot.app.screen.query_one("Table").rows]
    await press(pilot, "e")
    await type_text(pilot, "ada.json")
    await press(pilot, "enter")
    whole = json.loads((tmp_path / "ada.json").read_text())
    assert whole["user"] == {"id": 1, "name": "Ada Lovelace"}
    assert [group["name"] for group in whole["groups"]] == names


async def test_help_lists_the_keys_of_a_dialog(pilot):
    await press(pilot, "a", "?")
    assert "Go to the next check" in words(pilot)
    assert "Write the visible rows to a file" in words(pilot)


async def test_choices_that_are_too_long_end_with_an_ellipsis(pilot):
    await pilot.resize_terminal(60, 20)
    await press(pilot, "space", "space", "Y")
    rows = [row.strip("│╮ ▸█▄▀") for row in drawn(pilot, "Table").splitlines()[1:]]
    whole = {choice.name for choice in pilot.app.screen._table.rows}
    assert any(row.endswith("…") for row in rows)
    assert all(row in whole or row.endswith("…") or "  " in row for row in rows if row)


# Access reviews


async def write_review(pilot, folder: str) -> None:
    await press(pilot, "colon")
    await type_text(pilot, f"review {folder}".strip())
    await press(pilot, "enter")


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_review_has_the_files_of_the_command(pilot, tmp_path, size):
    await pilot.resize_terminal(*size)
    await write_review(pilot, "for-audit")
    directory, instance = pilot.app.screen.directory, pilot.app.screen.service.instance.origin
    expected = review_files(directory, instance)
    folder = tmp_path / "for-audit"
    written = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    assert written == set(expected)
    assert all((folder / name).read_bytes().decode() == text for name, text in expected.items())
    assert "for-audit" in words(pilot, "NoticeBar")
    assert f"Wrote {len(expected)} files to " in words(pilot, "NoticeBar")


async def test_review_replaces_nothing_and_has_a_name_of_its_own(pilot, tmp_path):
    await write_review(pilot, "")
    (folder,) = tmp_path.glob("review-2026-11-23")
    (folder / "index.md").write_text("mine")
    await write_review(pilot, "")
    assert "exists. :review PATH names another folder." in words(pilot, "NoticeBar")
    assert (folder / "index.md").read_text() == "mine"


async def test_review_without_details_says_so(demo, clock, history, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    async with browser_app(demo.url, demo.token, clock, history=history).run_test() as pilot:
        await settled(pilot)
    app = browser_app(demo.url, demo.token, clock, history=history, offline=True)
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        await write_review(pilot, "plain")
        assert "Addresses and marks, such as inactive, are missing" in words(pilot, "NoticeBar")
    assert "ada" not in (tmp_path / "plain" / "groups" / "00001-qa.csv").read_text("utf-8-sig")
