"""Access reviews: reproducible files with safe names."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import os
import stat
from datetime import UTC, datetime

import pytest

from groupstui.directory.builder import crawled_directory
from groupstui.directory.directory import Directory
from groupstui.directory.models import Group, UserProfile
from groupstui.errors import FileAlreadyExists, FileNotWritten
from groupstui.output.access_review import MANIFEST, file_name, review_files
from groupstui.output.files import write_folder
from groupstui.output.formats import FORMULA_STARTS

from ..support.untrusted_text import HOSTILE, MARKUP

SITE = "https://acme.testmo.net"


def directory_of(*groups: Group, complete: bool = True, day: int = 23) -> Directory:
    profiles = [
        UserProfile(1, "Ada", "ada@example.com", active=True),
        UserProfile(2, "Grace", active=False, two_factor=False),
        UserProfile(4, "Alan", "=alan\u200b@example.com"),
    ]
    return crawled_directory(
        groups,
        {3: "=cmd|'/c calc'!A1"},
        complete=complete,
        profiles=profiles,
        as_of=datetime(2026, 11, day, tzinfo=UTC),
    )


NOW = datetime(2026, 11, 23, tzinfo=UTC)

QA = Group(1, "QA", (2, 1, 3, 4, 9))


def test_each_group_has_markdown_and_csv():
    files = review_files(directory_of(QA, Group(2, "Empty")), SITE)
    assert list(files) == [
        "groups/00001-qa.md",
        "groups/00001-qa.csv",
        "groups/00002-empty.md",
        "groups/00002-empty.csv",
        "index.md",
        "review.json",
        MANIFEST,
    ]
    assert files["groups/00001-qa.csv"].startswith("\ufeff")
    rows = list(csv.DictReader(io.StringIO(files["groups/00001-qa.csv"].removeprefix("\ufeff"))))
    assert list(rows[0]) == ["user_id", "user", "email", "marks", "keep or remove", "comment"]
    assert [tuple(row.values()) for row in rows] == [
        ("9", "#9", "", "", "", ""),
        ("3", "'=cmd|'/c calc'!A1", "", "", "", ""),
        ("1", "Ada", "ada@example.com", "", "", ""),
        ("4", "Alan", "'=alan\ufffd@example.com", "", "", ""),
        ("2", "Grace", "", "inactive, no two-factor", "", ""),
    ]
    assert "| 2 | Grace |  | inactive, no two-factor |  |  |" in files["groups/00001-qa.md"]
    assert "This group has no members." in files["groups/00002-empty.md"]
    assert "| QA | 1 | 5 | [Markdown](groups/00001-qa.md) [CSV](groups/00001-qa.csv) |" in files["index.md"]


def test_manifest_contains_every_other_file():
    files = review_files(directory_of(QA), SITE)
    result = dict(reversed(line.split("  ")) for line in files[MANIFEST].splitlines())
    assert result == {
        name: hashlib.sha256(text.encode()).hexdigest() for name, text in files.items() if name != MANIFEST
    }


def test_every_file_but_csv_contains_the_time_of_its_snapshot():
    first, second = (review_files(directory_of(QA, day=day), SITE) for day in (1, 2))
    assert first == review_files(directory_of(QA, day=1), SITE)
    changed = {name for name in first if first[name] != second[name]}
    assert changed == {"groups/00001-qa.md", "index.md", "review.json", MANIFEST}
    assert "As of: 2026-11-01T00:00:00.000Z" in first["index.md"]
    assert "Group #1, as of 2026-11-01T00:00:00.000Z" in first["groups/00001-qa.md"]
    assert json.loads(first["review.json"])["as_of"] == "2026-11-01T00:00:00.000Z"


def test_names_that_look_the_same_are_told_apart():
    files = review_files(
        directory_of(Group(1, "Admins"), Group(2, "Admins\u034f"), Group(3, "Admins ")), SITE
    )
    shown = [line.split(" | ")[0] for line in files["index.md"].splitlines() if line.startswith("| Admins")]
    assert shown == ["| Admins", "| Admins\ufffd", "| Admins\u2423"]


def test_addresses_and_marks_are_unknown_without_users():
    index = review_files(crawled_directory([QA], {}, complete=True, as_of=NOW), SITE)["index.md"]
    assert "E-mail addresses and marks: unknown, as /users was not read" in index


def test_index_reports_incomplete_data():
    assert "groups may be missing" in review_files(directory_of(QA, complete=False), SITE)["index.md"]
    assert "missing" not in review_files(directory_of(QA), SITE)["index.md"]


@pytest.mark.parametrize("name", [*HOSTILE, *MARKUP, "../../etc/passwd", "CON", "a" * 500, "", ".", "QA/Dev"])
def test_file_name_is_ascii(name):
    made = file_name(Group(17, name))
    assert made.startswith("00017")
    assert set(made) <= set("abcdefghijklmnopqrstuvwxyz0123456789-")
    assert len(made) <= 50


def test_csv_cells_are_not_formulas():
    names = [f"{start}1+1" for start in FORMULA_STARTS]
    directory = directory_of(*(Group(number, name, (3,)) for number, name in enumerate(names, 1)))
    for name, text in review_files(directory, SITE).items():
        if name.endswith(".csv"):
            for row in csv.reader(io.StringIO(text)):
                assert not any(cell.startswith(tuple(FORMULA_STARTS)) for cell in row)


# The folder


def with_manifest(files):
    sums = "".join(f"{hashlib.sha256(text.encode()).hexdigest()}  {name}\n" for name, text in files.items())
    return {**files, "SHA256SUMS": sums}


FILES = with_manifest({"groups/1.csv": "a,b\n", "index.md": "# Review\n"})


def test_folder_is_private_and_has_time_of_data(tmp_path):
    write_folder(tmp_path / "review", FILES, time=1_700_000_000)
    assert {
        str(path.relative_to(tmp_path / "review")): path.read_text()
        for path in (tmp_path / "review").rglob("*")
        if path.is_file()
    } == FILES
    assert stat.S_IMODE((tmp_path / "review/groups/1.csv").stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "review").stat().st_mode) == 0o700
    assert (tmp_path / "review/index.md").stat().st_mtime == 1_700_000_000
    assert os.listdir(tmp_path) == ["review"]


def test_folder_is_replaced_only_with_force(tmp_path):
    write_folder(tmp_path / "review", FILES, time=0)
    with pytest.raises(FileAlreadyExists):
        write_folder(tmp_path / "review", with_manifest({"index.md": "new"}), time=0)
    assert (tmp_path / "review/index.md").read_text() == "# Review\n"
    write_folder(tmp_path / "review", with_manifest({"index.md": "new"}), time=0, force=True)
    assert sorted(os.listdir(tmp_path / "review")) == ["SHA256SUMS", "index.md"]
    assert os.listdir(tmp_path) == ["review"]


@pytest.mark.parametrize("name", ["mine.txt", "groups/more.txt", "groups/1.csv", "sub/deep/notes.md"])
def test_folder_with_user_files_is_not_replaced(tmp_path, name):
    folder = tmp_path / "review"
    write_folder(folder, FILES, time=0)
    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text("notes")
    with pytest.raises(FileNotWritten, match=f"{name} was not written by groupstui"):
        write_folder(folder, FILES, time=0, force=True)
    assert (folder / name).read_text() == "notes"


def test_other_folder_is_replaced_only_if_empty(tmp_path):
    (tmp_path / "documents").mkdir()
    write_folder(tmp_path / "documents", FILES, time=0, force=True)
    (tmp_path / "pictures").mkdir()
    (tmp_path / "pictures/ada.jpg").write_bytes(b"ada")
    with pytest.raises(FileNotWritten, match=r"ada\.jpg was not written by groupstui"):
        write_folder(tmp_path / "pictures", FILES, time=0, force=True)


def test_link_to_folder_is_rejected(tmp_path):
    write_folder(tmp_path / "review", FILES, time=0)
    (tmp_path / "link").symlink_to(tmp_path / "review")
    with pytest.raises(FileNotWritten, match="is a link"):
        write_folder(tmp_path / "link", FILES, time=0, force=True)


def test_file_is_not_replaced_by_folder(tmp_path):
    (tmp_path / "review").write_text("mine")
    with pytest.raises(FileNotWritten, match="not a directory"):
        write_folder(tmp_path / "review", FILES, time=0, force=True)
    assert (tmp_path / "review").read_text() == "mine"


def test_failed_write_keeps_existing_folder(tmp_path):
    write_folder(tmp_path / "review", FILES, time=0)
    with pytest.raises(FileNotWritten):
        write_folder(tmp_path / "review", {"a": "1", "b" * 300: "2"}, time=0, force=True)
    assert sorted(os.listdir(tmp_path / "review")) == ["SHA256SUMS", "groups", "index.md"]
    assert os.listdir(tmp_path) == ["review"]


def test_unwritable_folder_is_reported(tmp_path):
    with pytest.raises(FileNotWritten, match="cannot write"):
        write_folder(tmp_path / "nowhere" / "review", FILES, time=0)
