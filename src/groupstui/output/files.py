"""Write exports: files and directories that are complete or not written at all."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from itertools import count
from pathlib import Path

from ..errors import MAX_PATH_CHARS, FileAlreadyExists, FileNotWritten, shown_path
from ..private_files import (
    TEMPORARY_PREFIX,
    check_target,
    exit_on_sigterm,
    follow_links,
    open_private,
    write_private,
)
from ..terminal.stdio import printable
from ..text import sanitize

MANIFEST = "SHA256SUMS"
"""The manifest of a directory, as `sha256sum --check` reads it."""


def parse_path(text: str) -> Path:
    """Return the path that a user has typed, with `~` expanded.

    Raises:
        FileNotWritten: If it begins with a user who does not exist.
    """
    try:
        return Path(text).expanduser()
    except RuntimeError:
        raise FileNotWritten(f"cannot write {shown_path(text)}: there is no such user") from None


def free_path(path: Path) -> Path:
    """Return a path that does not exist: the given one, or with `-2` or the next number at its name."""
    numbers = count(2)
    free = path
    while os.path.lexists(free):
        free = path.with_stem(f"{path.stem}-{next(numbers)}")
    return free


def full_path(path: Path) -> str:
    """Return the whole path for a message, with `~` for the user's home."""
    text, home = shown_path(path.absolute()), f"{Path.home()}{os.sep}"
    return f"~{os.sep}{text.removeprefix(home)}" if text.startswith(home) else text


def check_file(path: Path, *, force: bool = False) -> None:
    """Check what can be known before a file is written.

    Raises:
        FileAlreadyExists: If the file exists, and `force` is not set.
        FileNotWritten: If it cannot be written.
    """
    with _reported(path):
        check_target(follow_links(path), force=force)


def write_file(path: Path, content: Iterable[str], *, force: bool = False) -> Path:
    """Write a new file with mode 0600. A device or a pipe receives the text directly.

    Args:
        path: The file. If it is a link, its target is written.
        content: The text in pieces, written as UTF-8.
        force: Replace an existing file.

    Returns:
        The file that was written.

    Raises:
        FileAlreadyExists: If the file exists, and `force` is not set.
        FileNotWritten: If it cannot be written.
    """
    with _reported(path):
        if path.is_char_device():  # perhaps a terminal
            content = map(printable, content)
        return _unless_same(write_private(path, content, force=force), path)


def check_folder(path: Path, *, force: bool = False) -> None:
    """Check what can be known before a directory is written.

    Raises:
        FileAlreadyExists: If the path exists, and `force` is not set.
        FileNotWritten: If it cannot be written or replaced.
    """
    with _reported(path):
        if os.path.islink(path):
            raise FileNotWritten(f"{_shown(path)} is a link: name the directory itself")
        path = follow_links(path)
        if os.path.lexists(path):
            _check_replaceable(path, force=force)
        else:
            check_target(path, force=force)


def write_folder(path: Path, files: Mapping[str, str], *, time: float, force: bool = False) -> Path:
    """Write a new directory with mode 0700 and files with mode 0600; it appears at once or not at all.

    Args:
        path: The directory.
        files: The texts of its files by path, written as UTF-8.
        time: The modification time of the files, in seconds since 1970.
        force: Replace a directory that contains only files that its manifest names, unmodified: anything
            that a user has added or edited is kept.

    Returns:
        The directory that was written.

    Raises:
        FileAlreadyExists: If the path exists, and `force` is not set.
        FileNotWritten: If it cannot be written or replaced.
    """
    check_folder(path, force=force)
    with _reported(path), exit_on_sigterm():
        given, path = path, follow_links(path)
        with tempfile.TemporaryDirectory(prefix=TEMPORARY_PREFIX, dir=path.parent) as temporary:
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
        return _unless_same(path, given)


@contextmanager
def _reported(path: Path) -> Iterator[None]:
    """Turn every failure of a path into an error that names it."""
    try:
        yield
    except FileExistsError:
        raise FileAlreadyExists(f"{_shown(path)} exists") from None
    except (OSError, ValueError) as error:  # such as a NUL in the path
        reason = error.strerror if isinstance(error, OSError) else None
        raise FileNotWritten(
            f"cannot write {_shown(path)}: {sanitize(reason or str(error), MAX_PATH_CHARS)}"
        ) from None


def _shown(path: Path) -> str:
    """Return a path as safe text, with its target if it is a link."""
    text = shown_path(path)
    with suppress(OSError, ValueError):
        if (real := _unless_same(follow_links(path), path)) is not path:
            text = f"{text} ({shown_path(real)})"
    return text


def _unless_same(real: Path, path: Path) -> Path:
    """Return the path that was given, unless there are links in it."""
    return path if real == path.absolute() else real


def _write(path: Path, content: str, time: float) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with open(path, "x", encoding="utf-8", newline="", opener=open_private) as file:
        file.write(content)
    os.utime(path, (time, time))


def _check_replaceable(path: Path, *, force: bool) -> None:
    if not path.is_dir():
        raise FileNotWritten(f"{_shown(path)} is not a directory")
    if not force:
        raise FileAlreadyExists(f"{_shown(path)} exists")
    if modified := _first_unknown(path, _sums(path)):
        reason = f"{sanitize(modified)} was not written by groupstui, or was modified"
        raise FileNotWritten(f"{_shown(path)} was not replaced: {reason}", hint="Choose another directory.")


def first_difference(folder: Path) -> str:
    """Return the first file that differs from the manifest, or that is missing; empty if there is none."""
    sums = _sums(folder)
    missing = (name for name in sorted(sums) if not (folder / name).is_file())
    return next(missing, "") or _first_unknown(folder, sums)


def _sums(folder: Path) -> dict[str, str]:
    """Return the sum of each file that the manifest names."""
    manifest = folder / MANIFEST
    lines = manifest.read_text(encoding="utf-8", errors="replace").splitlines() if manifest.is_file() else []
    return {name: sum for sum, _, name in (line.partition("  ") for line in lines)}


def _first_unknown(folder: Path, sums: Mapping[str, str]) -> str:
    """Return the first file that the manifest does not name, or that has changed; empty if there is none."""
    for file in sorted(folder.rglob("*")):
        name = file.relative_to(folder).as_posix()
        if file == folder / MANIFEST or (file.is_dir() and not file.is_symlink()):
            continue
        if name not in sums or hashlib.sha256(file.read_bytes()).hexdigest() != sums[name]:
            return name
    return ""
