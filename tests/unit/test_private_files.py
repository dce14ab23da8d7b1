"""Private files are written whole or not at all, and nobody else can read them."""

from __future__ import annotations

import errno
import os
import threading
from collections.abc import Iterator
from pathlib import Path
from stat import S_IMODE

import pytest

from groupstui.private_files import make_private_folder, open_private, write_private


def mode(path: Path) -> int:
    return S_IMODE(path.stat().st_mode)


@pytest.fixture(params=[0o000, 0o022, 0o077], ids=oct)
def _umask(request) -> Iterator[None]:
    before = os.umask(request.param)
    yield
    os.umask(before)


@pytest.mark.usefixtures("_umask")
def test_new_folders_have_mode_0700_whatever_the_umask(tmp_path):
    make_private_folder(tmp_path / "a" / "b")
    assert [mode(tmp_path / "a"), mode(tmp_path / "a" / "b")] == [0o700, 0o700]


def test_existing_folder_keeps_its_mode(tmp_path):
    tmp_path.chmod(0o755)
    make_private_folder(tmp_path)
    assert mode(tmp_path) == 0o755


def test_file_in_place_of_folder_is_an_error(tmp_path):
    (tmp_path / "a").touch()
    with pytest.raises(OSError, match=r"exists|Not a directory"):
        make_private_folder(tmp_path / "a")
    with pytest.raises(OSError, match=r"exists|Not a directory"):
        make_private_folder(tmp_path / "a" / "b")


@pytest.mark.usefixtures("_umask")
def test_written_file_has_mode_0600_whatever_the_umask(tmp_path):
    write_private(tmp_path / "x", ["é", "\n"])
    assert (tmp_path / "x").read_bytes() == b"\xc3\xa9\n"
    assert mode(tmp_path / "x") == 0o600


@pytest.mark.parametrize("error", [None, errno.EPERM, errno.EOPNOTSUPP])
def test_existing_file_is_replaced_only_with_force(tmp_path, monkeypatch, error):
    def no_hard_links(*_: object) -> None:
        raise OSError(error, os.strerror(error or 0))

    if error is not None:
        monkeypatch.setattr(os, "link", no_hard_links)
    write_private(tmp_path / "x", ["first"])
    with pytest.raises(FileExistsError):
        write_private(tmp_path / "x", ["second"])
    assert (tmp_path / "x").read_text() == "first"
    (tmp_path / "x").chmod(0o644)
    write_private(tmp_path / "x", ["third"], force=True)
    assert (tmp_path / "x").read_text() == "third"
    assert mode(tmp_path / "x") == 0o600
    assert os.listdir(tmp_path) == ["x"]


@pytest.mark.parametrize("force", [False, True])
def test_failing_iterator_leaves_no_file(tmp_path, force):
    def chunks() -> Iterator[str]:
        yield "half"
        raise RuntimeError("stopped")

    with pytest.raises(RuntimeError, match="stopped"):
        write_private(tmp_path / "x", chunks(), force=force)
    assert os.listdir(tmp_path) == []


def test_link_stays_a_link(tmp_path):
    (tmp_path / "target").write_text("old")
    (tmp_path / "link").symlink_to("target")
    write_private(tmp_path / "link", ["new"], force=True)
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "target").read_text() == "new"


def test_link_to_itself_is_an_error(tmp_path):
    (tmp_path / "link").symlink_to("link")
    with pytest.raises(OSError, match=r"exists|symbolic links"):
        write_private(tmp_path / "link", ["new"])


@pytest.mark.parametrize("force", [False, True])
def test_pipe_receives_the_text(tmp_path, force):
    os.mkfifo(tmp_path / "pipe")
    received: list[str] = []
    reader = threading.Thread(target=lambda: received.append((tmp_path / "pipe").read_text()))
    reader.start()
    write_private(tmp_path / "pipe", ["te", "xt"], force=force)
    reader.join()
    assert received == ["text"]
    assert (tmp_path / "pipe").is_fifo()


@pytest.mark.parametrize("name", [".", "folder", "none/x"])
def test_unwritable_path_is_an_error(tmp_path, name):
    (tmp_path / "folder").mkdir()
    for force in (False, True):
        with pytest.raises(OSError, match=r"exists|No such|directory|not empty"):
            write_private(tmp_path / name, ["text"], force=force)
    assert os.listdir(tmp_path) == ["folder"]


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="this system has no /dev/full")
def test_full_device_is_an_error():
    with pytest.raises(OSError, match="No space left"):
        write_private(Path("/dev/full"), ["text"])


def test_opened_file_becomes_private(tmp_path):
    (tmp_path / "x").touch()
    (tmp_path / "x").chmod(0o644)
    os.close(open_private(tmp_path / "x", os.O_RDWR))
    assert mode(tmp_path / "x") == 0o600


def test_opened_device_keeps_its_mode():
    before = mode(Path("/dev/null"))
    os.close(open_private("/dev/null", os.O_RDWR))
    assert mode(Path("/dev/null")) == before
