"""Export all groups, users or memberships."""

from __future__ import annotations

from pathlib import Path

from ..directory.directory import Directory
from ..errors import FileAlreadyExists, UnknownAnswer, UsageError, shown_path
from ..exit_codes import ExitCode
from ..output.access_review import review_files
from ..output.comparison_records import matrix_report
from ..output.files import check_file, check_folder, write_file, write_folder
from ..output.formats import format_of, pieces
from ..output.records import (
    GROUP_FIELDS,
    MEMBERSHIP_FIELDS,
    PROFILE_FIELDS,
    USER_FIELDS,
    USER_GROUPS_FIELDS,
    Record,
    Report,
    as_of,
    group_records,
    profile_record,
    site_report,
    user_groups_record,
    user_record,
)
from ..terminal.stdio import write_output
from ..text import pluralize
from ..times import utc_minute
from .context import Context
from .output import check_columns, names_any, select

STDOUT = ("-", "/dev/stdout", "/dev/fd/1", "/proc/self/fd/1")
"""The names of stdout, of which a closed pipe is treated as in every other command."""

REPORT_OPTIONS = ("format", "columns", "sort", "limit", "raw", "bom")
"""The options that a review does not have."""

FIELDS = {
    "groups": GROUP_FIELDS,
    "memberships": (*MEMBERSHIP_FIELDS, *PROFILE_FIELDS),
    "users": (*USER_FIELDS, *PROFILE_FIELDS, *USER_GROUPS_FIELDS),
}
"""The fields that are known before the instance is read; those of a matrix are its groups."""


async def export(context: Context) -> ExitCode:
    """Write groups, memberships, users, a matrix of both, or a directory for an access review.

    Raises:
        FileNotWritten: If the file cannot be written, or exists already.
        UnknownAnswer: If incomplete data would replace a file, even with `--force`.
    """
    options = context.options
    try:
        format = _check_options(context)
        with_profiles = options.what in ("users", "review") or names_any(options, PROFILE_FIELDS)
        reading = await context.read(users=with_profiles)
        directory = reading.directory
        context.verdict = ExitCode.OK
        if (options.what == "users" and reading.unread_users) or (
            options.what == "review" and not directory.has_profiles
        ):
            reason = f"users or their details are missing: {reading.reason or 'snapshots contain none'}"
            context.incomplete = context.incomplete or reason
        if options.what == "review":
            _write_review(context, directory)
        else:
            _write_report(context, directory, format)
    except FileAlreadyExists as error:
        if options.force:  # the file may be complete
            raise UnknownAnswer(
                f"{error} and was not replaced: {context.incomplete}", hint="Try again."
            ) from None
        raise FileAlreadyExists(str(error), hint="Add --force to replace it.") from None
    return ExitCode.OK


def _check_options(context: Context) -> str:
    """Check everything that is known before the instance is read, and return the format."""
    options, path = context.options, Path(context.options.output)
    if options.what == "review":
        if given := [name for name in REPORT_OPTIONS if getattr(options, name)]:
            raise UsageError(f"a review has a fixed format: omit --{' and --'.join(given)}")
        if options.output in STDOUT:
            raise UsageError("a review is a directory: it cannot be written to stdout")
        check_folder(path, force=options.force)
        return ""
    format: str = options.format or ("csv" if options.output in STDOUT else format_of(path))
    check_columns(context, FIELDS.get(options.what), format)
    if options.output not in STDOUT:
        check_file(path, force=options.force)
    return format


def _write_report(context: Context, directory: Directory, format: str) -> None:
    options = context.options
    report = select(options, _report(context, directory))
    text = pieces(report, format, raw=options.raw, bom=options.bom, warn=context.warn)
    if options.output in STDOUT:
        write_output(text, format)
        return
    path = write_file(Path(options.output), text, force=options.force and not context.incomplete)
    context.warn(f"wrote {pluralize(len(report.records), 'row')} to {shown_path(path)}")


def _write_review(context: Context, directory: Directory) -> None:
    time = as_of(directory)
    files = review_files(directory, context.instance.origin)
    force = context.options.force and not context.incomplete
    path = write_folder(Path(context.options.output), files, time=time.timestamp(), force=force)
    context.warn(f"wrote {pluralize(len(files), 'file')} to {shown_path(path)}, as of {utc_minute(time)}")


def _report(context: Context, directory: Directory) -> Report:
    """Return the report that is exported.

    Raises:
        UnknownAnswer: If an option names a field of `/users`, which could not be read.
    """
    what, origin = context.options.what, context.instance.origin
    if what == "matrix":
        return matrix_report(directory, origin)
    fields: tuple[str, ...] = FIELDS[what]
    named = [name for name in PROFILE_FIELDS if names_any(context.options, (name,))]
    if named and not directory.has_profiles:
        raise UnknownAnswer(f"the users of the instance were not read: {', '.join(named)} unknown")
    if not (named or (what == "users" and directory.has_profiles)):
        fields = tuple(name for name in fields if name not in PROFILE_FIELDS)
    make_records = {"groups": _groups, "memberships": _memberships, "users": _users}
    about: Record = {"users_complete": directory.users_complete} if what == "users" else {}
    return site_report(directory, origin, what, fields, make_records[what](directory), about)


def _groups(directory: Directory) -> list[Record]:
    return group_records(directory, directory.groups)


def _memberships(directory: Directory) -> list[Record]:
    return [
        {
            "group_id": group.id,
            "group": group.name,
            "user_id": user.id,
            "user": user.name,
            **profile_record(directory, user),
        }
        for group in directory.groups
        for user in directory.members(group)
    ]


def _users(directory: Directory) -> list[Record]:
    return [
        {
            **user_record(user),
            **profile_record(directory, user),
            **user_groups_record(directory.indexed_groups_of(user.id)),
        }
        for user in directory.users
    ]
