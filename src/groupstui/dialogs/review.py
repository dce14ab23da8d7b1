"""The access review that the user writes to a folder."""

from __future__ import annotations

from ..directory.directory import Directory
from ..errors import InvalidInput
from ..output.access_review import review_files
from ..output.files import full_path, parse_path, write_folder
from ..output.records import as_of
from ..text import pluralize
from ..times import local_day
from ..widgets.notice_bar import Notice

NO_DETAILS = "Addresses and marks, such as inactive, are missing: they are not known."


def write_review(directory: Directory, instance: str, folder: str) -> Notice:
    """Write an access review; return what happened. It blocks on the disk.

    Args:
        directory: A complete directory.
        instance: The address of the instance.
        folder: The path of a new folder as the user has typed it; if empty, it is named after the day.
    """
    time = as_of(directory)
    try:
        path = parse_path(folder or f"review-{local_day(time)}")
        files = review_files(directory, instance)
        write_folder(path, files, time=time.timestamp())
    except InvalidInput as error:
        return Notice(str(error), error.hint or ":review PATH names another folder.", "caution")
    written = full_path(path)
    text = f"Wrote {pluralize(len(files), 'file')} to {written}"
    if directory.has_profiles:
        return Notice(text, detail=written)
    return Notice(text, NO_DETAILS, "caution", written)
