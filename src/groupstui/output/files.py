"""Write exports: files and directories that are complete or not written at all."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path

from ..errors import FileAlreadyExists, FileNotWritten
from ..private_files import open_private, write_private

MANIFEST = "SHA256SUMS"
"""The manifest of a directory, as `sha256sum --check` reads it."""


def write_file(path: Path, content: Iterable[str], *, force: bool = False) -> None:
    """Write a new file with mode 0600. A device or a pipe receives the text directly.

    Args:
        path: The file. If it is a link, its target is written.
        content: The text in pieces, written as UTF-8.
        force: Replace an existing file.

    Raises:
        FileAlreadyExists: If the file exists.
        FileNotWritten: If it cannot be written.
    """
    if not path.name:
        raise FileNotWritten(f"{path} is not the name of a file")
    try:
        write_private(path, content, force=force)
    except FileExistsError:
        raise FileAlreadyExists(f"{path} exists") from None
    except OSError as error:
        raise FileNotWritten(f"cannot write {path}: {error.strerror or error}") from None


def write_folder(path: Path, files: Mapping[str, str], *, time: float, force: bool = False) -> None:
    """Write a new directory with mode 0700 and files with mode 0600; it appears at once or not at all.

    Args:
        path: The directory.
        files: The texts of its files by path, written as UTF-8.
        time: The modification time of the files, in seconds since 1970.
        force: Replace a directory that contains only files that its manifest names, unmodified: anything
            that a user has added or edited is kept.

    Raises:
        FileAlreadyExists: If the path exists.
        FileNotWritten: If it cannot be written or replaced.
    """
    if not path.name:
        raise FileNotWritten(f"{path} is not the name of a directory")
    path = path.absolute()
    if path.is_symlink():
        raise FileNotWritten(f"{path} is a link: name the directory itself")
    if path.exists():
        _check_replaceable(path, force=force)
    try:
        with tempfile.TemporaryDirectory(prefix=f".{path.name}-", dir=path.parent) as temporary:
            new, old = Path(temporary, "new"), Path(temporary, "old")
            new.mkdir(mode=0o700)
            for name, content in files.items():
                _write(new / name, content, time)
            if force and path.exists():
                os.rename(path, old)
            try:
                os.rename(new, path)
            except OSError:
                if old.exists():
                    os.rename(old, path)
                raise
    except OSError as error:
        raise FileNotWritten(f"cannot write {path}: {error.strerror or error}") from None


def _write(path: Path, content: str, time: float) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with open(path, "x", encoding="utf-8", newline="", opener=open_private) as file:
        file.write(content)
    os.utime(path, (time, time))


def _check_replaceable(path: Path, *, force: bool) -> None:
    if not path.is_dir():
        raise FileNotWritten(f"{path} is not a directory")
    if not force:
        raise FileAlreadyExists(f"{path} exists")
    try:
        modified = _first_modified(path)
    except OSError as error:
        raise FileNotWritten(f"cannot read {path}: {error.strerror or error}") from None
    if modified:
        raise FileNotWritten(
            f"{path} was not replaced: {modified} was not written by groupstui, or was modified",
            hint="Choose another directory.",
        )


def _first_modified(folder: Path) -> str:
    """Return the first file that the manifest does not name, or that has changed; empty if there is none."""
    manifest = folder / MANIFEST
    lines = manifest.read_text(encoding="utf-8", errors="replace").splitlines() if manifest.is_file() else []
    sums = {name: sum for sum, _, name in (line.partition("  ") for line in lines)}
    for file in sorted(folder.rglob("*")):
        name = file.relative_to(folder).as_posix()
        if file == manifest or (file.is_dir() and not file.is_symlink()):
            continue
        if name not in sums or hashlib.sha256(file.read_bytes()).hexdigest() != sums[name]:
            return name
    return ""
