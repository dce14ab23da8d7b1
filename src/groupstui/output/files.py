"""Writes files and folders as a whole or not at all, for their owner alone."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path

from ..errors import FileAlreadyExists, FileNotWritten


def write_file(path: Path, content: Iterable[str], *, force: bool = False) -> None:
    """Write a new file with mode 0600; a device or a pipe takes the text as it is.

    Args:
        path: Where to. The target of a link is written, not the link.
        content: All of it, in pieces; written as UTF-8.
        force: Replace a file that is there.

    Raises:
        FileAlreadyExists: If there is a file already.
        FileNotWritten: If it can't be written.
    """
    if not path.name:
        raise FileNotWritten("a file needs a name")
    path = path.resolve()
    if path.exists() and not (path.is_file() or path.is_dir()):
        return _pass_on(path, content)
    try:
        descriptor, temporary = tempfile.mkstemp(prefix=f".{path.name}-", dir=path.parent)
    except OSError as error:
        raise FileNotWritten(f"{path} can't be written: {error.strerror or error}") from None
    try:
        with open(descriptor, "w", encoding="utf-8", newline="") as file:
            file.writelines(content)
            file.flush()
            os.fsync(file.fileno())
        if force:
            os.replace(temporary, path)
        else:
            os.link(temporary, path)  # unlike a rename, this never replaces what is there
    except FileExistsError:
        raise FileAlreadyExists(f"{path} exists") from None
    except OSError as error:
        raise FileNotWritten(f"{path} can't be written: {error.strerror or error}") from None
    finally:
        with suppress(OSError):
            os.unlink(temporary)


SUMS = "SHA256SUMS"
"""A folder's manifest, as `sha256sum --check` reads it."""


def write_folder(path: Path, files: Mapping[str, str], *, time: float, force: bool = False) -> None:
    """Write a new folder with mode 0700 and files with mode 0600: all of it appears at once, or nothing.

    Args:
        path: Where to.
        files: What is in it, by path; written as UTF-8.
        time: When the files were last changed, as they will say: seconds since 1970.
        force: Replace a folder that is there, if nothing is in it but what its own manifest names, and that
            unchanged: what a user has put or written there stays.

    Raises:
        FileAlreadyExists: If there is something already.
        FileNotWritten: If it can't be written.
    """
    if not path.name:
        raise FileNotWritten("a folder needs a name")
    path = path.absolute()
    if path.is_symlink():
        raise FileNotWritten(f"{path} is a link: name the folder itself")
    if path.exists():
        _check_replaceable(path, force=force)
    try:
        with tempfile.TemporaryDirectory(prefix=f".{path.name}-", dir=path.parent) as temporary:
            made = Path(temporary, "new")
            made.mkdir(mode=0o700)
            for name, content in files.items():
                _write_private(made / name, content, time)
            if force and path.exists():
                os.rename(path, Path(temporary, "old"))
            try:
                os.rename(made, path)
            except OSError:
                if Path(temporary, "old").exists():
                    os.rename(Path(temporary, "old"), path)
                raise
    except OSError as error:
        raise FileNotWritten(f"{path} can't be written: {error.strerror or error}") from None


def _check_replaceable(path: Path, *, force: bool) -> None:
    if not path.is_dir():
        raise FileNotWritten(f"{path} is no folder")
    if not force:
        raise FileAlreadyExists(f"{path} exists")
    try:
        added = _not_in_manifest(path)
    except OSError as error:
        raise FileNotWritten(f"{path} can't be read: {error.strerror or error}") from None
    if added:
        raise FileNotWritten(
            f"{path} is not replaced: {added} is not as groupstui wrote it; choose another folder"
        )


def _not_in_manifest(folder: Path) -> str:
    """Return the first file that a folder's manifest does not name, or that has changed; empty for none."""
    manifest = folder / SUMS
    lines = manifest.read_text(encoding="utf-8", errors="replace").splitlines() if manifest.is_file() else []
    sums = {name: sum for sum, _, name in (line.partition("  ") for line in lines)}
    for file in sorted(folder.rglob("*")):
        name = file.relative_to(folder).as_posix()
        if file == manifest or (file.is_dir() and not file.is_symlink()):
            continue
        if name not in sums or hashlib.sha256(file.read_bytes()).hexdigest() != sums[name]:
            return name
    return ""


def _write_private(path: Path, content: str, time: float) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with open(
        os.open(path, os.O_CREAT | os.O_WRONLY | os.O_EXCL, 0o600), "w", encoding="utf-8", newline=""
    ) as file:
        file.write(content)
    os.utime(path, (time, time))


def _pass_on(path: Path, content: Iterable[str]) -> None:
    """Write to what is no file: a rename would put one in the place of `/dev/null`."""
    try:
        with path.open("w", encoding="utf-8", newline="") as file:
            file.writelines(content)
    except OSError as error:
        raise FileNotWritten(f"{path} can't be written: {error.strerror or error}") from None
