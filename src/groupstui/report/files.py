"""Writes files as a whole or not at all, for their owner alone."""

import os
import tempfile
from contextlib import suppress
from pathlib import Path


class FileRefused(Exception):
    """A file was not written; `str()` says why, and nothing has changed."""


class FileThere(FileRefused):
    """There is a file already."""


def write_file(path: Path, content: str, *, force: bool = False) -> None:
    """Write a new file with mode 0600; a device or a pipe takes the text as it is.

    Args:
        path: Where to. The target of a link is written, not the link.
        content: All of it; written as UTF-8.
        force: Replace a file that is there.

    Raises:
        FileThere: If there is a file already.
        FileRefused: If it can't be written.
    """
    if not path.name:
        raise FileRefused("a file needs a name")
    path = path.resolve()
    if path.exists() and not (path.is_file() or path.is_dir()):
        return _pass_on(path, content)
    try:
        descriptor, temporary = tempfile.mkstemp(prefix=f".{path.name}-", dir=path.parent)
    except OSError as error:
        raise FileRefused(f"{path} can't be written: {error.strerror or error}") from None
    try:
        with open(descriptor, "w", encoding="utf-8", newline="") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        if force:
            os.replace(temporary, path)
        else:
            os.link(temporary, path)  # unlike a rename, this never replaces what is there
    except FileExistsError:
        raise FileThere(f"{path} exists") from None
    except OSError as error:
        raise FileRefused(f"{path} can't be written: {error.strerror or error}") from None
    finally:
        with suppress(OSError):
            os.unlink(temporary)


def _pass_on(path: Path, content: str) -> None:
    """Write to what is no file: a rename would put one in the place of `/dev/null`."""
    try:
        path.write_text(content, encoding="utf-8", newline="")
    except OSError as error:
        raise FileRefused(f"{path} can't be written: {error.strerror or error}") from None
