"""Private files are written whole or not at all, and nobody else can read them."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
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


@pytest.mark.parametrize("error", [None, errno.EPERM, errno.EOPNOTSUPP, errno.EXDEV])
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


@pytest.mark.parametrize("error", [errno.EBUSY, errno.EACCES])
def test_content_of_an_irreplaceable_file_is_replaced_with_force(tmp_path, monkeypatch, error):
    def is_mounted(*_: object) -> None:
        raise OSError(error, os.strerror(error))

    (tmp_path / "x").write_text("much longer than before")
    inode = (tmp_path / "x").stat().st_ino
    monkeypatch.setattr(os, "replace", is_mounted)
    write_private(tmp_path / "x", ["new"], force=True)
    assert (tmp_path / "x").read_text() == "new"
    assert (tmp_path / "x").stat().st_ino == inode
    assert os.listdir(tmp_path) == ["x"]


def test_failed_rename_without_hard_links_leaves_no_file(tmp_path, monkeypatch):
    def fail(number: int) -> Callable[..., None]:
        def call(*_: object) -> None:
            raise OSError(number, os.strerror(number))

        return call

    monkeypatch.setattr(os, "link", fail(errno.EPERM))
    monkeypatch.setattr(os, "replace", fail(errno.EIO))
    with pytest.raises(OSError, match="Input/output"):
        write_private(tmp_path / "x", ["new"])
    assert os.listdir(tmp_path) == []


def test_file_may_have_the_longest_name(tmp_path):
    for force in (False, True):
        write_private(tmp_path / ("x" * 255), ["text"], force=force)
    assert os.listdir(tmp_path) == ["x" * 255]


@pytest.mark.parametrize("name", ["SIGTERM", "SIGHUP"])
def test_signal_while_writing_leaves_no_file(tmp_path, name):
    code = f"""if True:
        import os, pathlib, signal
        from groupstui.private_files import write_private
        def chunks():
            yield "half"
            os.kill(os.getpid(), signal.{name})
            yield "the rest"
        write_private(pathlib.Path("x"), chunks())
    """
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, timeout=30)
    assert done.returncode == 128 + signal.Signals[name]
    assert os.listdir(tmp_path) == []


as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can make files of another user")


@as_root
@pytest.mark.parametrize("force", [False, True])
@pytest.mark.parametrize("target", ["precious", "new", "."])
@pytest.mark.parametrize(("folder_mode", "owner"), [(0o1777, 0), (0o770, 0), (0o755, 12345)])
def test_link_of_another_user_is_refused(tmp_path, folder_mode, owner, target, force):
    victim, shared = tmp_path / "victim", tmp_path / "shared"
    victim.mkdir()
    (victim / "precious").write_text("precious")
    shared.mkdir()
    (shared / "trap").symlink_to(victim / target)
    os.lchown(shared / "trap", 12345, 12345)
    os.chown(shared, owner, owner)
    shared.chmod(folder_mode)
    path = shared / "trap" / "new" if target == "." else shared / "trap"
    with pytest.raises(PermissionError, match="trap is a link of another user"):
        write_private(path, ["secret"], force=force)
    assert os.listdir(victim) == ["precious"]
    assert (victim / "precious").read_text() == "precious"
    shared.chmod(0o755)
    os.chown(shared, 0, 0)  # no other user can have made the link
    write_private(path, ["secret"], force=True)


@as_root
@pytest.mark.parametrize(("error", "is_written"), [(errno.EBUSY, True), (errno.EPERM, False)])
def test_file_of_another_user_is_written_only_if_mounted(tmp_path, monkeypatch, error, is_written):
    def fail(*_: object) -> None:
        raise OSError(error, os.strerror(error))

    (tmp_path / "x").write_text("old")
    os.chown(tmp_path / "x", 12345, 12345)
    monkeypatch.setattr(os, "replace", fail)
    if is_written:
        write_private(tmp_path / "x", ["new"], force=True)
    else:
        with pytest.raises(OSError, match="not permitted"):
            write_private(tmp_path / "x", ["new"], force=True)
    assert (tmp_path / "x").read_text() == ("new" if is_written else "old")
    assert os.listdir(tmp_path) == ["x"]


@as_root
def test_pipe_of_another_user_is_refused(tmp_path):
    tmp_path.chmod(0o1777)
    os.mkfifo(tmp_path / "pipe")
    os.chown(tmp_path / "pipe", 12345, 12345)
    with pytest.raises(PermissionError, match="pipe is a pipe of another user"):
        write_private(tmp_path / "pipe", ["secret"])


@pytest.mark.parametrize("path", ["link", "a/../link", "up/link", "chain", "a/up/link"])
def test_links_are_followed_as_the_system_does(tmp_path, path):
    (tmp_path / "a" / "b").mkdir(parents=True)
    (tmp_path / "a" / "up").symlink_to("..")
    (tmp_path / "up").symlink_to("a/..")
    (tmp_path / "link").symlink_to("a/b/new")
    (tmp_path / "chain").symlink_to(tmp_path / "link")
    assert write_private(tmp_path / path, ["text"]) == tmp_path / "a" / "b" / "new"
    assert (tmp_path / path).read_text() == "text"


def test_descriptor_receives_the_text():
    reading, writing = os.pipe()
    write_private(Path(f"/dev/fd/{writing}"), ["te", "xt"])
    os.close(writing)
    with open(reading) as file:
        assert file.read() == "text"


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
