"""Write files: complete or not at all."""

from __future__ import annotations

import os
import socket
import stat
import threading
from pathlib import Path
from stat import S_IMODE

import pytest

from groupstui.errors import FileAlreadyExists, FileNotWritten
from groupstui.output.files import check_file, parse_path, write_file, write_folder


def test_new_file_is_private(tmp_path):
    write_file(tmp_path / "x", "é\n")
    assert (tmp_path / "x").read_bytes() == b"\xc3\xa9\n"
    assert S_IMODE((tmp_path / "x").stat().st_mode) == 0o600


def test_file_is_replaced_only_with_force(tmp_path):
    (tmp_path / "x").write_text("mine")
    with pytest.raises(FileAlreadyExists, match="exists"):
        write_file(tmp_path / "x", "new")
    assert (tmp_path / "x").read_text() == "mine"
    write_file(tmp_path / "x", "new", force=True)
    assert (tmp_path / "x").read_text() == "new"
    assert os.listdir(tmp_path) == ["x"]


def test_link_stays_a_link(tmp_path):
    (tmp_path / "target").write_text("old")
    (tmp_path / "link").symlink_to("target")
    write_file(tmp_path / "link", "new", force=True)
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "target").read_text() == "new"


@pytest.mark.parametrize("force", [False, True])
def test_pipe_receives_text(tmp_path, force):
    os.mkfifo(tmp_path / "pipe")
    read: list[str] = []
    reader = threading.Thread(target=lambda: read.append((tmp_path / "pipe").read_text()))
    reader.start()
    write_file(tmp_path / "pipe", "text", force=force)
    reader.join()
    assert read == ["text"]
    assert (tmp_path / "pipe").is_fifo()


@pytest.mark.parametrize("name", ["", "folder", "none/x", "folder/x/y"])
def test_unwritable_path_is_reported(tmp_path, name):
    (tmp_path / "folder").mkdir()
    with pytest.raises(FileNotWritten):
        write_file(tmp_path / name if name else tmp_path, "text")
    assert os.listdir(tmp_path) == ["folder"]


@pytest.mark.parametrize(
    "name", ["folder", "none/x", "file/x", "loop", "x" * 300, "nul\0", "half\ud800", "block", "socket"]
)
@pytest.mark.parametrize("force", [False, True])
def test_check_reports_what_writing_would(tmp_path, name, force):
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").touch()
    (tmp_path / "loop").symlink_to("loop")
    with socket.socket(socket.AF_UNIX) as made:
        made.bind(str(tmp_path / "socket"))
    if name == "block":
        if os.geteuid() != 0:
            pytest.skip("only root can make a device")
        os.mknod(tmp_path / "block", stat.S_IFBLK | 0o600, os.makedev(7, 200))
    for act in (check_file, lambda path, force: write_file(path, "text", force=force)):
        with pytest.raises(FileNotWritten, match=r"^cannot write"):
            act(tmp_path / name, force=force)


def test_error_names_the_target_of_a_link(tmp_path):
    (tmp_path / "target").write_text("old")
    (tmp_path / "link").symlink_to("target")
    with pytest.raises(FileAlreadyExists, match=r"link \(.*/target\) exists"):
        write_file(tmp_path / "link", "new")
    assert write_file(tmp_path / "link", "new", force=True) == tmp_path / "target"


def test_path_in_a_deleted_folder_is_reported(tmp_path, monkeypatch):
    (tmp_path / "gone").mkdir()
    monkeypatch.chdir(tmp_path / "gone")
    (tmp_path / "gone").rmdir()
    for act in (write_file, lambda path, content: write_folder(path, {"a": "b"}, time=0)):
        with pytest.raises(FileNotWritten, match="cannot write x"):
            act(Path("x"), "text")


def test_message_of_a_path_is_safe_to_print(tmp_path):
    with pytest.raises(FileNotWritten) as caught:
        write_file(tmp_path / "\x1b]0;x\x07" / "x", "text")
    assert str(caught.value).isprintable()


def test_typed_path_expands_home_and_reports_unknown_users(monkeypatch):
    monkeypatch.setenv("HOME", "/home/ada")
    assert parse_path("~/x.csv") == Path("/home/ada/x.csv")
    with pytest.raises(FileNotWritten, match="no such user"):
        parse_path("~nobody-of-this-name/x.csv")


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="this system has no /dev/full")
def test_full_device_is_reported():
    with pytest.raises(FileNotWritten, match="No space left"):
        write_file(Path("/dev/full"), "text")
