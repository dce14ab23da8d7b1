"""Create and write files and folders that only their owner can read.

Settings, exports, logs, crash reports and histories all go through these functions. Each of them raises
`OSError` if it fails; the caller turns that into an error with a hint.

Windows has no modes: there, a file gets the access rights of its folder, and the user's profile is private.
"""

from __future__ import annotations

import errno
import os
import shutil
import signal
import stat
import sys
import tempfile
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import FrameType
from typing import TextIO

EXIT_SIGNALS = [signal.SIGTERM]
if sys.platform != "win32":
    EXIT_SIGNALS.append(signal.SIGHUP)

NO_FOLLOW: int = getattr(os, "O_NOFOLLOW", 0)
"""Opens no link; 0 on Windows, where only administrators and developers can create links."""

NO_WAIT: int = getattr(os, "O_NONBLOCK", 0)
"""Opens a pipe without waiting for its other end; 0 on Windows, whose pipes have no files."""

TEMPORARY_PREFIX = ".groupstui-"
"""Short, as the name of the file itself may be as long as file names can be."""

MAX_LINKS = 40
"""Links that are followed for one path, as Linux does."""

DIRECT_FLAGS = os.O_WRONLY | NO_FOLLOW | getattr(os, "O_NOCTTY", 0)

_NO_HARD_LINKS = {
    *(errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK, errno.EXDEV),
    errno.EINVAL,  # on Windows
}
"""Errors of `link` on a file system without hard links, such as FAT and some network mounts."""

_NOT_REPLACEABLE = {errno.EBUSY, errno.EXDEV, errno.EACCES, errno.EPERM}
"""Errors of a rename onto a mount point, or into a folder that is not writable."""


def make_private_folder(path: Path) -> None:
    """Create a folder and its missing parents with mode 0700, whatever the umask.

    A folder that exists is left as it is.
    """
    if path.is_dir():
        return
    make_private_folder(path.parent)
    try:
        path.mkdir(mode=0o700)
    except FileExistsError:
        if not path.is_dir():
            raise
    else:
        path.chmod(0o700)


def open_private(path: str | Path, flags: int) -> int:
    """Open a file so that only its owner can read it, and return its descriptor; an `opener` for `open`.

    A new file has mode 0600. A regular file of this user that others could read gets mode 0600; the mode of
    anything else, such as a device or another user's file, is never changed.
    """
    descriptor = os.open(path, flags, 0o600)
    try:
        if sys.platform != "win32":
            status = os.fstat(descriptor)
            if stat.S_ISREG(status.st_mode) and status.st_uid == os.geteuid() and status.st_mode & 0o077:
                with suppress(OSError):  # a disk that is read-only, or has no modes
                    os.fchmod(descriptor, 0o600)
    except BaseException:
        os.close(descriptor)
        raise
    return descriptor


def follow_links(path: Path) -> Path:
    """Return the absolute path without links, as the system would follow them.

    In a folder that other users can write to, a link may be a trap: it would make this user replace or create
    a file elsewhere. A descriptor of this process, such as `/dev/stdout`, is not followed further.

    Raises:
        OSError: If a link of another user is in such a folder, or if there are too many links.
    """
    current = Path("/") if path.is_absolute() else Path.cwd()
    pending = list(reversed(path.parts))
    links = 0
    while pending:
        part = pending.pop()
        folder, current = current, current.parent if part == ".." else current / part
        try:
            status = os.lstat(current)
        except FileNotFoundError:
            continue
        if not stat.S_ISLNK(status.st_mode) or _descriptor(current) is not None:
            continue
        _check_owner(current, status)
        links += 1
        if links > MAX_LINKS:
            raise OSError(errno.ELOOP, os.strerror(errno.ELOOP))
        target = Path(os.readlink(current))
        current = Path("/") if target.is_absolute() else folder
        pending.extend(reversed(target.parts))
    return current


def check_target(path: Path, *, force: bool) -> bool:
    """Check what can be known before a file is written.

    Args:
        path: The file, without links.
        force: Replace an existing file.

    Returns:
        Whether it is a device or a pipe, which receives the text directly.

    Raises:
        FileExistsError: If there is a file and `force` is not set.
        OSError: If the file cannot be written.
    """
    if _descriptor(path) is not None:
        return True
    is_writable = os.access(path.parent, os.W_OK | os.X_OK)
    try:
        status = os.lstat(path)
    except FileNotFoundError:
        os.stat(path.parent)
        if not is_writable:
            raise _not_writable(path.parent) from None
        return False
    kind = stat.S_IFMT(status.st_mode)
    if kind == stat.S_IFREG:
        if not force:
            raise _os_error(errno.EEXIST)
        if not is_writable and not os.access(path, os.W_OK):
            raise _not_writable(path)
        return False
    if kind == stat.S_IFIFO:
        _check_owner(path, status)
    elif kind != stat.S_IFCHR:
        raise _os_error(errno.EISDIR if kind == stat.S_IFDIR else errno.EINVAL)
    return True


def _user_id() -> int:
    """Return the id of this user as the owner of files; Windows reports 0 for every file."""
    if sys.platform == "win32":
        return 0
    return os.geteuid()


def _os_error(number: int) -> OSError:
    return OSError(number, os.strerror(number))


def _not_writable(path: Path) -> OSError:
    if sys.platform != "win32" and os.statvfs(path).f_flag & os.ST_RDONLY:
        return _os_error(errno.EROFS)
    return _os_error(errno.EACCES)


def _check_owner(path: Path, status: os.stat_result) -> None:
    """Refuse a link or a pipe that another user can have made."""
    trusted = (0, _user_id())
    folder = os.stat(path.parent)
    if status.st_uid not in trusted and (folder.st_uid not in trusted or folder.st_mode & 0o022):
        kind = "link" if stat.S_ISLNK(status.st_mode) else "pipe"
        reason = f"{path} is a {kind} of another user, in a folder that others can write to"
        raise PermissionError(errno.EACCES, reason)


def _descriptor(path: Path) -> int | None:
    """Return the descriptor of this process that a path such as `/proc/self/fd/1` is."""
    folders = ("/dev/fd", "/proc/self/fd", f"/proc/{os.getpid()}/fd")
    return int(path.name) if str(path.parent) in folders and path.name.isdecimal() else None


def write_private(path: Path, chunks: Iterable[str], *, force: bool = False) -> Path:
    """Write a file with mode 0600, whole or not at all, and return its path without links.

    The text goes to a temporary file in the same folder, is flushed to the disk, and only then takes its
    place. If anything fails, including the iterator, an existing file is unchanged and no other is left
    behind. A link stays a link: its target is written. A device or a pipe receives the text directly. With
    `force`, so does a file that can be written but not replaced, such as a mount point.

    Args:
        path: The file; its folder must exist.
        chunks: The text in pieces, written as UTF-8 with line ends as they are.
        force: Replace an existing file.

    Raises:
        FileExistsError: If there is a file and `force` is not set.
        OSError: If the file cannot be written.
    """
    path = follow_links(path)
    if check_target(path, force=force):
        with _open_directly(path) as file:
            file.writelines(chunks)
        return path
    with exit_on_sigterm():
        descriptor, temporary = _make_temporary(path, force=force)
        try:
            with open(descriptor, "w", encoding="utf-8", newline="") as file:
                file.writelines(chunks)
                file.flush()
                os.fsync(file.fileno())
            if force:
                _replace(temporary, path)
            else:
                _claim(temporary, path)
        finally:
            with suppress(OSError):
                os.unlink(temporary)
    return path


def _open_directly(path: Path) -> TextIO:
    """Open a device, a pipe or a descriptor, if it still is one."""
    descriptor = _descriptor(path)
    descriptor = os.dup(descriptor) if descriptor is not None else os.open(path, DIRECT_FLAGS)
    file = open(descriptor, "w", encoding="utf-8", newline="")  # noqa: SIM115  # closed by the caller
    status = os.fstat(descriptor)
    if stat.S_ISFIFO(status.st_mode) and _descriptor(path) is None:
        _check_owner(path, status)
    return file


def _make_temporary(path: Path, *, force: bool) -> tuple[int, str]:
    """Create a temporary file in the folder of a file, or elsewhere if only the file can be written."""
    try:
        return tempfile.mkstemp(prefix=TEMPORARY_PREFIX, dir=path.parent)
    except OSError:
        if not force or not os.access(path, os.W_OK):
            raise
        return tempfile.mkstemp(prefix=TEMPORARY_PREFIX)


def _replace(temporary: str, path: Path) -> None:
    """Replace a file; if only its content can be replaced, do that.

    The content of another user's file is replaced only if it is a mount point: that user could read it.
    """
    try:
        os.replace(temporary, path)
    except OSError as error:
        if error.errno not in _NOT_REPLACEABLE:
            raise
        descriptor = open_private(path, os.O_WRONLY | NO_FOLLOW)
        with open(temporary, "rb") as source, open(descriptor, "wb") as file:
            if error.errno != errno.EBUSY and os.fstat(descriptor).st_uid != _user_id():
                raise
            file.truncate()
            shutil.copyfileobj(source, file)


def _claim(temporary: str, path: Path) -> None:
    """Move a file to a name that is free: a rename would replace an existing file.

    Without hard links the name is taken by an empty file until the rename, a moment later.
    """
    try:
        os.link(temporary, path)
    except OSError as error:
        if error.errno not in _NO_HARD_LINKS:
            raise
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        try:
            os.replace(temporary, path)
        except BaseException:
            os.unlink(path)
            raise


@contextmanager
def exit_on_sigterm() -> Iterator[None]:
    """Exit by an exception when SIGTERM or SIGHUP arrives, so that temporary files are removed.

    A signal that is ignored or handled already is left alone. Only the main thread receives signals.
    """

    def on_signal(number: int, _: FrameType | None) -> None:
        raise SystemExit(128 + number)

    is_main = threading.current_thread() is threading.main_thread()
    signals = [each for each in EXIT_SIGNALS if is_main and signal.getsignal(each) is signal.SIG_DFL]
    for each in signals:
        signal.signal(each, on_signal)
    try:
        yield
    finally:
        for each in signals:
            signal.signal(each, signal.SIG_DFL)
