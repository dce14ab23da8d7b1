"""Create and write files and folders that only their owner can read.

Settings, exports, logs, crash reports and histories all go through these functions. Each of them raises
`OSError` if it fails; the caller turns that into an error with a hint.
"""

from __future__ import annotations

import errno
import os
import stat
import tempfile
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

_NO_HARD_LINKS = {errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK}
"""Errors of `link` on a file system without hard links, such as FAT and some network mounts."""


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
        status = os.fstat(descriptor)
        if stat.S_ISREG(status.st_mode) and status.st_uid == os.geteuid() and status.st_mode & 0o077:
            with suppress(OSError):  # a disk that is read-only, or has no modes
                os.fchmod(descriptor, 0o600)
    except BaseException:
        os.close(descriptor)
        raise
    return descriptor


def write_private(path: Path, chunks: Iterable[str], *, force: bool = False) -> None:
    """Write a file with mode 0600, whole or not at all.

    The text goes to a temporary file in the same folder, is flushed to the disk, and only then takes its
    place. If anything fails, including the iterator, an existing file is unchanged and no other is left
    behind. A link stays a link: its target is written. A device or a pipe receives the text directly.

    Args:
        path: The file; its folder must exist.
        chunks: The text in pieces, written as UTF-8 with line ends as they are.
        force: Replace an existing file.

    Raises:
        FileExistsError: If there is a file and `force` is not set.
        OSError: If the file cannot be written.
    """
    path = Path(os.path.realpath(path))
    if path.exists() and not (path.is_file() or path.is_dir()):
        with path.open("w", encoding="utf-8", newline="") as device:
            device.writelines(chunks)
        return
    descriptor, temporary = tempfile.mkstemp(prefix=f".{path.name}-", dir=path.parent)
    try:
        with open(descriptor, "w", encoding="utf-8", newline="") as file:
            file.writelines(chunks)
            file.flush()
            os.fsync(file.fileno())
        if not force:
            _claim(path, temporary)
        os.replace(temporary, path)
    finally:
        with suppress(OSError):
            os.unlink(temporary)


def _claim(path: Path, temporary: str) -> None:
    """Make sure that the name is free, and take it: a rename alone would replace an existing file.

    Without hard links the name is taken by an empty file until the rename, a moment later.
    """
    try:
        os.link(temporary, path)
    except OSError as error:
        if error.errno not in _NO_HARD_LINKS:
            raise
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
