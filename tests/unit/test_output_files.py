"""Write files: complete or not at all."""

from __future__ import annotations

import os
import threading
from pathlib import Path
from stat import S_IMODE

import pytest

from groupstui.errors import FileAlreadyExists, FileNotWritten
from groupstui.output.files import write_file


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


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="this system has no /dev/full")
def test_full_device_is_reported():
    with pytest.raises(FileNotWritten, match="No space left"):
        write_file(Path("/dev/full"), "text")
